"""Law 2: the roll-up of the fine equals the coarse; a filter is a slice; a figure does not depend on what
else is asked."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from resolvers.plan.question import Filter
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.measures import BASE, MEASURES
from tests.laws.asking import Figures, figures, law, one_sided, scene, told

pytestmark = pytest.mark.slow
ZEROS = dict.fromkeys(BASE, Decimal(0))


def rolled(fine: Figures, positions: list[int]) -> Figures:
    """Sums over what is not kept; unknown where any of it is."""
    sums: Figures = {}
    for key, row in fine.items():
        total = sums.setdefault(tuple(key[i] for i in positions), dict(ZEROS))
        for name in BASE:
            total[name] = None if None in {total[name], row[name]} else total[name] + row[name]
    return sums


@law(14)
def test_coarse_is_the_sum_of_fine(seed: int, size: int) -> None:
    small = scene(seed, size)
    fine = one_sided(small.question)
    kept = Random(seed).sample(fine.group_by, Random(seed).randint(0, len(fine.group_by)))
    finest = small.answer(fine)
    expected = figures(small.answer(replace(fine, group_by=tuple(kept))), *BASE)
    sums = rolled(figures(finest, *BASE), [fine.group_by.index(dimension) for dimension in kept])
    for key, row in expected.items():
        assert {m: sums.get(key, ZEROS)[m] for m in told(fine)} == {m: row[m] for m in told(fine)}, key
    revenue = fine.classes == (AccountClass.REVENUE,)
    total = (finest.revenue_totals if revenue else finest.totals).row(0, named=True)
    everything = rolled(figures(finest, *BASE), []).get((), ZEROS)
    assert {m: total[m] for m in told(fine)} == {m: everything[m] for m in told(fine)}
    assert total["consumed_known"] == sum(finest.rows["consumed_known"])


@law(8)
def test_a_filter_is_a_slice(seed: int, size: int) -> None:
    """Asking about one member gives the cells that grouping by it shows."""
    small = scene(seed, size)
    asked = replace(small.question, where=(), group_by=small.question.group_by or (Dimension.COST_CENTER,))
    asked = replace(asked, currency=asked.currency or "USD")
    by = Random(seed).choice([d for d in asked.group_by if d is not Dimension.PERIOD] or [Dimension.ACCOUNT])
    asked = replace(asked, group_by=tuple(dict.fromkeys((*asked.group_by, by))))
    everything = figures(small.answer(asked))
    position = asked.group_by.index(by)
    for member in sorted({str(key[position]) for key in everything})[:2]:
        part = {key: row for key, row in everything.items() if key[position] == member}
        got = figures(small.answer(replace(asked, where=(Filter(by, (member,)),))))
        assert got == part, member


@law(8)
def test_a_figure_does_not_depend_on_what_else_is_asked(seed: int, size: int) -> None:
    small = scene(seed, size)
    asked = one_sided(small.question)
    everything = figures(small.answer(asked))
    chosen = Random(seed).sample(sorted(MEASURES), 2)
    got = figures(small.answer(replace(asked, measures=frozenset(chosen))), *chosen)
    for key, row in got.items():
        assert row == {name: everything[key][name] for name in chosen}, key
