"""Query conditions: ``attribute[association]…[operator]=value``, all of which must hold.

::

    name      = segment { "[" segment "]" }          order_lines[account][segment_2]
    condition = name [ "[" operator "]" ] "=" value  updated_at[gt]=2026-01-31T00:00:00-08:00

Names may be written with underscores or dashes. A condition on a one-to-many association holds when any of
its elements satisfies it; two conditions need not meet in the same element. A moment without a time is
midnight UTC, wherever the company is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sources.sandbox.coupa.errors import CoupaError
from sources.sandbox.coupa.shape import Association, Attribute, Kind, Shape
from sources.sandbox.shelf import Rows, Shelf

Path = tuple[str, ...]
"""Names from a record over its associations to an attribute."""

_NAME: Final = re.compile(r"[A-Za-z][\w-]*(?:\[[A-Za-z][\w-]*\])*")
_ORDERED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "gt": lambda found, asked: found > asked,
    "lt": lambda found, asked: found < asked,
    "gt_or_eq": lambda found, asked: found >= asked,
    "lt_or_eq": lambda found, asked: found <= asked,
}
_TEXTUAL: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "contains": lambda found, asked: asked.casefold() in found.casefold(),
    "starts_with": lambda found, asked: found.casefold().startswith(asked.casefold()),
    "ends_with": lambda found, asked: found.casefold().endswith(asked.casefold()),
}
_LISTS: Final = frozenset(("in", "not_in"))
OPERATORS: Final = frozenset((*_ORDERED, *_TEXTUAL, *_LISTS, "not_eq", "blank"))
_NOT_FOR_MOMENTS: Final = frozenset((*_TEXTUAL, "blank"))


@dataclass(frozen=True, slots=True)
class Condition:
    """`path` leads over associations to an attribute of `kind`; `values` are typed."""

    path: Path
    kind: Kind
    operator: str
    values: tuple[Any, ...]


def parse(name: str, value: str, shape: Shape) -> Condition:
    """One query parameter as a condition on `shape`. Raises CoupaError (400)."""
    if not _NAME.fullmatch(name):
        raise CoupaError(name, "is not a valid query attribute")
    segments = re.findall(r"[\w-]+", name)
    operator = segments.pop() if len(segments) > 1 and segments[-1] in OPERATORS else "eq"
    path = tuple(segment.replace("_", "-") for segment in segments)
    attribute = _attribute(name, path, shape)
    if attribute.kind is Kind.MOMENT and operator in _NOT_FOR_MOMENTS:
        raise CoupaError(name, f"operator {operator} is not available for datetime fields")
    return Condition(path, attribute.kind, operator, _values(name, operator, attribute.kind, value))


def select(conditions: Iterable[Condition], shelf: Shelf[Path, Any]) -> Rows:
    """The rows of `shelf`, whose columns are paths, that satisfy every condition."""
    rows = shelf.everything
    for condition in conditions:
        rows &= _matching(condition, shelf)
    return rows


def _matching(condition: Condition, shelf: Shelf[Path, Any]) -> Rows:
    path, operator, asked = condition.path, condition.operator, condition.values
    if operator in ("eq", "in"):
        return shelf.equal(path, asked)
    if operator in ("not_eq", "not_in"):
        return shelf.where(path, lambda found: found not in asked)
    if operator == "blank":
        return shelf.where(path, lambda found: (found is None or found == "") == asked[0])
    test = _ORDERED.get(operator) or _TEXTUAL[operator]
    return shelf.where(path, lambda found: found is not None and test(found, asked[0]))


def reader(shape: Shape, path: Path) -> Callable[[Any], tuple[Any, ...]]:
    """A function that reads all values at the end of `path`; a missing association yields None."""
    member = shape.members[path[0]]
    get = member.get
    if isinstance(member, Attribute):
        return lambda record: (get(record),)
    deeper, many = reader(member.shape, path[1:]), member.many

    def read(record: Any) -> tuple[Any, ...]:
        related = get(record)
        if related is None:
            return (None,)
        return tuple(value for item in related for value in deeper(item)) if many else deeper(related)

    return read


def _attribute(name: str, path: Path, shape: Shape) -> Attribute:
    member: Attribute | Association | None = None
    current: Shape | None = shape
    for segment in path:
        member = None if current is None else current.members.get(segment)
        if member is None:
            raise CoupaError(name, f"{segment} is not a valid attribute of {shape.name}")
        current = member.shape if isinstance(member, Association) else None
    if not isinstance(member, Attribute):
        raise CoupaError(name, "is an association: name one of its attributes")
    return member


def _values(name: str, operator: str, kind: Kind, value: str) -> tuple[Any, ...]:
    parts = value.split(",") if operator in _LISTS else [value]
    read = _READ[Kind.FLAG] if operator == "blank" else _READ[kind]
    if operator in _TEXTUAL and kind is not Kind.TEXT:
        raise CoupaError(name, f"operator {operator} is not available for {kind} fields")
    try:
        return tuple(read(part) for part in parts)
    except (ValueError, InvalidOperation, KeyError):
        raise CoupaError(name, f"'{value}' is not a valid {kind} value") from None


def _finite(value: str) -> Decimal:
    found = Decimal(value)
    if not found.is_finite():
        raise ValueError(value)
    return found


def _instant(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


_READ: Final[Mapping[Kind, Callable[[str], Any]]] = {
    Kind.INTEGER: int,
    Kind.DECIMAL: _finite,
    Kind.TEXT: str,
    Kind.MOMENT: _instant,
    Kind.FLAG: lambda value: {"true": True, "false": False}[value],
}
