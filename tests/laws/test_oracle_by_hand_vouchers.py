"""The oracle itself against cases worked out by hand: which voucher carries or relieves what."""

from tests.laws.by_hand import matching, total
from tests.laws.oracle_company import Policy


def test_a_voucher_with_the_invoice_id() -> None:
    """I1 is posted in part, which counts as posted, and whatever procurement says of it: open 10 − 4.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  status  po   quantity  price
    I1      VOIDED  PO1  4         100

    journal-lines
    number  amount  ref_invoice
    J1      150     I1
    """
    assert total(test_a_voucher_with_the_invoice_id) == {"commitment": 600, "actual": 150}


def test_a_voucher_with_the_suppliers_number() -> None:
    """0012/a and 12-A are the same number. I2 has it too, of another supplier; I3 in another currency.

    invoices
    number  supplier  supplier_invoice  currency  rate  amount
    I1      S1        12-A              USD       1     100
    I2      S2        12-A              USD       1     200
    I3      S1        12-A              EUR       2     300

    journal-lines
    number  amount  supplier  ref_supplier_invoice  document_currency
    J1      100     S1        0012/a                USD
    """
    assert total(test_a_voucher_with_the_suppliers_number) == {
        "invoiced_not_posted": 800,
        "actual": 100,
    }


def test_an_order_line_and_the_amount() -> None:
    """I1 is 398: 2 away from 396, where half a percent is 1.99. I2 is 397 and I3 is 396.50: the nearer of the
    two is posted, though younger. Open 20 − 12.

    purchase-orders
    number  quantity  price
    PO1     20        100

    invoices
    number  po   quantity  price   approved_on
    I1      PO1  4         99.5    2026-02-01
    I2      PO1  4         99.25   2026-02-01
    I3      PO1  4         99.125  2026-02-02

    journal-lines
    number  amount  ref_po  ref_po_line
    J1      396     PO1     1
    """
    assert matching(test_an_order_line_and_the_amount).posted == {("ONE", "I3")}
    assert total(test_an_order_line_and_the_amount) == {
        "commitment": 800,
        "invoiced_not_posted": 795,
        "actual": 396,
    }


def test_an_order_line_and_the_quantity() -> None:
    """The amounts are far apart, the quantity is the same. The second voucher finds it taken, and is keyed: 4
    more units. Open 10 − 4 − 4.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  amount  ref_po  ref_po_line  ref_quantity
    J1      450     PO1     1            4
    J2      450     PO1     1            4
    """
    found = matching(test_an_order_line_and_the_quantity)
    assert found.posted == {("ONE", "I1")}
    assert total(test_an_order_line_and_the_quantity) == {"commitment": 200, "actual": 900}


def test_of_equals_the_oldest() -> None:
    """Both lines are 400. I2 was approved first.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price  approved_on
    I1      PO1  4         100    2026-02-20
    I2      PO1  4         100    2026-02-10

    journal-lines
    number  amount  ref_po  ref_po_line
    J1      400     PO1     1
    """
    assert matching(test_of_equals_the_oldest).posted == {("ONE", "I2")}


def test_another_distribution_is_another_thing() -> None:
    """The voucher names distribution 1, the invoice 2: it was keyed, 400 / 100 units. Open 1 × 500 − 400 and,
    on distribution 2, 500 − 400; the invoice waits.

    purchase-orders
    number  dist  percent  quantity  price
    PO1     1     50       10        100
    PO1     2     50       10        100

    invoices
    number  po   po_dist  quantity  price
    I1      PO1  2        4         100

    journal-lines
    number  amount  ref_po  ref_po_line  ref_dist
    J1      400     PO1     1            1
    """
    assert total(test_another_distribution_is_another_thing) == {
        "commitment": 200,
        "invoiced_not_posted": 400,
        "actual": 400,
    }


def test_keyed_by_quantity_or_else_by_amount() -> None:
    """3 units, and 250 / 100 = 2.5 units: 4.5 are open. PO2 is matched by amount, whatever quantity is named.

    purchase-orders
    number  match_basis  quantity  price  amount
    PO1     QTY          10        100    -
    PO2     AMOUNT       -         -      1000

    journal-lines
    number  amount  ref_po  ref_po_line  ref_quantity
    J1      330     PO1     1            3
    J2      250     PO1     1            -
    J3      600     PO2     1            1
    """
    assert total(test_keyed_by_quantity_or_else_by_amount) == {
        "commitment": 450 + 400,
        "actual": 1180,
    }


def test_an_order_that_nobody_knows() -> None:
    """PO1 must not be relieved by guesswork: neither by an order nor by a line that does not exist.

    purchase-orders
    number  quantity  price
    PO1     10        100

    journal-lines
    number  amount  ref_po  ref_po_line
    J1      400     PO404   1
    J2      30      PO1     9
    """
    found = matching(test_an_order_that_nobody_knows)
    assert [voucher.amount for voucher in found.strangers] == [400, 30]
    assert total(test_an_order_that_nobody_knows) == {"commitment": 1000, "actual": 430}


def test_how_far_off_an_amount_may_be() -> None:
    """100: one dollar. 1000: half a percent, which is five.

    purchase-orders
    number  quantity  price
    PO1     10        100
    PO2     10        100
    PO3     10        100
    PO4     10        100

    invoices
    number  po   quantity  price
    I1      PO1  1         100
    I2      PO2  1         100
    I3      PO3  10        100
    I4      PO4  10        100

    journal-lines
    number  amount   ref_po  ref_po_line
    J1      101      PO1     1
    J2      101.01   PO2     1
    J3      1005     PO3     1
    J4      1005.01  PO4     1
    """
    found = matching(test_how_far_off_an_amount_may_be)
    assert found.posted == {("ONE", "I1"), ("ONE", "I3")}
    assert set(found.keyed) == {("ONE", "PO2", "1"), ("ONE", "PO4", "1")}


def test_an_invoice_that_is_named_is_not_looked_for() -> None:
    """J1 carries I1; J2 has the same amount on the same line, and was keyed: open 10 − 4 − 4.

    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  amount  ref_invoice  ref_po  ref_po_line
    J1      400     I1           -       -
    J2      400     -            PO1     1
    """
    assert total(test_an_invoice_that_is_named_is_not_looked_for) == {"commitment": 200, "actual": 800}


def test_a_ledger_books_what_tax_is_lost() -> None:
    """400 + 40 are booked, whatever taxes the budget is about: I1 is found under every policy.

    purchase-orders
    number  quantity  price
    PO1     4         100

    invoices
    number  po   quantity  price  tax  recoverable_tax
    I1      PO1  4         100    40   20

    journal-lines
    number  amount  ref_po  ref_po_line
    J1      440     PO1     1
    """
    for tax in ("NON_RECOVERABLE", "GROSS", "NET"):
        assert total(test_a_ledger_books_what_tax_is_lost, Policy(tax=tax)) == {"actual": 440}
