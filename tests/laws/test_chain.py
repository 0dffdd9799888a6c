"""Of what was ordered, nothing is left below zero."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import polars as pl
import pytest

from resolvers.plan.question import Span
from sources.spi.context import Context
from sources.spi.facts import Fact
from tests.laws.asking import law, scene
from tests.laws.chance import Row
from tests.laws.changing import without
from tests.laws.oracle_worth import ordered, price
from tests.laws.worlds import World
from tests.world import using

pytestmark = pytest.mark.slow
EVERYTHING: Final = Span(first="2025-P01", last="2026-P12")
LEFT: Final = ("commitment", "received_not_invoiced")


@law(8)
def test_of_what_was_ordered_nothing_is_left_below_zero(seed: int, size: int) -> None:
    """However much was received, returned, invoiced, credited and accrued: no part of an order line that is
    worth more than nothing is negative."""
    drawn = scene(seed, size)
    worthless = {(row["legal_entity"], row["number"], row["line"]) for row in _negative(drawn.world)}

    def gone(name: str, row: Row) -> bool:
        return name == "purchase-orders" and (row["legal_entity"], row["number"], row["line"]) in worthless

    small = replace(drawn, world=without(drawn.world, gone))
    asked = replace(small.question, where=(), span=EVERYTHING)
    found = using(
        small.world.model,
        *small.world.systems,
        do=lambda engine: engine.documents(asked, Context.within(30)),
    )
    left = found.parts.filter(pl.col("measure").is_in(LEFT) & (pl.col("fact") == Fact.ORDER))
    assert left.filter(pl.col("amount") < 0).is_empty()


def _negative(world: World) -> Iterator[Row]:
    return (row for row in world.books["purchase-orders"] if ordered(row) * price(row) <= 0)
