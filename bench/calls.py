"""Upstream calls: one for each page of what is read, however many rows and documents are answered."""

import asyncio
from collections import Counter

import httpx
import orjson

from bench.result import Result
from gateway.app import application
from resolvers.plan.engine import Engine
from tests.gateway.world import NOW, SYSTEMS, model, publication, sources

DOCUMENT = """
query ($rows: Int!) {
  budgetPosition(
    where: { legalEntity: { in: ["US01"] } }, period: { fiscalYear: 2026, window: YTD, through: "2026-P06" }
    groupBy: [COST_CENTER, ACCOUNT], limit: $rows
  ) {
    rows { cellId consumed available documents(first: 5) { edges { amount node { number } } } }
    queryPlan { cost }
  }
}
"""


class Counting(httpx.AsyncBaseTransport):
    """A network that notes, for each read, the rows it has in all and the pages taken of them."""

    def __init__(self) -> None:
        self._behind = httpx.ASGITransport(publication(scale=1))
        self.rows: dict[str, int] = {}
        self.begun: Counter[str] = Counter()
        self.calls = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._behind.handle_async_request(request)
        body = await response.aread()
        read = str(request.url.copy_remove_param("offset").copy_remove_param("limit"))
        self.rows[read] = orjson.loads(body)["total"]
        self.begun[read] += request.url.params["offset"] == "0"
        self.calls += 1
        return response

    def pages(self, size: int) -> int:
        """⌈rows ÷ page⌉ of every read, an empty one being a page too."""
        return sum(times * max(1, -(-self.rows[read] // size)) for read, times in self.begun.items())


def measure() -> Result:
    found = [asyncio.run(_asked(size, rows)) for size in (1000, 200, 50) for rows in (10, 1000)]
    rows = [
        (
            f"{size:,}",
            str(answered),
            f"{sum(net.rows.values()):,}",
            str(net.begun.total()),
            str(net.calls),
            str(net.pages(size)),
        )
        for size, answered, net in found
    ]
    return Result(
        title="Upstream calls",
        method=(
            "Every measure and the documents of every row, over three systems; calls are counted where they "
            "reach the network. A read is one query of one list, its number of rows is what the system says."
        ),
        head=("page size", "rows answered", "rows read", "reads", "calls", "Σ ⌈rows ÷ page⌉"),
        rows=rows,
        goal="Required: no call more than the pages, whatever is answered.",
        holds=all(net.calls == net.pages(size) for size, _, net in found) and _flat(found),
    )


def _flat(found: list[tuple[int, int, Counting]]) -> bool:
    """More rows answered take no call more."""
    calls: dict[int, set[int]] = {}
    for size, _, net in found:
        calls.setdefault(size, set()).add(net.calls)
    return all(len(each) == 1 for each in calls.values())


async def _asked(page_size: int, rows: int) -> tuple[int, int, Counting]:
    """The page size, the rows answered, and the network as it was used."""
    net = Counting()
    systems = sources(SYSTEMS, "http://{}".format, page_size, net)
    app = application(Engine(model(), systems, now=lambda: NOW), deadline=120)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=120) as client,
    ):
        reply = await client.post("/graphql", json={"query": DOCUMENT, "variables": {"rows": rows}})
    return page_size, len(reply.json()["data"]["budgetPosition"]["rows"]), net
