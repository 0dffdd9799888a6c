"""Trees: every way of seeing a company adds up to the same company."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from resolvers.plan.answer import Answer
from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Filter, Span
from resolvers.semantics.calendar import PERIOD_MISSING
from resolvers.semantics.dimensions import UNASSIGNED, AccountClass, Dimension
from sources.spi.context import Context
from tests.laws.asking import Scene, figures, law, told
from tests.laws.crippled import Crippled
from tests.laws.forests import CENTER, LEAVES, NODES, PERIOD, above, forest, roll_up, way
from tests.laws.oracle import BUDGETS
from tests.laws.test_rollup import rolled
from tests.world import using

pytestmark = pytest.mark.slow


def asked(seed: int, size: int) -> Scene:
    """Where a filter leaves no cost centre in any period, without filters."""
    small = forest(seed, size)
    try:
        small.answer()
    except QuestionError:
        return replace(small, question=replace(small.question, where=()))
    return small


def seen_at(answer: Answer, period: str) -> str:
    """The period whose tree counts: of what no period holds, the last one asked about."""
    return answer.bound.periods[-1].id if period == PERIOD_MISSING else period


def only(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names}


@law(14)
def test_every_view_and_level_has_the_same_total_and_is_the_sum_of_the_fine(seed: int, size: int) -> None:
    small = asked(seed, size)
    fine, roll = small.question, roll_up(Random(seed))
    names, model = told(fine), small.world.model
    finest = small.answer()
    expected: dict[tuple[str | None, ...], dict[str, Any]] = {}
    for (center, period, *rest), row in figures(finest, *names).items():
        at = seen_at(finest, str(period))
        node = above(model, roll, fine.hierarchy_view, fine.as_of, at, str(center))
        total = expected.setdefault((node, period, *rest), dict.fromkeys(names, Decimal(0)))
        for name in names:
            total[name] = None if None in (total[name], row[name]) else total[name] + row[name]
    coarse = small.answer(replace(fine, roll_up=(roll,)))
    assert figures(coarse, *names) == expected
    assert_frame_equal(coarse.totals, finest.totals)
    revenue = fine.classes == (AccountClass.REVENUE,)
    total = (coarse.revenue_totals if revenue else coarse.totals).row(0, named=True)
    everything = rolled(figures(coarse), []).get((), dict.fromkeys(names, Decimal(0)))
    assert only(total, names) == only(everything, names)


@law(10)
def test_documents_behind_a_node_add_up_to_it(seed: int, size: int) -> None:
    small = asked(seed, size)
    coarse = replace(small.question, roll_up=(roll_up(Random(seed)),))
    model, systems = small.world.model, small.world.systems
    found = using(model, *systems, do=lambda engine: engine.documents(coarse, Context.within(30)))
    cells, names = found.by_cell(coarse.group_by), told(coarse)
    for key, row in figures(small.answer(coarse), *names).items():
        for name in names:
            amounts = (
                cells[key].filter(pl.col("measure") == name)["amount"] if key in cells else pl.Series([0])
            )
            assert row[name] == (None if amounts.has_nulls() else amounts.sum()), (key, name)


@law(10)
def test_what_a_source_cannot_do_is_done_here(seed: int, size: int) -> None:
    able = asked(seed, size)
    expected = able.answer()
    got = able.answer(around=lambda source: Crippled(source, seed))
    keys = [dimension.column for dimension in able.question.group_by]
    assert_frame_equal(got.rows.sort(keys), expected.rows.sort(keys))
    assert_frame_equal(got.totals, expected.totals)


@law(8)
def test_a_node_is_the_slice_of_what_is_below_it(seed: int, size: int) -> None:
    """In each period what the tree of that period has below it, nothing else; each member alone is itself."""
    small, rng = forest(seed, size), Random(seed)
    fine = replace(small.question, where=())
    whole = small.answer(fine)
    everything = figures(whole)
    roll = replace(roll_up(rng), level=None, nodes=(rng.choice(NODES),))
    view, model = fine.hierarchy_view, small.world.model
    inside = {
        key: row
        for key, row in everything.items()
        if above(model, roll, view, fine.as_of, seen_at(whole, str(key[1])), str(key[0])) == roll.nodes[0]
    }
    where = (Filter(CENTER, (), roll.nodes, roll.hierarchy),)
    assert figures(small.answer(replace(fine, where=where))) == inside
    member = rng.choice((*NODES, *LEAVES, UNASSIGNED))
    got = figures(small.answer(replace(fine, where=(Filter(CENTER, (member,)),))))
    assert got == {key: row for key, row in everything.items() if key[0] == member}


@law(10)
def test_a_budget_inside_another_counts_once(seed: int, size: int) -> None:
    """Over a whole year: the entries of cells without a budgeted cell above them, and those alone."""
    small, rng = forest(seed, size), Random(seed)
    span = Span(fiscal_year=rng.choice((2025, 2026)))
    finest = (CENTER, PERIOD, Dimension.LEGAL_ENTITY, Dimension.ACCOUNT, Dimension.PROJECT)
    names = tuple(BUDGETS.values())
    fine = replace(small.question, where=(), span=span, group_by=finest)
    plain = small.answer(replace(fine, as_entered=True))
    entered = figures(plain, *names)
    budgeted = {(key[0], *key[2:]) for key, row in entered.items() if any(row[name] != 0 for name in names)}
    expected: dict[str, Any] = dict.fromkeys(names, Decimal(0))
    for (center, period, *rest), row in entered.items():
        nodes = way(small.world.model, seen_at(plain, str(period)), str(center))
        if not any((node, *rest) in budgeted for node in nodes):
            for name in names:
                expected[name] = None if None in (expected[name], row[name]) else expected[name] + row[name]
    answer = small.answer(replace(fine, group_by=()))
    revenue = fine.classes == (AccountClass.REVENUE,)
    total = (answer.revenue_totals if revenue else answer.totals).row(0, named=True)
    for name in names:
        assert total[name] == expected[name] or total[name] is None, name


@law(6)
def test_periods_add_up_whatever_budgets_nodes_have(seed: int, size: int) -> None:
    """A total over a window is the sum of its periods asked one by one."""
    small = asked(seed, size)
    fine = replace(small.question, group_by=(PERIOD,))
    names = told(fine)
    whole = figures(small.answer(fine), *names)
    for (period,), row in sorted(whole.items())[:3]:
        if period != PERIOD_MISSING:
            alone = small.answer(replace(fine, span=Span(first=period, last=period)))
            assert figures(alone, *names)[period,] == row
