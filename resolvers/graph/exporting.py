"""An answer as one flat table: what its columns hold, whether it is all there is, and all that was asked for.

Tables of figures come as they are computed, and no row of them is ever an object. Any other list is short,
and is taken from the answer once it is complete; its decimals, days and instants stay the texts that JSON
would have, until somebody wants them `typed`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import polars as pl
from graphql import GraphQLObjectType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path

from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext
from resolvers.graph.flat import Column, Table
from resolvers.graph.selected import Keys, Kind
from sources.spi.facts import EXACT

_TEXTS: Final = (Kind.DECIMAL, Kind.DAY, Kind.INSTANT, Kind.TEXT, Kind.LIST)
MOST: Final = 1000
"""As many as a page of documents, or of a list within a list, may have."""
_OTHERS: Final = {Kind.INTEGER: pl.Int64(), Kind.REAL: pl.Float64(), Kind.TRUTH: pl.Boolean()}


@dataclass(frozen=True, slots=True)
class Flat:
    """`frame` has a column for each of `columns`, by name and in order. Decimals, days and instants may still
    be texts."""

    frame: pl.DataFrame
    columns: tuple[Column, ...]

    def typed(self) -> pl.DataFrame:
        """Decimals as decimals, days as days, instants in UTC."""
        return self.frame.select(_typed(each, self.frame.schema[each.name]) for each in self.columns)


@dataclass(slots=True)
class Noted:
    """What an answer said about itself on its way: `partial` where something in it is unknown, `truncated`
    where there is more of it."""

    partial: bool = False
    truncated: bool = False
    tables: dict[Keys, pl.DataFrame] = field(default_factory=dict)


@dataclass(slots=True)
class ExportContext(RequestContext):
    """A request whose answer becomes a table."""

    noted: Noted = field(default_factory=Noted)


class ExportExecutor(ColumnarExecutor):
    """Keeps tables of figures as they are, and notes what answers say about themselves."""

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        noted: Noted = self.context_value.noted
        completeness = getattr(result, "completeness", None)
        if path.prev is None and completeness is not None:
            noted.partial |= completeness.value == "PARTIAL"
            page = getattr(result, "page_info", None)
            noted.truncated |= bool(getattr(result, "truncated", False))
            noted.truncated |= page is not None and page.has_next_page
        return super().complete_object_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def written(self, table: pl.DataFrame, path: Path) -> Any:
        self.context_value.noted.tables[tuple(str(key) for key in path.as_list())] = table
        return []


def flat(table: Table, data: Mapping[str, Any], noted: Noted) -> Flat:
    """The table of an answer that has it. Raises LookupError where the answer does not: something on the way
    there is null."""
    kept = noted.tables.get(table.lists[0].keys) if len(table.lists) == 1 else None
    if kept is not None:
        return Flat(kept.select(_picked(each, kept) for each in table.columns), table.columns)
    lines = _lines(table, data, 0, noted)
    rows = [[_found(line[each.depth], each) for each in table.columns] for line in lines]
    schema = {each.name: pl.String() if each.kind in _TEXTS else _OTHERS[each.kind] for each in table.columns}
    return Flat(pl.DataFrame(rows, schema=schema, orient="row"), table.columns)


def _lines(table: Table, item: Any, depth: int, noted: Noted) -> Iterator[tuple[Any, ...]]:
    """The items of a line of the table, the outermost list's first."""
    many = table.lists[depth]
    for key in many.keys:
        if item is None:
            break
        item = item[key]
    if item is None:
        if depth == 0:
            raise LookupError(table.name)
        return
    if depth and many.asked is None and many.paging and len(item) >= MOST:
        noted.truncated = True
    for each in item:
        if depth == len(table.lists) - 1:
            yield (each,)
        else:
            yield from ((each, *rest) for rest in _lines(table, each, depth + 1, noted))


def _found(item: Any, column: Column) -> Any:
    value = item
    for key in column.keys:
        if value is None:
            return None
        value = value.get(key)
    if value is None or column.kind in _OTHERS:
        return value
    return orjson.dumps(value).decode() if column.kind is Kind.LIST else str(value)


def _picked(column: Column, table: pl.DataFrame) -> pl.Expr:
    """A column out of a table whose columns are objects, or nothing where there are none."""
    first, *rest = column.keys
    found: pl.Expr = pl.col(first)
    at: Any = table.schema[first]
    for key in rest:
        if not isinstance(at, pl.Struct):
            return pl.lit(None, _dtype(column)).alias(column.name)
        found, at = found.struct.field(key), at.to_schema()[key]
    if at == pl.Null():
        found = found.cast(_dtype(column))
    elif column.kind is Kind.INTEGER:
        found = found.cast(pl.Int64)
    return found.alias(column.name)


def _typed(column: Column, at: pl.DataType) -> pl.Expr:
    value = pl.col(column.name)
    if at != pl.String():
        return value
    if column.kind is Kind.DECIMAL:
        return value.cast(EXACT)
    if column.kind is Kind.DAY:
        return value.str.to_date("%Y-%m-%d")
    if column.kind is Kind.INSTANT:
        return value.str.to_datetime(time_unit="us", time_zone="UTC")
    return value


def _dtype(column: Column) -> pl.DataType:
    """Of a column whose values nobody knows."""
    kinds = {Kind.DECIMAL: EXACT, Kind.DAY: pl.Date(), Kind.INSTANT: pl.Datetime("us", "UTC"), **_OTHERS}
    return kinds.get(column.kind, pl.String())
