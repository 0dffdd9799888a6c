"""Deferrals, subscriptions and blanket agreements."""

from datetime import date
from typing import Any, Final

import pytest

from resolvers.plan.question import Span, WhatIf
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import Blankets
from tests.semantics.conftest import Figures

LIMIT: Final = WhatIf(blanket=Blankets.LIMIT)


@pytest.mark.parametrize(
    ("as_of", "prepaid"),
    [
        (date(2026, 3, 31), "300.00"),
        (date(2026, 3, 1), "300.00"),
        (date(2026, 5, 31), "100.00"),
        (None, "0.00"),
    ],
)
def test_what_is_paid_still_hits_the_budget_after_the_period_asked_about(
    figures: Figures, as_of: date | None, prepaid: str
) -> None:
    """Without a day it is today, the end of June.

    deferrals
    number  period    amount
    P1      2026-P02  100
    P1      2026-P04  100
    P1      2026-P05  100
    P1      2026-P06  100

    journal-lines
    number  amount
    J1      1
    """
    found = figures("prepaid_remaining", "actual", as_of=as_of)
    assert found == {"C1": (prepaid, "1.00")}


def test_a_window_sees_its_own_amortisation(figures: Figures) -> None:
    """
    deferrals
    number  period    amount
    P1      2026-P07  100
    P1      2026-P08  100
    """
    span = Span(first="2026-P08", last="2026-P12")
    assert figures("prepaid_remaining", span=span) == {"C1": "100.00"}
    assert figures("prepaid_remaining", by=Dimension.PERIOD) == {"2026-P07": "100.00", "2026-P08": "100.00"}


@pytest.mark.parametrize(
    ("through", "committed"), [("2026-P08", "200.00"), ("-", "300.00"), ("2026-P06", None)]
)
def test_a_subscription_is_committed_until_it_can_end(
    figures: Figures, through: str, committed: str | None
) -> None:
    """Monthly 100 from June on; today is the end of June.

    subscriptions
    number  period    amount  committed_through
    S1      2026-P06  100     THROUGH
    S1      2026-P07  100     THROUGH
    S1      2026-P08  100     THROUGH
    S1      2026-P09  100     THROUGH
    """
    found = figures("commitment", also={"THROUGH": through})
    assert found == ({"C1": committed} if committed else {})


def test_a_subscription_in_foreign_currency_counts_at_its_rate(figures: Figures) -> None:
    """
    subscriptions
    number  period    amount  currency  rate
    S1      2026-P07  100     EUR       1.5
    """
    assert figures("commitment") == {"C1": "150.00"}


def test_releases_count_and_the_rest_is_headroom(figures: Figures) -> None:
    """Limit 1,000; one release of 100, one of 200 closed; a draft and a cancelled one take nothing.

    blankets
    number  amount
    BA1     1000

    purchase-orders
    number  blanket  quantity  price  status
    PO1     BA1      1         100    OPEN
    PO2     BA1      2         100    CLOSED
    PO3     BA1      3         100    DRAFT
    PO4     BA1      4         100    CANCELLED
    """
    assert figures("commitment", "blanket_remaining") == {"C1": ("100.00", "700.00")}
    assert figures("commitment", "blanket_remaining", policy=LIMIT) == {"C1": ("800.00", "0.00")}


def test_a_cancelled_quantity_is_not_released(figures: Figures) -> None:
    """
    blankets
    number  amount
    BA1     1000

    purchase-orders
    number  blanket  quantity  price  cancelled_quantity
    PO1     BA1      10        50     4
    """
    assert figures("commitment", "blanket_remaining") == {"C1": ("300.00", "700.00")}


def test_a_release_elsewhere_takes_of_the_agreement(figures: Figures) -> None:
    """The agreement belongs to C1; its release is ordered by C2 and in another year.

    blankets
    number  amount
    BA1     1000

    purchase-orders
    number  blanket  cost_center  quantity  price  date
    PO1     BA1      C2           3         100    2025-02-01
    """
    span = Span(first="2026-P01", last="2026-P12")
    assert figures("blanket_remaining", span=span) == {"C1": "700.00"}


def test_never_below_zero(figures: Figures) -> None:
    """
    blankets
    number  amount
    BA1     100

    purchase-orders
    number  blanket  quantity  price
    PO1     BA1      3         100
    """
    assert figures("commitment", "blanket_remaining", policy=LIMIT) == {"C1": ("300.00", "0.00")}


def test_a_closed_agreement_leaves_nothing(figures: Figures) -> None:
    """
    blankets
    number  amount  status
    BA1     100     CLOSED
    """
    assert figures("blanket_remaining") == {}


def test_an_agreement_is_split_like_anything_else(figures: Figures) -> None:
    """
    blankets
    number  dist  cost_center  percent  amount
    BA1     1     C1           2        100
    BA1     2     C2           1        100
    """
    found: dict[str, Any] = figures("blanket_remaining")
    assert found == {"C1": "66.67", "C2": "33.33"}


def test_actuals_loaded_into_the_plan_are_no_budget(figures: Figures) -> None:
    """
    budget-entries
    number  amount  type
    B1      100     ORIGINAL
    B2      70      ACTUAL
    """
    assert figures("budget") == {"C1": "100.00"}
