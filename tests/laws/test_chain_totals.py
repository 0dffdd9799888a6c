"""What a system does not say, or says in words of its own, is inside every total: a figure's cells, UNMAPPED
and UNASSIGNED among them, add up to what the source itself adds up to."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Final

import pytest

from resolvers.plan.question import Filter, Span
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.measures import MEASURES
from tests.laws.asking import law, one_sided, scene
from tests.laws.chance import LEDGERS, Row
from tests.laws.oracle_company import Company
from tests.laws.oracle_money import ZERO, number
from tests.laws.questions import ask, company
from tests.world import Collections

pytestmark = pytest.mark.slow
SHOWN: Final = frozenset(("budget", "actual"))


@law(14)
def test_cells_add_up_to_the_sources_own_total(seed: int, size: int) -> None:
    """However grouped; of one entity, in the currency of its ledger, spend or revenue. No planning tool has
    suppliers: of budgets by supplier only the total is told."""
    small, rng = scene(seed, size), Random(seed)
    entity, known = rng.choice(sorted(LEDGERS)), company(small.world.model)
    own = (Filter(Dimension.LEGAL_ENTITY, (entity,)),)
    dimensions = tuple(rng.sample(list(Dimension), rng.choice((1, 2, 3, 6))))
    side = replace(one_sided(small.question), group_by=dimensions, span=_span(rng, small.question.span))
    every = frozenset(MEASURES) if rng.random() < 0.3 else SHOWN
    asked = replace(side, measures=every, where=own, currency=LEDGERS[entity], as_of=None)
    answer = small.answer(asked)
    revenue = asked.classes == (AccountClass.REVENUE,)
    total = (answer.revenue_totals if revenue else answer.totals).row(0, named=True)
    periods = ask(asked, small.world.model).periods
    for measure, rows in _published(small.world.books).items():
        there = [row for row in rows if row["legal_entity"] == entity]
        placed = known.posted if measure == "actual" else known.place
        inside = [row for row in there if _asked(row, known, placed(row), periods, revenue=revenue)]
        sign = -1 if revenue and measure == "actual" else 1
        expected = sign * sum((number(row["amount"]) for row in inside), ZERO)
        assert Fraction(total[measure]) == expected, measure
        if measure == "actual" or Dimension.SUPPLIER not in asked.group_by:
            assert sum(map(Fraction, answer.rows[measure]), ZERO) == expected, measure


def _span(rng: Random, drawn: Span) -> Span:
    """Mostly everything, so that there is something."""
    return drawn if rng.random() < 0.3 else Span(first="2025-P01", last="2026-P12")


def _published(books: Collections) -> dict[str, list[Row]]:
    """The entries that count, as their systems have them."""
    return {
        "budget": [
            row
            for row in books["budget-entries"]
            if (row["scenario"], row["version"]) == ("BUDGET", "APPROVED") and row["status"] != "DRAFT"
        ],
        "actual": [
            row for row in books["journal-lines"] if row["status"] != "DRAFT" and row["type"] != "CLOSING"
        ],
    }


def _asked(
    row: Row, known: Company, place: Mapping[str, str], periods: frozenset[str], *, revenue: bool
) -> bool:
    """In the window, and on an account of the side asked for; one that no chart has is taken for spend."""
    kind = known.kind(row)
    if not {place["period"], place.get("at")} & periods or kind == AccountClass.BALANCE_SHEET:
        return False
    return (kind == AccountClass.REVENUE) == revenue
