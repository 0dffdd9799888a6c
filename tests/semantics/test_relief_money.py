"""From quantities to ledger money: price, price unit, tax, the order's own rate, and the split."""

from resolvers.semantics.entities import LegalEntity


def test_price_unit(figures):
    """37.50 per hundred.

    purchase-orders
    number  quantity  price  price_unit
    PO1     2000      37.50  100
    """
    assert figures("commitment") == {"C1": "750.00"}


def test_a_dozen_does_not_lose_a_cent(figures):
    """Six of 0.11 a dozen are exactly 0.055.

    purchase-orders
    number  quantity  price  price_unit
    PO1     6         0.11   12
    """
    assert figures("commitment") == {"C1": "0.06"}


def test_non_recoverable_tax_is_cost(figures):
    """
    purchase-orders
    number  quantity  price  tax_rate  receipt_required
    PO1     10        100    0.0825    true

    receipts
    po   quantity
    PO1  4
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("649.50", "433.00")}


def test_foreign_orders_at_their_own_rate(figures):
    """Relieved at the rate they were committed at, so that a finished one leaves exactly nothing.

    purchase-orders
    number  cost_center  quantity  price  currency  rate
    PO1     C1           3         99.99  GBP       1.2345
    PO2     C2           3         99.99  GBP       1.2345

    invoices
    number  po   quantity  price  currency  rate
    I1      PO1  1         99.99  GBP       1.3333
    I2      PO2  3         99.99  GBP       1.3333
    """
    got = figures("commitment", "invoiced_not_posted")
    assert got == {"C1": ("246.88", "133.32"), "C2": ("0.00", "399.95")}


def test_a_foreign_order_without_a_rate_is_unknown(figures):
    """Unless nothing is left of it.

    purchase-orders
    number  status  cost_center  quantity  price  currency
    PO1     OPEN    C1           10        100    GBP
    PO2     CLOSED  C2           10        100    GBP
    PO3     OPEN    C2           1         100    USD
    """
    assert figures("commitment") == {"C1": None, "C2": "100.00"}


def test_an_order_without_a_price_is_unknown(figures):
    """
    purchase-orders
    number  quantity
    PO1     10
    """
    assert figures("commitment") == {"C1": None}


def test_rounded_half_up_once_per_line(figures):
    """
    purchase-orders
    number  line  quantity  price
    PO1     1     1         0.005
    PO1     2     1         0.005
    """
    assert figures("commitment") == {"C1": "0.02"}


def test_the_line_is_rounded_and_then_split(figures):
    """A hundred over three thirds; the cent left over goes to the lowest distribution.

    purchase-orders
    number  dist  cost_center  percent  quantity  price
    PO1     10    -            1        1         100
    PO1     2     C2           1        1         100
    PO1     1     C1           1        1         100
    """
    assert figures("commitment") == {"C1": "33.34", "C2": "33.33", "UNASSIGNED": "33.33"}


def test_percentages_are_relative_weights(figures):
    """
    purchase-orders
    number  dist  cost_center  percent  quantity  price
    PO1     1     C1           1        10        100
    PO1     2     C2           4        10        100
    """
    assert figures("commitment") == {"C1": "200.00", "C2": "800.00"}


def test_every_stage_is_split_by_itself(figures):
    """
    purchase-orders
    number  dist  cost_center  percent  quantity  price  receipt_required
    PO1     1     C1           50       10        10.01  true
    PO1     2     C2           50       10        10.01  true

    receipts
    po   quantity
    PO1  3
    """
    got = figures("commitment", "received_not_invoiced")
    assert got == {"C1": ("35.04", "15.02"), "C2": ("35.03", "15.01")}


def test_a_discount_by_quantity_is_mirrored(figures):
    """
    purchase-orders
    number  quantity  price  receipt_required
    PO1     -10       5      true

    receipts
    po   quantity
    PO1  -4

    invoices
    number  po   quantity  price
    I1      PO1  -1        5
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("-30.00", "-15.00")}


def test_a_discount_by_price_is_mirrored(figures):
    """
    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        -5     true

    receipts
    po   quantity
    PO1  4

    invoices
    number  po   quantity  price
    I1      PO1  1         -5
    """
    assert figures("commitment", "received_not_invoiced") == {"C1": ("-30.00", "-15.00")}


def test_a_discount_by_amount_is_mirrored(figures):
    """
    purchase-orders
    number  match_basis  amount
    PO1     AMOUNT       -500

    invoices
    number  po   amount
    I1      PO1  -200
    """
    assert figures("commitment") == {"C1": "-300.00"}


def test_yen_have_no_decimals(figures):
    """
    purchase-orders
    number  dist  cost_center  percent  quantity  price  currency  rate
    PO1     1     C1           50       1         10.01  USD       150.25
    PO1     2     C2           50       1         10.01  USD       150.25
    """
    yen = {"legal_entities": {"ONE": LegalEntity("ONE", "One KK", "JPY", "G")}}
    assert figures("commitment", world=yen) == {"C1": "752", "C2": "752"}
