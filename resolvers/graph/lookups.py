"""Looking up documents that others name, for one request.

All look-ups go through the request's loaders, so that a thousand orders with their receipts are as many calls
as their numbers fill. A link is None where it could not be followed; the reason is told once beside the data.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, Final, TypeVar

from graphql import GraphQLError

from resolvers.graph.context import RequestContext
from resolvers.plan.errors import QuestionError
from resolvers.plan.papers import ENTRIES, Paper, Row
from sources.spi.errors import SourceError
from sources.spi.facts import Fact

T = TypeVar("T")
_NAMED_BY: Final = {Fact.INVOICE: "id", Fact.RECEIPT: "id"}


async def heard(context: RequestContext, loading: Awaitable[T | None]) -> T | None:
    """What was looked up; None where the source failed, which is said once per source, or where a bound was
    met, which is said once."""
    extensions: dict[str, Any]
    try:
        return await loading
    except SourceError as error:
        message, extensions = str(error), {"code": error.code, "source": error.source}
    except QuestionError as error:
        message, extensions = error.message, {"code": error.code}
    if not any(extensions.items() <= (p.extensions or {}).items() for p in context.problems):
        context.problems.append(GraphQLError(message, extensions=extensions))
    return None


async def whole(context: RequestContext, fact: Fact, row: Row) -> Paper | None:
    """The document a row names, with all of its lines."""
    column = _NAMED_BY.get(fact, "number") if row["id"] else "number"
    if not row[column]:
        return None
    rows = await heard(context, context.loaders.rows(fact, column, row["legal_entity"], row[column]))
    own = [r for r in rows or () if (r["source"], r["id"]) == (row["source"], row["id"])]
    if fact in (*ENTRIES, Fact.VOUCHER):
        own = [r for r in own if r.get("line") == row["line"]][:1]
    return Paper(fact, tuple(own)) if own else None


async def one(
    context: RequestContext, fact: Fact, column: str, entity: str, value: str | None
) -> Paper | None:
    """The document whose column is the value."""
    if value is None:
        return None
    found = _papers(fact, await heard(context, context.loaders.rows(fact, column, entity, value)) or ())
    return found[0] if found else None


async def several(
    context: RequestContext, fact: Fact, column: str, entity: str, values: Iterable[str | None]
) -> list[Paper] | None:
    """The documents whose column is one of the values; None where that is not known of each."""
    asked = dict.fromkeys(value for value in values if value is not None)
    loading = (heard(context, context.loaders.rows(fact, column, entity, value)) for value in asked)
    found = await asyncio.gather(*loading)
    known = [rows for rows in found if rows is not None]
    return _papers(fact, (row for rows in known for row in rows)) if len(known) == len(found) else None


def _papers(fact: Fact, rows: Iterable[Row]) -> list[Paper]:
    found: dict[tuple[str | None, ...], list[Row]] = {}
    for index, row in enumerate(rows):
        line = str(index) if fact in (*ENTRIES, Fact.VOUCHER) else None
        found.setdefault((row["source"], row["id"] or row["number"], line), []).append(row)
    return [Paper(fact, tuple(each)) for each in found.values()]
