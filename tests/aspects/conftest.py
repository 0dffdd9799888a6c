"""A Valkey for those who need a real one."""

from collections.abc import Iterator

import pytest

from tests.aspects.valkeys import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running
