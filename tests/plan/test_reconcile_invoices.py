"""UNPOSTED_INVOICES: invoices approved in purchasing, and the vouchers the ledger has of them."""

from datetime import date

import pytest

from resolvers.plan.question import Span
from resolvers.plan.reconcile.question import Kind
from resolvers.semantics.entities import Policy
from tests.plan.reconciling import items, line, reconcile, sides

UNPOSTED = Kind.UNPOSTED_INVOICES


def test_all_is_posted() -> None:
    """400 and 10 of tax, posted with both; a tax policy does not change what was billed.

    invoices
    number  amount  tax  recoverable_tax
    I1      400     10   5

    journal-lines
    number  amount  ref_invoice
    J1      410     I1
    """
    text = test_all_is_posted.__doc__
    assert sides(line(reconcile(UNPOSTED, text))) == ("410.00", "410.00", "0.00", "MATCHED")
    gross = Policy(tax="GROSS")  # type: ignore[arg-type]
    assert sides(line(reconcile(UNPOSTED, text, gross))) == ("410.00", "410.00", "0.00", "MATCHED")


@pytest.mark.parametrize(
    ("status", "exported", "reason"),
    [
        ("APPROVED", "-", "NOT_EXPORTED"),
        ("EXPORTED", "-", "IN_TRANSIT"),
        ("EXPORTED", "2026-06-27", "IN_TRANSIT"),
        ("EXPORTED", "2026-06-26", "EXPORT_NOT_POSTED"),
        ("POSTED_PER_S2P", "2026-06-26", "STALE_SOURCE"),
        ("PAID_PER_S2P", "-", "STALE_SOURCE"),
    ],
)
def test_how_far_an_invoice_came(status: str, exported: str, reason: str) -> None:
    """The last of June; three days after its export an invoice is late."""
    text = f"""
    invoices
    number  amount  status    exported_on
    I1      400     {status}  {exported}
    """
    own = line(reconcile(UNPOSTED, text))
    assert items(own) == [(reason, "400.00", ["I1"])]
    assert sides(own) == ("400.00", "0.00", "0.00", "EXPLAINED")


def test_what_is_not_approved_is_not_missing() -> None:
    """
    invoices
    number  amount  status
    I1      400     DRAFT
    """
    own = line(reconcile(UNPOSTED, test_what_is_not_approved_is_not_missing.__doc__))
    assert (sides(own), own.items) == (("0.00", "0.00", "0.00", "MATCHED"), ())


def test_what_the_ledger_has_otherwise() -> None:
    """I1 is there twice, I2 at 10 more, I3 in two parts, I4 without approval, I5 taken back; C1 is a credit.

    invoices
    number  amount  type    status
    I1      500     -       APPROVED
    I2      300     -       APPROVED
    I3      200     -       APPROVED
    I4      100     -       DRAFT
    I5      700     -       APPROVED
    C1      50      CREDIT  APPROVED

    journal-lines
    number  amount  ref_invoice  reverses
    J1      500     I1           -
    J2      500     I1           -
    J3      310     I2           -
    J4      120     I3           -
    J5      80      I3           -
    J6      100     I4           -
    J7      700     I5           -
    J8      -700    I5           J7
    J9      -50     C1           -
    """
    own = line(reconcile(UNPOSTED, test_what_the_ledger_has_otherwise.__doc__))
    assert items(own) == [
        ("REVERSED", "700.00", ["I5"]),
        ("DUPLICATE_VOUCHER", "-500.00", ["J2", "I1"]),
        ("NOT_APPROVED", "-100.00", ["J6", "I4"]),
        ("AMOUNT_DIFFERS", "-10.00", ["J3", "I2"]),
    ]
    assert sides(own) == ("1650.00", "1560.00", "0.00", "EXPLAINED")
    assert str(own.gross) == "1310.00"


def test_vouchers_without_an_invoice() -> None:
    """One was keyed on an order, one names an order nobody knows, one a bill purchasing never had, each a
    cost; what is booked on payables alone is none.

    purchase-orders
    number  quantity  price
    PO1     10        100

    journal-lines
    number  amount  account  ref_po  ref_po_line  supplier  ref_supplier_invoice
    J1      300     6100     PO1     1            -         -
    J2      70      6100     PO9     1            -         -
    J3      45      6100     -       -            S1        B-17
    J4      99      2100     -       -            S1        B-18
    """
    own = line(reconcile(UNPOSTED, test_vouchers_without_an_invoice.__doc__))
    assert items(own) == [
        ("KEYED_IN_LEDGER", "-300.00", ["J1"]),
        ("PO_REF_NOT_FOUND", "-70.00", ["J2"]),
        ("INVOICE_NOT_FOUND", "-45.00", ["J3"]),
    ]
    assert sides(own) == ("0.00", "415.00", "0.00", "EXPLAINED")


OVER_THE_YEAR = """
    purchase-orders
    number  date        quantity  price
    PO1     2025-11-03  10        100

    invoices
    number  date        approved_on  po   quantity  price  amount  supplier_invoice
    I1      2025-12-20  2025-12-23   -    -         -      400     X1
    I2      2025-12-21  2025-12-23   PO1  3         100    -       X2
    I3      2025-12-22  2025-12-23   -    -         -      60      X-3
    I4      2026-01-10  2026-01-10   -    -         -      80      X4

    journal-lines
    number  date        period    amount  ref_invoice  ref_po  ref_po_line  supplier  ref_supplier_invoice
    J1      2026-01-08  2026-P01  400     I1           -       -            -         -
    J2      2026-01-09  2026-P01  300     -            PO1     1            -         -
    J3      2026-01-09  2026-P01  60      -            -       -            S1        X-3
    J4      2026-01-12  2026-P01  80      I4           -       -            -         -
    """
"""Three of last year's invoices, found by id, by order and amount, by supplier's number; posted this year."""


@pytest.mark.parametrize(("year", "amount"), [(2025, "760.00"), (2026, "80.00")])
def test_an_invoice_and_its_voucher_belong_to_the_window_of_the_invoice(year: int, amount: str) -> None:
    """A voucher is no stranger because its invoice is of another year."""
    own = line(reconcile(UNPOSTED, OVER_THE_YEAR, span=Span(fiscal_year=year)))
    assert (sides(own), own.items) == ((amount, amount, "0.00", "MATCHED"), ())


def test_a_past_day() -> None:
    """At the end of last year none of the three was posted."""
    found = reconcile(UNPOSTED, OVER_THE_YEAR, span=Span(fiscal_year=2025), as_of=date(2025, 12, 31))
    assert sides(line(found))[:2] == ("760.00", "0.00")


def test_without_a_rate_a_side_is_unknown() -> None:
    """
    invoices
    number  amount  currency
    I1      400     GBP
    I2      100     USD
    """
    found = reconcile(UNPOSTED, test_without_a_rate_a_side_is_unknown.__doc__)
    assert sides(line(found)) == (None, "0.00", None, None)
    assert found.partial
    assert found.totals.difference is None
