"""Invoices procurement has approved and the ledger does not hold: signed, at their own value."""

import pytest

from resolvers.semantics.dimensions import Dimension
from tests.semantics.conftest import Figures

PERIOD = Dimension.PERIOD


def test_approved_and_not_posted(figures):
    """Net and non-recoverable tax; a credit lowers it.

    invoices
    number  status          type     amount  tax
    I1      APPROVED        INVOICE  1000    82.50
    I2      EXPORTED        INVOICE  10      -
    I3      POSTED_PER_S2P  INVOICE  20      -
    I4      PAID_PER_S2P    INVOICE  30      -
    I5      APPROVED        CREDIT   200     16.50
    I6      PENDING         INVOICE  9999    -
    I7      VOIDED          INVOICE  9999    -
    """
    assert figures("invoiced_not_posted") == {"C1": "926.00"}


def test_posted_by_its_id(figures):
    """
    invoices
    number  supplier_invoice  amount
    I1      A-1               100
    I2      A-2               70

    journal-lines
    number  amount  ref_invoice
    V1      100     I1
    """
    assert figures("invoiced_not_posted", "actual") == {"C1": ("70.00", "100.00")}


def test_posted_by_the_suppliers_number(figures):
    """People write numbers as they please: capitals, dots, leading zeros.

    invoices
    number  supplier  supplier_invoice  amount
    I1      S1        00-abc/17         100
    I2      S2        00-abc/17         70

    journal-lines
    number  supplier  amount  ref_supplier_invoice
    V1      S1        100     ABC17
    """
    assert figures("invoiced_not_posted") == {"C1": "70.00"}


def test_a_draft_voucher_carries_nothing(figures):
    """
    invoices
    number  amount
    I1      100

    journal-lines
    number  status  amount  ref_invoice
    V1      DRAFT   100     I1
    """
    assert figures("invoiced_not_posted", "actual") == {"C1": ("100.00", "0.00")}


def test_posted_without_an_expense_line(figures):
    """A voucher that only clears goods received is one all the same.

    invoices
    number  amount
    I1      100

    journal-lines
    number  account  amount  ref_invoice
    V1      2100     100     I1
    """
    assert figures("invoiced_not_posted", "actual") == {}


def test_in_the_cells_of_the_order(figures):
    """Whatever the invoice says of cost centres, and in the order's period.

    purchase-orders
    number  dist  cost_center  percent  date        match_basis  amount
    PO1     1     C1           1        2026-02-01  AMOUNT       300
    PO1     2     C2           2        2026-02-01  AMOUNT       300

    invoices
    number  po   date        amount
    I1      PO1  2026-05-01  100
    """
    assert figures("invoiced_not_posted") == {"C1": "33.33", "C2": "66.67"}
    assert figures("invoiced_not_posted", by=PERIOD) == {"2026-P02": "100.00"}


def test_on_one_distribution_of_the_order(figures):
    """
    purchase-orders
    number  dist  cost_center  percent  match_basis  amount
    PO1     1     C1           1        AMOUNT       300
    PO1     2     C2           2        AMOUNT       300

    invoices
    number  po   po_dist  amount
    I1      PO1  2        100
    """
    assert figures("invoiced_not_posted") == {"C2": "100.00"}


def test_seen_nowhere_is_impossible(figures):
    """An invoice whose order nobody knows stays where it says it belongs.

    invoices
    number  po     account  cost_center  amount
    I1      PO404  6100     C2           100
    """
    assert figures("invoiced_not_posted") == {"C2": "100.00"}


def test_without_an_order_split_by_itself(figures):
    """
    invoices
    number  dist  cost_center  percent  amount  currency  rate
    I1      1     C1           50       0.03    GBP       1
    I1      2     C2           50       0.03    GBP       1
    """
    assert figures("invoiced_not_posted") == {"C1": "0.02", "C2": "0.01"}


def test_what_an_invoice_leaves_out_its_order_says(figures):
    """No currency: the order's. No rate in it: the order's. Another currency without a rate: unknown.

    purchase-orders
    number  line  cost_center  quantity  price  currency  rate
    PO1     1     C1           10        100    GBP       1.25
    PO1     2     C2           10        100    GBP       1.25

    invoices
    number  po   po_line  amount  quantity  currency
    I1      PO1  1        100     1         -
    I2      PO1  1        10      -         GBP
    I3      PO1  2        100     1         CHF
    """
    assert figures("invoiced_not_posted") == {"C1": "137.50", "C2": None}


def test_price_times_quantity_where_no_amount_is_given(figures):
    """
    invoices
    number  quantity  price  price_unit
    I1      50        7      100
    """
    assert figures("invoiced_not_posted") == {"C1": "3.50"}


@pytest.mark.parametrize("spelled", ["RE_2026/00117", "re2026-00117", "Re.2026.00117", "0re2026_00117"])
def test_a_number_is_found_however_the_ledger_spells_it(figures: Figures, spelled: str) -> None:
    """No lookup of a number can ask for every spelling: the supplier's vouchers are read.

    invoices
    number  amount  supplier_invoice  supplier
    I1      330     RE-2026/00117     S7

    journal-lines
    number  amount  supplier  ref_supplier_invoice
    J1      330     S7        SPELLED
    """
    found = figures("invoiced_not_posted", "actual", also={"SPELLED": spelled})
    assert found == {"C1": ("0.00", "330.00")}
