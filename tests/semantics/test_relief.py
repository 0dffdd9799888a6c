"""An order line eaten by receipts and invoices, by quantity: open = Q − max(R, I), owed = R − I."""

from decimal import Decimal
from typing import Final

from resolvers.semantics.model import Rate

EUR: Final = Rate("EUR", "USD", 2026, Decimal(2))


def test_untouched(figures):
    """
    purchase-orders
    number  quantity  price
    PO1     10        100
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("1000.00", "0.00")}


def test_partly_received(figures):
    """Four have come: six are still to come, four are owed.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  3
    PO1  1
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("600.00", "400.00")}


def test_received_but_receipts_are_not_required(figures):
    """The line is relieved by its invoices alone.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    false

    receipts
    po   quantity
    PO1  4
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("1000.00", "0.00")}


def test_received_and_partly_invoiced(figures):
    """What is invoiced is among what was received.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  6

    invoices
    number  po   quantity  price
    I1      PO1  4         100
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("400.00", "200.00")}


def test_a_partial_match_does_not_release_the_whole_line(figures):
    """The known defect elsewhere: max written where min is meant.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  1         100
    """
    assert figures("commitment") == {"C1": "900.00"}


def test_invoiced_before_received(figures):
    """An invoice that came first relieves the order; the goods that follow are not owed twice.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  2

    invoices
    number  po   quantity  price
    I1      PO1  5         100
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("500.00", "0.00")}


def test_received_and_invoiced_in_full_leaves_nothing(figures):
    """
    purchase-orders
    number  quantity  price    receipt_required
    PO1     7         33.3333  true

    receipts
    po   quantity
    PO1  7

    invoices
    number  po   quantity  price
    I1      PO1  7         33.3333
    """
    assert figures("commitment", "received_not_invoiced") == {}


def test_more_than_ordered(figures):
    """Too much received is owed, too much invoiced is not a negative commitment.

    purchase-orders
    number  cost_center  quantity  price  receipt_required
    PO1     C1           10        100    true
    PO2     C2           10        100    false

    receipts
    po   quantity
    PO1  12

    invoices
    number  po   quantity  price
    I1      PO2  13        100
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("0.00", "1200.00")}


def test_invoiced_at_another_price(figures):
    """Relief is by quantity, at the order's price; the difference shows where the invoice is booked.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         120
    """
    assert figures("commitment", "invoiced_not_posted") == {"C1": ("600.00", "480.00")}


def test_an_invoice_without_quantity_relieves_its_amount(figures):
    """250 at 100 each is two and a half of ten.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   amount
    I1      PO1  250
    """
    assert figures("commitment") == {"C1": "750.00"}


def test_statuses_that_do_not_count(figures):
    """An invoice relieves when it is approved, an order stands when it is.

    purchase-orders
    number  status   cost_center  quantity  price
    PO1     OPEN     C1           10        100
    PO2     DRAFT    C2           10        100
    PO3     PENDING  C2           10        100

    invoices
    number  po   status    quantity  price
    I1      PO1  DRAFT     1         100
    I2      PO1  VOIDED    1         100
    I3      PO1  EXPORTED  1         100
    """
    assert figures("commitment") == {"C1": "900.00"}


def test_an_unapproved_invoice_counts_once_it_is_posted(figures):
    """The ledger knows better: a posted voucher makes its invoice count whatever its status upstream.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   status  quantity  price
    I1      PO1  DRAFT   3         100

    journal-lines
    number  amount  ref_invoice
    V1      300     I1
    """
    assert figures("commitment", "actual") == {"C1": ("700.00", "300.00")}


def test_receipts_and_invoices_of_other_lines_and_companies(figures):
    """Order numbers repeat between companies, line numbers between orders.

    purchase-orders
    legal_entity  number  line  cost_center  quantity  price  receipt_required
    ONE           PO1     1     C1           10        100    true
    ONE           PO1     2     C2           10        100    true
    TWO           PO1     1     D1           10        100    true

    receipts
    legal_entity  po   po_line  quantity
    ONE           PO1  2        5
    TWO           PO1  1        9
    """
    assert figures("commitment", currency="USD", world={"rates": (EUR,)}) == {
        "C1": "1000.00",
        "C2": "500.00",
        "D1": "200.00",
    }


def test_lines_are_the_same_with_and_without_leading_zeros(figures):
    """
    purchase-orders
    number  line   quantity  price  receipt_required
    PO1     00020  10        100    true

    receipts
    po   po_line  quantity
    PO1  20       5

    journal-lines
    number  amount  ref_po  ref_po_line  ref_quantity
    V1      200     PO1     020          2
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("500.00", "300.00")}
