"""The gateway before a hostile system: what it says then, and what it should have said."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import httpx

from gateway.app import application
from resolvers.plan.engine import Engine
from sources.aspects.cache import Ages, Cached, Memory
from sources.aspects.coalesce import Coalesced
from sources.connectors.load import build as connect
from sources.sandbox.canonical import DEMO_KEY
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.transport.limits import Accounts
from sources.transport.retry import Retry
from tests.gateway.world import ENTITIES, SYSTEMS, Network, model, publication, sources
from tests.hostile.upstream import Fault, Upstream, honest, upstream

DEADLINE: Final = 12.0
NEVER: Final = 60.0
"""Seconds after which something hangs, however slow the machine is."""
QUERY: Final = """
{
  budgetPosition(groupBy: [COST_CENTER]) {
    rows { cellId budget commitment receivedNotInvoiced invoicedNotPosted actual consumed available }
    totals { budget commitment receivedNotInvoiced invoicedNotPosted actual consumed available }
    completeness missing { stage source }
    sources { name state dataAsOf withinMaxAge error { code message retryAfter } }
    queryPlan { waves { scans { source fact pushed residual actualCalls } } }
  }
}
"""


@dataclass
class Said:
    """One answer, and how long it took."""

    response: httpx.Response
    seconds: float

    @property
    def position(self) -> Any:
        return self.response.json()["data"]["budgetPosition"]

    @property
    def figures(self) -> Any:
        return {each: self.position[each] for each in ("rows", "totals", "completeness", "missing")}

    @property
    def ledger(self) -> Any:
        return next(source for source in self.position["sources"] if source["name"] == "ledger")

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.response.json().get("errors", [])]


@dataclass
class Gateway:
    """Plan and purchasing are well; the ledger is at `system`. What is read is kept for a minute, and ten
    more when a system is down; `later` moves the time of day on."""

    system: Upstream
    deadline: float = DEADLINE
    ahead: timedelta = field(default_factory=timedelta)

    def __post_init__(self) -> None:
        store = Memory(50_000_000)
        others = {name: facts for name, facts in SYSTEMS.items() if name != "ledger"}
        found = {**sources(others, "http://{}".format, transport=Network()), "ledger": self._ledger()}
        kept = {
            name: Cached(Coalesced(source), store, Ages(60, on_error=600), now=self._now)
            for name, source in found.items()
        }
        engine = Engine(model(), kept, max_ages=dict.fromkeys(found, 60.0), now=self._now)
        self.app = application(engine, self.deadline)

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def _ledger(self):
        settings = SourceSettings(
            "ledger",
            "canonical",
            self.system.url,
            auth={"token": Secret(DEMO_KEY)},
            entities={entity: entity for entity in ENTITIES},
            facts=SYSTEMS["ledger"],
            limits=Limits(page_size=100, max_bytes=2_000_000, max_rows=20_000, timeout=1.0),
        )
        return connect(settings, Accounts(), retry=Retry(base=0.01))

    def later(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)

    async def ask(self, **headers: str) -> Said:
        transport = httpx.ASGITransport(self.app)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        began = time.perf_counter()
        async with (
            asyncio.timeout(NEVER),
            httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=NEVER) as client,
        ):
            response = await client.post("/graphql", json={"query": QUERY}, headers=named)
        return Said(response, time.perf_counter() - began)


async def asked(fault: Fault, *, kept: bool, deadline: float = DEADLINE) -> Said:
    """What is said to a question whose system has the fault: after it has been well, or from the start."""
    async with upstream(publication(), honest if kept else fault) as system:
        gateway = Gateway(system, deadline)
        async with gateway.app.router.lifespan_context(gateway.app):
            if kept:
                assert (await gateway.ask()).ledger["state"] == "LIVE"
                gateway.later(61)
                system.fault = fault
            return await gateway.ask()


@cache
def truth() -> Any:
    """The figures as they are."""
    said = asyncio.run(asked(honest, kept=False, deadline=NEVER))
    assert (said.ledger["state"], said.position["completeness"]) == ("LIVE", "COMPLETE")
    return said.figures
