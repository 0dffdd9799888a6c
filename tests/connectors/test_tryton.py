"""The Tryton connector on the sandbox's Tryton."""

from functools import cache

import httpx
from starlette.applications import Starlette

from sources.connectors.load import build
from sources.sandbox.estate import build as history
from sources.sandbox.tryton import DATABASE, PASSWORD, USER, app
from sources.spi.facts import Fact
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts
from tests.connectors.conformance import Conformance


@cache
def application() -> Starlette:
    return app(history(seed=7, scale=0.05), page_size=400)


def source(limits: Limits) -> Source:
    settings = SourceSettings(
        name="erp",
        connector="tryton",
        url="http://tryton.test",
        auth={"username": USER, "password": Secret(PASSWORD)},
        facts=frozenset(Fact) - {Fact.BUDGET},
        options={"database": DATABASE, "plan": "CC"},
        limits=limits,
    )
    return build(settings, Accounts(), httpx.ASGITransport(app=application()))


class TestTryton(Conformance):
    open = staticmethod(source)
    questions = 10
