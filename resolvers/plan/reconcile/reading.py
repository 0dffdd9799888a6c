"""Scans beside a question's own plan, and what reading a pair brings back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.engine import Desk
from resolvers.plan.execute import Outcome
from resolvers.plan.plan import KeySet, Node, Plan
from resolvers.plan.reconcile.question import Reason
from resolvers.semantics.breaks import DOCUMENT
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.reconcile import RolledForward
from sources.spi.errors import SourceError
from sources.spi.facts import COLUMNS, EXACT, Fact
from sources.spi.scan import Accepted, Keys, Op, Predicate, Scan
from sources.spi.source import Source

Codes = Callable[[Crosswalk], Mapping[str, tuple[str, ...] | None]]
"""What to keep of a fact, column by column, in a source's own codes; None: all of it."""
PLACE: Final = ("legal_entity", "partner", "account")
"""What is reconciled by itself."""
LINES: Final = {**dict.fromkeys(PLACE, pl.String()), "left": EXACT, "right": EXACT}
ITEMS: Final = {
    **dict.fromkeys(PLACE, pl.String()),
    "reason": pl.String(),
    "amount": EXACT,
    "place": pl.String(),
    "since": pl.Date(),
    "documents": pl.List(pl.Struct(DOCUMENT)),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one pair brought, in the currency of its question. `lines` (`LINES`) has both sides of each place,
    null where an amount could not be told; `items` (`ITEMS`) are why they differ, signed like left − right.
    `entities` are those that have both sides, `notes` say why others have not. `rolled`: by legal entity,
    where the left side is a balance carried forward. `copies`: by legal entity, the sources of the two sides,
    where both are of the same fact."""

    lines: pl.DataFrame
    items: pl.DataFrame
    plan: Plan
    entities: tuple[str, ...]
    outcomes: tuple[Outcome, ...] = ()
    notes: tuple[str, ...] = ()
    rolled: Mapping[str, RolledForward] = field(default_factory=dict)
    copies: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def item(frame: pl.DataFrame, reason: Reason) -> pl.DataFrame:
    """`frame` as items of a reason; columns it lacks are null. Nothing explains nothing."""
    given = {name: pl.col(name) if name in frame.columns else pl.lit(None) for name in ITEMS}
    given["reason"] = pl.lit(reason.value)
    shaped = frame.select(expr.cast(ITEMS[name]).alias(name) for name, expr in given.items())
    return shaped.filter(pl.col("amount").ne_missing(0))


def sides(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Both sides summed up by place. An amount that is not known leaves its sum unknown; nothing on one side
    is 0."""
    own = pl.col("_left")
    return (
        pl.concat([_amounts(left).with_columns(_left=True), _amounts(right).with_columns(_left=False)])
        .group_by(PLACE, maintain_order=True)
        .agg(left=_known(pl.col("amount").filter(own)), right=_known(pl.col("amount").filter(~own)))
    )


def _amounts(frame: pl.DataFrame) -> pl.DataFrame:
    given = {name: pl.col(name) if name in frame.columns else pl.lit(None) for name in (*PLACE, "amount")}
    dtypes = {**LINES, "amount": EXACT}
    return frame.select(expr.cast(dtypes[name]).alias(name) for name, expr in given.items())


def _known(amounts: pl.Expr) -> pl.Expr:
    return pl.when(amounts.is_null().any()).then(None).otherwise(amounts.sum().cast(EXACT))


def nothing(entities: Iterable[str]) -> pl.DataFrame:
    """An amount of nothing for each entity, so that each has a line."""
    return pl.DataFrame({"legal_entity": list(entities)}, schema={"legal_entity": pl.String}).with_columns(
        amount=pl.lit(0).cast(EXACT)
    )


def scans(
    desk: Desk, fact: Fact, bound: Bound, entities: Iterable[str], codes: Codes = lambda _: {}
) -> list[Node]:
    """One scan of a fact, row by row, at each source that provides it for the entities."""
    return [
        _node(desk, source, fact, some, bound, codes=codes) for source, some in _serving(desk, fact, entities)
    ]


def lookups(
    desk: Desk, fact: Fact, bound: Bound, ways: Sequence[tuple[str, KeySet]], before: Plan
) -> list[Node]:
    """Lookups of a fact at each source of the question's entities; of one that cannot look up in all of these
    ways everything, unless the plan `before` has read that already."""
    nodes: list[Node] = []
    for source, some in _serving(desk, fact, bound.entities):
        if all(column in source.facts[fact].keys for column, _ in ways):
            nodes += [_node(desk, source, fact, some, bound, column=c, keys=keys) for c, keys in ways]
        elif not any(_whole(node, source, fact, some) for node in before.nodes):
            nodes.append(_node(desk, source, fact, some, bound))
    return nodes


def _whole(node: Node, source: Source, fact: Fact, entities: tuple[str, ...]) -> bool:
    """Whether the node reads everything of a fact that the source has of the entities."""
    scan = node.scan
    cut = scan.keys is not None or any(p.column != "legal_entity" for p in scan.where)
    return (node.source, node.fact) == (source.name, fact) and not cut and {*entities} <= {*node.entities}


def _serving(desk: Desk, fact: Fact, entities: Iterable[str]) -> Iterator[tuple[Source, tuple[str, ...]]]:
    """The source of each entity's figures with the entities it is asked about together: each alone where
    only the keys can tell them apart."""
    found: dict[str, list[str]] = {}
    for entity in entities:
        used = fact not in desk.model.legal_entities[entity].unused
        for source in desk.finder.providers(fact, entity)[:1] if used else ():
            found.setdefault(source.name, []).append(entity)
    for name, some in found.items():
        source = desk.finder.sources[name]
        groups = [tuple(some)] if desk.finder.tells(source, fact) else [(entity,) for entity in some]
        yield from ((source, group) for group in groups)


def _node(
    desk: Desk,
    source: Source,
    fact: Fact,
    entities: tuple[str, ...],
    bound: Bound,
    *,
    codes: Codes = lambda _: {},
    column: str | None = None,
    keys: KeySet | None = None,
) -> Node:
    able, crosswalk = source.facts[fact].columns, desk.planner.crosswalk(source.name)
    asked = {"legal_entity": crosswalk.codes(Dimension.LEGAL_ENTITY, entities), **codes(crosswalk)}
    where = tuple(
        Predicate(name, Op.IN, tuple(sorted(values)))
        for name, values in asked.items()
        if name in able and values
    )
    scan = Scan(
        fact,
        tuple(name for name in COLUMNS[fact] if name in able),
        where if column is None else (),
        as_of=None if fact in (Fact.BUDGET, Fact.DEFERRAL) else bound.as_of,
        keys=None if column is None else Keys(column, ()),
    )
    accepted, refusal = _accepted(source, scan)
    return Node(source.name, source.system, fact, entities, scan, accepted, refusal, column, keys)


def _accepted(source: Source, scan: Scan) -> tuple[Accepted | None, SourceError | None]:
    try:
        return source.accept(scan), None
    except SourceError as refusal:
        return None, refusal


def aside(bound: Bound, *waves: list[Node]) -> Plan:
    """Scans as a plan."""
    return Plan(bound, tuple(tuple(wave) for wave in waves if wave), {}, documents=True)
