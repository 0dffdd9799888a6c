"""Ledgers that book receipts when goods arrive: what they hold already is not counted beside them."""

from resolvers.semantics.entities import Policy
from tests.semantics.conftest import Figures
from tests.world import entity

BOOKING = {"legal_entities": {"ONE": entity(policy=Policy(grni_in_ledger=True))}}
STAGES = ("commitment", "received_not_invoiced", "invoiced_not_posted", "actual", "consumed")


def test_a_booked_receipt_is_in_the_ledger_and_nowhere_else(figures: Figures) -> None:
    """
    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  3

    journal-lines
    number  account  amount  origin  ref_po  ref_po_line
    J1      6100     300     GRNI    PO1     1
    J1      2100     -300    GRNI    PO1     1
    """
    assert figures(*STAGES, world=BOOKING) == {"C1": ("700.00", "0.00", "0.00", "300.00", "1000.00")}


def test_without_the_policy_the_receipt_counts_by_itself(figures: Figures) -> None:
    """
    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  3
    """
    assert figures(*STAGES) == {"C1": ("700.00", "300.00", "0.00", "0.00", "1000.00")}


def test_an_invoice_in_flight_counts_what_it_adds_to_its_receipt(figures: Figures) -> None:
    """Received 3 × 100 and booked; the invoice asks 3 × 110.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  3

    invoices
    number  po   quantity  price
    I1      PO1  3         110

    journal-lines
    number  account  amount  origin  ref_po  ref_po_line
    J1      6100     300     GRNI    PO1     1
    """
    assert figures(*STAGES, world=BOOKING) == {"C1": ("700.00", "0.00", "30.00", "300.00", "1030.00")}


def test_the_oldest_invoice_is_covered_first(figures: Figures) -> None:
    """Received 3: the invoice of January takes 2 of them, that of February 1; its other 2 are in flight.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  3

    invoices
    number  po   quantity  price  approved_on
    LATE    PO1  3         100    2026-02-20
    EARLY   PO1  2         100    2026-01-20

    journal-lines
    number  account  amount  origin  ref_po  ref_po_line
    J1      6100     300     GRNI    PO1     1
    """
    assert figures(*STAGES, world=BOOKING) == {"C1": ("500.00", "0.00", "200.00", "300.00", "1000.00")}


def test_a_posted_invoice_uses_up_its_receipt(figures: Figures) -> None:
    """I1 is posted: its voucher only clears the receipt. I2 finds 1 received and uncovered.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  3

    invoices
    number  po   quantity  price  approved_on
    I1      PO1  2         100    2026-01-20
    I2      PO1  2         100    2026-01-21

    journal-lines
    number  account  amount  origin  ref_po  ref_po_line  ref_invoice
    J1      6100     300     GRNI    PO1     1            -
    J2      2100     -200    AP      -       -            I1
    """
    assert figures(*STAGES, world=BOOKING) == {"C1": ("600.00", "0.00", "100.00", "300.00", "1000.00")}


def test_a_credit_in_flight_gives_back_what_is_no_longer_received(figures: Figures) -> None:
    """4 received, invoiced and posted; 1 is returned, its receipt's posting taken back, its credit in flight:
    the ledger holds 3 by receipts and 1 too many by the invoice.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     4         100    true

    receipts
    number  po   quantity
    R1      PO1  4
    R2      PO1  -1

    invoices
    number  po   quantity  price  type
    I1      PO1  4         100    INVOICE
    C1      PO1  1         100    CREDIT

    journal-lines
    number  account  amount  origin  ref_po  ref_po_line  ref_invoice
    J1      6100     400     GRNI    PO1     1            -
    J2      6100     -100    GRNI    PO1     1            -
    J3      2100     -400    AP      -       -            I1
    """
    assert figures(*STAGES, world=BOOKING) == {"C1": ("100.00", "0.00", "0.00", "300.00", "400.00")}
