"""The oracle itself against cases worked out by hand: what a ledger accrues by hand."""

from datetime import date

from tests.laws.by_hand import cells, total


def test_accrued_receipts_are_in_the_ledger() -> None:
    """8 received = 800, of which 500 are accrued: 300 are not in the ledger. No budget holds
    the balancing line.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  8

    journal-lines
    number  line  amount  origin   account  ref_po  ref_po_line
    J1      1     500     ACCRUAL  6100     PO1     1
    J1      2     -500    ACCRUAL  2100     PO1     1
    """
    assert total(test_accrued_receipts_are_in_the_ledger) == {
        "commitment": 200,
        "received_not_invoiced": 300,
        "received_in_actual": 500,
        "actual": 500,
    }


def test_an_accrual_that_was_reversed_covers_nothing() -> None:
    """A = 500 − 500.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  8

    journal-lines
    number  amount  origin   ref_po  ref_po_line
    J1      500     ACCRUAL  PO1     1
    J2      -500    ACCRUAL  PO1     1
    """
    assert total(test_an_accrual_that_was_reversed_covers_nothing) == {
        "commitment": 200,
        "received_not_invoiced": 800,
    }


def test_an_accrual_on_a_line_without_receipts() -> None:
    """It comes off what is open: 1000 − 400. On PO2, more than is open: 100 of 300.

    purchase-orders
    number  match_basis  amount  cost_center
    PO1     AMOUNT       1000    C1
    PO2     AMOUNT       100     C2

    journal-lines
    number  amount  origin   cost_center  ref_po  ref_po_line
    J1      400     ACCRUAL  C1           PO1     1
    J2      300     ACCRUAL  C2           PO2     1
    """
    assert cells(test_an_accrual_on_a_line_without_receipts, ["cost_center"]) == {
        "C1": {"commitment": 600, "received_in_actual": 400, "actual": 400},
        "C2": {"received_in_actual": 100, "actual": 300},
    }


def test_what_is_left_of_an_accrual_covers_invoices_the_oldest_first() -> None:
    """I = 2 + 2 − 1 = R, so nothing is received and A = 300 is left: of I2, 200 of 220 (20 wait), then of I1
    the remaining 100 of 200 (100 wait). The credit waits whole: −100. Open 10 − 3 = 7.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  3

    invoices
    number  type     po   quantity  price  approved_on
    I1      INVOICE  PO1  2         100    2026-02-20
    I2      INVOICE  PO1  2         110    2026-02-10
    C1      CREDIT   PO1  1         100    2026-02-01

    journal-lines
    number  amount  origin   ref_po  ref_po_line
    J1      300     ACCRUAL  PO1     1
    """
    assert total(test_what_is_left_of_an_accrual_covers_invoices_the_oldest_first) == {
        "commitment": 700,
        "invoiced_not_posted": 20,
        "actual": 300,
    }


def test_an_accrual_covers_no_credit_and_a_negative_one_nothing() -> None:
    """C1: 1000 are accrued and nothing but a credit waits. C2: A = −300 is none.

    purchase-orders
    number  quantity  price  receipt_required  cost_center
    PO1     10        100    true              C1
    PO2     10        100    true              C2

    receipts
    po   quantity
    PO2  4

    invoices
    number  type    po   quantity  price
    I1      CREDIT  PO1  1         100

    journal-lines
    number  amount  origin   cost_center  ref_po  ref_po_line
    J1      1000    ACCRUAL  C1           PO1     1
    J2      -300    ACCRUAL  C2           PO2     1
    """
    assert cells(test_an_accrual_covers_no_credit_and_a_negative_one_nothing, ["cost_center"]) == {
        "C1": {"commitment": 1000, "invoiced_not_posted": -100, "actual": 1000},
        "C2": {"commitment": 600, "received_not_invoiced": 400, "actual": -300},
    }


def test_an_accrued_discount_is_mirrored() -> None:
    """|R| = 3 = 300, of which 200 are accrued, on an account nobody knows. On PO2 nothing is received, so the
    accrual of 150 covers what waits: −200 + 150.

    purchase-orders
    number  quantity  price  receipt_required  cost_center
    PO1     -10       100    true              C1
    PO2     -10       100    true              C2

    receipts
    po   quantity
    PO1  -3

    invoices
    number  po   quantity  price
    I1      PO2  -2        100

    journal-lines
    number  amount  origin   account  cost_center  ref_po  ref_po_line
    J1      -200    ACCRUAL  9999     C1           PO1     1
    J2      -150    ACCRUAL  6100     C2           PO2     1
    """
    assert cells(test_an_accrued_discount_is_mirrored, ["cost_center"]) == {
        "C1": {
            "commitment": -700,
            "received_not_invoiced": -100,
            "received_in_actual": -200,
            "actual": -200,
        },
        "C2": {"commitment": -800, "invoiced_not_posted": -50, "actual": -150},
    }


def test_an_accrual_is_shared_by_distributions() -> None:
    """The first named 1 of its 5: Q 5 and 5, R 3 and 3, I 1 and 0. A = 400, 200 each: of 2 received on the
    first all, of 3 on the second 200.

    purchase-orders
    number  dist  percent  cost_center  quantity  price  receipt_required
    PO1     1     50       C1           10        100    true
    PO1     2     50       C2           10        100    true

    receipts
    po   quantity
    PO1  6

    invoices
    number  po   po_dist  quantity  price
    I1      PO1  1        1         100

    journal-lines
    number  amount  origin   cost_center  ref_po  ref_po_line
    J1      400     ACCRUAL  C9           PO1     1
    """
    assert cells(test_an_accrual_is_shared_by_distributions, ["cost_center"]) == {
        "C1": {"commitment": 200, "received_in_actual": 200, "invoiced_not_posted": 100},
        "C2": {"commitment": 200, "received_not_invoiced": 100, "received_in_actual": 200},
        "C9": {"actual": 400},
    }


def test_the_oldest_invoice_is_covered_first() -> None:
    """150 accrued and nothing received: I2 whole, and 50 of I1. Each waits on the distribution it names.

    purchase-orders
    number  dist  percent  cost_center  quantity  price  receipt_required
    PO1     1     50       C1           2         100    true
    PO1     2     50       C2           2         100    true

    invoices
    number  po   po_dist  quantity  price  approved_on
    I1      PO1  1        1         100    2026-02-20
    I2      PO1  2        1         100    2026-02-10

    journal-lines
    number  amount  origin   cost_center  ref_po  ref_po_line
    J1      150     ACCRUAL  C9           PO1     1
    """
    assert cells(test_the_oldest_invoice_is_covered_first, ["cost_center"]) == {
        "C1": {"invoiced_not_posted": 50},
        "C9": {"actual": 150},
    }


def test_an_accrual_on_an_order_without_a_rate() -> None:
    """Some of what is received is in the ledger, but nobody knows how much.

    purchase-orders
    number  quantity  price  currency  receipt_required
    PO1     10        100    EUR       true

    receipts
    po   quantity
    PO1  10

    journal-lines
    number  amount  origin   ref_po  ref_po_line
    J1      150     ACCRUAL  PO1     1
    """
    assert total(test_an_accrual_on_an_order_without_a_rate) == {
        "received_not_invoiced": None,
        "received_in_actual": None,
        "actual": 150,
    }


def test_an_accrual_as_of_a_day_before_it_was_taken_back() -> None:
    """On the last of March the accrual stands.

    purchase-orders
    number  match_basis  amount  ordered_on
    PO1     AMOUNT       1000    2026-01-15

    journal-lines
    number  amount  origin   date        ref_po  ref_po_line
    J1      400     ACCRUAL  2026-03-31  PO1     1
    J2      -400    ACCRUAL  2026-04-01  PO1     1
    """
    case = test_an_accrual_as_of_a_day_before_it_was_taken_back
    assert total(case, as_of=date(2026, 3, 31)) == {
        "commitment": 600,
        "received_in_actual": 400,
        "actual": 400,
    }
    assert total(case) == {"commitment": 1000}
