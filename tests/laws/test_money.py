"""Law 8: both rate bases tell one story, variances add up to that of the net, and what is taken off in a
consolidation is taken off both sides."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.question import Span
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.measures import BASE, BUDGET_TYPES
from resolvers.semantics.rates import RateBasis
from sources.spi.context import Context
from tests.laws.asking import Scene, law, one_sided, scene, told
from tests.world import table, using

pytestmark = pytest.mark.slow
EVER = Span(first="2025-P01", last="2026-P12")
ALL = (AccountClass.EXPENSE, AccountClass.CAPEX, AccountClass.REVENUE)


def rows(answer: Answer) -> Iterator[Mapping[str, Any]]:
    for frame in (answer.rows, answer.totals, answer.revenue_totals):
        yield from frame.iter_rows(named=True)


def less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def changed(seed: int, size: int) -> Scene:
    """A scene as reported or at budget rates, consolidated or not; mostly over all periods, for entities book
    with each other at different times."""
    small, rng = scene(seed, size), Random(seed)
    basis, eliminate = rng.choice(list(RateBasis)), rng.random() < 0.7
    span = EVER if rng.random() < 0.7 else small.question.span
    asked = replace(small.question, rate_basis=basis, eliminate=eliminate, span=span)
    return Scene(small.world, asked)


def test_there_is_something_to_take_off() -> None:
    """In most worlds, or the laws below would hold for want of a case."""
    off = [
        small.answer(replace(small.question, where=(), classes=ALL, eliminate=True, span=EVER)).eliminated
        for small in (changed(seed, 3) for seed in range(6))
    ]
    assert sum(each is not None and bool(each["spend"][0]) for each in off) >= 4


@law(10)
def test_both_bases_tell_one_story(seed: int, size: int) -> None:
    """What differs between them is what both of them say it is, in every cell and total."""
    small = changed(seed, size)
    at = {basis: small.answer(replace(small.question, rate_basis=basis)) for basis in RateBasis}
    pairs = list(zip(rows(at[RateBasis.CONSTANT]), rows(at[RateBasis.REPORTED]), strict=True))
    for constant, reported in pairs:
        assert [constant[name] for name in BUDGET_TYPES.values()] == [
            reported[name] for name in BUDGET_TYPES.values()
        ]
        assert constant["fx_effect"] == less(reported["available"], constant["available"])
        assert constant["fx_variance"] == less(reported["variance"], constant["variance"])
        assert constant["operational_variance"] == constant["variance"]
        for name in ("fx_effect", "fx_variance", "operational_variance"):
            assert constant[name] == reported[name], name


@law(10)
def test_coarse_is_the_sum_of_fine_as_reported_and_consolidated(seed: int, size: int) -> None:
    small = changed(seed, size)
    fine = one_sided(small.question)
    finest, coarse = small.answer(fine), small.answer(replace(fine, group_by=()))
    side = coarse.revenue_totals if fine.classes == (AccountClass.REVENUE,) else coarse.totals
    for name in told(fine):
        column = finest.rows[name]
        added = None if column.has_nulls() else column.sum()
        assert side[name][0] == added, name


@law(10)
def test_a_cell_is_the_sum_of_its_documents_as_reported_and_consolidated(seed: int, size: int) -> None:
    small = changed(seed, size)
    found = using(
        small.world.model,
        *small.world.systems,
        do=lambda engine: engine.documents(small.question, Context.within(30)),
    )
    keys = [dimension.column for dimension in small.question.group_by]
    for row in small.answer().rows.iter_rows(named=True):
        own = found.parts.filter(*(pl.col(key).eq(row[key]) for key in keys))
        spend = own.filter(~pl.col("revenue"))
        shown = own if spend.is_empty() else spend
        for name in told(small.question):
            amounts = shown.filter(pl.col("measure") == name)["amount"]
            assert row[name] == (None if amounts.has_nulls() else amounts.sum()), (row["cell_id"], name)


@law(10)
def test_variances_add_up_to_that_of_the_net(seed: int, size: int) -> None:
    """By account a cell is of one side."""
    small = changed(seed, size)
    by = tuple(
        dict.fromkeys(
            (*(d for d in small.question.group_by if d is not Dimension.SUPPLIER), Dimension.ACCOUNT)
        )
    )
    where = tuple(f for f in small.question.where if f.dimension is not Dimension.SUPPLIER)
    got = small.answer(replace(small.question, group_by=by, where=where, classes=ALL))
    column = got.rows["variance"]
    net = got.net.row(0, named=True)
    assert net["variance"] == (None if column.has_nulls() else column.sum())
    assert net["variance"] == less(net["actual"], net["budget"])


@law(10)
def test_what_is_taken_off_is_taken_off_both_sides(seed: int, size: int) -> None:
    """Entities keep their figures, both sides lose the same, and no grouping moves it."""
    small = changed(seed, size)
    asked = replace(small.question, where=(), classes=ALL, eliminate=True, group_by=(Dimension.LEGAL_ENTITY,))
    got, plain = small.answer(asked), small.answer(replace(asked, eliminate=False))
    assert got.eliminated is not None
    spend, revenue = got.eliminated.select("spend", "revenue").row(0)
    assert spend == revenue
    assert got.totals["actual"][0] == less(plain.totals["actual"][0], spend)
    assert got.revenue_totals["actual"][0] == less(plain.revenue_totals["actual"][0], revenue)
    kept = got.rows.filter(pl.col("legal_entity") != "ELIMINATION")
    assert table(kept, *BASE) == table(plain.rows, *BASE)
    by = small.answer(replace(asked, group_by=small.question.group_by))
    assert by.eliminated is not None
    assert by.eliminated.equals(got.eliminated)
