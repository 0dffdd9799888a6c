"""When one scan's rows hold another's: the wider or finer one can answer for it.

The engine filters and groups whatever it is given once more, by members and by periods. So rows of more
members or more periods than asked for, more columns and finer groups change no figure. What it does not look
at again (a version, a status, a key, a past state) has to be the same.
"""

from collections.abc import Iterable
from typing import Final

from sources.spi.scan import Accepted, Op, Predicate

_LOOKED_AT_AGAIN: Final = frozenset(
    ("legal_entity", "account", "cost_center", "project", "supplier", "period", "date")
)


def family(accepted: Accepted) -> tuple[object, ...]:
    """What two scans share, if one can answer for the other."""
    scan = accepted.scan
    kept = frozenset(p for p in map(_plain, accepted.pushed) if p.column not in _LOOKED_AT_AGAIN)
    return (
        accepted.entity,
        scan.fact,
        scan.as_of,
        accepted.as_of,
        accepted.grouped,
        scan.keys,
        scan.limit,
        kept,
    )


def covers(wide: Accepted, narrow: Accepted) -> bool:
    """Whether the rows of `wide` hold those of `narrow`, which is of the same family."""
    one, other = wide.scan, narrow.scan
    columns = set(one.columns) >= set(other.columns)
    groups = set(one.group_by or ()) >= set(other.group_by or ())
    rows = all(_implied(p, narrow.pushed) for p in wide.pushed if p.column in _LOOKED_AT_AGAIN)
    return columns and groups and rows


def _implied(outer: Predicate, inner: Iterable[Predicate]) -> bool:
    """Whether what passes one of the inner predicates passes the outer one."""
    same = [p for p in inner if (p.column, p.op) == (outer.column, outer.op)]
    if outer.op is Op.IN:
        return any(set(p.values) <= set(outer.values) for p in same)
    bound = str(outer.values[0])
    if outer.op is Op.GE:
        return any(str(p.values[0]) >= bound for p in same)
    return any(str(p.values[0]) <= bound for p in same)


def _plain(predicate: Predicate) -> Predicate:
    """The predicate, however its values were ordered."""
    values = sorted(set(predicate.values), key=str)
    return Predicate(predicate.column, predicate.op, tuple(values))
