"""A missing source is never zero: its entities' figures are unknown, and nothing else is."""

from dataclasses import replace
from typing import Any, Final

import pytest

from resolvers.plan.answer import Answer, State
from resolvers.plan.missing import Lost
from resolvers.plan.question import Filter, Question
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import LegalEntity
from resolvers.semantics.measures import Stage
from resolvers.semantics.model import Rate
from sources.spi.facts import Fact
from tests.plan.doubles import Failing
from tests.plan.scenes import question
from tests.world import FINANCE, System, ask, documents, model, table

ENTITY, CENTER = Dimension.LEGAL_ENTITY, Dimension.COST_CENTER
DOCUMENTS: Final = documents(
    """
    budget-entries
    legal_entity  cost_center  amount
    ONE           C1           1000
    TWO           D1           500

    purchase-orders
    legal_entity  number  cost_center  quantity  price  receipt_required
    ONE           PO1     C1           10        10     false
    TWO           PO2     D1           10        10     true

    journal-lines
    legal_entity  number  cost_center  amount
    ONE           J1      C1           70
    TWO           J2      D1           30
    """
)
PLAN: Final = System("plan", DOCUMENTS, facts=frozenset({Fact.BUDGET}))
BUYING: Final = frozenset({Fact.REQUISITION, Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER})
WEST: Final = System("west", DOCUMENTS, {"ONE": "ONE"}, BUYING | {Fact.LEDGER})
EAST: Final = System("east", DOCUMENTS, {"TWO": "TWO"}, BUYING | {Fact.LEDGER})
SYSTEMS: Final = (PLAN, WEST, EAST)
EUR: Final = Rate("EUR", "USD", 2026, 1)  # type: ignore[arg-type]


def failing(*facts: Fact) -> System:
    return replace(EAST, around=lambda source: Failing(source, *facts))


def answer(asked: Question, *systems: System, **changes: Any) -> Answer:
    return ask(model(*systems, rates=(EUR,), **changes), *systems, question=asked)


def test_all_is_well() -> None:
    got = answer(question("available", by=(CENTER,)), *SYSTEMS)
    assert table(got.rows, "budget", "consumed", "completeness") == {
        "C1": ("1000.00", "170.00", "COMPLETE"),
        "D1": ("500.00", "130.00", "COMPLETE"),
    }
    assert (got.missing, got.notes) == ((), ())
    assert [(source.name, source.state) for source in got.sources] == [
        ("east", State.LIVE),
        ("plan", State.LIVE),
        ("west", State.LIVE),
    ]


def test_a_source_that_is_down_leaves_its_entities_unknown() -> None:
    """The ledger of TWO: its actual, and what stands on it; not its budget, and nothing of ONE."""
    got = answer(question("available", by=(CENTER,)), PLAN, WEST, failing(Fact.LEDGER))
    columns = ("budget", "commitment", "actual", "consumed", "available", "completeness")
    assert table(got.rows, *columns) == {
        "C1": ("1000.00", "100.00", "70.00", "170.00", "830.00", "COMPLETE"),
        "D1": ("500.00", "100.00", None, None, None, "PARTIAL"),
    }
    assert got.missing == (Lost(Stage.LEDGER, "east"),)
    assert table(got.totals, "budget", "actual", "completeness") == {"*": ("1500.00", None, "PARTIAL")}


def test_its_report_says_why() -> None:
    got = answer(question("actual"), PLAN, WEST, failing(Fact.LEDGER))
    (east,) = (source for source in got.sources if source.name == "east")
    assert (east.state, east.within_max_age) == (State.FAILED, False)
    assert east.error is not None
    assert east.error.code == "SOURCE_UNAVAILABLE"


@pytest.mark.parametrize("by", [(), (Dimension.ACCOUNT,), (Dimension.PERIOD,)])
def test_a_cell_that_may_hold_its_figures_is_unknown(by: tuple[Dimension, ...]) -> None:
    got = answer(question("actual", by=by), PLAN, WEST, failing(Fact.LEDGER))
    assert set(table(got.rows, "actual").values()) == {None}


def test_what_is_not_asked_about_is_not_missed() -> None:
    one = question("actual", by=(CENTER,), where=(Filter(ENTITY, ("ONE",)),))
    got = answer(one, PLAN, WEST, failing(Fact.LEDGER))
    assert table(got.rows, "actual", "completeness") == {"C1": ("70.00", "COMPLETE")}
    assert [source.name for source in got.sources] == ["west"]


def test_receipts_are_missed_where_order_lines_need_them() -> None:
    """ONE requires none for its order; TWO does, and so cannot say what is open."""
    facts = (BUYING | {Fact.LEDGER}) - {Fact.RECEIPT}
    west, east = replace(WEST, facts=facts), replace(EAST, facts=facts)
    got = answer(question("commitment", by=(CENTER,)), PLAN, west, east)
    assert table(got.rows, "commitment") == {"C1": "100.00", "D1": None}
    assert set(got.missing) == {Lost(Stage.ORDER, None)}
    assert table(got.totals, "commitment") == {"*": None}


def test_receipts_of_lines_out_of_scope_are_not_missed() -> None:
    """Another line of the same order needs them; the question is not about it."""
    lines = documents(
        """
        purchase-orders
        number  line  cost_center  quantity  price  receipt_required
        PO1     1     C1           10        10     false
        PO1     2     C2           10        10     true
        """
    )
    own = System("own", lines, {"ONE": "ONE"}, FINANCE - {Fact.RECEIPT})
    c1 = question("commitment", by=(CENTER,), where=(Filter(CENTER, ("C1",)),))
    got = answer(c1, own, legal_entities={"ONE": LegalEntity("ONE", "One", "USD", "G")})
    assert table(got.rows, "commitment") == {"C1": "100.00"}
    assert got.missing == ()


def test_facts_an_entity_does_not_use_are_zero() -> None:
    """No system of TWO knows requisitions: a gap, unless it has none by decision."""
    facts = (BUYING | {Fact.LEDGER}) - {Fact.REQUISITION}
    east = replace(EAST, facts=facts)
    asked = question("pre_commitment", "actual", by=(CENTER,))
    got = answer(asked, PLAN, WEST, east)
    assert table(got.rows, "pre_commitment") == {"C1": "0.00", "D1": None}
    assert got.missing == (Lost(Stage.REQUISITION, None),)
    entities = {
        "ONE": LegalEntity("ONE", "One", "USD", "G"),
        "TWO": LegalEntity("TWO", "Two", "EUR", "G", unused=frozenset({Fact.REQUISITION})),
    }
    decided = answer(asked, PLAN, WEST, east, legal_entities=entities)
    assert table(decided.rows, "pre_commitment") == {"C1": "0.00", "D1": "0.00"}
    assert decided.missing == ()


def test_a_failed_lookup_is_a_missing_source_too() -> None:
    got = answer(question("commitment", by=(CENTER,)), PLAN, WEST, failing(Fact.VOUCHER))
    assert table(got.rows, "commitment") == {"C1": "100.00", "D1": None}
    assert got.missing == (Lost(Stage.ORDER, "east"),)


def test_what_is_known_claims_no_more() -> None:
    """The east is down: consumed is unknown there, and what is known of it is what its budget's rows show."""
    got = answer(question("consumed", "consumed_known", by=(CENTER,)), PLAN, WEST, failing(Fact.ORDER))
    assert table(got.rows, "consumed", "consumed_known") == {
        "C1": ("170.00", "170.00"),
        "D1": (None, "30.00"),
    }
    assert table(got.totals, "consumed", "consumed_known") == {"*": (None, "200.00")}


def test_when_nothing_is_known_nothing_is_claimed() -> None:
    everything = failing(*(BUYING | {Fact.LEDGER}))
    got = answer(question("budget", "consumed_known", by=(CENTER,)), PLAN, WEST, everything)
    assert table(got.rows, "budget", "consumed_known")["D1"] == ("500.00", "0.00")
