"""Browser tests are skipped, with the reason, on machines that have no Chromium."""

import pytest

from gateway.explorer.shelf import ASSETS, load
from tests.browser.chrome import CHROMIUM


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        skip = pytest.mark.skip(reason="no Chromium on the PATH (Debian: apt-get install chromium)")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def graphiql_built() -> None:
    """Skips where GraphiQL's bundles have not been fetched from npm."""
    if not load(ASSETS).graphiql:
        pytest.skip("GraphiQL is not built: python -m gateway.explorer.build")
