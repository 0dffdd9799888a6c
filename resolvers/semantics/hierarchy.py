"""Hierarchies over time: several per dimension, each edge valid from a day to a day.

    child  parent  from        to
    300    X       2020-01-01  2026-03-31      AS_POSTED  January to March below X, from April below Y
    300    Y       2026-04-01                  RESTATED   on 30 June 2026: all of it below Y

AS_POSTED is the tree at the end of each fact's period, RESTATED the tree of one day for all of them.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from resolvers.semantics.calendar import Period
from resolvers.semantics.dimensions import Dimension, Edge, Hierarchy, HierarchyView
from resolvers.semantics.model import Model
from resolvers.semantics.tree import Tree

DEFAULT: Final = "DEFAULT"
"""The name of the hierarchy that members' own parents make."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Periods whose facts are seen in the same tree."""

    periods: tuple[str, ...]
    tree: Tree


def hierarchies(model: Model, dimension: Dimension) -> tuple[Hierarchy, ...]:
    """The hierarchies of a dimension, the default first; without a configured one, its members' parents."""
    found = model.hierarchies.get(dimension)
    if found is not None:
        return found
    members = model.members.get(dimension, {}).values()
    edges = tuple(Edge(m.id, m.parent) for m in members if m.parent is not None)
    return (Hierarchy(dimension, DEFAULT, edges),) if edges else ()


def default(model: Model, dimension: Dimension) -> Hierarchy:
    """The hierarchy that holds where none is named; one without edges where there is none."""
    return next(iter(hierarchies(model, dimension)), Hierarchy(dimension, DEFAULT, ()))


def nodes(model: Model, dimension: Dimension) -> frozenset[str]:
    """The members that any hierarchy has something below, on whatever day."""
    return frozenset(edge.parent for each in hierarchies(model, dimension) for edge in each.edges)


def on(hierarchy: Hierarchy, day: date) -> Tree:
    return {edge.child: edge.parent for edge in hierarchy.edges if edge.holds(day)}


def stretches(
    hierarchy: Hierarchy, view: HierarchyView, periods: Iterable[Period], day: date
) -> tuple[Stretch, ...]:
    """The trees in which facts of the periods are seen: RESTATED all in that of `day`, AS_POSTED each in that
    of its period's last day. Periods between which nothing changes share one."""
    if view is HierarchyView.RESTATED:
        return (Stretch(tuple(period.id for period in periods), on(hierarchy, day)),)
    days = changes(hierarchy)
    found: dict[int, list[Period]] = {}
    for period in periods:
        found.setdefault(bisect_right(days, period.end), []).append(period)
    return tuple(Stretch(tuple(p.id for p in same), on(hierarchy, same[0].end)) for same in found.values())


def changes(hierarchy: Hierarchy) -> list[date]:
    """The days on which other edges hold than the day before, in order."""
    return sorted(set(_changes(hierarchy.edges)))


def _changes(edges: Iterable[Edge]) -> Iterator[date]:
    for edge in edges:
        if edge.since is not None:
            yield edge.since
        if edge.until is not None and edge.until < date.max:
            yield date.fromordinal(edge.until.toordinal() + 1)
