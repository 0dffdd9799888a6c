"""Exchange rates that a source has: read where a question needs rates, and never more than it says."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from resolvers.plan.question import Question
from resolvers.semantics.entities import ReliefRate
from resolvers.semantics.model import PeriodRate, Rate
from resolvers.semantics.rates import RateBasis
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Accepted
from sources.spi.source import Source
from tests.plan.doubles import Around, Failing
from tests.world import System, ask, documents, entity, model, table

BOOKS: Final = System(
    "books",
    documents(
        """
        budget-entries
        legal_entity  amount
        TWO           1000

        journal-lines
        legal_entity  amount  period
        TWO           100     2026-P02

        purchase-orders
        legal_entity  number  match_basis  amount
        TWO           PO1     AMOUNT       10
        """
    ),
    {"TWO": "TWO"},
)


def quotes(*rows: Mapping[str, str | None], name: str = "treasury", **changes: Any) -> System:
    collections = {"exchange-rates": [{"currency": "EUR", "to": "USD", **row} for row in rows]}
    return System(name, collections, {"TWO": "TWO"}, frozenset({Fact.EXCHANGE_RATE}), **changes)


BUDGET: Final = {"type": "BUDGET", "fiscal_year": "2026", "rate": "1.10"}
AVERAGE: Final = {"type": "AVERAGE", "period": "2026-P02", "rate": "1.20"}
CLOSING: Final = {"type": "CLOSING", "date": "2026-05-31", "rate": "1.30"}
MEASURES: Final = ("budget", "actual", "commitment")


def answer(
    *systems: System, basis: RateBasis = RateBasis.REPORTED, currency: str = "USD", **world: Any
) -> Any:
    question = Question(frozenset(MEASURES), currency=currency, rate_basis=basis)
    world.setdefault("legal_entities", {"TWO": entity("TWO", "EUR")})
    return ask(model(BOOKS, *systems, **world), BOOKS, *systems, question=question)


def facts(got: Any) -> list[str]:
    return [scan.fact for wave in got.plan.waves for scan in wave]


def test_each_type_has_its_use() -> None:
    """1,000 budgeted at 1.10, 100 booked in February at 1.20, 10 ordered at 1.30."""
    got = answer(quotes(BUDGET, AVERAGE, CLOSING))
    assert table(got.totals, *MEASURES) == {"*": ("1100.00", "120.00", "13.00")}
    assert got.rates_missing == ()


def test_what_is_configured_holds() -> None:
    """The average is 1.25 here and 1.20 there; the rest comes from the source."""
    own = (PeriodRate("EUR", "USD", "2026-P02", Decimal("1.25")),)
    got = answer(quotes(BUDGET, AVERAGE, CLOSING), average_rates=own)
    assert table(got.totals, *MEASURES) == {"*": ("1100.00", "125.00", "13.00")}


def test_among_sources_the_first_holds() -> None:
    other = {**BUDGET, "rate": "2"}, {**AVERAGE, "rate": "2"}, {**CLOSING, "rate": "2"}
    first, second = quotes(BUDGET, AVERAGE), quotes(*other, name="bank")
    assert table(answer(first, second).totals, *MEASURES) == {"*": ("1100.00", "120.00", "20.00")}
    assert table(answer(second, first).totals, *MEASURES) == {"*": ("2000.00", "200.00", "20.00")}


@pytest.mark.parametrize(
    ("row", "lost"),
    [
        ({**BUDGET, "fiscal_year": None}, 0),
        ({**BUDGET, "fiscal_year": "next"}, 0),
        ({**BUDGET, "version": "DRAFT"}, 0),
        ({**BUDGET, "type": "FORECAST"}, 0),
        ({**AVERAGE, "period": "2026-P03"}, 1),
        ({**AVERAGE, "period": "2031-P01"}, 1),
        ({**AVERAGE, "rate": "0"}, 1),
        ({**AVERAGE, "rate": None}, 1),
        ({**AVERAGE, "currency": "USD", "to": "EUR"}, 1),
        ({**CLOSING, "date": None}, 2),
        ({**CLOSING, "date": "2026-07-01"}, 2),
        ({**CLOSING, "to": None}, 2),
    ],
)
def test_a_row_that_does_not_say_it_is_no_rate(row: Mapping[str, str | None], lost: int) -> None:
    kept = [r for place, r in enumerate((BUDGET, AVERAGE, CLOSING)) if place != lost]
    got = answer(quotes(*kept, row))
    expected: list[str | None] = ["1100.00", "120.00", "13.00"]
    expected[lost] = None
    assert table(got.totals, *MEASURES) == {"*": tuple(expected)}
    assert len(got.rates_missing) == 1


def test_a_closing_rate_may_be_of_a_period() -> None:
    """The end of May, when April's was 9."""
    may = {**CLOSING, "date": None, "period": "2026-P05"}
    april = {**CLOSING, "date": None, "period": "2026-P04", "rate": "9"}
    assert table(answer(quotes(may, april)).totals, "commitment") == {"*": "13.00"}


def test_nobody_is_asked_for_rates_that_nothing_needs() -> None:
    treasury = quotes(BUDGET)
    assert Fact.EXCHANGE_RATE not in facts(answer(treasury, currency="EUR"))
    assert Fact.EXCHANGE_RATE in facts(answer(treasury, currency="USD"))


class Late(Around):
    """Answers long after everybody else."""

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        batch = await super().run(accepted, ctx)
        for _ in range(5000):
            await asyncio.sleep(0)
        return batch


def test_rates_that_come_last_count() -> None:
    """Budget and ledger are there before them, and wait."""
    got = answer(quotes(BUDGET, AVERAGE, CLOSING, around=Late))
    assert table(got.totals, *MEASURES) == {"*": ("1100.00", "120.00", "13.00")}


@pytest.mark.parametrize("around", [lambda source: source, Late])
def test_a_policy_may_need_them(around: Callable[[Source], Source]) -> None:
    """Ordered in euros at 1.00, valued at the spot rate 1.50 of May, whenever that comes."""
    books = System(
        "own",
        documents(
            """
            purchase-orders
            number  match_basis  amount  currency  rate
            PO1     AMOUNT       10      EUR       1.00
            """
        ),
        {"ONE": "ONE"},
    )
    spot = quotes({"type": "SPOT", "date": "2026-05-31", "rate": "1.5"}, around=around)
    world = model(books, spot, legal_entities={"ONE": entity()})
    for policy, commitment in ((ReliefRate.PO, "10.00"), (ReliefRate.CURRENT, "15.00")):
        question = Question(frozenset(("commitment",)))
        question = Question(question.measures, policy=type(question.policy)(relief_rate=policy))
        got = ask(world, books, spot, question=question)
        assert table(got.totals, "commitment") == {"*": commitment}
        assert (Fact.EXCHANGE_RATE in facts(got)) == (policy is ReliefRate.CURRENT)


def test_rates_that_cannot_be_read_are_missing_and_their_source_says_so() -> None:
    """What is configured still counts."""

    def down(source: Source) -> Source:
        return Failing(source, Fact.EXCHANGE_RATE)

    own = (Rate("EUR", "USD", 2026, Decimal("1.10")),)
    got = answer(quotes(BUDGET, AVERAGE, CLOSING, around=down), rates=own)
    assert table(got.totals, *MEASURES) == {"*": ("1100.00", None, None)}
    assert [(s.name, s.error.code) for s in got.sources if s.error] == [("treasury", "SOURCE_UNAVAILABLE")]
    assert sorted(map(str, got.rates_missing)) == [
        "no AVERAGE rate from EUR to USD for period 2026-P02",
        f"no CLOSING rate from EUR to USD for {date(2026, 6, 30)} or before",
    ]
