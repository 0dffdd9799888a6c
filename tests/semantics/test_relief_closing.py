"""What ends an order line, what re-opens it, and what is still owed afterwards."""

import pytest


def test_cancelled_quantity(figures):
    """
    purchase-orders
    number  quantity  price  cancelled_quantity
    PO1     10        100    3
    """
    assert figures("commitment") == {"C1": "700.00"}


@pytest.mark.parametrize("status", ["CANCELLED", "CLOSED", "FINALLY_CLOSED"])
def test_dead_orders_commit_nothing_and_what_came_is_still_owed(figures, status):
    """Delivered and not billed is owed, closed or not.

    purchase-orders
    number  status  cost_center  quantity  price  receipt_required
    PO1     STATUS  C1           10        100    true
    PO2     STATUS  C2           10        100    true

    receipts
    po   quantity
    PO1  6

    invoices
    number  po   quantity  price
    I1      PO1  4         100
    """
    got = figures("commitment", "received_not_invoiced", also={"STATUS": status})
    assert got == {"C1": ("0.00", "200.00")}


def test_a_line_may_be_closed_by_itself(figures):
    """
    purchase-orders
    number  line  status  line_status  cost_center  quantity  price
    PO1     1     OPEN    CLOSED       C1           10        100
    PO1     2     OPEN    -            C2           10        100
    """
    assert figures("commitment") == {"C2": "1000.00"}


def test_an_open_line_of_a_closed_order_is_closed(figures):
    """
    purchase-orders
    number  status  line_status  quantity  price
    PO1     CLOSED  OPEN         10        100
    """
    assert figures("commitment") == {}


def test_a_final_match_closes_the_line(figures):
    """
    purchase-orders
    number  line  cost_center  quantity  price
    PO1     1     C1           10        100
    PO1     2     C2           10        100

    invoices
    number  po   po_line  quantity  price  final_match
    I1      PO1  1        4         100    true
    """
    assert figures("commitment", "invoiced_not_posted") == {
        "C1": ("0.00", "400.00"),
        "C2": ("1000.00", "0.00"),
    }


def test_a_final_match_that_is_not_approved_closes_nothing(figures):
    """
    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   status   quantity  price  final_match
    I1      PO1  PENDING  4         100    true
    """
    assert figures("commitment") == {"C1": "1000.00"}


def test_returned_goods_are_to_come_again(figures):
    """
    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  10
    PO1  -4
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("400.00", "600.00")}


def test_a_quantity_credit_reopens_an_open_order(figures):
    """
    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  type     po   quantity  price
    I1      INVOICE  PO1  10        100
    I2      CREDIT   PO1  3         100
    """
    assert figures("commitment", "invoiced_not_posted") == {"C1": ("300.00", "700.00")}


def test_a_credit_never_reopens_a_closed_order(figures):
    """Receipts kept and no longer invoiced are owed again.

    purchase-orders
    number  status  quantity  price  receipt_required
    PO1     CLOSED  10        100    true

    receipts
    po   quantity
    PO1  10

    invoices
    number  type     po   quantity  price
    I1      INVOICE  PO1  10        100
    I2      CREDIT   PO1  3         100
    """
    got = figures("commitment", "received_not_invoiced", "invoiced_not_posted")
    assert got == {"C1": ("0.00", "300.00", "700.00")}


def test_a_price_credit_changes_values_never_quantities(figures):
    """
    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  type     po   quantity  price  amount
    I1      INVOICE  PO1  4         100    -
    I2      CREDIT   PO1  -         -      50
    """
    assert figures("commitment", "invoiced_not_posted") == {"C1": ("600.00", "350.00")}


def test_more_credited_than_invoiced(figures):
    """The line is open in full, never more.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  2

    invoices
    number  type    po   quantity  price
    I1      CREDIT  PO1  5         100
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("800.00", "200.00")}
