"""Random roles, and what they let through, worked out here a second time."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from resolvers.semantics.access import Grant, Reach, Scope
from resolvers.semantics.dimensions import Dimension
from tests.laws.worlds import CENTERS, CODES, PROJECTS

Row = Mapping[str, Any]


def grants(rng: Random) -> Scope:
    """One to three roles, of which each limits nothing, or up to three dimensions."""
    return Scope(tuple(_grant(rng, f"role{n}") for n in range(rng.choice((1, 1, 2, 3)))))


def _grant(rng: Random, name: str) -> Grant:
    ways = (_entities, _centers, _projects)
    return Grant(name, tuple(way(rng) for way in rng.sample(ways, rng.choice((0, 1, 1, 1, 2, 3)))))


def _entities(rng: Random) -> Reach:
    return Reach(Dimension.LEGAL_ENTITY, tuple(rng.sample(sorted(CODES), rng.choice((1, 1, 2, 3)))))


def _centers(rng: Random) -> Reach:
    listed = tuple(rng.sample([*sorted(CENTERS), "UNASSIGNED", "UNMAPPED"], rng.choice((0, 1, 2))))
    return Reach(Dimension.COST_CENTER, listed, tuple(rng.sample(("EAST", "WEST", "ALL", "A1"), 1)))


def _projects(rng: Random) -> Reach:
    return Reach(Dimension.PROJECT, tuple(rng.sample([*sorted(PROJECTS), "UNASSIGNED"], rng.choice((1, 2)))))


def lets_through(scope: Scope) -> Callable[[Row], bool]:
    """Whether some role lets a row through that names its legal entity, cost centre and project."""
    rules = [{reach.dimension.column: _members(reach) for reach in grant.rows} for grant in scope.grants]
    return lambda row: any(all(row[c] in members for c, members in rule.items()) for rule in rules)


def _members(reach: Reach) -> set[str]:
    found = set(reach.listed)
    if reach.dimension is Dimension.COST_CENTER:
        for center in CENTERS:
            above: str | None = center
            while above is not None:
                if above in reach.below:
                    found.add(center)
                above = CENTERS[above][0]
    return found
