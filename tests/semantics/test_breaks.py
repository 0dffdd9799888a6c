"""Breaks: what does not fit together. They change no figure."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from resolvers.plan.question import Filter, Question, WhatIf
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import Policy
from resolvers.semantics.model import Rate
from tests.semantics.conftest import ANY, WINDOW
from tests.world import System, ask, documents, entity, model

Found = list[tuple[str, str | None, list[str]]]


def breaks(text: str | None, world: dict[str, Any] | None = None, **question: Any) -> Found:
    """Code, amount and the numbers of the documents of each break of the documents in a text."""
    own = System("own", documents(text or ""))
    grouped = question.pop("by", ())
    entire = Question(frozenset(), grouped, classes=ANY, span=WINDOW, breaks=True, **question)
    found = ask(model(own, **(world or {})), own, question=entire).breaks
    return [
        (
            each.code.value,
            None if each.amount is None else str(each.amount),
            [d["number"] for d in each.documents],
        )
        for each in found
        if each.code.value != "NEGATIVE_AVAILABLE" or grouped
    ]


def test_all_is_well() -> None:
    """Billed, posted and paid as ordered.

    purchase-orders
    number  quantity  price  ordered_on
    PO1     10        100    2026-06-01

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  amount  ref_invoice  ref_po  ref_po_line
    J1      400     I1           PO1     1
    """
    assert breaks(test_all_is_well.__doc__) == []


NOT_POSTED: Final = """
    invoices
    number  amount  tax  status    approved_on  exported_on
    I1      400     10   {status}  2026-06-01   {exported}
"""


@pytest.mark.parametrize(
    ("status", "exported", "found"),
    [
        ("APPROVED", "-", []),
        ("EXPORTED", "2026-06-27", []),
        ("EXPORTED", "2026-06-26", [("EXPORT_NOT_POSTED", "410.00", ["I1"])]),
        ("POSTED_PER_S2P", "2026-06-26", [("STALE_SOURCE", "410.00", ["I1"])]),
        ("PAID_PER_S2P", "-", [("STALE_SOURCE", "410.00", ["I1"])]),
    ],
)
def test_invoices_that_did_not_arrive(status: str, exported: str, found: Found) -> None:
    """Three days after its export, the last of June, an invoice is late."""
    assert breaks(NOT_POSTED.format(status=status, exported=exported)) == found


def test_how_many_days_is_a_policy() -> None:
    text = NOT_POSTED.format(status="EXPORTED", exported="2026-06-26")
    assert breaks(text, policy=WhatIf(stale_export_days=4)) == []
    assert len(breaks(text, policy=WhatIf(stale_export_days=3))) == 1


def test_a_past_day_has_its_own_lateness() -> None:
    text = NOT_POSTED.format(status="EXPORTED", exported="2026-06-02")
    assert breaks(text, as_of=date(2026, 6, 4)) == []


def test_a_voucher_that_names_an_order_nobody_knows() -> None:
    """It stays in the ledger, and PO1 is not relieved by guesswork.

    purchase-orders
    number  quantity  price  ordered_on
    PO1     10        100    2026-06-01

    journal-lines
    number  amount  ref_po  ref_po_line
    J1      120     PO404   1
    J2      130     PO1     1
    J3      140     PO1     9
    """
    assert breaks(test_a_voucher_that_names_an_order_nobody_knows.__doc__) == [
        ("PO_REF_NOT_FOUND", "140.00", ["J3"]),
        ("PO_REF_NOT_FOUND", "120.00", ["J1"]),
    ]


def test_an_order_of_another_year_is_known() -> None:
    """
    purchase-orders
    number  quantity  price  date
    PO1     10        100    2024-06-01

    journal-lines
    number  amount  ref_po  ref_po_line
    J1      120     PO1     1
    """
    assert breaks(test_an_order_of_another_year_is_known.__doc__) == []


def test_an_invoice_posted_twice() -> None:
    """
    invoices
    number  amount
    I1      400

    journal-lines
    number  amount  ref_invoice  date
    J1      400     I1           2026-02-01
    J2      400     I1           2026-02-02
    """
    found = breaks(test_an_invoice_posted_twice.__doc__)
    assert found == [("DUPLICATE_VOUCHER", "400.00", ["J2", "I1"])]


def test_beyond_the_order() -> None:
    """12 received and 13 billed of 10.

    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true

    receipts
    po   quantity
    PO1  12

    invoices
    number  po   quantity  price
    I1      PO1  13        100
    """
    assert breaks(test_beyond_the_order.__doc__) == [
        ("OVER_INVOICED", "300.00", ["PO1"]),
        ("OVER_RECEIVED", "200.00", ["PO1"]),
    ]


def test_a_code_without_a_member() -> None:
    """
    journal-lines
    number  cost_center  amount
    J1      X9           250
    J2      X9           50
    """
    assert breaks(test_a_code_without_a_member.__doc__) == [("UNMAPPED_MEMBER", "300.00", [])]


def test_no_rate() -> None:
    """In euros, and nobody says what a euro is.

    purchase-orders
    number  quantity  price  currency  rate  ordered_on
    PO1     2         100    EUR       -     2026-06-01

    invoices
    number  amount  currency  rate
    I1      30      EUR       -
    """
    assert breaks(test_no_rate.__doc__) == [
        ("RATE_MISSING", "200.00", ["PO1"]),
        ("RATE_MISSING", "30.00", ["I1"]),
    ]


RECODED: Final = """
    purchase-orders
    number  quantity  price  ordered_on
    PO1     10        100    2026-06-01

    invoices
    number  po   quantity  price
    I1      PO1  4         100

    journal-lines
    number  account  cost_center  amount  ref_invoice  id
    J1      6100     C1           300     I1           J1
    J1      6200     C2           100     I1           J1
    J1      2100     C1           -400    I1           J1
"""


def test_payables_booked_it_elsewhere() -> None:
    """300 where the order says, 100 on another account and cost centre."""
    assert breaks(RECODED) == [("RECODED", "100.00", ["J1"])]


def test_price_differences_have_an_account_of_their_own() -> None:
    spared = Policy(variance_accounts=frozenset({"6200"}))
    assert breaks(RECODED, {"legal_entities": {"ONE": entity(policy=spared)}}) == []


def test_an_order_to_which_nothing_happens() -> None:
    """Placed in December and open; the other one had a receipt in May.

    purchase-orders
    number  quantity  price  ordered_on  receipt_required
    PO1     10        100    2025-12-01  true
    PO2     10        100    2025-12-01  true

    receipts
    po   quantity  date
    PO2  1         2026-05-01
    """
    text = test_an_order_to_which_nothing_happens.__doc__
    assert breaks(text) == [("ZOMBIE_PO", "1000.00", ["PO1"])]
    patient = {"legal_entities": {"ONE": entity(policy=Policy(zombie_days=400))}}
    assert breaks(text, patient) == []


def test_an_overspent_cell() -> None:
    """
    budget-entries
    number  cost_center  amount
    B1      C1           100
    B2      C2           100

    journal-lines
    number  cost_center  amount
    J1      C1           130
    J2      C2           100
    """
    found = breaks(test_an_overspent_cell.__doc__, by=(Dimension.COST_CENTER,))
    assert found == [("NEGATIVE_AVAILABLE", "30.00", [])]


def test_ages_and_places() -> None:
    """
    journal-lines
    number  amount  ref_po  ref_po_line  date
    J1      120     PO404   1            2026-06-20
    """
    own = System("own", documents(test_ages_and_places.__doc__ or ""))
    question = Question(frozenset(), span=WINDOW, breaks=True)
    (found,) = [b for b in ask(model(own), own, question=question).breaks if b.place == "PO404"]
    assert (found.age_days, found.currency, found.legal_entity) == (10, "USD", "ONE")
    assert found.documents == ({"fact": "VOUCHER", "source": "own", "id": "J1", "number": "J1"},)


TWO_SPELLINGS: Final = """
    invoices
    number  amount  supplier_invoice
    I1      300     INV-0042/A

    journal-lines
    number  amount  supplier  ref_supplier_invoice
    J1      300     S1        inv-0042a
"""


def test_looking_for_breaks_changes_no_figure() -> None:
    """The ledger spells the number in its own way; a scan for breaks reads the voucher too."""
    own = System("own", documents(TWO_SPELLINGS))
    asked = Question(frozenset({"invoiced_not_posted"}), span=WINDOW)
    plain, also = (ask(model(own), own, question=replace(asked, breaks=breaks)) for breaks in (False, True))
    assert plain.totals["invoiced_not_posted"].to_list() == also.totals["invoiced_not_posted"].to_list()


def test_breaks_alone() -> None:
    """No measure is asked for; there is a total all the same, of nothing."""
    own = System("own", documents(TWO_SPELLINGS))
    found = ask(model(own), own, question=Question(frozenset(), span=WINDOW, breaks=True))
    assert found.totals.height == 1


def test_a_duplicate_whose_payables_name_the_supplier_only() -> None:
    """The payables line refers to the supplier's number alone: it is the other side, not a reversal.

    invoices
    number  amount  supplier_invoice
    I1      400     A1

    journal-lines
    number  account  amount  supplier  ref_invoice  ref_supplier_invoice  date
    J1      6100     400     S1        I1           -                     2026-02-01
    J1      2100     -400    S1        -            A1                    2026-02-01
    J2      6100     400     S1        -            A1                    2026-02-02
    J2      2100     -400    S1        -            A1                    2026-02-02
    """
    found = breaks(test_a_duplicate_whose_payables_name_the_supplier_only.__doc__)
    assert found == [("DUPLICATE_VOUCHER", "400.00", ["J2", "I1"])]


def test_a_transfer_that_does_not_add_up() -> None:
    """100 taken from C1, 90 given to C2; the other one is whole. Asked of C1 alone, it is told all the same.

    budget-entries
    number  id  type      cost_center  amount
    T1      a   TRANSFER  C1           -100
    T1      b   TRANSFER  C2           90
    T2      c   TRANSFER  C1           -50
    T2      d   TRANSFER  C2           50
    """
    text = test_a_transfer_that_does_not_add_up.__doc__
    assert breaks(text) == [("TRANSFER_NOT_BALANCED", "10.00", ["T1"])]
    own_side = (Filter(Dimension.COST_CENTER, ("C1",)),)
    assert ("TRANSFER_NOT_BALANCED", "10.00", ["T1"]) in breaks(text, where=own_side)


def test_entities_that_booked_different_amounts_with_each_other() -> None:
    """TWO billed ONE 5,000 euros, at 1.2 6,000 dollars; ONE booked 4,800. Without a rate nobody can tell.

    journal-lines
    legal_entity  number  account  cost_center  amount  currency  intercompany_partner
    ONE           J1      6100     C1           4800    USD       TWO
    ONE           J2      6100     C1           700     USD       -
    TWO           J3      4000     D1           -5000   EUR       ONE
    """
    text = test_entities_that_booked_different_amounts_with_each_other.__doc__
    rate = {"rates": (Rate("EUR", "USD", 2026, Decimal("1.2")),)}
    assert ("IC_MISMATCH", "1200.00", []) in breaks(text, rate)
    assert ("IC_MISMATCH", None, []) in breaks(text)


def test_opposite_differences_do_not_hide_each_other() -> None:
    """ONE bought for 100 and TWO sold for 90; TWO bought for 50 and ONE sold for 60.

    journal-lines
    legal_entity  number  account  cost_center  amount  currency  intercompany_partner
    ONE           J1      6100     C1           100     USD       TWO
    TWO           J2      4000     D1           -90     USD       ONE
    TWO           J3      6100     D1           50      USD       ONE
    ONE           J4      4000     C1           -60     USD       TWO
    """
    text = test_opposite_differences_do_not_hide_each_other.__doc__
    ours = [entity(), entity("TWO")]
    found = breaks(text, {"legal_entities": {each.id: each for each in ours}})
    assert [amount for code, amount, _ in found if code == "IC_MISMATCH"] == ["10.00", "10.00"]


def test_a_cost_passed_on_is_no_difference() -> None:
    """ONE takes 7 off its costs, TWO has them; of 5 more only ONE knows.

    journal-lines
    legal_entity  number  account  cost_center  amount  currency  intercompany_partner
    ONE           J1      6100     C1           -7      USD       TWO
    TWO           J2      6100     D1           7       USD       ONE
    ONE           J3      6200     C1           -5      USD       TWO
    """
    text = test_a_cost_passed_on_is_no_difference.__doc__
    ours = [entity(), entity("TWO")]
    found = breaks(text, {"legal_entities": {each.id: each for each in ours}})
    assert [amount for code, amount, _ in found if code == "IC_MISMATCH"] == ["5.00"]


def test_what_lies_in_no_period() -> None:
    """
    journal-lines
    number  amount  period
    J1      70      2031-P01
    """
    assert breaks(test_what_lies_in_no_period.__doc__) == [("PERIOD_MISSING", "70.00", [None])]
