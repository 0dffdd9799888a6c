"""What a source answers when it is asked: which entity, which predicates are sent, what remains. Pure.

asked   ORDER where supplier in (S1), cost_center in (C1)
entity  supplier EXACT, cost_center NEVER
answer  where supplier in (S1) · residual cost_center in (C1), and the column cost_center with it
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from sources.dialects.spec import EntitySpec
from sources.spi.errors import AsOfUnsupported, BadRequest
from sources.spi.scan import Accepted, Capability, Guarantee, Keys, Op, Predicate, Scan

Entity = TypeVar("Entity", bound=EntitySpec)


def united(entities: Iterable[EntitySpec]) -> Capability:
    """What several entities of one fact can do together; `choose` picks the one for a scan."""
    capabilities = [entity.capability() for entity in entities]
    return Capability(
        columns=frozenset().union(*(c.columns for c in capabilities)),
        filters={key: g for c in reversed(capabilities) for key, g in c.filters.items()},
        group_by=next((c.group_by for c in capabilities if c.group_by is not None), None),
        keys={key: size for c in reversed(capabilities) for key, size in c.keys.items()},
        as_of=next((c.as_of for c in capabilities if c.as_of), None),
    )


def choose(source: str, entities: Mapping[str, Entity], scan: Scan) -> tuple[str, Entity]:
    """The entity that has most of what the scan names; among equals the one the connector lists first.

    Raises BadRequest when the fact or the key is not offered, AsOfUnsupported when no past state is.
    """
    if not entities:
        raise BadRequest(source, f"does not provide {scan.fact}")
    keyed = {n: e for n, e in entities.items() if scan.keys is None or scan.keys.column in e.keys}
    if not keyed:
        raise BadRequest(source, f"cannot look up {scan.fact} by {scan.keys and scan.keys.column}")
    dated = {n: e for n, e in keyed.items() if scan.as_of is None or e.as_of is not None}
    if scan.as_of is not None and not dated:
        raise AsOfUnsupported(source, scan.fact, scan.as_of)
    fitting = {
        n: e for n, e in dated.items() if not e.always_grouped or negotiated(e, scan).group_by is not None
    }
    if not fitting:
        raise BadRequest(source, f"has {scan.fact} only in sums; ask for groups of {_groupable(dated)}")
    needed = {*scan.columns, *(scan.group_by or ()), *(predicate.column for predicate in scan.where)}
    return max(fitting.items(), key=lambda item: len(needed & item[1].columns.keys()))


def _groupable(entities: Mapping[str, EntitySpec]) -> str:
    return ", ".join(sorted(set().union(*(entity.aggregates or () for entity in entities.values()))))


def negotiated(entity: EntitySpec, scan: Scan) -> Scan:
    """The scan the entity runs. A limit is kept only when nothing is left to be filtered or summed."""
    residual, cut = remains(entity, scan)
    group_by = _groups(entity, scan, residual, cut)
    extra = (*(predicate.column for predicate in residual), *([cut] if cut else []))
    if group_by is not None:
        columns = dict.fromkeys((*(scan.group_by or ()), *group_by, *scan.measures))
    else:
        columns = dict.fromkeys((*scan.columns, *(scan.group_by or ()), *scan.measures, *extra))
    return replace(
        scan,
        columns=tuple(columns),
        where=tuple(p for p in _where(entity, scan) if _judge(entity, p) is not Guarantee.NEVER),
        group_by=group_by,
        limit=None if extra or scan.group_by is not None else scan.limit,
    )


def accepted(name: str, entity: EntitySpec, scan: Scan, calls: int | None) -> Accepted:
    """The source's answer, with `calls` as its estimate."""
    residual, cut = remains(entity, scan)
    run = negotiated(entity, scan)
    return Accepted(run, name, pushed=run.where, residual=residual, as_of=cut, calls=calls)


def remains(entity: EntitySpec, scan: Scan) -> tuple[tuple[Predicate, ...], str | None]:
    """What the engine must still do: predicates, and the column by which it cuts a past state."""
    residual = tuple(p for p in _where(entity, scan) if _judge(entity, p) is not Guarantee.EXACT)
    cut = _cut(entity, scan)
    return residual, entity.as_of if scan.as_of is not None and cut is None else None


def _where(entity: EntitySpec, scan: Scan) -> tuple[Predicate, ...]:
    cut = _cut(entity, scan)
    return scan.where if cut is None else (*scan.where, cut)


def _cut(entity: EntitySpec, scan: Scan) -> Predicate | None:
    """The past state as a predicate, where the source takes it exactly."""
    if scan.as_of is None or entity.as_of is None:
        return None
    exact = entity.guarantee(entity.as_of, Op.LE) is Guarantee.EXACT
    return Predicate(entity.as_of, Op.LE, (scan.as_of,)) if exact else None


def _judge(entity: EntitySpec, predicate: Predicate) -> Guarantee:
    return entity.guarantee(predicate.column, predicate.op)


def _groups(
    entity: EntitySpec, scan: Scan, residual: tuple[Predicate, ...], cut: str | None
) -> tuple[str, ...] | None:
    """Grouping can be left to the vendor only when nothing it would merge is still to be told apart: not
    what is filtered here afterwards, and never two currencies.
    """
    if scan.group_by is None or entity.aggregates is None or scan.keys is not None:
        return None
    apart = (*(p.column for p in residual), *([cut] if cut else []), "currency")
    groups = tuple(dict.fromkeys(g for g in (*scan.group_by, *apart) if g in entity.columns))
    constant = {name for name, column in entity.columns.items() if not column.from_}
    return groups if set(groups) <= entity.aggregates | constant else None


def split(scan: Scan, entity: EntitySpec) -> list[Scan]:
    """One scan per call's worth of keys."""
    if scan.keys is None:
        return [scan]
    size, values = entity.keys[scan.keys.column], tuple(dict.fromkeys(scan.keys.values))
    chunks = [values[start : start + size] for start in range(0, len(values), size)]
    return [replace(scan, keys=Keys(scan.keys.column, chunk)) for chunk in chunks]
