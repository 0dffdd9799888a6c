"""What approved requisitions still ask for, after what orders took from them."""

from resolvers.plan.question import Span


def test_nothing_ordered_yet(figures):
    """
    requisitions
    number  status     cost_center  quantity  price  tax_rate
    R1      APPROVED   C1           10        1000   0.1
    R2      PENDING    C2           10        1000   -
    R3      CANCELLED  C2           10        1000   -
    """
    assert figures("pre_commitment") == {"C1": "11000.00"}


def test_partly_ordered_at_another_price(figures):
    """Taken by quantity: six of ten are gone at whatever price.

    requisitions
    number  quantity  price
    R1      10        1000

    purchase-orders
    number  req  req_line  req_quantity  quantity  price
    PO1     R1   1         6             6         1050
    """
    assert figures("pre_commitment", "commitment") == {"C1": ("4000.00", "6300.00")}


def test_two_orders_share_a_line(figures):
    """Without a quantity taken, it is the order line's.

    requisitions
    number  quantity  price
    R1      10        1000

    purchase-orders
    number  req  req_line  req_quantity  quantity  price
    PO1     R1   1         -             3         1000
    PO2     R1   1         5             5         1000
    """
    assert figures("pre_commitment") == {"C1": "2000.00"}


def test_more_ordered_than_asked_for(figures):
    """Never below zero.

    requisitions
    number  quantity  price
    R1      10        1000

    purchase-orders
    number  req  req_line  quantity  price
    PO1     R1   1         12        1000
    """
    assert figures("pre_commitment", "commitment") == {"C1": ("0.00", "12000.00")}


def test_orders_that_take_nothing(figures):
    """A cancelled order or line gives back what it had; drafts have not taken it yet. A closed one has.

    requisitions
    number  line  quantity  price
    R1      1     10        1000

    purchase-orders
    number  status     line_status  req  req_line  quantity  price
    PO1     CANCELLED  -            R1   1         1         1000
    PO2     DRAFT      -            R1   1         1         1000
    PO3     PENDING    -            R1   1         1         1000
    PO4     OPEN       CANCELLED    R1   1         1         1000
    PO5     CLOSED     -            R1   1         2         1000
    """
    assert figures("pre_commitment") == {"C1": "8000.00"}


def test_a_cancelled_quantity_is_given_back(figures):
    """
    requisitions
    number  quantity  price
    R1      10        1000

    purchase-orders
    number  req  req_line  quantity  price  cancelled_quantity
    PO1     R1   1         10        1000   4
    """
    assert figures("pre_commitment", "commitment") == {"C1": ("4000.00", "6000.00")}


def test_what_is_cancelled_is_first_what_was_ordered_beyond_it(figures):
    """Ten ordered, six of them for the requisition; six of the seven left still are.

    requisitions
    number  quantity  price
    R1      6         1000

    purchase-orders
    number  req  req_line  req_quantity  quantity  price  cancelled_quantity
    PO1     R1   1         6             10        1000   3
    """
    assert figures("pre_commitment") == {}


def test_a_cancelled_amount_gives_back_in_proportion(figures):
    """A quarter of the amount is a quarter of the one that was asked for.

    requisitions
    number  quantity  price
    R1      1         5000

    purchase-orders
    number  match_basis  req  req_line  req_quantity  amount  cancelled_quantity
    PO1     AMOUNT       R1   1         1             5000    1250
    """
    assert figures("pre_commitment", "commitment") == {"C1": ("1250.00", "3750.00")}


def test_an_order_of_another_month_takes_too(figures):
    """The order is found by the requisition's number, whenever it is due.

    requisitions
    number  date        quantity  price
    R1      2025-12-20  10        1000

    purchase-orders
    number  date        req  req_line  quantity  price
    PO1     2026-01-10  R1   1         10        1000
    """
    assert figures("pre_commitment", span=Span(2025)) == {}


def test_foreign_and_split(figures):
    """
    requisitions
    number  dist  cost_center  percent  quantity  price  price_unit  currency  rate
    R1      1     C1           2        50        100    10          GBP       1.25
    R1      2     C2           1        50        100    10          GBP       1.25
    """
    assert figures("pre_commitment") == {"C1": "416.67", "C2": "208.33"}


def test_a_missing_rate_is_unknown(figures):
    """
    requisitions
    number  quantity  price  currency
    R1      10        100    GBP
    """
    assert figures("pre_commitment") == {"C1": None}
