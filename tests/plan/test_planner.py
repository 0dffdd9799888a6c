"""Which scans a question takes, in which waves, before anyone is called."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from resolvers.plan.bind import bind
from resolvers.plan.planner import Planner
from resolvers.plan.question import Filter, Span
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.entities import LegalEntity, Policy
from sources.spi.facts import Fact
from sources.spi.scan import Op, Predicate
from tests.plan.doubles import Narrow, Recording, only_keys, without
from tests.plan.scenes import planned, question, waves
from tests.world import System, engine, model

ENTITY, ACCOUNT, CENTER = Dimension.LEGAL_ENTITY, Dimension.ACCOUNT, Dimension.COST_CENTER
OWN: Final = System("own", {}, {"ONE": "1000", "TWO": "2000"})
MODEL: Final = model(OWN)
JANUARY: Final = Span(first="2026-P01", last="2026-P01")
RELIEF: Final = [
    ["INVOICE", "ORDER"],
    ["INVOICE by po", "RECEIPT by po", "VOUCHER by ref_po"],
    ["VOUCHER by ref_invoice", "VOUCHER by ref_po", "VOUCHER by ref_supplier_invoice"],
    ["VOUCHER by number", "VOUCHER by reverses", "VOUCHER by supplier"],
]


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        (("actual",), [["LEDGER"]]),
        (("budget",), [["BUDGET"]]),
        (("pre_commitment",), [["ORDER", "REQUISITION"], ["ORDER by req"]]),
        (("commitment",), RELIEF),
        (("received_not_invoiced", "commitment"), RELIEF),
        (
            ("available",),
            [
                ["BUDGET", "INVOICE", "LEDGER", "ORDER", "REQUISITION"],
                ["INVOICE by po", "ORDER by number", "ORDER by req", "RECEIPT by po", "VOUCHER by ref_po"],
                *RELIEF[2:],
            ],
        ),
    ],
)
def test_only_what_the_measures_stand_on_is_read(
    measures: tuple[str, ...], expected: list[list[str]]
) -> None:
    assert [w for w in waves(planned(question(*measures), MODEL, OWN)) if w] == expected


def test_a_plan_calls_nobody() -> None:
    async def scene() -> None:
        async with engine(MODEL, replace(OWN, around=Recording)) as ready:
            report = ready.explain(question())
            assert {scan.fact for scan in report.waves[0]} >= {Fact.BUDGET, Fact.LEDGER, Fact.ORDER}
            assert all(scan.actual_calls is None for wave in report.waves for scan in wave)
            assert ready.sources["own"].runs == []

    asyncio.run(scene())


def scan_of(fact: Fact, system: System = OWN, **parts: object):
    plan = planned(question("available", **parts), model(system), system)
    return next(node.scan for node in plan.nodes if node.fact is fact and node.key_column is None)


def test_flows_are_read_in_sums_as_fine_as_asked() -> None:
    scan = scan_of(Fact.LEDGER, by=(CENTER,), where=(Filter(ENTITY, ("ONE",)),))
    own = ("legal_entity", "account", "period", "currency", "cost_center", "date", "type", "status")
    assert scan.group_by == own
    assert scan.measures == ("amount",)


def test_flows_to_be_translated_are_read_as_balances() -> None:
    """At the finest balance, whatever is grouped by, so that roundings do not depend on the question."""
    scan = scan_of(Fact.LEDGER, currency="JPY", where=(Filter(Dimension.SUPPLIER, ("S1",)),))
    balance = ("legal_entity", "account", "cost_center", "project", "period", "currency")
    assert scan.group_by == (*balance, "supplier", "date", "type", "status")
    assert "supplier" not in {predicate.column for predicate in scan.where}


def test_flows_are_read_line_by_line_for_documents() -> None:
    plan = planned(question("actual"), MODEL, OWN, documents=True)
    assert plan.nodes[0].scan.group_by is None
    assert {"id", "line", "ref_po"} <= set(plan.nodes[0].scan.columns)


def test_a_ledger_without_periods_is_read_by_day() -> None:
    system = replace(OWN, around=lambda source: Narrow(source, Fact.LEDGER, without("period")))
    groups = scan_of(Fact.LEDGER, system).group_by
    assert groups is not None
    assert "date" in groups
    assert "period" not in groups


def test_filters_go_out_in_the_sources_codes() -> None:
    where = (Filter(ENTITY, ("TWO",)), Filter(ACCOUNT, ("6100",)), Filter(CENTER, ("D1",)))
    assert set(scan_of(Fact.ORDER, where=where, span=JANUARY).where) >= {
        Predicate("account", Op.IN, ("6100",)),
        Predicate("cost_center", Op.IN, ("D1",)),
        Predicate("date", Op.GE, (date(2026, 1, 1),)),
        Predicate("date", Op.LE, (date(2026, 1, 31),)),
    }
    entities = next(p for p in scan_of(Fact.ORDER, where=where).where if p.column == "legal_entity")
    assert "2000" in entities.values
    assert "1000" not in entities.values


def test_a_fact_with_its_own_period_is_not_cut_by_date() -> None:
    """A posting's date may lie outside its period. This system's postings may lack one, so it is not cut by
    period either: its days are read, and placed here."""
    scan = scan_of(Fact.LEDGER, span=JANUARY)
    assert not {"period", "date"} & {predicate.column for predicate in scan.where}
    assert {"period", "date"} <= set(scan.columns)


def test_accounts_in_scope_go_out_when_only_listed_ones_are() -> None:
    """Spend takes in what is not in the chart, so it cannot; revenue can."""
    spend = scan_of(Fact.LEDGER)
    revenue = scan_of(Fact.LEDGER, classes=(AccountClass.REVENUE,))
    assert "account" not in {predicate.column for predicate in spend.where}
    assert Predicate("account", Op.IN, ("4000",)) in revenue.where


def test_a_source_that_cannot_look_up_is_read_whole() -> None:
    """One key it lacks is enough: what cannot be looked up must be there all the same."""

    def unable(source):
        return Narrow(source, Fact.VOUCHER, only_keys("ref_po"))

    system = replace(OWN, around=unable)
    assert waves(planned(question("commitment"), model(system), system))[0] == ["INVOICE", "ORDER", "VOUCHER"]


@pytest.mark.parametrize(
    ("keys", "last"),
    [
        (("ref_po", "ref_invoice", "ref_supplier_invoice"), RELIEF[2]),
        (("ref_po", "ref_invoice", "ref_supplier_invoice", "reverses"), ["VOUCHER by reverses"]),
    ],
)
def test_what_only_completes_vouchers_is_looked_up_where_the_source_can(
    keys: tuple[str, ...], last: list[str]
) -> None:
    """A ledger that does not find documents by number, or what reverses them, is not read whole for that."""
    system = replace(OWN, around=lambda source: Narrow(source, Fact.VOUCHER, only_keys(*keys)))
    found = [w for w in waves(planned(question("commitment"), model(system), system)) if w]
    assert found[:3] == RELIEF[:3]
    assert found[-1] == last


def test_breaks_are_looked_for_beside_the_question() -> None:
    """In vouchers, the orders they name, transfers and postings between entities; the question itself is
    read as without them."""
    asked = question("available", breaks=True)
    assert waves(planned(asked, MODEL, OWN)) == waves(planned(question("available"), MODEL, OWN))
    aside = Planner(MODEL, {OWN.name: OWN.source()}).strays(bind(asked, MODEL))
    assert waves(aside) == [["BUDGET", "LEDGER", "VOUCHER"], ["ORDER by number"]]


def test_nobody_looks_for_orders_of_requisitions_that_do_not_exist() -> None:
    entities = {
        "ONE": LegalEntity("ONE", "One", "USD", "G", unused=frozenset({Fact.REQUISITION})),
        "TWO": LegalEntity("TWO", "Two", "EUR", "G", unused=frozenset({Fact.REQUISITION})),
    }
    plan = planned(question("available"), model(OWN, legal_entities=entities), OWN)
    assert "ORDER by req" not in [name for wave in waves(plan) for name in wave]
    assert Fact.REQUISITION not in {node.fact for node in plan.nodes}


@pytest.mark.parametrize(("booking", "expected"), [(False, []), (True, [("ONE",)])])
def test_receipts_are_read_for_what_is_in_flight_where_the_ledger_books_them(booking, expected) -> None:
    """An invoice of goods the ledger holds is in flight with its difference only."""
    entities = {
        "ONE": LegalEntity("ONE", "One", "USD", "G", policy=Policy(grni_in_ledger=booking)),
        "TWO": LegalEntity("TWO", "Two", "EUR", "G"),
    }
    plan = planned(question("invoiced_not_posted"), model(OWN, legal_entities=entities), OWN)
    assert [node.entities for node in plan.nodes if node.fact is Fact.RECEIPT] == expected


def test_rows_that_do_not_name_their_company_are_looked_up_company_by_company() -> None:
    system = replace(OWN, around=lambda source: Narrow(source, Fact.RECEIPT, without("legal_entity")))
    plan = planned(question("commitment"), model(system), system)
    assert [node.entities for node in plan.nodes if node.fact is Fact.RECEIPT] == [("ONE",), ("TWO",)]
    assert [node.entities for node in plan.nodes if node.fact is Fact.ORDER] == [("ONE", "TWO")]


def test_only_systems_of_the_entities_asked_about_are_asked() -> None:
    east, west = System("east", {}, {"TWO": "2000"}), System("west", {}, {"ONE": "1000"})
    plan = planned(question("actual", where=(Filter(CENTER, ("D1",)),)), model(east, west), east, west)
    assert [node.source for node in plan.nodes] == ["east"]


def test_the_first_source_configured_for_a_fact_provides_it() -> None:
    first, second = System("first", {}, {"ONE": "1"}), System("second", {}, {"ONE": "1", "TWO": "2"})
    plan = planned(question("actual"), model(first, second), first, second)
    assert [(node.source, node.entities) for node in plan.nodes] == [
        ("first", ("ONE",)),
        ("second", ("TWO",)),
    ]
