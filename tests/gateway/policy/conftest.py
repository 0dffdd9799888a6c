import pytest

from gateway.identity import keys
from tests.gateway.policy.staff import staff


@pytest.fixture(autouse=True)
def _look_every_time(monkeypatch):
    monkeypatch.setattr(keys, "_LOOKED", 0.0)


@pytest.fixture
def people(tmp_path):
    """A fresh gateway with people."""
    with staff(tmp_path) as known:
        yield known
