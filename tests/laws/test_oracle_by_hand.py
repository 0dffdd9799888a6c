"""The oracle itself against cases worked out by hand: requisitions and order lines.

Stages and memos that are zero are left out of what a case expects.
"""

from fractions import Fraction

from tests.laws.by_hand import cells, total, whole


def test_each_stage_holds_what_the_next_has_not_reached() -> None:
    """Q = 10, R = 6, I = 4, no voucher: open 10 − 6, received 6 − 4, the invoice waits.

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
    assert total(test_each_stage_holds_what_the_next_has_not_reached) == {
        "commitment": 400,
        "received_not_invoiced": 200,
        "invoiced_not_posted": 400,
    }


def test_a_requisition_gives_way_by_quantity() -> None:
    """R1: 10 − 6 on an order = 4 at 10. R2 is only submitted: 5 at 10. The order counts at its own price.

    requisitions
    number  status    quantity  price
    R1      APPROVED  10        10
    R2      PENDING   5         10
    R3      CANCELLED 9         10

    purchase-orders
    number  quantity  price  req  req_line
    PO1     6         12     R1   1
    """
    assert total(test_a_requisition_gives_way_by_quantity) == {
        "pre_commitment": 40,
        "pending_pre_commitment": 50,
        "commitment": 72,
    }


def test_a_submitted_requisition_gives_way_too() -> None:
    """5 − 2 on an order = 3 at 10; the order that was cancelled took nothing.

    requisitions
    number  status   quantity  price
    R1      PENDING  5         10

    purchase-orders
    number  status     quantity  price  req  req_line
    PO1     OPEN       2         10     R1   1
    PO2     CANCELLED  3         10     R1   1
    """
    assert total(test_a_submitted_requisition_gives_way_too) == {
        "pending_pre_commitment": 30,
        "commitment": 20,
    }


def test_over_invoiced() -> None:
    """I − Q = 12 − 10 = 2, at the order's 100 though billed at 110: 12 × 110 wait.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  12        110
    """
    assert total(test_over_invoiced) == {"invoiced_not_posted": 1320, "over_invoiced": 200}


def test_over_received_on_a_closed_order() -> None:
    """Closing frees what is open, not what is owed: R = 12 of 10.

    purchase-orders
    number  status  quantity  price  receipt_required
    PO1     CLOSED  10        100    true

    receipts
    po   quantity
    PO1  12
    """
    assert total(test_over_received_on_a_closed_order) == {
        "received_not_invoiced": 1200,
        "over_received": 200,
    }


def test_what_is_cancelled_counts_as_too_much_once_it_is_billed() -> None:
    """Q = 10 − 4 = 6, I = 7: over by 1.

    purchase-orders
    number  quantity  cancelled_quantity  price
    PO1     10        4                   100

    invoices
    number  po   quantity  price
    I1      PO1  7         100
    """
    assert total(test_what_is_cancelled_counts_as_too_much_once_it_is_billed) == {
        "invoiced_not_posted": 700,
        "over_invoiced": 100,
    }


def test_a_discount_is_mirrored() -> None:
    """PO1: |Q| = 2, |I| = 1: one of two is open. PO2: |I| − |Q| = 1 too many.

    purchase-orders
    number  quantity  price  cost_center
    PO1     -2        50     C1
    PO2     -2        50     C2

    invoices
    number  po   quantity  price
    I1      PO1  -1        50
    I2      PO2  -3        50
    """
    assert cells(test_a_discount_is_mirrored, ["cost_center"]) == {
        "C1": {"commitment": -50, "invoiced_not_posted": -50},
        "C2": {"over_invoiced": -50, "invoiced_not_posted": -150},
    }


def test_without_a_rate_what_is_left_is_unknown_and_what_is_not_there_is_zero() -> None:
    """Nobody knows what euros are worth; but nothing is received, and nothing too much.

    purchase-orders
    number  quantity  price  currency
    PO1     10        100    EUR
    """
    assert total(test_without_a_rate_what_is_left_is_unknown_and_what_is_not_there_is_zero) == {
        "commitment": None
    }


def test_returned_goods_are_ordered_again_and_no_more_is_owed_than_received() -> None:
    """R = 4, I = −2: a credit for what was never billed. Open 10 − 4, received 4 − 0.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  5
    PO1  -1

    invoices
    number  type    po   quantity  price
    C1      CREDIT  PO1  2         100
    """
    assert total(test_returned_goods_are_ordered_again_and_no_more_is_owed_than_received) == {
        "commitment": 600,
        "received_not_invoiced": 400,
        "invoiced_not_posted": -200,
    }


def test_pounds_on_an_order_in_euros() -> None:
    """Matched by amount, and nobody knows what the pounds are in euros: neither what is left is known, nor
    what is too much. Nothing was accrued, which is certain; 1100 received of 1000 are 100 too many, at 2.

    purchase-orders
    number  match_basis  amount  currency  rate  receipt_required
    PO1     AMOUNT       1000    EUR       2     true

    receipts
    po   amount
    PO1  1100

    invoices
    number  po   amount  currency
    I1      PO1  100     GBP
    """
    assert total(test_pounds_on_an_order_in_euros) == {
        "commitment": None,
        "received_not_invoiced": None,
        "invoiced_not_posted": None,
        "over_invoiced": None,
        "over_received": 200,
    }


def test_what_is_known_of_a_sum() -> None:
    """100 + 20 are known; the euros are not.

    purchase-orders
    number  quantity  price  currency
    PO1     1         100    USD
    PO2     1         50     EUR

    journal-lines
    number  amount
    J1      20
    """
    cell = whole(test_what_is_known_of_a_sum)
    assert (cell["commitment"], cell["consumed"], cell["consumed_known"]) == (None, None, Fraction(120))
