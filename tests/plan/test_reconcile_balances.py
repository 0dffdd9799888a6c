"""GRNI_GL and PREPAID: a balance that purchasing or a schedule leaves, and the ledger's account for it."""

from datetime import date

import pytest

from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Span
from resolvers.plan.reconcile.question import Kind
from resolvers.semantics.entities import Policy
from tests.plan.reconciling import items, line, reconcile, sides

BOOKING = Policy(grni_in_ledger=True, grni_accounts=frozenset({"2150"}))
HOLDING = Policy(prepaid_accounts=frozenset({"1400"}))

GOODS = """
    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true
    PO2     10        100    true
    PO3     10        100    true
    PO4     10        100    true

    receipts
    po   quantity  date
    PO1  6         2026-01-20
    PO2  4         2026-05-20
    PO3  5         2026-01-20

    invoices
    number  po   quantity  price
    I3      PO3  5         100

    journal-lines
    number  account  amount  origin  ref_po  ref_po_line  date
    J1      6100     600     GRNI    PO1     1            2026-01-20
    J1      2150     -600    GRNI    -       -            2026-01-20
    J3      6100     500     GRNI    PO3     1            2026-01-20
    J3      2150     -500    GRNI    -       -            2026-01-20
    J4      6100     30      GRNI    PO4     1            2026-01-20
    J4      2150     -30     GRNI    -       -            2026-01-20
    J5      2150     -7      MANUAL  -       -            2026-01-20
"""


def test_what_came_and_what_the_ledger_has_of_it() -> None:
    """PO1 agrees. PO2's four were not booked. PO3's five are billed, and the invoice is not posted. PO4 got
    nothing that purchasing knows of. Seven were booked by hand without an order: nobody explains them.
    """
    own = line(reconcile(Kind.GRNI_GL, GOODS, BOOKING))
    assert items(own) == [
        ("AMOUNT_DIFFERS", "-30.00", ["PO4"]),
        ("INVOICE_NOT_POSTED", "-500.00", ["I3"]),
        ("RECEIPT_NOT_POSTED", "400.00", ["PO2"]),
    ]
    assert sides(own) == ("1000.00", "1137.00", "-7.00", "BREAK")


def test_a_balance_is_struck_at_the_end_of_the_window() -> None:
    """At the end of March PO2 had not come. A year earlier there was nothing."""
    march = line(reconcile(Kind.GRNI_GL, GOODS, BOOKING, span=Span(first="2026-P01", last="2026-P03")))
    assert sides(march)[:2] == ("600.00", "1137.00")
    before = line(reconcile(Kind.GRNI_GL, GOODS, BOOKING, span=Span(fiscal_year=2025)))
    assert sides(before) == ("0.00", "0.00", "0.00", "MATCHED")


def test_what_was_received_before_the_window_is_still_owed() -> None:
    """A balance has no beginning: June alone has the same as the year."""
    june = line(reconcile(Kind.GRNI_GL, GOODS, BOOKING, span=Span(first="2026-P06", last="2026-P06")))
    assert sides(june)[:2] == ("1000.00", "1137.00")


def test_an_entity_whose_ledger_books_no_receipts_has_no_such_pair() -> None:
    found = reconcile(Kind.GRNI_GL, GOODS, Policy(grni_accounts=frozenset({"2150"})))
    assert found.lines == ()
    assert found.totals.difference is None
    assert found.totals.status is None
    assert [note.split(":")[0] for note in found.notes] == ["ONE", "TWO"]


PAID = """
    deferrals
    number  period   amount
    D1      2025-P11  100
    D1      2025-P12  100
    D1      2026-P01  100
    D2      2026-P02  240
    D2      2026-P03  240
    D2      2026-P09  240
    D3      2026-P08  999

    journal-lines
    number  account  amount  period    date
    J1      1400     300     2025-P11  2025-11-02
    J2      1400     -100    2025-P11  2025-11-30
    J3      1400     -100    2025-P12  2025-12-31
    J4      1400     -100    2026-P01  2026-01-31
    J5      1400     720     2026-P02  2026-02-03
    J6      1400     -240    2026-P02  2026-02-28
    J7      1400     -215    2026-P03  2026-03-31
"""


def test_schedules_are_rolled_forward() -> None:
    """D1 leaves 100 at the turn of the year, D2 is added in February; until today, the end of June, 100 + 480
    have become cost. D3 begins in August. The ledger took 215 instead of 240 away.
    """
    found = reconcile(Kind.PREPAID, PAID, HOLDING)
    own = line(found)
    assert own.rolled is not None
    assert str(own.rolled.opening) == "100.00"
    assert [(name, str(amount)) for name, amount in own.rolled.movements] == [
        ("ADDED", "720.00"),
        ("AMORTISED", "-580.00"),
    ]
    assert sides(own) == ("240.00", "265.00", "-25.00", "BREAK")


def test_a_window_ends_both_sides() -> None:
    """At the end of February 480 of D2 are left, in the ledger too."""
    february = reconcile(Kind.PREPAID, PAID, HOLDING, span=Span(first="2026-P02", last="2026-P02"))
    assert sides(line(february)) == ("480.00", "480.00", "0.00", "MATCHED")
    asked = reconcile(Kind.PREPAID, PAID, HOLDING, as_of=date(2026, 2, 28))
    assert sides(line(asked)) == ("480.00", "480.00", "0.00", "MATCHED")


def test_a_window_that_has_not_begun_has_no_balance() -> None:
    with pytest.raises(QuestionError) as refused:
        reconcile(Kind.PREPAID, PAID, HOLDING, span=Span(first="2026-P08", last="2026-P09"))
    assert str(refused.value) == "period: 2026-P08 begins after 2026-06-30; accepted: what has begun"
