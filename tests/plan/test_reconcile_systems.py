"""PURCHASE_COMMITMENTS, PLAN_ACTUALS and INTERCOMPANY: the same thing in two places."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from resolvers.plan.question import Filter, Span
from resolvers.plan.reconcile.question import Kind
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.entities import Policy
from resolvers.semantics.model import Rate
from sources.spi.facts import Fact
from sources.spi.scan import Capability
from tests.plan.doubles import Around
from tests.plan.reconciling import company, items, line, reconcile, reconciled, sides
from tests.world import FINANCE, System, documents

BUYING = System(
    "buying",
    documents(
        """
        purchase-orders
        number  account  quantity  price
        PO1     6100     10        100
        PO2     6100     4         100
        PO3     6100     5         100
        PO5     6100     3         100

        invoices
        number  po   quantity  price
        I1      PO1  1         100
        """
    ),
    facts=FINANCE - {Fact.DEFERRAL},
)
COPYING = System(
    "copying",
    documents(
        """
        purchase-orders
        number  account  quantity  price
        PO1     6100     10        100
        PO3     6100     5         90
        PO4     6100     1         80
        PO5     6200     3         100
        """
    ),
    facts=frozenset({Fact.ORDER}),
)
OWNED = Policy(commitment_owner="buying")


def test_copies_of_orders() -> None:
    """PO1 is relieved of one in both. PO2 was never copied, PO3 has another price, PO4 is the other system's
    own, PO5's copy lies on another account.
    """
    world = company(BUYING, COPYING, policy=OWNED)
    found = reconciled(Kind.PURCHASE_COMMITMENTS, BUYING, COPYING, world=world)
    assert items(line(found, account="6100")) == [
        ("AMOUNT_DIFFERS", "50.00", ["PO3", "PO3"]),
        ("NOT_COPIED", "400.00", ["PO2"]),
        ("COPY_ONLY", "-80.00", ["PO4"]),
        ("RECODED", "300.00", ["PO5"]),
    ]
    assert sides(line(found, account="6100")) == ("2100.00", "1430.00", "0.00", "EXPLAINED")
    assert items(line(found, account="6200")) == [("RECODED", "-300.00", ["PO5"])]
    assert [note.split(":")[0] for note in found.notes] == ["TWO"]


def test_opposite_differences_do_not_hide_each_other() -> None:
    """670 on 6100 and −300 on 6200: 370 net, 970 gross."""
    world = company(BUYING, COPYING, policy=OWNED)
    totals = reconciled(Kind.PURCHASE_COMMITMENTS, BUYING, COPYING, world=world).totals
    assert (str(totals.difference), str(totals.gross_difference)) == ("370.00", "970.00")
    recoded = next(each for each in totals.reasons if each.reason.value == "RECODED")
    assert (str(recoded.amount), str(recoded.gross), recoded.count) == ("0.00", "600.00", 2)


def test_one_holder_of_orders_is_no_pair() -> None:
    found = reconciled(Kind.PURCHASE_COMMITMENTS, BUYING, world=company(BUYING, policy=OWNED))
    assert (found.lines, found.totals.left) == ((), None)


LOADED = """
    budget-entries
    number  cost_center  account  amount  period    type      scenario
    B1      C1           6100     5000    2026-P01  ORIGINAL  BUDGET
    B2      C1           6100     1000    2026-P01  ACTUAL    ACTUAL
    B2      C1           4000     900     2026-P01  ACTUAL    ACTUAL
    B2      C2           6200     50      2026-P01  ACTUAL    ACTUAL

    journal-lines
    number  cost_center  account  amount  period    type     status
    J1      C1           6100     1040    2026-P01  NORMAL   POSTED
    J2      C2           6100     300     2026-P01  NORMAL   POSTED
    J3      X9           6100     70      2026-P01  NORMAL   POSTED
    J4      C1           4000     -900    2026-P01  NORMAL   POSTED
    J5      C1           6100     -1040   2026-P01  CLOSING  POSTED
    J6      C1           6100     11      2026-P01  NORMAL   DRAFT
    J7      C1           2100     -1410   2026-P01  NORMAL   POSTED
"""


def test_loaded_actuals() -> None:
    """40 of C1 nobody explains. C2's 300 were not loaded, X9 is nobody's; the 50 on 6200 the ledger has not.
    Budgets, closings, drafts and balance sheets are neither side.
    """
    found = reconcile(Kind.PLAN_ACTUALS, LOADED)
    assert sides(line(found, account="6100")) == ("1000.00", "1410.00", "-40.00", "BREAK")
    assert items(line(found, account="6100")) == [
        ("NOT_LOADED", "-300.00", []),
        ("UNMAPPED_MEMBER", "-70.00", []),
    ]
    assert [each.place for each in line(found, account="6100").items] == ["C2|2026-P01", "X9"]
    assert items(line(found, account="6200")) == [("NOT_IN_LEDGER", "50.00", ["B2"])]
    assert len(found.lines) == 2


def test_loaded_revenue_is_in_natural_sign_too() -> None:
    found = reconcile(Kind.PLAN_ACTUALS, LOADED, classes=(AccountClass.REVENUE,))
    assert sides(line(found, account="4000")) == ("900.00", "900.00", "0.00", "MATCHED")


def test_loaded_actuals_of_one_cost_centre() -> None:
    only = (Filter(Dimension.COST_CENTER, ("C1",)),)
    found = reconcile(Kind.PLAN_ACTUALS, LOADED, where=only)
    assert [sides(each) for each in found.lines] == [("1000.00", "1040.00", "-40.00", "BREAK")]


BETWEEN = """
    journal-lines
    number  legal_entity  account  amount  period    intercompany_partner
    J1      ONE           6100     400     2026-P01  TWO
    J2      TWO           4000     -500    2026-P01  ONE
    J3      ONE           6100     30      2026-P02  TWO
    J4      ONE           6100     77      2026-P01  -
    J5      TWO           2100     -430    2026-P01  ONE
"""
RATES = (Rate("EUR", "USD", 2026, Decimal("1.10")),)


def test_what_two_entities_booked_with_each_other() -> None:
    """400 dollars of cost, 500 euros of sales, at 1.10 dollars: 150 short, and nobody knows why. February's
    30 TWO did not book at all. Balance sheets are no part of it.
    """
    found = reconcile(Kind.INTERCOMPANY, BETWEEN, world={"rates": RATES})
    (own,) = found.lines
    assert (own.legal_entity, own.partner, own.currency) == ("ONE", "TWO", "USD")
    assert sides(own) == ("430.00", "550.00", "-150.00", "BREAK")
    assert items(own) == [("ONE_SIDED", "30.00", [])]
    assert [each.place for each in own.items] == ["2026-P02"]


def test_a_pair_is_told_whichever_of_the_two_is_asked_about() -> None:
    two = (Filter(Dimension.LEGAL_ENTITY, ("TWO",)),)
    (own,) = reconcile(Kind.INTERCOMPANY, BETWEEN, world={"rates": RATES}, where=two, currency="USD").lines
    assert sides(own)[:2] == ("430.00", "550.00")


def test_without_a_rate_neither_side_is_guessed() -> None:
    (own,) = reconcile(Kind.INTERCOMPANY, BETWEEN).lines
    assert sides(own) == ("430.00", None, None, None)


def test_a_partner_whose_ledger_does_not_say_is_unknown_and_not_nothing() -> None:
    """TWO's ledger has no partner: its side is null."""
    books = documents(BETWEEN)
    mute = {
        name: [{k: v for k, v in row.items() if k != "intercompany_partner"} for row in rows]
        for name, rows in books.items()
    }
    one = System("one", books, {"ONE": "ONE"})
    two = System("two", mute, {"TWO": "TWO"}, around=Mute)
    world = company(one, two, rates=RATES)
    found = reconciled(Kind.INTERCOMPANY, one, two, world=world)
    assert [sides(each)[:2] for each in found.lines] == [("430.00", None)]
    assert found.totals.left is None


class Mute(Around):
    """A source whose ledger does not say with whom something was booked."""

    @property
    def facts(self) -> Mapping[Fact, Capability]:
        ledger = self.inner.facts[Fact.LEDGER]
        less = replace(ledger, columns=ledger.columns - {"intercompany_partner"})
        return {**self.inner.facts, Fact.LEDGER: less}


def test_currencies_are_judged_apart_and_told_in_one() -> None:
    """TWO's euro ledger is short of 10.01 euros, 0.01 of them unexplained; in dollars all of it adds up."""
    text = """
    budget-entries
    legal_entity  number  account  amount  period    type    scenario  cost_center
    TWO           B1      6100     100.00  2026-P01  ACTUAL  ACTUAL    D1
    TWO           B1      6200     33.33   2026-P01  ACTUAL  ACTUAL    D1

    journal-lines
    legal_entity  number  account  amount  period    cost_center
    TWO           J1      6100     99.99   2026-P01  D1
    TWO           J2      6100     10.00   2026-P02  D1
    """
    found = reconcile(
        Kind.PLAN_ACTUALS, text, world={"rates": RATES}, currency="USD", span=Span(fiscal_year=2026)
    )
    first, second = found.lines
    assert sides(first) == ("110.00", "120.99", "0.01", "BREAK")
    assert items(first) == [("NOT_LOADED", "-11.00", [])]
    assert items(second) == [("NOT_IN_LEDGER", "36.66", ["B1"])]
    assert found.totals.residual == Decimal("0.01")
