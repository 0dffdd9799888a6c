"""Translation at the budget rate: once per balance or line, shared out so that it adds up."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import polars as pl

from resolvers.semantics.model import Rate
from resolvers.semantics.translation import RateMissing, translated
from sources.spi.facts import EXACT

RATES: Final = (
    Rate("EUR", "USD", 2025, Decimal("1.10")),
    Rate("EUR", "USD", 2026, Decimal("1.0825")),
    Rate("JPY", "USD", 2026, Decimal("0.0067")),
    Rate("EUR", "JPY", 2026, Decimal("159.5")),
)
YEARS: Final = {"2025-P12": 2025, "2026-P01": 2026}
SCHEMA: Final = {
    "currency": pl.String(),
    "period": pl.String(),
    "amount": EXACT,
    "exponent": pl.Int32(),
    "cell": pl.String(),
    "supplier": pl.String(),
    **dict.fromkeys(("id", "line", "dist"), pl.String()),
}


def parts(*rows: Sequence[Any]) -> pl.DataFrame:
    """currency, period, amount, cell, supplier, dist"""
    return pl.DataFrame(
        [
            {
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


def done(frame: pl.DataFrame, to: str = "USD") -> tuple[list[Any], list[RateMissing]]:
    result, missing = translated(frame, ["cell"], to, YEARS, RATES)
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
    coarse = fine.group_by("currency", "period", "exponent", "cell", "supplier", maintain_order=True).agg(
        pl.col("amount").sum(), *(pl.lit(None, pl.String).alias(c) for c in ("id", "line", "dist"))
    )
    lines, sums = done(fine)[0], done(coarse.select(*SCHEMA))[0]
    assert [lines[0] + lines[1], lines[2], lines[3]] == sums


def test_a_missing_rate_is_reported_and_unknown() -> None:
    rows = parts(("JPY", "2025-P12", "100", "a", "S", "1"), ("EUR", "2026-P01", "100", "b", "S", "1"))
    amounts, missing = done(rows)
    assert sorted(amounts, key=str) == [Decimal("108.25"), None]
    assert [(m.currency, m.to, m.fiscal_year) for m in missing] == [("JPY", "USD", 2025)]
    assert str(missing[0]) == "no BUDGET rate from JPY to USD for fiscal year 2025"
