"""Upstream calls of a dashboard: ten panels in one operation, a hundred viewers at once."""

import asyncio
from typing import Final

import httpx

from bench.result import Result
from gateway.app import application
from resolvers.plan.engine import Engine
from sources.aspects.cache import Ages, Cached, Memory
from sources.aspects.coalesce import Coalesced
from tests.gateway.world import NOW, SYSTEMS, Network, model, sources

PANELS: Final = 10
VIEWERS: Final = 100
_YEAR: Final = "period: { fiscalYear: 2026 }"
_PANEL: Final = f"budgetPosition({_YEAR}, groupBy: [%s]) {{ rows {{ cellId %s }} totals {{ %s }} }}"
_BY: Final = ("COST_CENTER", "ACCOUNT", "LEGAL_ENTITY", "PERIOD", "COST_CENTER, ACCOUNT")
_SHOWN: Final = ("budget actual", "budget consumed available")
_PANELS: Final = [f"panel{n}: {_PANEL % (_BY[n % 5], _SHOWN[n // 5], _SHOWN[n // 5])}" for n in range(PANELS)]


def measure() -> Result:
    alone = [asyncio.run(_calls([f"{{ {panel} }}"]))[0] for panel in _PANELS]
    dashboard = f"{{ {' '.join(_PANELS)} }}"
    (once,) = asyncio.run(_calls([dashboard]))
    everybody = [dashboard] * VIEWERS
    one_by_one = [f"{{ {panel} }}" for panel in _PANELS] * VIEWERS
    together, later = asyncio.run(_calls(everybody, one_by_one))
    return Result(
        title=f"{PANELS} panels × {VIEWERS} viewers",
        method=(
            "Figures by five dimensions in one operation over three systems. Calls are counted where they "
            f"reach the network; the panels one by one, each with nothing kept, make {sum(alone)}."
        ),
        head=("", "calls"),
        rows=[
            ("the panel that reads most, alone", str(max(alone))),
            (f"{PANELS} panels in one operation", str(once)),
            (f"{VIEWERS} viewers of it at once", str(together)),
            (f"{VIEWERS} more a moment later, in {PANELS} operations each", str(later)),
        ],
        goal="Required: a hundred viewers make no call more than one, and none while what was read is fresh.",
        holds=together == once and later == 0 and once <= sum(alone),
    )


async def _calls(*moments: list[str]) -> list[int]:
    """The calls made at each moment for its questions, which come at once."""
    network, store = Network(), Memory(100_000_000)
    found = sources(SYSTEMS, "http://{}".format, transport=network)
    kept = {name: Cached(Coalesced(each), store, Ages(fresh=600)) for name, each in found.items()}
    app = application(Engine(model(), kept, now=lambda: NOW), deadline=120, answer_bytes=10_000_000)
    transport = httpx.ASGITransport(app)
    made = []
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=120) as client,
    ):
        for questions in moments:
            before = len(network.calls)
            replies = await asyncio.gather(
                *(client.post("/graphql", json={"query": each}) for each in questions)
            )
            if any("errors" in reply.json() for reply in replies):
                raise RuntimeError("not everything was answered")
            made.append(len(network.calls) - before)
    return made
