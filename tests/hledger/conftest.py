"""The sandbox company behind a gateway, and as hledger's journals."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import wiring
from gateway.config import load
from gateway.sandbox import CONFIGURATION, CREDENTIALS, Hosts
from sources.sandbox.estate import build
from sources.sandbox.estate.documents import Estate
from sources.sandbox.serve import systems
from tests.gateway.world import Door
from tests.hledger.group import Group
from tests.hledger.journal import by_account, by_cost_center, journal
from tests.hledger.reports import HLEDGER


@pytest.fixture(scope="session")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """The company of the demo."""
    folder, estate = _folder(tmp_path_factory), build()
    yield from _opened(folder, estate, CONFIGURATION, Hosts(systems(estate)))


def _folder(factory: pytest.TempPathFactory) -> Path:
    if HLEDGER is None:
        pytest.skip("no hledger on the PATH (Debian: apt-get install hledger)")
    return factory.mktemp("hledger")


def _opened(folder: Path, estate: Estate, file: Path, hosts: Hosts) -> Iterator[Group]:
    configuration = load(file, CREDENTIALS, wiring.problems)
    centers, accounts = folder / "centers.journal", folder / "accounts.journal"
    for path, arranged in ((centers, by_cost_center), (accounts, by_account)):
        path.write_text(journal(estate, configuration.model.rates, arranged), encoding="utf-8")
    with Door(lambda _: wiring.engine(configuration, hosts)) as door:
        yield Group(estate, door, centers, accounts)
