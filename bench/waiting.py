"""How much longer an answer takes than the longest chain of calls that have to wait for each other."""

import asyncio
import statistics
import time
from collections.abc import Iterable
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport

from bench.result import Result, alternating, milliseconds
from bench.server import SYSTEMS, running
from gateway.app import application
from resolvers.plan.engine import Engine
from sources.spi.facts import Fact
from tests.gateway.world import NOW, model, sources

LATENCY = 50
WORKERS = 8
RUNS = 15
GOAL = 1.15
FACTS = dict(
    zip(
        SYSTEMS,
        (
            frozenset({Fact.BUDGET}),
            frozenset({Fact.REQUISITION}),
            frozenset({Fact.ORDER, Fact.RECEIPT, Fact.INVOICE}),
            frozenset({Fact.LEDGER, Fact.VOUCHER}),
        ),
        strict=True,
    )
)
DOCUMENT = """
{
  budgetPosition(
    where: { legalEntity: { in: ["US01"] }, costCenter: { descendantsOf: ["OPS"] } }
    period: { fiscalYear: 2026, window: YTD, through: "2026-P06" }, groupBy: [COST_CENTER]
  ) {
    rows {
      costCenter { id name } budget preCommitment commitment receivedNotInvoiced invoicedNotPosted actual
      consumed available consumedPercent
    }
    queryPlan { waves { scans { fact actualCalls } } }
  }
}
"""


def measure() -> Result:
    return asyncio.run(_measure())


async def _measure() -> Result:
    network = Recording()
    with running(latency=LATENCY) as address:
        systems = sources(FACTS, lambda name: f"{address}/{name}", transport=network)
        app = application(Engine(model(FACTS), systems, now=lambda: NOW), deadline=30)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://gateway") as client,
        ):

            async def ask() -> Any:
                return (await client.post("/graphql", json={"query": DOCUMENT})).json()

            network.requests.clear()
            waves = (await ask())["data"]["budgetPosition"]["queryPlan"]["waves"]
            per_call = statistics.median([await _alone(request) for request in network.requests])
            busy = time.process_time()
            (taken,) = await alternating(RUNS, ask, warm=0)
            busy = (time.process_time() - busy) / RUNS
    calls = dependent(waves)
    chain = calls * per_call
    made = sum(scan["actualCalls"] for wave in waves for scan in wave["scans"])
    return Result(
        title=f"Four systems at {LATENCY} ms",
        method=(
            f"Plan, requests, buying and ledger on a server in a process of its own, each call late by "
            f"{LATENCY} ms; {made} calls, of which at best {calls} follow each other (documents, what they "
            "point to, vouchers of the invoices found, their other lines and what reverses them; further "
            "pages after the first). The chain is that "
            f"number times the median of the same calls made one by one, {milliseconds(per_call)}."
        ),
        head=("", f"median of {RUNS}", "ratio"),
        rows=[
            ("slowest chain", milliseconds(chain), "1"),
            ("answer", milliseconds(taken), f"{taken / chain:.2f}"),
            ("of it our own processor time", milliseconds(busy), f"{busy / chain:.2f}"),
        ],
        goal=f"Goal: at most {GOAL} × the chain.",
        holds=taken / chain <= GOAL,
    )


class Recording(AiohttpTransport):
    """A network that remembers what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return await super().handle_async_request(request)


async def _alone(request: httpx.Request) -> float:
    """The seconds until the answer to a request begins, with nothing else to do."""
    async with httpx.AsyncClient(transport=AiohttpTransport()) as client:
        await client.get(request.url, headers=request.headers)
        started = time.perf_counter()
        await client.get(request.url, headers=request.headers)
        return time.perf_counter() - started


def dependent(waves: Iterable[Any]) -> int:
    """Calls that cannot but follow each other: through the waves of documents, or within one balance."""
    scans = [
        [(scan["fact"] in (Fact.BUDGET, Fact.LEDGER), _rounds(scan["actualCalls"])) for scan in wave["scans"]]
        for wave in waves
    ]
    balances = max(rounds for wave in scans for alone, rounds in wave if alone)
    documents = sum(max((rounds for alone, rounds in wave if not alone), default=0) for wave in scans)
    return max(balances, documents)


def _rounds(calls: int) -> int:
    """The first page tells how many there are; the others are read together."""
    return calls if calls < 2 else 1 + -(-(calls - 1) // WORKERS)
