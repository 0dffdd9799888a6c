"""Column-wise completion: a list that is a table is written column by column, straight to bytes.

GraphQL completes a list item by item and field by field; for a table of figures that costs fifty times the
figures themselves. Here the selection is collected once, with graphql-core's own `collect_subfields`, and is
both the question (`Deferred`) and the projection (`Columns`), so the two cannot disagree. Columns become
Polars expressions, Polars writes the JSON, and the response carries the bytes as an `orjson.Fragment`.

Fields with a resolver of their own (`documents`) still run, row by row, through the ordinary path. So does a
whole list that columns cannot say: with a null in a non-null field, whose error belongs to one row, or with
an object of which nothing is selected.

The only room that knows graphql-core's executor. `__typename`, aliases, fragments, @skip and @include hold.
Law 4 guards it: the bytes equal those of object completion.
"""

import io
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from typing import Any

import orjson
import polars as pl
from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    get_named_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.utils.str_converters import to_snake_case

Rendered = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """Field names selected below a field, aliases and fragments resolved, each with its own selection."""

    fields: Mapping[str, "Selection"] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def below(self, name: str) -> "Selection":
        return self.fields.get(name, Selection())


class Deferred(ABC):
    """An object that is made once its selection is known."""

    @abstractmethod
    async def resolve(self, selection: Selection, path: Path) -> Any: ...


@dataclass(frozen=True, slots=True)
class Columns:
    """A list answered by a table: one item per row of `frame`.

    The field ``costCenter.name`` is the column ``cost_center__name``, null as a whole where the column
    ``cost_center`` is. Fields in `resolved` are completed by their resolvers, on what `item` makes of the
    row's index.
    """

    frame: pl.DataFrame
    item: Callable[[int], Any]
    resolved: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return self.frame.height

    def __iter__(self) -> Iterator[Any]:
        """Rows as objects, for the ordinary path."""
        rows = self.frame.iter_rows(named=True)
        return (_Row(values, "", self.item(index)) for index, values in enumerate(rows))


class ColumnarExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, with tables written as columns and objects made for their selection."""

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        if not isinstance(result, Deferred):
            return super().complete_object_value(
                return_type, field_details_list, info, path, result, position_context
            )
        complete = self.complete_object_value

        async def made() -> Any:
            value = await result.resolve(self._selection(return_type, field_details_list), path)
            completed = complete(return_type, field_details_list, info, path, value, position_context)
            return await completed if self.is_awaitable(completed) else completed

        return made()

    def complete_list_value(
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        item_type = get_named_type(return_type.of_type)
        if isinstance(result, Sized):
            self.context_value.counts(info.field_name, path, len(result))
        if isinstance(result, Columns) and isinstance(item_type, GraphQLObjectType):
            try:
                return self._columns(item_type, field_details_list, result, path)
            except _NeedsRowsError:
                pass
        return super().complete_list_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def written(self, table: pl.DataFrame, path: Path) -> Any:
        """A table in the response, wherever: its columns are the response names selected of its items."""
        del path
        out = io.BytesIO()
        table.write_json(out)
        return orjson.Fragment(out.getvalue())

    def _selection(self, parent: GraphQLObjectType, details: FieldDetailsList) -> Selection:
        nodes: dict[str, FieldDetailsList] = defaultdict(list)
        for found in self.collect_subfields(parent, details).grouped_field_set.values():
            nodes[found[0].node.name.value].extend(found)
        return Selection({name: self._below(parent, name, found) for name, found in nodes.items()})

    def _below(self, parent: GraphQLObjectType, name: str, details: FieldDetailsList) -> Selection:
        definition = self.schema.get_field(parent, name)
        named = get_named_type(definition.type) if definition else None
        return self._selection(named, details) if isinstance(named, GraphQLObjectType) else Selection()

    def _columns(
        self, item_type: GraphQLObjectType, details: FieldDetailsList, result: Columns, path: Path
    ) -> Any:
        fields = self.collect_subfields(item_type, details).grouped_field_set
        per_row = {key: found for key, found in fields.items() if found[0].node.name.value in result.resolved}
        written = result.frame.select(
            self._expression(item_type, found, result.frame, "").alias(key)
            for key, found in fields.items()
            if key not in per_row
        )
        if not written.width:
            raise _NeedsRowsError
        if not per_row:
            return self.written(written, path)
        out = io.BytesIO()
        written.write_json(out)
        rows: list[Rendered] = [{key: row.get(key) for key in fields} for row in orjson.loads(out.getvalue())]
        return self._with_resolved(item_type, per_row, rows, result, path)

    def _expression(
        self, parent: GraphQLObjectType, details: FieldDetailsList, frame: pl.DataFrame, prefix: str
    ) -> pl.Expr:
        """One selected field as an expression over the table's columns."""
        name = details[0].node.name.value
        if name == "__typename":
            return pl.repeat(parent.name, pl.len(), dtype=pl.String)
        definition: GraphQLField = parent.fields[name]
        column = prefix + to_snake_case(name)
        if is_non_null_type(definition.type):
            _refuse_nulls(frame, column, prefix.removesuffix("__"))
        named = get_named_type(definition.type)
        if isinstance(named, GraphQLObjectType):
            return self._object(named, details, frame, column)
        return pl.col(column)

    def _object(
        self, object_type: GraphQLObjectType, details: FieldDetailsList, frame: pl.DataFrame, column: str
    ) -> pl.Expr:
        if f"{column}__id" not in frame.columns:
            return pl.repeat(None, pl.len(), dtype=pl.Null)
        fields = self.collect_subfields(object_type, details).grouped_field_set
        if not fields:
            raise _NeedsRowsError
        inner = [
            self._expression(object_type, found, frame, f"{column}__").alias(key)
            for key, found in fields.items()
        ]
        return pl.when(pl.col(column).is_null()).then(None).otherwise(pl.struct(inner))

    def _with_resolved(
        self,
        item_type: GraphQLObjectType,
        per_row: Mapping[str, FieldDetailsList],
        rows: list[Rendered],
        result: Columns,
        path: Path,
    ) -> Any:
        """The rows, once the fields that have resolvers are filled in."""
        waiting: list[tuple[Rendered, str]] = []
        try:
            for index, row in enumerate(rows):
                at, item = Path(path, index, None), result.item(index)
                for key, details in per_row.items():
                    row[key] = self.execute_field(
                        item_type, item, details, Path(at, key, item_type.name), None
                    )
                    if self.is_awaitable(row[key]):
                        waiting.append((row, key))
        except Exception:
            self.settle_in_background([row[key] for row, key in waiting])
            raise
        return self._settled(rows, waiting) if waiting else rows

    async def _settled(self, rows: list[Rendered], waiting: list[tuple[Rendered, str]]) -> list[Rendered]:
        values = await self.gather_async_work([row[key] for row, key in waiting])
        for (row, key), value in zip(waiting, values, strict=True):
            row[key] = value
        return rows


class _NeedsRowsError(Exception):
    """Columns cannot say it; the list is completed row by row."""


class _Row:
    """A row, or an object in it, as the ordinary path reads it: by attribute."""

    __slots__ = ("_item", "_prefix", "_values")

    def __init__(self, values: Mapping[str, Any], prefix: str, item: Any) -> None:
        self._values = values
        self._prefix = prefix
        self._item = item

    def __getattr__(self, name: str) -> Any:
        column = self._prefix + name.rstrip("_")
        if f"{column}__id" in self._values:
            known = self._values[column] is not None
            return _Row(self._values, f"{column}__", self._item) if known else None
        return self._values[column] if column in self._values else getattr(self._item, name)


def _refuse_nulls(frame: pl.DataFrame, column: str, parent: str) -> None:
    """A null in a non-null field is an error of its row; within a null object there is no field."""
    values = frame[column] if not parent else frame.filter(pl.col(parent).is_not_null())[column]
    if values.null_count():
        raise _NeedsRowsError
