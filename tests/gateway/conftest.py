import pytest

from tests.gateway.world import Door


@pytest.fixture
def door():
    """A fresh gateway, which nobody has asked anything yet."""
    with Door() as opened:
        yield opened
