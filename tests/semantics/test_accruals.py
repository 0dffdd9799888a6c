"""Accruals booked by hand: what the ledger holds is not counted beside it, and the reversal undoes it."""

from resolvers.semantics.dimensions import Dimension
from tests.semantics.conftest import Figures

STAGES = ("commitment", "received_not_invoiced", "invoiced_not_posted", "actual", "consumed")


def test_a_receipt_that_was_accrued_is_in_the_ledger(figures: Figures) -> None:
    """Received 8 × 100 and accrued by journal.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  8

    journal-lines
    number  account  amount  origin   ref_po  ref_po_line
    J1      6100     800     ACCRUAL  PO1     1
    J1      2100     -800    ACCRUAL  PO1     1
    """
    assert figures(*STAGES) == {"C1": ("200.00", "0.00", "0.00", "800.00", "1000.00")}
    assert figures("received_in_actual") == {"C1": "800.00"}


def test_after_its_reversal_it_is_owed_again(figures: Figures) -> None:
    """
    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  8

    journal-lines
    number  amount  origin   ref_po  ref_po_line  date
    J1      800     ACCRUAL  PO1     1            2026-03-31
    J2      -800    ACCRUAL  PO1     1            2026-04-01
    """
    assert figures(*STAGES) == {"C1": ("200.00", "800.00", "0.00", "0.00", "1000.00")}


def test_half_of_it(figures: Figures) -> None:
    """
    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  8

    journal-lines
    number  amount  origin   ref_po  ref_po_line
    J1      300     ACCRUAL  PO1     1
    """
    assert figures(*STAGES) == {"C1": ("200.00", "500.00", "0.00", "300.00", "1000.00")}


def test_services_without_receipts_come_off_what_is_open(figures: Figures) -> None:
    """Accrued 400 of an order of 1,000 that needs no receipts: 600 are left to come.

    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       1000

    journal-lines
    number  amount  origin   ref_po  ref_po_line
    J1      400     ACCRUAL  PO1     1
    """
    assert figures(*STAGES) == {"C1": ("600.00", "0.00", "0.00", "400.00", "1000.00")}
    assert figures("received_in_actual") == {"C1": "400.00"}


def test_more_than_what_is_open_covers_the_invoice_in_flight(figures: Figures) -> None:
    """Ordered 1,000, accrued 900, then an invoice of 1,000: 900 of it are in the ledger already.

    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       1000

    invoices
    number  po   amount
    I1      PO1  1000

    journal-lines
    number  amount  origin   ref_po  ref_po_line
    J1      900     ACCRUAL  PO1     1
    """
    assert figures(*STAGES) == {"C1": ("0.00", "0.00", "100.00", "900.00", "1000.00")}


def test_the_oldest_invoice_is_covered_first(figures: Figures) -> None:
    """
    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       1000

    invoices
    number  po   amount  approved_on  supplier
    NEW     PO1  600     2026-03-02   S2
    OLD     PO1  400     2026-03-01   S1

    journal-lines
    number  amount  origin   ref_po  ref_po_line
    J1      500     ACCRUAL  PO1     1
    """
    found = figures("invoiced_not_posted", by=Dimension.SUPPLIER)
    assert found == {"S2": "500.00"}


def test_an_accrual_without_an_order_is_the_ledgers_alone(figures: Figures) -> None:
    """
    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       1000

    journal-lines
    number  amount  origin
    J1      500     ACCRUAL
    """
    assert figures(*STAGES) == {"C1": ("1000.00", "0.00", "0.00", "500.00", "1500.00")}
