"""Which parts of an object are written: everything, `return_object`, or a `fields` projection.

``fields=["id",{"order_lines":["id",{"account":["code"]}]}]``: names with underscores or dashes; an
association named without a list is written whole.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sources.sandbox.coupa.errors import CoupaError
from sources.sandbox.coupa.shape import WRITE, Association, Attribute, Shape

Write = Callable[[Any], dict[str, Any]]
Cell = tuple[str, Callable[[Any], Any]]


def full(shape: Shape) -> Write:
    """A function that writes the whole object, with all associations."""
    return _writer([_cell(member, None) for member in shape.members.values()])


def limited(shape: Shape) -> Write:
    """Ids only."""
    return _writer([_cell(shape.members["id"], None)])


def shallow(shape: Shape) -> Write:
    """All attributes, custom fields too; of associations, one level deep, the id and the natural key."""
    cells = []
    for member in shape.members.values():
        inner = None
        if isinstance(member, Association) and "id" in member.shape.members:
            keys = [key for key in ("id", *member.shape.natural) if key in member.shape.members]
            inner = _writer([_cell(member.shape.members[key], None) for key in keys])
        cells.append(_cell(member, inner))
    return _writer(cells)


def projection(source: str, shape: Shape) -> Write:
    """The `fields` parameter as a function that writes just those. Raises CoupaError (400)."""
    try:
        wanted = json.loads(source)
    except (ValueError, RecursionError):
        raise CoupaError("fields", "is not valid JSON") from None
    return _projected(wanted, shape)


def _projected(wanted: Any, shape: Shape) -> Write:
    if not isinstance(wanted, list):
        raise CoupaError("fields", f"must be a JSON array at {shape.name}")
    return _writer([cell for entry in wanted for cell in _entry(entry, shape)])


def _entry(entry: Any, shape: Shape) -> Iterator[Cell]:
    if isinstance(entry, str):
        yield _cell(_member(entry, shape), None)
        return
    if not isinstance(entry, dict):
        raise CoupaError("fields", f"must hold names and objects at {shape.name}")
    for name, inner in entry.items():
        member = _member(name, shape)
        if not isinstance(member, Association):
            raise CoupaError("fields", f"{member.name} of {shape.name} is not an association")
        yield _cell(member, _projected(inner, member.shape) if inner else full(member.shape))


def _member(name: str, shape: Shape) -> Attribute | Association:
    member = shape.members.get(name.replace("_", "-"))
    if member is None:
        raise CoupaError("fields", f"{name} is not a field of {shape.name}")
    return member


def _cell(member: Attribute | Association, inner: Write | None) -> Cell:
    get = member.get
    if isinstance(member, Attribute):
        render = WRITE[member.kind]
        return member.name, lambda record: render(get(record))
    write = inner or full(member.shape)
    if member.many:
        return member.name, lambda record: [write(item) for item in get(record)]
    return member.name, lambda record: _optional(write, get(record))


def _optional(write: Write, record: Any) -> dict[str, Any] | None:
    return None if record is None else write(record)


def _writer(cells: list[Cell]) -> Write:
    return lambda record: {name: cell(record) for name, cell in cells}
