"""A scan end to end, against fetching the same bytes by hand and encoding them again."""

import asyncio
from calendar import monthrange
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date

import aiohttp
import httpx
import orjson
from httpx_aiohttp import AiohttpTransport

from bench.result import Result, alternating, milliseconds
from bench.server import running
from gateway.app import application
from resolvers.plan.engine import Engine
from resolvers.semantics.calendar import Calendar, Period
from resolvers.semantics.entities import LegalEntity
from resolvers.semantics.model import Model, Provision
from sources.connectors.load import build as connect
from sources.sandbox.canonical import DEMO_KEY
from sources.spi.facts import Fact
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.transport.limits import Accounts

SIZES = {1_000: 15, 10_000: 9, 100_000: 5}
"""Rows, and how often to read them."""
DOCUMENT = """
query ($entity: ID!) {
  budgetPosition(
    where: { legalEntity: { in: [$entity] } }, period: { fiscalYear: 2026 }
    groupBy: [COST_CENTER, ACCOUNT, PERIOD], limit: 100000
  ) { rows { cellId costCenter { id } account { id } period { id } currency originalBudget } }
}
"""


def measure() -> Result:
    return asyncio.run(_measure())


async def _measure() -> Result:
    rows = []
    with running(*SIZES) as address:
        for size, runs in SIZES.items():
            noted = Noting()
            async with gateway(address, size, noted) as ask:
                await ask()
            async with gateway(address, size) as ask:
                ours, plain = await alternating(runs, ask, by_hand(noted.addresses))
            calls = str(len(noted.addresses))
            rows.append((f"{size:,}", calls, milliseconds(ours), milliseconds(plain), f"{ours / plain:.2f}"))
    return Result(
        title="Scans from connector to bytes",
        method=(
            "Budget entries in pages of 1,000 from a server in a process of its own. *Threefold*: question, "
            "plan, connector, exact decimals, crosswalk, cells, totals, sorting, JSON. *By hand*: aiohttp "
            "fetches the very same pages, eight at a time, and orjson reads them and writes all rows again; "
            "amounts stay text, nothing is computed."
        ),
        head=("rows", "calls", "Threefold", "by hand", "ratio"),
        rows=rows,
        goal="Goal: told, so that the price of an answer over a copy is known.",
    )


class Noting(AiohttpTransport):
    """A network that notes the addresses it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.addresses.append(str(request.url))
        return await super().handle_async_request(request)


@asynccontextmanager
async def gateway(
    address: str, size: int, network: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Asks a gateway whose only entity is the one with so many rows."""
    entity = f"R{size}"
    settings = SourceSettings(
        "plan",
        "canonical",
        f"{address}/budget",
        auth={"token": Secret(DEMO_KEY)},
        entities={entity: entity},
        facts=frozenset({Fact.BUDGET}),
        limits=Limits(concurrency=8),
    )
    engine = Engine(world(entity), {"plan": connect(settings, Accounts(), network)})
    app = application(engine, deadline=120)
    body = {"query": DOCUMENT, "variables": {"entity": entity}}
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=120) as client,
    ):

        async def ask() -> None:
            response = await client.post("/graphql", json=body)
            if response.content.count(b'"cellId"') != size:
                raise AssertionError(response.text[:500])

        yield ask


def by_hand(pages: list[str]) -> Callable[[], Awaitable[None]]:
    async def fetch() -> None:
        slots = asyncio.Semaphore(8)
        headers = {"Authorization": f"Bearer {DEMO_KEY}"}
        async with aiohttp.ClientSession(headers=headers) as session:

            async def page(url: str) -> list[object]:
                async with slots, session.get(url) as response:
                    found: list[object] = orjson.loads(await response.read())["data"]
                    return found

            first = await page(pages[0])
            others = await asyncio.gather(*(page(url) for url in pages[1:]))
        orjson.dumps({"data": [row for found in (first, *others) for row in found]})

    return fetch


def world(entity: str) -> Model:
    months = (
        Period(f"2026-P{n:02d}", 2026, n, date(2026, n, 1), date(2026, n, monthrange(2026, n)[1]), f"P{n}")
        for n in range(1, 13)
    )
    return Model(
        legal_entities={entity: LegalEntity(entity, entity, "USD", "C")},
        members={},
        calendars={"C": Calendar("C", tuple(months))},
        calendar="C",
        reporting_currency="USD",
        rates=(),
        crosswalk=(),
        provisions=(Provision("plan", frozenset({Fact.BUDGET}), {entity: entity}),),
        today=date(2026, 6, 30),
    )
