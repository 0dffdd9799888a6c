from collections.abc import Iterator

import pytest

from tests.tryton.server import Server, TrytonUnavailableError, provisioned


@pytest.fixture(scope="session")
def tryton() -> Iterator[Server]:
    """A running Tryton with the provisioned company; shared, so only read from it."""
    try:
        with provisioned() as server:
            yield server
    except TrytonUnavailableError as reason:
        pytest.skip(f"no Tryton on this machine: {reason}")
