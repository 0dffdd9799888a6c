"""Invoices and vouchers that name a distribution relieve that distribution's share, and no other's."""

from tests.semantics.conftest import Figures

STAGES = ("commitment", "received_not_invoiced", "invoiced_not_posted", "actual")


def test_the_named_distribution_is_relieved_alone(figures: Figures) -> None:
    """10,000 half and half; 3,000 are billed to the second: 5,000 and 2,000 stay open, not 3,500 each.

    purchase-orders
    number  dist  cost_center  percent  match_basis  amount
    PO1     1     C1           50       AMOUNT       10000
    PO1     2     C2           50       AMOUNT       10000

    invoices
    number  po   po_dist  amount
    I1      PO1  2        3000

    journal-lines
    number  cost_center  amount  ref_invoice
    J1      C2           3000    I1
    """
    assert figures(*STAGES) == {
        "C1": ("5000.00", "0.00", "0.00", "0.00"),
        "C2": ("2000.00", "0.00", "0.00", "3000.00"),
    }


def test_no_overflow_into_the_other_share(figures: Figures) -> None:
    """6,000 billed to a share of 5,000: the other 5,000 stay open, and 1,000 are over.

    purchase-orders
    number  dist  cost_center  percent  match_basis  amount
    PO1     1     C1           50       AMOUNT       10000
    PO1     2     C2           50       AMOUNT       10000

    invoices
    number  po   po_dist  amount
    I1      PO1  2        6000
    """
    assert figures("commitment", "invoiced_not_posted", "over_invoiced") == {
        "C1": ("5000.00", "0.00", "0.00"),
        "C2": ("0.00", "6000.00", "1000.00"),
    }


def test_what_names_none_is_shared_beside_what_does(figures: Figures) -> None:
    """4 of 10 billed to the first share of 5, 2 to nobody in particular: 5 − 4 − 1 and 5 − 1.

    purchase-orders
    number  dist  cost_center  percent  quantity  price
    PO1     1     C1           50       10        100
    PO1     2     C2           50       10        100

    invoices
    number  po   po_dist  quantity  price
    I1      PO1  1        4         100
    I2      PO1  -        2         100
    """
    assert figures("commitment", "invoiced_not_posted") == {
        "C1": ("0.00", "500.00"),
        "C2": ("400.00", "100.00"),
    }


def test_receipts_are_shared(figures: Figures) -> None:
    """6 of 10 received, 3 each; 2 billed to the first: 1 and 3 are owed.

    purchase-orders
    number  dist  cost_center  percent  quantity  price  receipt_required
    PO1     1     C1           50       10        100    true
    PO1     2     C2           50       10        100    true

    receipts
    po   quantity
    PO1  6

    invoices
    number  po   po_dist  quantity  price
    I1      PO1  1        2         100
    """
    assert figures("commitment", "received_not_invoiced") == {
        "C1": ("200.00", "100.00"),
        "C2": ("200.00", "300.00"),
    }


def test_a_distribution_the_order_does_not_have_is_shared(figures: Figures) -> None:
    """
    purchase-orders
    number  dist  cost_center  percent  match_basis  amount
    PO1     1     C1           50       AMOUNT       1000
    PO1     2     C2           50       AMOUNT       1000

    invoices
    number  po   po_dist  amount
    I1      PO1  9        200
    """
    assert figures("commitment", "invoiced_not_posted") == {
        "C1": ("400.00", "100.00"),
        "C2": ("400.00", "100.00"),
    }


def test_thirds_add_up_to_the_cent(figures: Figures) -> None:
    """1,000 in three thirds, 100 billed to the first: 233.33 + 333.33 + 333.33 and a cent, 900.00 in all.

    purchase-orders
    number  dist  cost_center  percent  match_basis  amount
    PO1     1     C1           1        AMOUNT       1000
    PO1     2     C2           1        AMOUNT       1000
    PO1     3     C3           1        AMOUNT       1000

    invoices
    number  po   po_dist  amount
    I1      PO1  1        100
    """
    found = figures("commitment")
    assert found == {"C1": "233.34", "C2": "333.33", "UNMAPPED": "333.33"}


def test_a_keyed_voucher_names_one_too(figures: Figures) -> None:
    """
    purchase-orders
    number  dist  cost_center  percent  quantity  price
    PO1     1     C1           50       10        100
    PO1     2     C2           50       10        100

    journal-lines
    number  cost_center  amount  ref_po  ref_po_line  ref_dist  ref_quantity
    J1      C1           300     PO1     1            1         3
    """
    assert figures("commitment", "actual") == {"C1": ("200.00", "300.00"), "C2": ("500.00", "0.00")}
