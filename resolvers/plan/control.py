"""What control totals take: budgets of whole fiscal years, and those below the nodes that are asked about.

Whether a node has a budget of its own is a matter of its fiscal year, whatever part of it is asked about; and
what it has not distributed depends on budgets below it that a filter may leave out.
"""

from collections.abc import Iterable

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.semantics.calendar import Period
from resolvers.semantics.control import CONTROLLING, undistributed
from resolvers.semantics.dimensions import Dimension, HierarchyView
from resolvers.semantics.hierarchy import Stretch, default, nodes, stretches
from resolvers.semantics.measures import BUDGET_TYPES
from resolvers.semantics.model import Model
from resolvers.semantics.tree import Tree, below


def controlling(bound: Bound, model: Model) -> tuple[Dimension, ...]:
    """The dimensions in which a budget asked for may be that of a node; none where it is asked for as it was
    entered."""
    if bound.question.as_entered or not {*BUDGET_TYPES.values()} & {*bound.needed}:
        return ()
    return tuple(dimension for dimension in CONTROLLING if default(model, dimension).edges)


def controlled(budgets: pl.DataFrame, bound: Bound, model: Model) -> pl.DataFrame:
    """Parts of budgets, those of nodes as far as they are not distributed. What lies beside the periods of
    its year, an annual amount for instance, is controlled as the year ends."""
    periods = _years(bound)
    years = {period.fiscal_year: period.id for period in periods}
    known = {period.id for period in bound.calendar.periods}
    beside = {name: years[year] for name, year in bound.years.items() if year in years and name not in known}
    found: dict[Dimension, dict[str, Tree]] = {}
    for dimension in controlling(bound, model):
        trees = {p: each.tree for each in _trees(dimension, periods, model) for p in each.periods}
        found[dimension] = trees | {name: trees[last] for name, last in beside.items()}
    placed = {period.id: period.fiscal_year for period in periods}
    return undistributed(budgets, found, placed | {name: bound.years[name] for name in beside})


def periods_read(bound: Bound, model: Model) -> tuple[Period, ...]:
    """The periods whose budgets have to be read: those of whole years, where nodes are asked about."""
    asked = any(_on_nodes(dimension, bound, model) for dimension in controlling(bound, model))
    return _years(bound) if asked else bound.periods


def members_read(dimension: Dimension, members: frozenset[str], bound: Bound, model: Model) -> frozenset[str]:
    """The members whose budgets have to be read for those of `members`: these and all below the nodes among
    them."""
    if dimension not in controlling(bound, model):
        return members
    found = [below(each.tree, members) for each in _trees(dimension, _years(bound), model)]
    return members.union(*found)


def _on_nodes(dimension: Dimension, bound: Bound, model: Model) -> bool:
    asked = bound.members.get(dimension)
    return asked is None or bool(asked & nodes(model, dimension))


def _years(bound: Bound) -> tuple[Period, ...]:
    years = {period.fiscal_year for period in bound.periods}
    return tuple(period for period in bound.calendar.periods if period.fiscal_year in years)


def _trees(dimension: Dimension, periods: Iterable[Period], model: Model) -> tuple[Stretch, ...]:
    """A budget is controlled by the nodes its cell was below at the time, however it is looked at."""
    return stretches(default(model, dimension), HierarchyView.AS_POSTED, periods, model.today)
