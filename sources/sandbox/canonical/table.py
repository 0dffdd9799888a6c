"""Answering a selection from rows held in memory: filter, group, project."""

import operator
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sources.sandbox.canonical.columns import BY_LINE, COLLECTIONS, OF_DISTRIBUTION, Kind
from sources.sandbox.canonical.query import Comparable, Condition, Selection

Value = str | bool | None
Row = Mapping[str, Value]

_KEPT_ANSWERS: Final = 32


class Table:
    """The rows of one collection, in a stable order. Recent answers are kept, so that turning pages does
    not select anew.
    """

    def __init__(self, collection: str, rows: Iterable[Row]) -> None:
        columns = COLLECTIONS[collection]
        self._collection = collection
        self._rows = [_complete(collection, row, columns) for row in rows]
        self._answers: OrderedDict[Selection, Sequence[Row]] = OrderedDict()

    def select(self, selection: Selection) -> Sequence[Row]:
        if selection not in self._answers:
            self._answers[selection] = self._answer(selection)
            if len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        self._answers.move_to_end(selection)
        return self._answers[selection]

    def _answer(self, selection: Selection) -> Sequence[Row]:
        rows: Sequence[Row] = self._rows
        for condition in selection.where:
            rows = self._matching(rows, condition)
        if selection.group_by is not None:
            rows = _grouped(rows, selection.group_by)
        if selection.fields is not None:
            rows = [{name: row[name] for name in selection.fields} for row in rows]
        return rows

    def _matching(self, rows: Sequence[Row], condition: Condition) -> Sequence[Row]:
        matches = _test(condition, COLLECTIONS[self._collection][condition.column])
        if self._collection not in BY_LINE or condition.column not in OF_DISTRIBUTION:
            return [row for row in rows if matches(row)]
        lines = {(row["id"], row.get("line")) for row in self._rows if matches(row)}
        return [row for row in rows if (row["id"], row.get("line")) in lines]


def _complete(collection: str, row: Row, columns: Iterable[str]) -> Row:
    unknown = row.keys() - set(columns)
    if unknown:
        raise ValueError(f"{collection} has no column {', '.join(sorted(unknown))}")
    return {name: row.get(name) for name in columns}


def _test(condition: Condition, kind: Kind) -> Callable[[Row], bool]:
    def read(row: Row) -> Comparable | None:
        value = row[condition.column]
        return Decimal(value) if kind is Kind.NUMBER and isinstance(value, str) else value

    if condition.op == "in":
        wanted = frozenset(condition.values)
        return lambda row: read(row) in wanted
    bound = condition.values[0]
    compare: Callable[[Any, Any], bool] = operator.ge if condition.op == "ge" else operator.le
    return lambda row: (value := read(row)) is not None and compare(value, bound)


def _grouped(rows: Iterable[Row], group_by: tuple[str, ...]) -> Sequence[Row]:
    """`amount` per combination, ordered by it; currencies are never added up."""
    names = tuple(dict.fromkeys((*group_by, "currency")))
    sums: dict[tuple[Value, ...], Decimal | None] = {}
    for row in rows:
        key, amount = tuple(row[name] for name in names), row["amount"]
        known = sums.setdefault(key, None)
        if isinstance(amount, str):
            sums[key] = Decimal(amount) + (known or 0)
    ordered = sorted(sums.items(), key=lambda group: [str(value or "") for value in group[0]])
    return [
        {**dict(zip(names, key, strict=True)), "amount": None if amount is None else f"{amount:f}"}
        for key, amount in ordered
    ]
