"""The canonical connector on the sandbox's own publication."""

from functools import cache

import httpx
from starlette.applications import Starlette

from sources.connectors.load import build
from sources.sandbox.canonical import DEMO_KEY, app_of
from sources.sandbox.canonical.publish import budget_entries, publish
from sources.sandbox.estate import build as history
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts
from tests.connectors.conformance import Conformance

PUBLISHED = frozenset({"JP01", "US01"})
RARE = {
    "budget-entries": {"project": "P-1001"},
    "invoices": {"project": "P-1001"},
    "vouchers": {"reverses": "1510000001"},
}


@cache
def application() -> Starlette:
    """What two entities would publish, and one row each with what their history never has."""
    estate = history(seed=7, scale=0.05)
    collections = {
        **publish(estate, PUBLISHED),
        "budget-entries": budget_entries(estate, PUBLISHED),
    }
    for name, values in RARE.items():
        collections[name].append({**collections[name][0], "id": "rare", **values})
    return app_of(collections, data_as_of=estate.clock)


def source(limits: Limits) -> Source:
    settings = SourceSettings(
        name="own",
        connector="canonical",
        url="http://own.test",
        auth={"token": Secret(DEMO_KEY)},
        limits=limits,
    )
    return build(settings, Accounts(), httpx.ASGITransport(app=application()))


class TestCanonical(Conformance):
    open = staticmethod(source)
    questions = 10
