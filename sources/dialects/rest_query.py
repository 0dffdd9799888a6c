"""From a scan to the query strings that answer it, none longer than an address may be. Pure.

One scan can take several queries: a long list of values is cut up, a value that the API's own separator
would split is asked for by itself, and a column that stands in several places is asked for in each.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, Final

from sources.dialects.rest_spec import FieldStyle, FilterStyle, RestEntity, RestProtocol
from sources.spi.scan import Op, Predicate, Scan, Value
from sources.transport.message import Params, quoted

SEPARATOR: Final = ","
_REPEAT: Final = {Op.GE: "{}.ge", Op.LE: "{}.le"}
_BRACKET: Final = {Op.GE: "{}[gt_or_eq]", Op.LE: "{}[lt_or_eq]"}
_LEAST: Final = 200
"""Bytes left for the values of one predicate, whatever else stands in the address."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A predicate in the source's words; `paths` are the places to look at, one query each."""

    paths: tuple[str, ...]
    op: Op
    words: tuple[str, ...]


def queries(protocol: RestProtocol, entity: RestEntity, scan: Scan, url_bytes: int) -> list[Params]:
    """The parameters of every query, paging apart. Empty when nothing can match."""
    fixed = (*protocol.params.items(), *entity.params.items(), *_shape(protocol, entity, scan))
    asked = list(conditions(protocol, entity, scan))
    if not all(condition.words for condition in asked):
        return []
    room = url_bytes - sum(len(quoted(name)) + len(quoted(value)) + 2 for name, value in fixed)
    lists = max(1, sum(condition.op is Op.IN for condition in asked))
    cut = [_cut(protocol, condition, max(_LEAST, room // lists)) for condition in asked]
    places = max((len(condition.paths) for condition in asked), default=1)
    found = (
        (*fixed, *(pair for part in parts for pair in _written(protocol, part, place)))
        for parts in product(*cut)
        for place in range(places)
    )
    return list(dict.fromkeys(found))


def conditions(protocol: RestProtocol, entity: RestEntity, scan: Scan) -> Iterator[Condition]:
    """The scan's predicates and keys. One on a value that stands for "any other word" cannot be said."""
    keys = [] if scan.keys is None else [Predicate(scan.keys.column, Op.IN, scan.keys.values)]
    for predicate in (*scan.where, *keys):
        column = entity.columns[predicate.column]
        if column.otherwise is None or column.otherwise not in predicate.values:
            values = (_word(value, predicate.op, instants=protocol.instants) for value in predicate.values)
            words = dict.fromkeys(word for value in values for word in column.words(value))
            if predicate.column in entity.integers:
                words = dict.fromkeys(word for word in words if word.isascii() and word.isdecimal())
            yield Condition((column.param,) if column.param else column.from_, predicate.op, tuple(words))


def _word(value: Value, op: Op, *, instants: bool) -> str:
    """A value as it is sent. Dates that are instants are widened by a day to each side: no zone is further
    from UTC, in which a bare date is read.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        slack = (-1 if op is Op.GE else 2) if instants else 0
        return (value + timedelta(days=slack)).isoformat()
    return value


def _cut(protocol: RestProtocol, condition: Condition, room: int) -> list[Condition]:
    """The condition as conditions short enough, which together say the same."""
    if condition.op is not Op.IN:
        return [condition]
    name = max(len(quoted(attribute(protocol, path))) for path in condition.paths)
    alone: list[str] = []
    if protocol.filters is FilterStyle.BRACKET:
        alone = [word for word in condition.words if SEPARATOR in word]
        each, room = 1, room - name
    else:
        each = name + 2
    listed = [word for word in condition.words if word not in alone]
    parts = [*_packed(listed, each, room), *((word,) for word in alone)]
    return [Condition(condition.paths, condition.op, part) for part in parts]


def _packed(words: Sequence[str], each: int, room: int) -> Iterator[tuple[str, ...]]:
    pack: list[str] = []
    left = room
    for word in words:
        size = len(quoted(word, safe="")) + each
        if pack and size > left:
            yield tuple(pack)
            pack, left = [], room
        pack.append(word)
        left -= size
    if pack:
        yield tuple(pack)


def _written(protocol: RestProtocol, condition: Condition, place: int) -> Params:
    name = attribute(protocol, condition.paths[min(place, len(condition.paths) - 1)])
    if protocol.filters is FilterStyle.REPEAT:
        name = _REPEAT.get(condition.op, "{}").format(name)
        return tuple((name, word) for word in condition.words)
    if condition.op is not Op.IN:
        return ((_BRACKET[condition.op].format(name), condition.words[0]),)
    if len(condition.words) == 1:
        return ((name, condition.words[0]),)
    return ((f"{name}[in]", SEPARATOR.join(condition.words)),)


def attribute(protocol: RestProtocol, path: str) -> str:
    """The name a path is filtered by: ``order-lines.account.segment-2`` is in brackets
    ``order_lines[account][segment_2]``.
    """
    if protocol.filters is FilterStyle.REPEAT:
        return path
    head, *rest = underscored(path).split(".")
    return head + "".join(f"[{part}]" for part in rest)


def underscored(path: str) -> str:
    return path.replace("-", "_")


def _shape(protocol: RestProtocol, entity: RestEntity, scan: Scan) -> Params:
    """What should come back: groups, or the fields in use."""
    if scan.group_by is not None:
        groups = [name for name in scan.group_by if entity.columns[name].from_]
        return ((protocol.group_by or "", SEPARATOR.join(entity.columns[name].name for name in groups)),)
    if protocol.fields is None:
        return ()
    paths = fields(entity, scan.columns)
    if protocol.fields.style is FieldStyle.LIST:
        return ((protocol.fields.param, SEPARATOR.join(dict.fromkeys(path.split(".")[0] for path in paths))),)
    listed = json.dumps(tree(underscored(path) for path in paths), separators=(",", ":"))
    return ((protocol.fields.param, listed),)


def fields(entity: RestEntity, columns: Iterable[str]) -> tuple[str, ...]:
    """The paths that `columns` are read from, the records' identity, and one of every list to be exploded,
    so that a row stays a row even where no column of it is asked for.
    """
    paths: dict[str, None] = dict.fromkeys([entity.identity] if entity.identity else [])
    prefix = ""
    for name in entity.rows:
        prefix += name.removesuffix("?") + "."
        paths[f"{prefix}id"] = None
    for name in columns:
        if (column := entity.columns.get(name)) is not None:
            paths.update(dict.fromkeys(column.reads))
    return tuple(paths)


def tree(paths: Iterable[str]) -> list[Any]:
    """``a, b.c, b.d.e`` as ``["a", {"b": ["c", {"d": ["e"]}]}]``; a name that has parts is given by them."""
    nested: dict[str, Any] = {}
    for path in paths:
        level = nested
        for part in path.split("."):
            level = level.setdefault(part, {})
    return _listed(nested)


def _listed(nested: dict[str, Any]) -> list[Any]:
    leaves = [name for name, parts in nested.items() if not parts]
    return [*leaves, *({name: _listed(parts)} for name, parts in nested.items() if parts)]
