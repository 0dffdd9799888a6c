"""The oracle itself against cases worked out by hand: ledgers that book goods when they arrive."""

from tests.laws.by_hand import cells, total
from tests.laws.oracle_company import Policy


def test_a_ledger_that_books_receipts() -> None:
    """R = 6, I = 2 + 3: 1 received and not billed, in the ledger already. P = 2 are posted, so the ledger
    holds 6 − 2 = 4 for what waits: all 3, and 330 − 300 is left. An accrual by hand means nothing here.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  6

    invoices
    number  po   quantity  price
    I1      PO1  2         100
    I2      PO1  3         110

    journal-lines
    number  account  amount  origin   ref_po  ref_po_line  ref_invoice  counts_as_posting
    J1      6100     600     GRNI     PO1     1            -            -
    J2      2100     200     AP       -       -            I1           true
    J3      6100     10      ACCRUAL  PO1     1            -            -
    """
    books_receipts = Policy(books_receipts=True)
    assert total(test_a_ledger_that_books_receipts, books_receipts) == {
        "commitment": 400,
        "invoiced_not_posted": 30,
        "received_in_actual": 100,
        "actual": 610,
    }


def test_no_more_is_covered_than_the_ledger_has_booked() -> None:
    """C1: R − P = 6 − 2 = 4 of 5 that wait, 550 − 400. C2: a credit of 5 waits, P − R = 4 − 1 = 3 of it:
    −550 + 300; open 10 − max(1, 4 − 5).

    purchase-orders
    number  quantity  price  receipt_required  cost_center
    PO1     10        100    true              C1
    PO2     10        100    true              C2

    receipts
    po   quantity
    PO1  6
    PO2  1

    invoices
    number  type     po   quantity  price
    I1      INVOICE  PO1  2         100
    I2      INVOICE  PO1  5         110
    I3      INVOICE  PO2  4         100
    I4      CREDIT   PO2  5         110

    journal-lines
    number  account  amount  ref_invoice  counts_as_posting
    J1      2100     200     I1           true
    J2      2100     400     I3           true
    """
    case = test_no_more_is_covered_than_the_ledger_has_booked
    assert cells(case, ["cost_center"], Policy(books_receipts=True)) == {
        "C1": {"commitment": 300, "invoiced_not_posted": 150},
        "C2": {"commitment": 900, "received_in_actual": 100, "invoiced_not_posted": -250},
    }
