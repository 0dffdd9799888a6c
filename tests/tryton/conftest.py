from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.tryton.server import Server, TrytonUnavailableError, provisioned


@pytest.fixture(scope="session")
def tryton() -> Iterator[Server]:
    """A running Tryton with the provisioned company; shared, so only read from it."""
    with _running() as server:
        yield server


@pytest.fixture(scope="module")
def own_tryton() -> Iterator[Server]:
    """The same company in a Tryton of the module's own, which it may write to."""
    with _running() as server:
        yield server


@contextmanager
def _running() -> Iterator[Server]:
    try:
        with provisioned() as server:
            yield server
    except TrytonUnavailableError as reason:
        pytest.skip(f"no Tryton on this machine: {reason}")
