"""Cells: what they show of both sides, in which order, how many, and what they are called."""

from decimal import Decimal
from typing import Any, Final

import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.question import Order
from resolvers.semantics.dimensions import AccountClass, CrosswalkRow, Dimension
from resolvers.semantics.model import Rate
from tests.plan.scenes import question
from tests.world import System, ask, documents, model, table

CENTER, ACCOUNT, PERIOD = Dimension.COST_CENTER, Dimension.ACCOUNT, Dimension.PERIOD
EXPENSE, REVENUE = AccountClass.EXPENSE, AccountClass.REVENUE
DOCUMENTS: Final = documents(
    """
    budget-entries
    account  cost_center  amount
    6100     C1           1000
    4000     C1           900
    4000     C2           400

    journal-lines
    number  account  cost_center  period    amount   type
    J1      6100     C1           2026-P02  600.01   NORMAL
    J2      4000     C1           2026-P02  -800     NORMAL
    J3      4000     C2           2026-P03  -100     NORMAL
    J4      9999     C2           2026-P03  40       NORMAL
    J5      2100     C2           2026-P03  777      NORMAL
    J6      6100     C1           2026-P02  -600     CLOSING
    J7      6200     -            2026-P01  5        -
    """
)
OWN: Final = System("own", DOCUMENTS)
RATES: Final = (Rate("USD", "JPY", 2026, Decimal(150)),)


def answer(*measures: str, **parts: Any) -> Answer:
    return ask(model(OWN, rates=RATES), OWN, question=question(*measures, **parts))


def test_spend_is_the_default_and_unlisted_accounts_belong_to_it() -> None:
    """Balance sheet accounts are out; so are closing entries."""
    got = answer("actual", by=(ACCOUNT,))
    assert table(got.rows, "actual") == {"6100": "600.01", "6200": "5.00", "UNMAPPED": "40.00"}


def test_a_cell_that_holds_both_sides_shows_spend() -> None:
    """C1 both plans costs and earns; what it earns is in the totals of revenue."""
    got = answer("budget", "actual", by=(CENTER,), classes=(EXPENSE, REVENUE))
    assert table(got.rows, "budget", "actual") == {
        "C1": ("1000.00", "600.01"),
        "C2": ("0.00", "40.00"),
        "UNASSIGNED": ("0.00", "5.00"),
    }
    assert table(got.totals, "budget", "actual") == {"*": ("1000.00", "645.01")}
    assert table(got.revenue_totals, "budget", "actual") == {"*": ("1300.00", "900.00")}


def test_a_cell_of_revenue_alone_shows_revenue() -> None:
    """Earned is positive, and what is available is still to earn."""
    got = answer("available", by=(CENTER,), classes=(REVENUE,))
    columns = ("budget", "actual", "available")
    assert table(got.rows, *columns) == {
        "C1": ("900.00", "800.00", "100.00"),
        "C2": ("400.00", "100.00", "300.00"),
    }
    assert table(got.totals, "actual") == {"*": "0.00"}


def test_by_account_every_cell_has_one_side() -> None:
    got = answer("actual", by=(CENTER, ACCOUNT), classes=(EXPENSE, REVENUE))
    assert table(got.rows, "actual") == {
        "C1|4000": "800.00",
        "C1|6100": "600.01",
        "C2|4000": "100.00",
        "C2|UNMAPPED": "40.00",
        "UNASSIGNED|6200": "5.00",
    }


def test_nothing_found() -> None:
    """No rows, and totals of nothing are zero."""
    empty = System("own", {name: [] for name in DOCUMENTS})
    got = ask(model(empty), empty, question=question("available", "consumed_percent", by=(CENTER,)))
    assert (got.rows.height, got.total_rows, got.truncated) == (0, 0, False)
    assert table(got.totals, "budget", "available", "consumed_percent") == {"*": ("0.00", "0.00", None)}


def test_without_grouping_there_is_one_cell() -> None:
    assert table(answer("actual").rows, "actual", "currency") == {"*": ("645.01", "USD")}


@pytest.mark.parametrize(("currency", "written"), [("USD", "600.01"), ("JPY", "90002")])
def test_money_has_its_currencys_decimals(currency: str, written: str) -> None:
    got = answer("actual", by=(ACCOUNT,), currency=currency)
    assert table(got.rows, "actual", "currency")["6100"] == (written, currency)


@pytest.mark.parametrize(
    ("orders", "cells"),
    [
        ((), ["C1", "C2", "UNASSIGNED"]),
        ((Order("actual"),), ["UNASSIGNED", "C2", "C1"]),
        ((Order("actual", descending=True),), ["C1", "C2", "UNASSIGNED"]),
        ((Order("cost_center", descending=True),), ["UNASSIGNED", "C2", "C1"]),
        ((Order("consumed_percent"),), ["C1", "C2", "UNASSIGNED"]),
        ((Order("budget"), Order("actual", descending=True)), ["C2", "UNASSIGNED", "C1"]),
    ],
)
def test_order(orders: tuple[Order, ...], cells: list[str]) -> None:
    """By dimension unless said otherwise, which also breaks ties; what is unknown comes last."""
    got = answer("consumed_percent", "budget", "actual", by=(CENTER,), order_by=orders)
    assert got.rows["cell_id"].to_list() == cells


@pytest.mark.parametrize(
    ("limit", "offset", "cells", "truncated"),
    [
        (2, 0, ["C1", "C2"], True),
        (2, 2, ["UNASSIGNED"], False),
        (3, 0, ["C1", "C2", "UNASSIGNED"], False),
        (0, 0, [], True),
        (5, 9, [], False),
    ],
)
def test_pages(limit: int, offset: int, cells: list[str], truncated: bool) -> None:
    """A page is cut from the whole; totals are the whole's."""
    got = answer("actual", by=(CENTER,), limit=limit, offset=offset)
    assert got.rows["cell_id"].to_list() == cells
    assert (got.total_rows, got.truncated) == (3, truncated)
    assert table(got.totals, "actual") == {"*": "645.01"}


def test_what_has_no_place_in_the_chart_is_listed_with_its_amount() -> None:
    got = answer("actual", by=(PERIOD,))
    assert got.gaps.rows() == [("own", "ACCOUNT", "UNMAPPED", "9999", Decimal("40.00"))]


def test_two_codes_of_one_member_are_one_cell() -> None:
    rows = tuple(CrosswalkRow("own", ACCOUNT, code, "6200") for code in ("9999", "6100"))
    got = ask(model(OWN, crosswalk=rows), OWN, question=question("actual", by=(ACCOUNT,)))
    assert table(got.rows, "actual") == {"6200": "645.01"}
