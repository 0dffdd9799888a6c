"""Invoices whose posting was taken back: neither relieved nor in flight until they are posted again."""

from tests.semantics.conftest import Figures

STAGES = ("commitment", "invoiced_not_posted", "actual", "consumed")


def test_a_reversed_invoice_gives_its_order_back(figures: Figures) -> None:
    """4 of 10 billed, posted and reversed: all 10 are open again.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  amount  ref_invoice  date
    J1      400     I1           2026-02-01
    J2      -400    I1           2026-02-02
    """
    assert figures(*STAGES) == {"C1": ("1000.00", "0.00", "0.00", "1000.00")}


def test_posted_again_it_counts_once(figures: Figures) -> None:
    """
    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  amount  ref_invoice  date
    J1      400     I1           2026-02-01
    J2      -400    I1           2026-02-02
    J3      400     I1           2026-02-03
    """
    assert figures(*STAGES) == {"C1": ("600.00", "0.00", "400.00", "1000.00")}


def test_a_document_that_only_says_what_it_reverses(figures: Figures) -> None:
    """It refers to nothing but the document it takes back.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  amount  ref_invoice  reverses
    J1      400     I1           -

    vouchers
    number  amount  reverses
    J2      -400    J1
    """
    assert figures("commitment", "invoiced_not_posted") == {"C1": ("1000.00", "0.00")}
