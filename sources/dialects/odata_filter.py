"""Predicates as $filter conditions: in the source's words, over its properties.

supplier in (S1, S2)          (Supplier eq 'S1' or Supplier eq 'S2')
date ≥ 2026-01-01             PostingDate ge datetime'2026-01-01T00:00:00'
period ≥ 2026-P03             (FiscalYear gt '2026' or (FiscalYear eq '2026' and FiscalPeriod ge '003'))
type in (NORMAL), of {016: CLOSING} otherwise NORMAL         FiscalPeriod ne '016'
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from sources.dialects.odata_v2 import V2
from sources.spi.scan import Op, Predicate, Value
from sources.transport.columns import Codec, ColumnSpec, parts

_PERIOD: Final = re.compile(r"(\d{4})-P(\d{2,3})", re.ASCII)
Words = tuple[Value, ...]
"""One value of a column, one word per property it is joined of."""


class UnwritableError(ValueError):
    """A bound that the source's property cannot be compared with."""


def condition(version: V2, column: ColumnSpec, predicate: Predicate) -> str | None:
    """The condition; '' when every record passes, None when none can. Raises UnwritableError."""
    names = parts(column.name)
    if predicate.op is not Op.IN:
        return _range(version, column, predicate.op, predicate.values[0])
    if negated(column, predicate):
        words = [theirs for theirs, ours in (column.map or {}).items() if ours not in predicate.values]
        return _both(_compared(version, names, (word,), "ne") for word in words)
    found = dict.fromkeys(word for value in predicate.values for word in _words(column, value))
    return _either(_compared(version, names, word, "eq") for word in found) if found else None


def negated(column: ColumnSpec, predicate: Predicate) -> bool:
    """Whether the values include the one that stands for all words the map does not list: then the source
    is asked for everything but the words of the other values.
    """
    return column.otherwise is not None and column.otherwise in predicate.values


def _range(version: V2, column: ColumnSpec, op: Op, value: Value) -> str:
    """Beyond a bound, property by property: the first decides, equal ones leave it to the next."""
    strict, wide = ("gt", "ge") if op is Op.GE else ("lt", "le")
    names = parts(column.name)
    word = next(iter(_words(column, value)), None)
    if word is None:
        raise UnwritableError
    if len(names) == 1:
        return _compared(version, names, word, wide)
    first, rest = (names[0], word[0]), (names[1:], word[1:])
    further = [
        _compared(version, (first[0],), (first[1],), "eq"),
        _compared(version, (rest[0][0],), (rest[1][0],), wide),
    ]
    return _either((_compared(version, (first[0],), (first[1],), strict), _both(further)))


def _words(column: ColumnSpec, value: Value) -> Iterable[Words]:
    """What the source writes for one of our values; nothing when it has no word for it."""
    if column.map is not None:
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        return ((word,) for word in column.words(text))
    written = _codec(column.type, value)
    if written is None:
        return ()
    return (_apart(written, column.widths) if column.widths else (written,),)


def _codec(codec: Codec, value: Value) -> Value | None:
    if codec is not Codec.PERIOD:
        return value
    match = _PERIOD.fullmatch(str(value))
    return None if match is None else f"{match[1]}{int(match[2]):03d}"


def _apart(value: Value, widths: Sequence[int]) -> Words:
    """The parts of a joined value, cut from its end: the first may be shorter than its width."""
    rest, found = str(value), []
    for width in reversed(widths[1:]):
        rest, part = rest[:-width], rest[-width:]
        found.append(part)
    return (rest, *reversed(found))


def _compared(version: V2, names: Sequence[str], words: Words, operator: str) -> str:
    pairs = zip(names, words, strict=True)
    return _both(f"{name} {operator} {version.literal(word)}" for name, word in pairs)


def _both(conditions: Iterable[str]) -> str:
    return _joined(conditions, " and ")


def _either(conditions: Iterable[str]) -> str:
    return _joined(conditions, " or ")


def _joined(conditions: Iterable[str], word: str) -> str:
    several = list(conditions)
    return several[0] if len(several) == 1 else f"({word.join(several)})" if several else ""
