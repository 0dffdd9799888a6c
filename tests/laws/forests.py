"""Random companies whose cost centres move about, with budgets on nodes; and who is below whom, worked out
here a second time."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from resolvers.plan.question import Filter, RollUp
from resolvers.semantics.dimensions import Dimension, Edge, Hierarchy, HierarchyView
from resolvers.semantics.model import Model
from sources.spi.facts import Fact
from tests.laws.asking import Scene, one_sided, scene
from tests.laws.chance import CENTERS, LEDGERS
from tests.laws.worlds import CODES
from tests.world import System

CENTER, PERIOD = Dimension.COST_CENTER, Dimension.PERIOD
LEAVES: Final = ("A1", "A2", "B1", "J1", "SHARED")
NODES: Final = ("EAST", "WEST", "ALL")
_FIRST: Final = date(2024, 6, 1)


def forest(seed: int, size: int) -> Scene:
    """A scene with cost centres and periods among what is grouped by, of one side."""
    small, rng = scene(seed, size), Random(seed)
    trees = (Hierarchy(CENTER, "ORG", _org(rng)), Hierarchy(CENTER, "PLACE", _place(rng)))
    model = replace(small.world.model, hierarchies={CENTER: trees})
    systems = tuple(_planned(system, rng) for system in small.world.systems)
    asked = one_sided(small.question)
    others = tuple(d for d in asked.group_by if d not in (CENTER, PERIOD))[:1]
    where = tuple(replace(f, hierarchy=_named(rng, f)) for f in asked.where)
    asked = replace(
        asked,
        where=where,
        group_by=(CENTER, PERIOD, *others),
        hierarchy_view=rng.choice(list(HierarchyView)),
        currency=asked.currency or "USD",
    )
    return Scene(replace(small.world, model=model, systems=systems), asked)


def _named(rng: Random, filter_: Filter) -> str | None:
    return (
        rng.choice((None, "ORG", "PLACE")) if filter_.dimension is CENTER and filter_.descendants_of else None
    )


def roll_up(rng: Random) -> RollUp:
    hierarchy = rng.choice((None, "ORG", "PLACE"))
    if rng.random() < 0.5:
        return RollUp(CENTER, rng.randint(0, 3), (), hierarchy)
    return RollUp(CENTER, None, tuple(rng.sample((*NODES, "A1"), rng.randint(1, 3))), hierarchy)


def above(
    model: Model, roll: RollUp, view: HierarchyView, as_of: date | None, period: str, member: str
) -> str:
    """What a member is shown as in a period, by walking upwards from it."""
    trees = model.hierarchies[CENTER]
    edges = next(tree.edges for tree in trees if tree.name == (roll.hierarchy or trees[0].name))
    ends = {p.id: p.end for p in model.calendars[model.calendar].periods}
    day = ends[period] if view is HierarchyView.AS_POSTED else as_of or model.today
    path = [member]
    while found := [e.parent for e in edges if e.child == path[0] and _holds(e, day)]:
        path.insert(0, found[0])
    if roll.level is not None:
        return path[min(roll.level, len(path) - 1)]
    return next((node for node in reversed(path) if node in roll.nodes), member)


def way(model: Model, period: str, member: str) -> list[str]:
    """The nodes above a member at the end of a period, in the default hierarchy."""
    end = next(p.end for p in model.calendars[model.calendar].periods if p.id == period)
    edges = [edge for edge in model.hierarchies[CENTER][0].edges if _holds(edge, end)]
    found: list[str] = []
    while up := [edge.parent for edge in edges if edge.child == ([member, *found][-1])]:
        found.append(up[0])
    return found


def _holds(edge: Edge, day: date) -> bool:
    return (edge.since or date.min) <= day <= (edge.until or date.max)


def _org(rng: Random) -> tuple[Edge, ...]:
    """Each cost centre below one node after the other, some below none at first."""
    edges = [Edge("EAST", "ALL"), Edge("WEST", "ALL")]
    for leaf in LEAVES:
        since = rng.choice((None, date(2025, 3, 15)))
        for _ in range(rng.randint(0, 2)):
            until = (since or _FIRST) + timedelta(days=rng.randint(20, 400))
            edges.append(Edge(leaf, rng.choice(("EAST", "WEST", "ALL")), since, until))
            since = until + timedelta(days=1)
        edges.append(Edge(leaf, rng.choice(("EAST", "WEST")), since))
    return tuple(edges)


def _place(rng: Random) -> tuple[Edge, ...]:
    return tuple(Edge(leaf, rng.choice(("EAST", "WEST"))) for leaf in LEAVES if rng.random() < 0.7)


def _planned(system: System, rng: Random) -> System:
    """The system, with budgets on nodes beside those it has."""
    if Fact.BUDGET not in system.provided:
        return system
    rows: list[dict[str, Any]] = []
    for index in range(rng.randint(0, 6)):
        entity = rng.choice(sorted(system.entities))
        rows.append(
            {
                "id": f"N{index}",
                "number": f"N{index}",
                "type": rng.choice(("ORIGINAL", "REVISION")),
                "legal_entity": CODES[entity],
                "account": rng.choice(("6200", "1500")),
                "cost_center": rng.choice((*NODES, *CENTERS[entity])),
                "project": None,
                "period": f"{rng.choice((2025, 2026))}-P{rng.randint(1, 12):02d}",
                "scenario": "BUDGET",
                "version": "APPROVED",
                "status": "APPROVED",
                "currency": LEDGERS[entity],
                "amount": str(rng.randint(1, 90_000)),
            }
        )
    return replace(
        system,
        collections={**system.collections, "budget-entries": [*system.collections["budget-entries"], *rows]},
    )
