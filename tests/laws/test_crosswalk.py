"""Laws of the crosswalk: it conserves amounts, and no road to an answer changes it."""

from dataclasses import replace
from typing import Final

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from resolvers.plan.question import Filter, Question, Span
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import BASE, MEASURES
from sources.spi.context import Context
from tests.laws.asking import Scene, figures, law, scene, told
from tests.laws.crippled import Crippled
from tests.laws.crossing import crossed
from tests.world import using

pytestmark = pytest.mark.slow

EVERYTHING: Final = Span(first="2025-P01", last="2026-P12")


def _scene(seed: int, size: int) -> Scene:
    found = scene(seed, size)
    return replace(found, world=crossed(found.world))


@law(12)
def test_whatever_the_crosswalk_says_nothing_is_lost(seed: int, size: int) -> None:
    """Totals of all cost centres, projects and accounts that cost something, UNMAPPED and INVALID included,
    are those of the same world with its plain crosswalk; of budgets as they were entered, since a code that
    is a node's now may be inside another budget."""
    mapped, plain = _scene(seed, size), scene(seed, size)
    for by in ((), (Dimension.COST_CENTER,), (Dimension.COST_CENTER, Dimension.ACCOUNT, Dimension.PROJECT)):
        asked = Question(
            frozenset(MEASURES), by, _one(mapped), span=EVERYTHING, limit=100_000, as_entered=True
        )
        split, whole = mapped.answer(asked), plain.answer(asked)
        assert_frame_equal(split.totals, whole.totals)


def _one(mapped: Scene) -> tuple[Filter, ...]:
    """One company, so that nothing is translated: rates of shares are rounded where shares lie."""
    return (Filter(Dimension.LEGAL_ENTITY, (min(mapped.world.model.legal_entities),)),)


@law(12)
def test_what_is_pushed_down_changes_no_share(seed: int, size: int) -> None:
    able = _scene(seed, size)
    expected = able.answer()
    got = able.answer(around=lambda source: Crippled(source, seed))
    keys = [dimension.column for dimension in able.question.group_by]
    assert_frame_equal(got.rows.sort(keys), expected.rows.sort(keys), check_row_order=True)
    assert_frame_equal(got.totals, expected.totals)
    assert_frame_equal(got.gaps, expected.gaps)
    assert_frame_equal(got.coverage, expected.coverage)


@law(12)
def test_the_parts_of_a_share_add_up_to_it(seed: int, size: int) -> None:
    """A cell is the sum of its documents, split ones too."""
    small = _scene(seed, size)
    measures = told(small.question)
    found = using(
        small.world.model,
        *small.world.systems,
        do=lambda engine: engine.documents(small.question, Context.within(30)),
    )
    keys = [dimension.column for dimension in small.question.group_by]
    for key, row in figures(small.answer(), *measures).items():
        own = found.parts.filter(
            pl.col("measure").is_in(measures), *(pl.col(k).eq(m) for k, m in zip(keys, key, strict=True))
        )
        spend = own.filter(~pl.col("revenue"))
        shown = own if spend.is_empty() else spend
        for name in measures:
            amounts = shown.filter(pl.col("measure") == name)["amount"]
            assert row[name] == (None if amounts.has_nulls() else amounts.sum()), (key, name)


@law(12)
def test_a_share_does_not_depend_on_what_else_is_asked(seed: int, size: int) -> None:
    """The roll-up of the fine equals the coarse, in any currency."""
    small = _scene(seed, size)
    asked = replace(small.question, group_by=(Dimension.COST_CENTER,), classes=None, where=())
    fine = replace(
        asked, group_by=(Dimension.COST_CENTER, Dimension.ACCOUNT, Dimension.PROJECT, Dimension.PERIOD)
    )
    base = list(BASE)
    coarse, finer = small.answer(asked).rows, small.answer(fine).rows
    rolled = finer.group_by("cost_center").agg(_sum(name) for name in base)
    assert_frame_equal(
        rolled.select("cost_center", *base).sort("cost_center"),
        coarse.select("cost_center", *base).sort("cost_center"),
        check_dtypes=False,
    )


def _sum(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum()).alias(name)
