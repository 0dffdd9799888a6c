"""Lines matched by amount: the same rule, with amounts for quantities."""


def test_received_and_invoiced_by_amount(figures):
    """
    purchase-orders
    number  match_basis  amount  receipt_required
    PO1     AMOUNT       5000    true

    receipts
    po   amount
    PO1  3000

    invoices
    number  po   amount
    I1      PO1  1200
    """
    got = figures("commitment", "received_not_invoiced", "invoiced_not_posted")
    assert got == {"C1": ("2000.00", "1800.00", "1200.00")}


def test_cancelled_amount(figures):
    """
    purchase-orders
    number  match_basis  amount  cancelled_quantity
    PO1     AMOUNT       5000    1500
    """
    assert figures("commitment") == {"C1": "3500.00"}


def test_every_credit_reduces_what_is_invoiced(figures):
    """
    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       5000

    invoices
    number  type     po   amount
    I1      INVOICE  PO1  5000
    I2      CREDIT   PO1  400
    """
    assert figures("commitment") == {"C1": "400.00"}


def test_tax_is_ordered_at_the_line_and_relieved_at_the_line(figures):
    """Net against net; the tax on the invoice is the invoice's own.

    purchase-orders
    number  match_basis  amount  tax_rate
    PO1     AMOUNT       1000    0.1

    invoices
    number  po   amount  tax
    I1      PO1  600     90
    """
    assert figures("commitment", "invoiced_not_posted") == {"C1": ("440.00", "690.00")}


def test_an_invoice_in_the_order_currency_at_another_rate(figures):
    """Half the pounds are half the order, whatever a pound was worth when they were billed.

    purchase-orders
    number  match_basis  amount  currency  rate
    PO1     AMOUNT       1000    GBP       1.25

    invoices
    number  po   amount  currency  rate
    I1      PO1  500     GBP       1.30
    """
    assert figures("commitment", "invoiced_not_posted") == {"C1": ("625.00", "650.00")}


def test_an_invoice_in_a_third_currency(figures):
    """1,000 francs at 1.10 are 1,100 dollars, which are 880 of the pounds that were ordered.

    purchase-orders
    number  match_basis  amount  currency  rate
    PO1     AMOUNT       1000    GBP       1.25

    invoices
    number  po   amount  currency  rate
    I1      PO1  1000    CHF       1.10
    """
    assert figures("commitment") == {"C1": "150.00"}


def test_a_missing_rate_is_unknown_never_one(figures):
    """Nobody can say what is left of the first order; the second has nothing to do with it.

    purchase-orders
    number  cost_center  match_basis  amount  currency  rate
    PO1     C1           AMOUNT       1000    GBP       1.25
    PO2     C2           AMOUNT       1000    GBP       1.25

    invoices
    number  po   amount  currency
    I1      PO1  600     CHF
    """
    assert figures("commitment", "consumed") == {"C1": (None, None), "C2": ("1250.00", "1250.00")}
