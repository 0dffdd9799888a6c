"""The oracle itself against cases worked out by hand: what vouchers say, undo and say again."""

from fractions import Fraction

from tests.laws.by_hand import matching, total


def test_a_reversed_invoice_is_nowhere_until_posted_again() -> None:
    """J2 undoes J1: I1 has relieved nothing and does not wait. I2 was posted again: open 10 − 2.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100
    I2      PO1  2         100

    journal-lines
    number  amount  ref_invoice  reverses
    J1      400     I1           -
    J2      -400    I1           J1
    J3      200     I2           -
    J4      -200    I2           J3
    J5      200     I2           -
    """
    found = matching(test_a_reversed_invoice_is_nowhere_until_posted_again)
    assert (found.reversed, found.posted) == ({("ONE", "I1")}, {("ONE", "I2")})
    assert total(test_a_reversed_invoice_is_nowhere_until_posted_again) == {
        "commitment": 800,
        "actual": 200,
    }


def test_opposite_amounts_pair_off() -> None:
    """PO1: 300 and −300 are void, and the other 300 relieves 3. PO2: nothing is opposite, 5 − 4 = 1.

    purchase-orders
    number  quantity  price
    PO1     10        100
    PO2     10        100

    journal-lines
    number  amount  ref_po  ref_po_line
    J1      300     PO1     1
    J2      -300    PO1     1
    J3      300     PO1     1
    J4      500     PO2     1
    J5      -400    PO2     1
    """
    assert total(test_opposite_amounts_pair_off) == {"commitment": 700 + 900, "actual": 400}


def test_booked_twice() -> None:
    """J2 books I1 again; J4 and J5 are I2 in two parts; J6 adds 1 of tax to I2, too little to matter.

    invoices
    number  amount
    I1      400
    I2      500

    journal-lines
    number  amount  ref_invoice
    J1      400     I1
    J2      401     I1
    J4      300     I2
    J5      199     I2
    J6      1       I2
    """
    found = matching(test_booked_twice)
    assert [(voucher.document, voucher.amount) for voucher in found.duplicates] == [("J2", Fraction(401))]


def test_lines_that_refer_to_nothing_join_the_only_reference() -> None:
    """J1: 300 + 100 is what I1 is, so J2 books it again. J3 refers to two things: its loose line joins
    neither, and 250 is keyed on each order.

    purchase-orders
    number  quantity  price
    PO1     10        100
    PO2     10        100

    invoices
    number  amount
    I1      400

    vouchers
    number  line  amount  account  ref_invoice  ref_po  ref_po_line
    J1      1     300     6100     I1           -       -
    J1      2     100     6200     -            -       -
    J1      3     -400    2100     -            -       -
    J2      1     400     6100     I1           -       -
    J3      1     250     6100     -            PO1     1
    J3      2     250     6100     -            PO2     1
    J3      3     500     6100     -            -       -
    """
    found = matching(test_lines_that_refer_to_nothing_join_the_only_reference)
    assert [voucher.document for voucher in found.duplicates] == ["J2"]
    assert total(test_lines_that_refer_to_nothing_join_the_only_reference) == {"commitment": 1500}


def test_an_amount_is_read_from_the_lines_that_could_be_budgeted() -> None:
    """J1: not the tax and the payable. J2: the line marked as proof beside the expense. J3: only an account
    nobody knows. J4: only balance-sheet lines that cancel out: the positive one.

    purchase-orders
    number  quantity  price
    PO1     10        100

    vouchers
    number  line  amount  account  counts_as_posting  ref_po  ref_po_line
    J1      1     100     6100     -                  PO1     1
    J1      2     20      2100     -                  PO1     1
    J1      3     -120    2100     -                  -       -
    J2      1     110     2100     true               PO1     1
    J2      2     15      6100     -                  PO1     1
    J3      1     130     9999     -                  PO1     1
    J3      2     -130    2100     -                  PO1     1
    J4      1     140     2100     -                  PO1     1
    J4      2     -140    2100     -                  PO1     1
    """
    found = matching(test_an_amount_is_read_from_the_lines_that_could_be_budgeted)
    keyed = found.keyed["ONE", "PO1", "1"]
    assert sorted(claim.amount for claim in keyed) == [100, 125, 130, 140]


def test_lines_that_make_no_voucher() -> None:
    """Not posted, booked on receipt, accrued, or closing the year.

    invoices
    number  amount
    I1      400

    journal-lines
    number  amount  ref_invoice  status  origin   type
    J1      400     I1           DRAFT   AP       NORMAL
    J2      400     I1           POSTED  GRNI     NORMAL
    J3      400     I1           POSTED  ACCRUAL  NORMAL
    J4      400     I1           POSTED  AP       CLOSING
    """
    assert matching(test_lines_that_make_no_voucher).posted == set()


def test_the_opposite_amount_undoes_an_invoice_too() -> None:
    """Nothing names what it reverses. J3 is of J1's amount and another reference, and undoes nothing.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  amount  ref_invoice  ref_po  ref_po_line
    J1      400     I1           -       -
    J2      -400    I1           PO1     1
    J3      -400    -            PO1     1
    """
    found = matching(test_the_opposite_amount_undoes_an_invoice_too)
    assert (found.reversed, found.posted) == ({("ONE", "I1")}, set())
    assert total(test_the_opposite_amount_undoes_an_invoice_too) == {"commitment": 1000, "actual": -400}


def test_an_undone_invoice_posted_again_under_its_order_line() -> None:
    """J3 has only the order line and the amount: rung 3 finds I1, undone as it is.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  amount  ref_invoice  ref_po  ref_po_line  reverses
    J1      400     I1           -       -            -
    J2      -400    -            PO1     1            J1
    J3      400     -            PO1     1            -
    """
    found = matching(test_an_undone_invoice_posted_again_under_its_order_line)
    assert (found.reversed, found.posted) == (set(), {("ONE", "I1")})


def test_parts_of_a_small_invoice() -> None:
    """Half a dollar booked twice is within a dollar of it: taken for a posting in parts.

    invoices
    number  amount
    I1      0.50

    journal-lines
    number  amount  ref_invoice
    J1      0.50    I1
    J2      0.50    I1
    """
    assert matching(test_parts_of_a_small_invoice).duplicates == []
