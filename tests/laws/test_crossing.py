"""The random crosswalks hold every kind of row, so that no law passes for want of one."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.rules import is_pattern, rules_of, ties
from tests.laws.crossing import crossed
from tests.laws.worlds import World, world

WORLDS: Final = 30
KINDS: Final = ("shared", "dated", "patterned", "beside", "shared by several patterns", "derived")


def test_every_kind_of_row_is_met_in_several_worlds() -> None:
    met = Counter(kind for seed in range(WORLDS) for kind in set(_met(crossed(world(seed, 1)))))
    assert {kind: met[kind] for kind in KINDS if met[kind] < 3} == {}


def test_no_random_crosswalk_has_a_tie() -> None:
    """A tie is a fault of the configuration; the engine is never asked about one."""
    for seed in range(WORLDS):
        small = crossed(world(seed, 1))
        for system in small.systems:
            assert list(ties(rules_of(system.name, small.model.crosswalk))) == []


def _met(small: World) -> Iterator[str]:
    for system in small.systems:
        for rule in rules_of(system.name, small.model.crosswalk):
            patterned = any(is_pattern(code) for _, code in rule.conditions)
            told = {
                "shared": rule.is_shared,
                "dated": any(row.valid_to for row in rule.rows),
                "patterned": patterned,
                "beside": len(rule.conditions) > 1,
                "shared by several patterns": patterned and rule.is_shared,
            }
            yield from (kind for kind, there in told.items() if there)
        if Dimension.PROJECT in Crosswalk(small.model, system.name).derived(("account", "cost_center")):
            yield "derived"
