"""Vouchers keyed in the ledger: no invoice upstream, but they name the order line, so they relieve it."""


def test_keyed_with_a_quantity(figures):
    """At whatever amount: two of ten are gone.

    purchase-orders
    number  quantity  price
    PO1     10        100

    journal-lines
    number  amount  ref_po  ref_po_line  ref_quantity
    V1      260     PO1     1            2
    """
    assert figures("commitment", "actual") == {"C1": ("800.00", "260.00")}


def test_keyed_without_a_quantity_relieves_its_amount(figures):
    """Its amount at the order's unit value: 35,000 ordered, 22,000 booked, 13,000 to come.

    purchase-orders
    number  quantity  price
    PO1     7         5000

    journal-lines
    number  amount  ref_po  ref_po_line
    V1      22000   PO1     1
    """
    assert figures("commitment", "actual") == {"C1": ("13000.00", "22000.00")}


def test_a_keyed_amount_leaves_no_crumbs(figures):
    """1,000 of 3 × 333.3333 with tax; what is left is the difference to the cent, not a rounded quantity's.

    purchase-orders
    number  quantity  price     tax_rate
    PO1     3         333.3333  0.0825

    journal-lines
    number  amount   ref_po  ref_po_line
    V1      1000.00  PO1     1
    """
    assert figures("commitment") == {"C1": "82.50"}


def test_keyed_on_an_amount_matched_line(figures):
    """The amount counts even where a quantity is given, gross of tax at the order's rate.

    purchase-orders
    number  match_basis  amount  tax_rate  currency  rate
    PO1     AMOUNT       1000    0.1       GBP       1.25

    journal-lines
    number  amount  ref_po  ref_po_line  ref_quantity
    V1      550     PO1     1            1
    """
    assert figures("commitment") == {"C1": "825.00"}


def test_a_keyed_credit_gives_back(figures):
    """13,000 open and a credit of 1,000: 14,000.

    purchase-orders
    number  quantity  price
    PO1     35        1000

    journal-lines
    number  amount  ref_po  ref_po_line
    V1      22000   PO1     1
    V2      -1000   PO1     1
    """
    assert figures("commitment") == {"C1": "14000.00"}


def test_a_voucher_that_carries_an_invoice_is_not_keyed(figures):
    """Relieved once: by the invoice.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  amount  ref_invoice  ref_po  ref_po_line  ref_quantity
    V1      400     I1           PO1     1            4
    """
    got = figures("commitment", "invoiced_not_posted", "actual")
    assert got == {"C1": ("600.00", "0.00", "400.00")}


def test_a_voucher_whose_invoice_nobody_knows_is_keyed(figures):
    """
    purchase-orders
    number  quantity  price
    PO1     10        100

    journal-lines
    number  amount  ref_invoice  ref_po  ref_po_line  ref_quantity
    V1      400     I-404        PO1     1            4
    """
    assert figures("commitment") == {"C1": "600.00"}


def test_a_voucher_that_is_not_posted_relieves_nothing(figures):
    """
    purchase-orders
    number  quantity  price
    PO1     10        100

    journal-lines
    number  status  amount  ref_po  ref_po_line  ref_quantity
    V1      DRAFT   400     PO1     1            4
    """
    assert figures("commitment", "actual") == {"C1": ("1000.00", "0.00")}


def test_a_keyed_amount_against_an_order_without_a_rate_is_unknown(figures):
    """
    purchase-orders
    number  quantity  price  currency
    PO1     10        100    GBP

    journal-lines
    number  amount  ref_po  ref_po_line
    V1      400     PO1     1
    """
    assert figures("commitment") == {"C1": None}


def test_accounts_payable_booked_it_elsewhere(figures):
    """Relief lands in the order's cell, the actual stays where the ledger has it.

    purchase-orders
    number  cost_center  quantity  price
    PO1     C1           10        100

    journal-lines
    number  cost_center  amount  ref_po  ref_po_line  ref_quantity
    V1      C2           400     PO1     1            4
    """
    assert figures("commitment", "actual") == {"C1": ("600.00", "0.00"), "C2": ("0.00", "400.00")}
