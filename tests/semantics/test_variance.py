"""Variances: their signs on either side, their shares of the budget, and what exchange rates have in them."""

from decimal import Decimal
from typing import Any, Final

import polars as pl
import pytest

from resolvers.plan.question import Question
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.model import PeriodRate, Rate, SpotRate
from resolvers.semantics.rates import RateBasis
from resolvers.semantics.variance import REVENUE, with_variances
from sources.spi.facts import EXACT
from tests.world import TODAY, System, ask, documents, model, table

SIGNS: Final = ("variance", "actual_minus_budget", "variance_percent", "attainment_percent", "favorability")
BOTH: Final = (AccountClass.EXPENSE, AccountClass.REVENUE)


def signs(budget: str | None, actual: str | None, *, revenue: bool = False) -> tuple[str | None, ...]:
    columns: dict[str, Any] = {
        "budget": pl.Series([None if budget is None else Decimal(budget)], dtype=EXACT),
        "actual": pl.Series([None if actual is None else Decimal(actual)], dtype=EXACT),
        REVENUE: [revenue],
    }
    row = with_variances(pl.DataFrame(columns), SIGNS).row(0, named=True)
    return tuple(f"{value.normalize():f}" if isinstance(value := row[m], Decimal) else value for m in SIGNS)


@pytest.mark.parametrize(
    ("budget", "actual", "revenue", "expected"),
    [
        ("700", "525", False, ("175", "-175", "25", "75", "FAVORABLE")),
        ("900", "750", True, ("-150", "-150", "-16.67", "83.33", "UNFAVORABLE")),
        ("900", "1000", True, ("100", "100", "11.11", "111.11", "FAVORABLE")),
        ("700", "800", False, ("-100", "100", "-14.29", "114.29", "UNFAVORABLE")),
        ("50", "50", False, ("0", "0", "0", "100", "ON_BUDGET")),
        ("-200", "-150", False, ("-50", "50", "-25", "75", "UNFAVORABLE")),
        ("0", "10", False, ("-10", "10", None, None, "UNFAVORABLE")),
        ("0", "0", True, ("0", "0", None, None, "ON_BUDGET")),
        (None, "10", False, (None, None, None, None, None)),
        ("10", None, True, (None, None, None, None, None)),
    ],
)
def test_signs(budget: str | None, actual: str | None, revenue: bool, expected: tuple[Any, ...]) -> None:
    """Above zero is good news on either side; a percentage is of the budget without its sign, and of a budget
    of zero unknown."""
    assert signs(budget, actual, revenue=revenue) == expected


BOOKS: Final = System(
    "own",
    documents(
        """
        budget-entries
        account  amount  cost_center
        4000     900     C1
        6100     700     C1
        6100     40      C2

        journal-lines
        account  amount  cost_center
        4000     -750    C1
        6100     525     C1
        4000     -5      C2
        """
    ),
)


def answer(*measures: str, by: tuple[Dimension, ...] = (), **changes: Any) -> Any:
    changes.setdefault("classes", BOTH)
    return ask(model(BOOKS), BOOKS, question=Question(frozenset(measures), by, **changes))


def test_rows_have_the_sign_of_their_side() -> None:
    """
    account   budget  actual  variance
    4000      900     755     −145  less earned
    6100      740     525     215   less spent
    net       160     230     70
    """
    got = answer(*SIGNS, by=(Dimension.ACCOUNT,))
    assert table(got.rows, *SIGNS) == {
        "4000": ("-145.00", "-145.00", "-16.11", "83.89", "UNFAVORABLE"),
        "6100": ("215.00", "-215.00", "29.05", "70.95", "FAVORABLE"),
    }
    assert table(got.totals, "variance", "favorability") == {"*": ("215.00", "FAVORABLE")}
    assert table(got.revenue_totals, "variance", "favorability") == {"*": ("-145.00", "UNFAVORABLE")}
    assert table(got.net, "budget", "actual", "variance") == {"*": ("160.00", "230.00", "70.00")}


def test_a_cell_that_holds_both_shows_spend() -> None:
    """C1 holds both and shows its spend; C2 too. Asked for revenue alone, both show revenue."""
    assert table(answer("variance", by=(Dimension.COST_CENTER,)).rows, "variance") == {
        "C1": "175.00",
        "C2": "40.00",
    }
    alone = answer("variance", by=(Dimension.COST_CENTER,), classes=(AccountClass.REVENUE,))
    assert table(alone.rows, "variance") == {"C1": "-150.00", "C2": "5.00"}


def test_net_of_what_is_in_scope() -> None:
    """Without a word on classes a question is about spend: there is no revenue in its net."""
    got = answer("budget", "actual", "variance", classes=None)
    assert table(got.net, "budget", "actual", "variance") == {"*": ("-740.00", "-525.00", "215.00")}
    assert table(answer("consumed").net, "currency", "completeness") == {"*": ("USD", "COMPLETE")}


def test_net_is_unknown_where_a_side_is() -> None:
    """Nobody has the ledger of TWO."""
    plan = System("plan", BOOKS.collections, {"ONE": "ONE"})
    two = model(plan, rates=())
    got = ask(two, plan, question=Question(frozenset(("budget", "variance")), classes=BOTH))
    assert table(got.net, "budget", "variance", "completeness") == {"*": (None, None, "PARTIAL")}


FOREIGN: Final = System(
    "two",
    documents(
        """
        budget-entries
        legal_entity  account  amount
        TWO           6100     1000
        TWO           4000     2000

        journal-lines
        legal_entity  account  amount  period
        TWO           6100     300     2026-P01
        TWO           6100     500     2026-P02
        TWO           4000     -1000   2026-P02

        purchase-orders
        legal_entity  number  match_basis  amount
        TWO           PO1     AMOUNT       100
        """
    ),
    {"TWO": "TWO"},
)
WORLD: Final = {
    "rates": (Rate("EUR", "USD", 2026, Decimal("1.10")),),
    "average_rates": (
        PeriodRate("EUR", "USD", "2026-P01", Decimal("1.20")),
        PeriodRate("EUR", "USD", "2026-P02", Decimal("1.05")),
    ),
    "closing_rates": (SpotRate("EUR", "USD", TODAY, Decimal("1.15")),),
}
SPLIT: Final = ("variance", "operational_variance", "fx_variance", "available", "fx_effect")


def foreign(basis: RateBasis, currency: str = "USD", **changes: Any) -> Any:
    question = Question(frozenset(SPLIT), currency=currency, rate_basis=basis, classes=BOTH)
    only = {"TWO": model(FOREIGN).legal_entities["TWO"]}
    return ask(model(FOREIGN, **{**WORLD, "legal_entities": only, **changes}), FOREIGN, question=question)


def test_what_exchange_rates_have_in_it() -> None:
    """
    spend      budget 1,000 × 1.10 = 1,100
    actual     at budget rates 800 × 1.10 = 880, reported 300 × 1.20 + 500 × 1.05 = 885
    variance   220 at budget rates, 215 reported: −5
    ordered    at the budget rate 110, at the closing rate 115
    available  1,100 − 990 = 110; reported 1,100 − 885 − 115 = 100: −10
    revenue    at budget rates 1,100 − 2,200 = −1,100, reported 1,050 − 2,200 = −1,150: −50
    """
    constant, reported = foreign(RateBasis.CONSTANT), foreign(RateBasis.REPORTED)
    assert table(constant.totals, *SPLIT) == {"*": ("220.00", "220.00", "-5.00", "110.00", "-10.00")}
    assert table(reported.totals, *SPLIT) == {"*": ("215.00", "220.00", "-5.00", "100.00", "-10.00")}
    split = ("variance", "operational_variance", "fx_variance")
    assert table(constant.revenue_totals, *split) == {"*": ("-1100.00", "-1100.00", "-50.00")}
    assert table(reported.revenue_totals, *split) == {"*": ("-1150.00", "-1100.00", "-50.00")}


def test_in_the_ledgers_currency_there_is_nothing_to_compare() -> None:
    for basis in RateBasis:
        got = foreign(basis, "EUR", rates=(), average_rates=(), closing_rates=())
        assert table(got.totals, *SPLIT) == {"*": ("200.00", "200.00", "0.00", "100.00", "0.00")}
        assert got.rates_missing == ()


def test_a_missing_average_leaves_unknown_what_stands_on_it() -> None:
    """No average for February: as reported actuals are unknown, at budget rates they are not."""
    january = WORLD["average_rates"][:1]
    constant = foreign(RateBasis.CONSTANT, average_rates=january)
    assert table(constant.totals, *SPLIT) == {"*": ("220.00", "220.00", None, "110.00", None)}
    assert table(constant.totals, "completeness") == {"*": "PARTIAL"}
    reported = foreign(RateBasis.REPORTED, average_rates=january)
    assert table(reported.totals, *SPLIT) == {"*": (None, "220.00", None, None, None)}
    for got in (constant, reported):
        assert [str(m) for m in got.rates_missing] == ["no AVERAGE rate from EUR to USD for period 2026-P02"]


def test_a_version_may_have_rates_of_its_own() -> None:
    """APPROVED is translated at its own 1.30; a rate of another version is none of it."""
    rates = (*WORLD["rates"], Rate("EUR", "USD", 2026, Decimal("1.30"), "APPROVED"))
    assert table(foreign(RateBasis.CONSTANT, rates=rates).totals, "available") == {"*": "130.00"}
    other = (Rate("EUR", "USD", 2026, Decimal("1.30"), "DRAFT"),)
    assert table(foreign(RateBasis.CONSTANT, rates=other).totals, "available") == {"*": None}
