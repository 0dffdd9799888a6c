"""How a question is read changes no figure: in the order documents flow, or beside its breaks."""

from dataclasses import replace
from random import Random

import pytest
from polars.testing import assert_frame_equal

from resolvers.plan.answer import Answer
from resolvers.semantics.measures import MEASURES
from tests.laws.asking import law, scene

pytestmark = pytest.mark.slow


def same(got: Answer, expected: Answer) -> None:
    """Every cell, every total, and what is said of them."""
    assert_frame_equal(got.rows, expected.rows)
    assert_frame_equal(got.totals, expected.totals)
    assert_frame_equal(got.revenue_totals, expected.revenue_totals)
    assert_frame_equal(got.gaps, expected.gaps)
    assert got.missing == expected.missing
    assert got.notes == expected.notes


@law(4)
def test_strict_is_parallel_while_nothing_moves(seed: int, size: int) -> None:
    """Both with breaks, which are read in waves of their own."""
    small = scene(seed, size)
    asked = replace(small.question, breaks=True)
    strict, parallel = (small.answer(replace(asked, strict=strict)) for strict in (True, False))
    same(strict, parallel)
    assert [*map(str, strict.rates_missing)] == [*map(str, parallel.rates_missing)]
    assert strict.breaks == parallel.breaks


@law(3)
def test_breaks_beside_everything_change_no_figure(seed: int, size: int) -> None:
    small = scene(seed, size)
    same(small.answer(replace(small.question, breaks=True)), small.answer())


@law(3)
def test_breaks_beside_anything_change_no_figure(seed: int, size: int) -> None:
    """Looking for breaks needs measures that a question may not have selected: their parts make no cells and
    decide for none whether it shows spend or revenue."""
    small = scene(seed, size)
    rng = Random(seed)
    chosen = frozenset(rng.sample(sorted(MEASURES), rng.choice((1, 2, 4))))
    asked = replace(small.question, measures=chosen)
    same(small.answer(replace(asked, breaks=True)), small.answer(asked))
