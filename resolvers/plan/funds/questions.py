"""What the engine is asked for one group of lines."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from resolvers.plan.funds.lines import FundsQuestion
from resolvers.plan.funds.place import Group
from resolvers.plan.question import Filter, Question, Span
from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import SPEND, UNASSIGNED, Dimension
from resolvers.semantics.funds import Demand, Node
from resolvers.semantics.measures import BUDGET_TYPES
from resolvers.semantics.model import Model
from resolvers.semantics.tree import descendants

BUDGETS: Final = tuple(BUDGET_TYPES.values())
FIGURES: Final = ("budget", "consumed")


def budgets_above(group: Group, demands: Sequence[Demand], asked: FundsQuestion, model: Model) -> Question:
    """The budgets of the lines' cells and of all cells above them, over the whole fiscal year."""
    paths = zip(*(demand.paths for demand in demands), strict=True)
    above = [{member for path in found for member in path} for found in paths]
    where = [Filter(d, tuple(sorted(m))) for d, m in zip(group.dimensions, above, strict=True)]
    entities = frozenset(demand.legal_entity for demand in demands)
    calendar = model.calendars[model.calendar].periods
    year = next(p.fiscal_year for p in calendar if p.id == group.periods[0])
    span = Span(fiscal_year=year, window=Window.FY)
    return replace(_question(group, BUDGETS, where, entities, asked, model), span=span)


def below(
    group: Group, nodes: Sequence[Node], measures: Iterable[str], asked: FundsQuestion, model: Model
) -> Question:
    """Everything in the nodes and below."""
    cells = zip(*(node.cell for node in nodes), strict=True)
    where = [Filter(d, (), tuple(sorted(set(m)))) for d, m in zip(group.dimensions, cells, strict=True)]
    return _question(group, measures, where, frozenset(n.legal_entity for n in nodes), asked, model)


def _question(
    group: Group,
    measures: Iterable[str],
    where: Iterable[Filter],
    entities: frozenset[str],
    asked: FundsQuestion,
    model: Model,
) -> Question:
    entity = Dimension.LEGAL_ENTITY
    return Question(
        measures=frozenset(measures),
        group_by=(entity, *group.dimensions),
        where=(Filter(entity, tuple(sorted(entities))), *(_kept(f, entities, model) for f in where)),
        classes=SPEND,
        span=group.span,
        scenario=asked.scenario,
        version=asked.version,
        currency=group.currency,
        as_of=asked.as_of,
        limit=model.max_rows,
        as_entered=True,
        beside=frozenset(),
    )


def _kept(filter_: Filter, entities: frozenset[str], model: Model) -> Filter:
    """Two things of a node the engine leaves out, unless UNASSIGNED is asked for too (those rows lie in no
    node, and are left out again): a node above accounts may have no class; one above cost centres or projects
    has no owner, and an entity that owns none of the leaves asked for would seem to have nothing there."""
    listed = model.members.get(filter_.dimension, {})
    members = {*filter_.members, *descendants(listed, filter_.descendants_of)}
    if filter_.dimension is Dimension.ACCOUNT:
        lacking = any(m in listed and listed[m].kind is None for m in members)
    else:
        leaves = members - {member.parent for member in listed.values()}
        owners = {listed[m].legal_entity if m in listed else None for m in leaves}
        lacking = bool(leaves) and None not in owners and not entities <= owners
    return replace(filter_, members=(*filter_.members, UNASSIGNED)) if lacking else filter_
