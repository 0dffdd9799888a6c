"""One export: what its table is, before anybody is asked, and what is said beside it when it is written.

A table has no place for errors. So an answer of which something could not be had is refused, unless
`partial=allow` says that nulls will do; what is old, unknown for good or cut off is told in headers.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, get_operation_ast
from graphql.execution.values import get_variable_values
from polars.exceptions import PolarsError

from gateway import encode
from gateway.exports.binary import arrow, parquet
from gateway.exports.formats import Format, Wanted
from gateway.exports.spool import Spool, TooLateError, TooLongError, Writing
from gateway.exports.text import csv, ndjson
from gateway.exports.workbook import xlsx
from gateway.limits import Over
from resolvers.graph.exporting import MOST, ExportContext, Flat, flat
from resolvers.graph.flat import Table, table
from resolvers.graph.unpaged import unpaged
from resolvers.plan.errors import QuestionError

COMPLETENESS: Final = "Threefold-Completeness"
TRUNCATED: Final = "Threefold-Truncated"
ERRORS: Final = "Threefold-Errors"
_MOST_TOLD: Final = 20
_WRITERS: Final[Mapping[Format, Callable[[Flat, Writing], None]]] = {
    Format.CSV: csv,
    Format.ARROW: arrow,
    Format.PARQUET: parquet,
    Format.XLSX: xlsx,
}


@dataclass(frozen=True, slots=True)
class Export:
    """A document whose answer becomes a table; `document` asks for as many rows as may be."""

    wanted: Wanted
    document: DocumentNode
    table: Table
    filename: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of it: a file with the headers that tell of it, or GraphQL JSON with a status that says
    why there is none. `whole`: nothing in it failed."""

    body: Spool | bytes
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    rows: int = 0
    codes: tuple[str, ...] = ()

    @property
    def made(self) -> bool:
        return isinstance(self.body, Spool)


def export(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: str | None,
    variables: Mapping[str, Any],
    wanted: Wanted,
    most_rows: int,
) -> Export:
    """The export of a valid document. Raises QuestionError where it has no table or several, and GraphQLError
    for variables that do not fit."""
    found = get_operation_ast(document, operation)
    values = get_variable_values(schema, found.variable_definitions or () if found else (), dict(variables))
    if isinstance(values, list):
        raise values[0]
    only = table(schema, document, operation, values, wanted.table)
    # Lists within lists multiply: then a page of the outer one is as long as any other page.
    rows = most_rows if len(only.lists) == 1 else min(MOST, most_rows)
    longer = unpaged(document, only, {"limit": rows, "first": MOST})
    named = found.name.value if found and found.name else only.name.split(".")[0]
    return Export(wanted, longer, only, f"{named}.{wanted.format}")


def exported(
    export: Export, result: ExecutionResult, context: ExportContext, most_bytes: int | None, until: float
) -> Exported:
    """The answer written to a file, by time.monotonic `until`. Blocks: not for the event loop."""
    noted, beside = context.noted, context.problems
    try:
        found = flat(export.table, result.data or {}, noted)
    except LookupError:
        return _none(result, beside)
    lost = [*(result.errors or ()), *(beside if noted.partial else ())]
    if lost and not export.wanted.partial:
        return _refused(lost)
    with Writing(most_bytes, until) as out:
        try:
            _write(export.wanted, found, out)
        except (TooLongError, TooLateError, QuestionError, OSError, PolarsError) as error:
            return _unwritten(out.failed or error, most_bytes)
        spool = out.done()
    errors = [*(result.errors or ()), *beside]
    told = {
        "Content-Type": export.wanted.content_type,
        "Content-Disposition": f'attachment; filename="{export.filename}"',
        "X-Content-Type-Options": "nosniff",
        COMPLETENESS: "PARTIAL" if lost or noted.partial else "COMPLETE",
        TRUNCATED: str(noted.truncated).lower(),
        **({ERRORS: _codes(errors)} if errors else {}),
    }
    codes = tuple(dict.fromkeys(encode.code(error) for error in errors))
    return Exported(spool, 200, tuple(told.items()), not errors, found.frame.height, codes)


def _write(wanted: Wanted, found: Flat, out: Writing) -> None:
    if wanted.format is Format.NDJSON:
        ndjson(found, out, numbers=wanted.numbers)
    else:
        _WRITERS[wanted.format](found, out)


def _none(result: ExecutionResult, beside: Iterable[GraphQLError]) -> Exported:
    """There is no table, because its field is null, which has an error of its own."""
    codes = tuple(dict.fromkeys(encode.code(error) for error in (*(result.errors or ()), *beside)))
    content = encode.body(ExecutionResult(None, result.errors), beside)
    return Exported(content, 500 if encode.UNFORESEEN in codes else 400, codes=codes)


def _refused(lost: list[GraphQLError]) -> Exported:
    message = "the answer is not whole, and a table cannot say so; ask again later, or with partial=allow to "
    message += "have nulls where something is unknown"
    first = GraphQLError(message, extensions={"code": "PARTIAL_ANSWER"})
    waits = [(error.extensions or {}).get("retryAfter") for error in lost]
    after = max((wait for wait in waits if isinstance(wait, int)), default=None)
    headers = () if after is None else (("Retry-After", str(after)),)
    codes = tuple(dict.fromkeys(encode.code(error) for error in (first, *lost)))
    return Exported(encode.body(ExecutionResult(None, [first, *lost])), 503, headers, codes=codes)


def _unwritten(error: Exception, most_bytes: int | None) -> Exported:
    if isinstance(error, TooLongError):
        over = Over("maxResponseBytes", error.size, most_bytes or 0).error
        return _single(over, 400)
    if isinstance(error, TooLateError):
        message = "deadline: there was no time left to write the file; ask for fewer rows, or for parquet"
        late = GraphQLError(message, extensions={"code": "DEADLINE_EXCEEDED"})
        return _single(late, 503)
    if isinstance(error, QuestionError):
        return _single(GraphQLError(error.message, extensions={"code": error.code}), 400)
    raise error


def _single(error: GraphQLError, status: int) -> Exported:
    return Exported(encode.body(ExecutionResult(None, [error])), status, codes=(encode.code(error),))


def _codes(errors: Iterable[GraphQLError]) -> str:
    """Codes with the sources they are of: ``SOURCE_UNAVAILABLE;source=erp, RATE_MISSING``."""
    told = dict.fromkeys(_code(encode.formatted(error).get("extensions", {})) for error in errors)
    return ", ".join([*told][:_MOST_TOLD])


def _code(extensions: Mapping[str, Any]) -> str:
    source = extensions.get("source")
    return f"{extensions.get('code')};source={source}" if source else str(extensions.get("code"))


def until(remaining: float) -> float:
    """A moment of time.monotonic, so many seconds from now."""
    return time.monotonic() + remaining
