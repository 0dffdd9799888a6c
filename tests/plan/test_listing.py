"""Listings under the laws: what a source can do changes the cost and never the answer, and scope is scope."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Final

import pytest

from resolvers.plan.documents import Listed
from resolvers.plan.listing import Listing, Sort
from resolvers.plan.question import Filter, Span
from resolvers.semantics.dimensions import Dimension
from sources.spi.context import Context
from sources.spi.facts import Fact
from tests.laws.crippled import Crippled
from tests.plan.doubles import Narrow, without
from tests.world import System, documents, model, using

TRADE: Final = documents("""
    requisitions
    number status   quantity price cost_center account date       legal_entity
    R1     APPROVED 10       100   C1          6100    2026-01-05 ONE
    R2     PENDING  1        50    C2          6200    2026-02-05 ONE
    R3     APPROVED 1        50    D1          6200    2026-02-05 TWO

    purchase-orders
    number line dist percent quantity price account cost_center date       supplier status legal_entity
    PO1    1    1    50      3        33.35 6100    C1          2026-01-10 S1       OPEN   ONE
    PO1    1    2    50      3        33.35 6200    C2          2026-01-10 S1       OPEN   ONE
    PO1    2    1    100     2        10    6200    C2          2026-03-10 S1       OPEN   ONE
    PO2    1    1    100     5        10    6100    C1          2026-02-10 S2       CLOSED ONE
    PO3    1    1    100     1        7     6100    C1          2025-12-31 S1       OPEN   ONE
    PO4    1    1    100     1        8     6100    D1          2026-02-11 S1       OPEN   TWO

    receipts
    number po  po_line quantity date       legal_entity
    G1     PO1 1       2        2026-02-01 ONE
    G2     PO2 1       1        2026-02-02 ONE
    G3     PO3 1       1        2026-02-03 ONE
    G4     PO4 1       1        2026-03-03 TWO

    invoices
    number po  po_line po_dist quantity price account cost_center type   supplier date       legal_entity
    I1     PO1 1       1       1        33.35 -       -           -      S1       2026-02-01 ONE
    I2     PO1 2       -       2        10    -       -           CREDIT S1       2026-02-02 ONE
    I3     -   -       -       3        5     6100    C2          -      S2       2026-02-03 ONE
    I4     PO4 1       -       1        8     -       -           -      S1       2026-03-04 TWO

    journal-lines
    number line account cost_center amount date       period   legal_entity supplier
    J1     1    6100    C1          10.5   2026-01-31 2026-P01 ONE          S1
    J1     2    2100    -           -10.5  2026-01-31 2026-P01 ONE          S1
    J2     1    4000    C2          -99    2026-02-28 2026-P02 ONE          -
    J3     1    6200    D1          5      2026-03-31 -        TWO          S2

    budget-entries
    number type     amount period   cost_center account legal_entity
    B1     ORIGINAL 1000   2026-P01 C1          6100    ONE
    B2     TRANSFER -100   2026-P02 C1          6200    ONE
    B3     ORIGINAL 5      2026-P03 D1          6200    TWO
""")
FACTS: Final = (Fact.REQUISITION, Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.LEDGER, Fact.BUDGET)
SCOPES: Final = {
    "all": {},
    "a cost centre": {"where": (Filter(Dimension.COST_CENTER, ("C2",)),)},
    "below a node": {"where": (Filter(Dimension.COST_CENTER, (), ("ALL",)),)},
    "an account of a centre": {
        "where": (Filter(Dimension.ACCOUNT, ("6200",)), Filter(Dimension.COST_CENTER, ("C2", "D1")))
    },
    "an entity": {"where": (Filter(Dimension.LEGAL_ENTITY, ("TWO",)),)},
    "days": {"since": date(2026, 2, 2), "until": date(2026, 3, 3)},
    "periods": {"span": Span(first="2026-P02", last="2026-P02")},
    "numbers": {"numbers": ("R2", "PO3", "G3", "I3", "J3", "B3")},
}


def listed(listing: Listing, system: System) -> Listed:
    return using(model(system), system, do=lambda ready: ready.list_documents(listing, Context.within(30)))


def told(found: Listed) -> list[tuple[object, ...]]:
    return [
        (paper.first("number"), paper.date, paper.worth, sorted(str(row.get("line")) for row in paper.rows))
        for paper in found.papers
    ]


@pytest.mark.parametrize(("fact", "scope"), list(product(FACTS, SCOPES)))
def test_what_a_source_can_do_changes_the_cost_and_never_the_answer(fact, scope):
    listing = Listing(fact, order_by=((Sort.AMOUNT, True), (Sort.NUMBER, False)), **SCOPES[scope])
    able = System("all", TRADE)
    expected = listed(listing, able)
    assert expected.gaps == ()
    for seed in range(3):
        weak = replace(able, around=lambda source, seed=seed: Crippled(source, seed))
        found = listed(listing, weak)
        assert told(found) == told(expected)
        assert (found.total, found.more, found.gaps) == (expected.total, expected.more, ())


@pytest.mark.parametrize("fact", FACTS)
def test_the_whole_is_its_parts_by_entity_and_by_period(fact):
    able = System("all", TRADE)
    whole = listed(Listing(fact), able)
    assert whole.total > 2
    entities = [
        listed(Listing(fact, where=(Filter(Dimension.LEGAL_ENTITY, (e,)),)), able) for e in ("ONE", "TWO")
    ]
    assert sorted(map(str, told(whole))) == sorted(str(each) for part in entities for each in told(part))
    months = [Span(first=f"2026-P{n:02d}", last=f"2026-P{n:02d}") for n in range(1, 13)]
    found = {each[0] for span in months for each in told(listed(Listing(fact, span=span), able))}
    assert found == {each[0] for each in told(whole)}


def test_an_invoice_that_names_a_distribution_stands_there_alone():
    able = System("all", TRADE)
    places = {
        centre: [
            paper.first("number")
            for paper in listed(
                Listing(Fact.INVOICE, where=(Filter(Dimension.COST_CENTER, (centre,)),)), able
            ).papers
        ]
        for centre in ("C1", "C2", "D1")
    }
    assert places == {"C1": ["I1"], "C2": ["I3", "I2"], "D1": ["I4"]}


def test_receipts_that_do_not_say_whose_they_are_come_by_their_orders():
    """Some systems have receipts without a company: their orders tell."""
    able = System("all", TRADE)
    blind = replace(able, around=lambda source: Narrow(source, Fact.RECEIPT, without("legal_entity")))
    for scope in SCOPES.values():
        assert told(listed(Listing(Fact.RECEIPT, **scope), blind)) == told(
            listed(Listing(Fact.RECEIPT, **scope), able)
        )
