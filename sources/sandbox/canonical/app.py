"""A system that publishes its documents as they are: flat rows over HTTP, `GET /{collection}`.

Answers are `{"data": [...], "total": N, "dataAsOf": "..."}`, refusals
`{"error": {"code": "...", "message": "..."}}` with 400 (not understood), 401 (no key), 404 (no such
collection).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sources.sandbox.canonical.columns import COLLECTIONS
from sources.sandbox.canonical.publish import budget_entries, publish
from sources.sandbox.canonical.query import RefusedError, parse
from sources.sandbox.canonical.table import Row, Table
from sources.sandbox.estate.documents import Estate
from sources.sandbox.tokens import bearer, same

DEMO_KEY: Final = "canonical-demo-key"
PAGE_SIZE: Final = 1000


def app(
    estate: Estate,
    *,
    entities: Sequence[str] = ("JP01",),
    key: str = DEMO_KEY,
    page_size: int = PAGE_SIZE,
    budget: bool = False,
) -> Starlette:
    """The documents of some entities. Without `budget` there is no collection `budget-entries`, for then
    another system holds the plan.
    """
    collections = publish(estate, frozenset(entities))
    if budget:
        collections["budget-entries"] = budget_entries(estate, frozenset(entities))
    return app_of(collections, key=key, data_as_of=estate.clock, page_size=page_size)


def app_of(
    collections: Mapping[str, Sequence[Row]],
    *,
    key: str = DEMO_KEY,
    data_as_of: datetime,
    page_size: int = PAGE_SIZE,
) -> Starlette:
    """Any rows, by collection. A column left out of a row is null; one that the collection does not have is
    a ValueError.
    """
    unknown = collections.keys() - COLLECTIONS.keys()
    if unknown:
        raise ValueError(f"no such collection: {', '.join(sorted(unknown))}")
    tables = {name: Table(name, rows) for name, rows in collections.items()}
    publication = Publication(tables, key, data_as_of.isoformat().replace("+00:00", "Z"), page_size)
    return Starlette(routes=[Route("/{collection}", publication.answer)])


@dataclass(frozen=True, slots=True)
class Publication:
    tables: Mapping[str, Table]
    key: str
    data_as_of: str
    page_size: int

    async def answer(self, request: Request) -> Response:
        if not same(bearer(request) or "", self.key):
            return _error(401, "unauthorized", "send the key as Authorization: Bearer")
        collection = request.path_params["collection"]
        table = self.tables.get(collection)
        if table is None:
            return _error(404, "unknown_collection", f"{collection!r}; known: {', '.join(self.tables)}")
        try:
            query = parse(collection, request.query_params.multi_items(), self.page_size)
        except RefusedError as refused:
            return _error(400, refused.code, str(refused))
        rows = table.select(query.selection)
        page = rows[query.offset : query.offset + query.limit]
        return _json(200, {"data": page, "total": len(rows), "dataAsOf": self.data_as_of})


def _json(status: int, body: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


def _error(status: int, code: str, message: str) -> Response:
    return _json(status, {"error": {"code": code, "message": message}})
