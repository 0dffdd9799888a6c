"""Translation at the budget rate: once per balance or line, shared out so that it adds up."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from resolvers.semantics.model import PeriodRate, Rate, SpotRate
from resolvers.semantics.rates import RateBasis, RateMissing, RateType, rate_book
from resolvers.semantics.translation import translated
from sources.spi.facts import EXACT
from tests.world import TODAY, model

RATES: Final = (
    Rate("EUR", "USD", 2025, Decimal("1.10")),
    Rate("EUR", "USD", 2026, Decimal("1.0825")),
    Rate("JPY", "USD", 2026, Decimal("0.0067")),
    Rate("EUR", "JPY", 2026, Decimal("159.5")),
)
AVERAGE: Final = (
    PeriodRate("EUR", "USD", "2026-P01", Decimal("1.12")),
    PeriodRate("EUR", "USD", "2026-P02", Decimal("1.13")),
)
REPORTED: Final = RateBasis.REPORTED
CLOSING: Final = (
    SpotRate("EUR", "USD", date(2026, 5, 31), Decimal("1.14")),
    SpotRate("EUR", "USD", date(2026, 6, 30), Decimal("1.15")),
    SpotRate("EUR", "USD", date(2026, 7, 1), Decimal(2)),
)
WORLD: Final = model(rates=RATES, average_rates=AVERAGE, closing_rates=CLOSING)
SCHEMA: Final = {
    "measure": pl.String(),
    "currency": pl.String(),
    "period": pl.String(),
    "amount": EXACT,
    "exponent": pl.Int32(),
    "cell": pl.String(),
    "supplier": pl.String(),
    **dict.fromkeys(("id", "line", "dist"), pl.String()),
}


def parts(*rows: Sequence[Any], measure: str = "actual") -> pl.DataFrame:
    """currency, period, amount, cell, supplier, dist"""
    return pl.DataFrame(
        [
            {
                "measure": measure,
                "currency": c,
                "period": p,
                "amount": Decimal(a),
                "exponent": 2,
                "cell": g,
                "supplier": s,
                "dist": d,
            }
            for c, p, a, g, s, d in rows
        ],
        schema=SCHEMA,
    )


def done(
    frame: pl.DataFrame, to: str = "USD", basis: RateBasis = RateBasis.CONSTANT, day: date = TODAY
) -> tuple[list[Any], list[RateMissing]]:
    book = rate_book(WORLD, WORLD.calendars["G"], "APPROVED", day)
    result, missing = translated(frame, ["cell"], to, book, basis)
    assert set(result["currency"]) <= {to}
    return result["amount"].to_list(), missing


def test_every_year_has_its_rate() -> None:
    rows = parts(("EUR", "2025-P12", "100", "a", "S", "1"), ("EUR", "2026-P01", "100", "b", "S", "1"))
    assert done(rows) == ([Decimal(110), Decimal("108.25")], [])


def test_the_currency_asked_for_stays_as_it_is() -> None:
    rows = parts(("USD", "2026-P01", "100.01", "a", "S", "1"), ("JPY", "2026-P01", "1000", "b", "S", "1"))
    assert done(rows)[0] == [Decimal("100.01"), Decimal("6.70")]


def test_rounded_to_the_currency_asked_for() -> None:
    assert done(parts(("EUR", "2026-P01", "1.01", "a", "S", "1")), "JPY")[0] == [Decimal(161)]


def test_a_balance_is_rounded_once() -> None:
    """Three of 0.005 are 0.015 and so 0.02, not three times 0.01."""
    rows = parts(*(("JPY", "2026-P01", "0.75", "a", "S", str(dist)) for dist in (10, 2, 1)))
    amounts, _ = done(rows)
    assert amounts == [Decimal("0.00"), Decimal("0.01"), Decimal("0.01")]


def test_a_balance_of_several_suppliers_is_rounded_once() -> None:
    """The first of equals has the cent."""
    rows = parts(*(("JPY", "2026-P01", "0.75", "a", supplier, "1") for supplier in ("S2", None, "S1")))
    amounts, _ = done(rows)
    assert amounts == [Decimal("0.01"), Decimal("0.00"), Decimal("0.01")]


def test_shared_among_suppliers_before_lines() -> None:
    """So that a supplier's share is the same whether its lines were read or their sum."""
    fine = parts(
        ("EUR", "2026-P01", "0.01", "a", "S1", "1"),
        ("EUR", "2026-P01", "0.03", "a", "S1", "2"),
        ("EUR", "2026-P01", "0.03", "a", "S2", "1"),
        ("EUR", "2026-P01", "0.02", "a", None, "1"),
    )
    coarse = fine.group_by(
        "measure", "currency", "period", "exponent", "cell", "supplier", maintain_order=True
    ).agg(pl.col("amount").sum(), *(pl.lit(None, pl.String).alias(c) for c in ("id", "line", "dist")))
    lines, sums = done(fine)[0], done(coarse.select(*SCHEMA))[0]
    assert [lines[0] + lines[1], lines[2], lines[3]] == sums


def test_a_missing_rate_is_reported_and_unknown() -> None:
    rows = parts(("JPY", "2025-P12", "100", "a", "S", "1"), ("EUR", "2026-P01", "100", "b", "S", "1"))
    amounts, missing = done(rows)
    assert sorted(amounts, key=str) == [Decimal("108.25"), None]
    assert [(m.type, m.currency, m.to) for m in missing] == [(RateType.BUDGET, "JPY", "USD")]
    assert str(missing[0]) == "no BUDGET rate from JPY to USD for fiscal year 2025"


def test_as_reported_every_measure_has_its_rate() -> None:
    """100 EUR in January: booked at the average 1.12, ordered at the latest closing rate known on 30 June,
    1.15, budgeted at the budget rate 1.0825. That of 1 July is not known yet."""
    amounts = {
        measure: done(parts(("EUR", "2026-P01", "100", "a", "S", "1"), measure=measure), basis=REPORTED)
        for measure in ("actual", "commitment", "received_not_invoiced", "over_invoiced", "original_budget")
    }
    assert amounts == {
        "actual": ([Decimal(112)], []),
        "commitment": ([Decimal(115)], []),
        "received_not_invoiced": ([Decimal(115)], []),
        "over_invoiced": ([Decimal(115)], []),
        "original_budget": ([Decimal("108.25")], []),
    }


def test_on_a_past_day_the_closing_rate_is_that_of_then() -> None:
    ordered = parts(("EUR", "2026-P01", "100", "a", "S", "1"), measure="commitment")
    assert done(ordered, basis=REPORTED, day=date(2026, 6, 29))[0] == [Decimal(114)]
    amounts, missing = done(ordered, basis=REPORTED, day=date(2026, 5, 30))
    assert amounts == [None]
    assert [str(m) for m in missing] == ["no CLOSING rate from EUR to USD for 2026-05-30 or before"]


def test_every_period_has_its_average() -> None:
    """No average is known for March; that of February is another one."""
    booked = parts(
        ("EUR", "2026-P01", "100", "a", "S", "1"),
        ("EUR", "2026-P02", "100", "b", "S", "1"),
        ("EUR", "2026-P03", "100", "c", "S", "1"),
    )
    amounts, missing = done(booked, basis=REPORTED)
    assert amounts == [Decimal(112), Decimal(113), None]
    assert [str(m) for m in missing] == ["no AVERAGE rate from EUR to USD for period 2026-P03"]


def test_no_rate_is_made_of_others() -> None:
    """EUR to USD is known, and EUR to JPY; neither USD to EUR nor USD to JPY follows."""
    for to in ("EUR", "JPY"):
        assert done(parts(("USD", "2026-P01", "100", "a", "S", "1")), to)[0] == [None]
