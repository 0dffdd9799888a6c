"""Documents and what hangs on them: calls follow the batches, never the documents."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx

from bench.result import Result
from gateway.app import application
from resolvers.plan.engine import Engine
from sources.connectors import load
from sources.sandbox.canonical import DEMO_KEY, app_of
from sources.spi.settings import Secret, SourceSettings
from sources.transport.limits import Accounts
from tests.world import FINANCE, System, model

BATCH = 200
DOCUMENT = """
{
  purchaseOrders(first: 1000) {
    edges {
      node { number supplier { id name } receipts { number } invoices { number } requisitions { number } }
    }
  }
}
"""


def measure() -> Result:
    found = [asyncio.run(_asked(count)) for count in (200, 500, 1000)]
    rows = [
        (f"{count:,}", *(str(calls[kind]) for kind in KINDS), str(-(-count // BATCH)))
        for count, calls in found
    ]
    return Result(
        title="Orders with their documents",
        method=(
            f"Orders with supplier, requisition, receipts and invoices; a lookup takes {BATCH} keys. Calls "
            "are counted where they reach the network."
        ),
        head=("orders", *KINDS, "⌈orders ÷ keys⌉"),
        rows=rows,
        goal="Required: each kind of document in ⌈orders ÷ keys⌉ calls.",
        holds=all(calls[kind] <= -(-count // BATCH) for count, calls in found for kind in KINDS),
    )


KINDS = ("requisitions", "receipts", "invoices")


def _collections(count: int) -> dict[str, list[dict[str, Any]]]:
    place = {"legal_entity": "ONE", "account": "6100", "cost_center": "C1", "date": "2026-01-15"}
    line = {
        **place,
        "line": "1",
        "dist": "1",
        "percent": "100",
        "supplier": "S1",
        "quantity": "4",
        "price": "10",
    }
    names = range(count)
    return {
        "requisitions": [{**line, "id": f"R{n}", "number": f"R{n}", "status": "APPROVED"} for n in names],
        "purchase-orders": [
            {**line, "id": f"P{n}", "number": f"P{n}", "status": "OPEN", "req": f"R{n}", "req_line": "1"}
            for n in names
        ],
        "receipts": [
            {
                "legal_entity": "ONE",
                "id": f"G{n}",
                "number": f"G{n}",
                "po": f"P{n}",
                "po_line": "1",
                "quantity": "2",
            }
            for n in names
        ],
        "invoices": [
            {**line, "id": f"I{n}", "number": f"I{n}", "status": "APPROVED", "po": f"P{n}", "po_line": "1"}
            for n in names
        ],
    }


async def _asked(count: int) -> tuple[int, Counter[str]]:
    facts = frozenset(f for f in FINANCE if f.value in ("REQUISITION", "ORDER", "RECEIPT", "INVOICE"))
    system = System("own", _collections(count), {"ONE": "ONE"}, facts)
    calls: Counter[str] = Counter()
    app = app_of(system.collections, data_as_of=datetime(2026, 6, 30, tzinfo=UTC))
    behind = httpx.ASGITransport(app=app)

    class Counted(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            calls[request.url.path.strip("/")] += 1
            return await behind.handle_async_request(request)

    settings = SourceSettings(
        "own",
        "canonical",
        "http://own",
        auth={"token": Secret(DEMO_KEY)},
        entities={"ONE": "ONE"},
        facts=facts,
    )
    source = load.build(settings, Accounts(), Counted())
    engine = Engine(model(system), {"own": source})
    transport = httpx.ASGITransport(application(engine, deadline=60))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=60) as client:
        answer = (await client.post("/graphql", json={"query": DOCUMENT})).json()
    await source.aclose()
    edges = answer["data"]["purchaseOrders"]["edges"]
    if len(edges) != count or not all(edge["node"]["invoices"] for edge in edges):
        raise RuntimeError(f"not all documents were answered: {answer.get('errors')}")
    return count, calls
