"""The query string of the canonical API, parsed to the letter: what is not understood is refused.

`column=v` (repeatable: any of), `column.ge=v`, `column.le=v`, `fields=a,b`, `group_by=a,b`, `offset=n`,
`limit=n`. Text compares as text, numbers as numbers, dates as dates; null never matches.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from sources.sandbox.canonical.columns import COLLECTIONS, GROUPABLE, Columns, Kind

Comparable = str | Decimal | bool

_RESERVED: Final = ("fields", "group_by", "offset", "limit")


class RefusedError(Exception):
    """The request cannot be answered as asked. `code` is stable, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Condition:
    """`op`: in, ge or le."""

    column: str
    op: str
    values: tuple[Comparable, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for, whichever page of it."""

    where: tuple[Condition, ...]
    fields: tuple[str, ...] | None
    group_by: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Query:
    selection: Selection
    offset: int
    limit: int


def parse(collection: str, parameters: Iterable[tuple[str, str]], page_size: int) -> Query:
    """The query of `parameters`; raises RefusedError for anything unknown or malformed."""
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    columns = COLLECTIONS[collection]
    group_by = _names(values, "group_by", columns)
    if group_by is not None and collection not in GROUPABLE:
        raise RefusedError("unknown_parameter", f"{collection} cannot be grouped")
    selection = Selection(
        where=tuple(
            _condition(name, given, columns) for name, given in values.items() if name not in _RESERVED
        ),
        fields=_fields(values, columns, group_by),
        group_by=group_by,
    )
    offset = _count(values, "offset", 0)
    limit = _count(values, "limit", page_size)
    if not 1 <= limit <= page_size:
        raise RefusedError("bad_number", f"limit must lie between 1 and {page_size}")
    return Query(selection, offset, limit)


def _single(values: dict[str, list[str]], name: str) -> str | None:
    given = values.get(name, [])
    if len(given) > 1:
        raise RefusedError("repeated_parameter", f"{name} may be given once")
    return given[0] if given else None


def _names(values: dict[str, list[str]], parameter: str, columns: Iterable[str]) -> tuple[str, ...] | None:
    given = _single(values, parameter)
    if given is None:
        return None
    names = tuple(given.split(","))
    for name in names:
        if name not in columns:
            raise RefusedError("unknown_column", f"{parameter} names {name!r}; known: {', '.join(columns)}")
    return tuple(dict.fromkeys(names))


def _fields(
    values: dict[str, list[str]], columns: Columns, group_by: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    """Of groups, only what they have can be asked for."""
    return _names(values, "fields", columns if group_by is None else (*group_by, "currency", "amount"))


def _count(values: dict[str, list[str]], name: str, default: int) -> int:
    given = _single(values, name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit()):
        raise RefusedError("bad_number", f"{name} must be a whole number, not {given!r}")
    return int(given)


def _condition(parameter: str, given: list[str], columns: Columns) -> Condition:
    column, dot, op = parameter.partition(".")
    kind = columns.get(column)
    if kind is None or (dot and op not in {"ge", "le"}) or (dot and kind is Kind.FLAG):
        raise RefusedError("unknown_parameter", f"{parameter!r} is not a parameter of this collection")
    if dot and len(given) > 1:
        raise RefusedError("repeated_parameter", f"{parameter} may be given once")
    return Condition(column, op or "in", tuple(comparable(value, kind, column) for value in given))


def comparable(value: str, kind: Kind, column: str) -> Comparable:
    """`value` as what its column compares as; ISO dates compare as text."""
    match kind:
        case Kind.NUMBER:
            return _number(value, column)
        case Kind.DATE:
            return _date(value, column)
        case Kind.FLAG if value not in {"true", "false"}:
            raise RefusedError("bad_flag", f"{column} is true or false, not {value!r}")
        case Kind.FLAG:
            return value == "true"
        case Kind.CODE:
            return value


def _number(value: str, column: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise RefusedError("bad_number", f"{column} is a number, not {value!r}")
    return number


def _date(value: str, column: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise RefusedError("bad_date", f"{column} is a date such as 2026-06-30, not {value!r}") from None
