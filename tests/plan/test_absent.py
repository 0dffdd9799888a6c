"""A fact that never carries a dimension: null in its rows, present in the totals; unknown behind a filter."""

from typing import Any, Final

from resolvers.plan.answer import Answer
from resolvers.plan.question import Filter
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.entities import LegalEntity
from sources.spi.facts import Fact
from tests.plan.doubles import Narrow, without
from tests.plan.scenes import BUDGET, question
from tests.world import FINANCE, System, ask, documents, model, table

SUPPLIER, ENTITY = Dimension.SUPPLIER, Dimension.LEGAL_ENTITY
DOCUMENTS: Final = documents(
    """
    budget-entries
    amount
    1000

    purchase-orders
    number  supplier  quantity  price
    PO1     S1        10        10

    journal-lines
    number  supplier  account  amount
    J1      S1        6100     70
    J2      S2        4000     -30
    J3      -         6100     5
    """
)
OWN: Final = System("own", DOCUMENTS, {"ONE": "ONE"})


def answer(*systems: System, **parts: Any) -> Answer:
    asked = question(
        "available", "budget", where=(Filter(ENTITY, ("ONE",)), *parts.pop("where", ())), **parts
    )
    return ask(model(*systems), *systems, question=asked)


def test_a_budget_has_no_supplier() -> None:
    got = answer(OWN, by=(SUPPLIER,))
    assert table(got.rows, "budget", "consumed", "available") == {
        "S1": (None, "170.00", None),
        "UNASSIGNED": (None, "5.00", None),
    }
    assert table(got.totals, "budget", "consumed", "available") == {"*": ("1000.00", "175.00", "825.00")}
    assert [note.split(":")[0] for note in got.notes] == list(BUDGET[:4])
    assert "present in totals" in got.notes[0]
    assert got.missing == ()


def test_behind_a_filter_it_is_unknown_not_zero() -> None:
    """Nobody knows how much of the budget is for S1."""
    got = answer(OWN, where=(Filter(SUPPLIER, ("S1",)),))
    assert table(got.totals, "budget", "consumed", "available") == {"*": (None, "170.00", None)}
    assert table(got.rows, "budget") == {"*": None}
    assert "filtered by; null" in got.notes[0]


def test_a_row_without_budget_shows_the_side_it_has() -> None:
    """The budget of the unknown supplier is no spend that would hide its revenue."""
    classes = (AccountClass.EXPENSE, AccountClass.REVENUE)
    got = answer(OWN, by=(SUPPLIER,), classes=classes)
    assert table(got.rows, "actual")["S2"] == "30.00"


def test_only_the_source_that_provides_counts() -> None:
    """A second source for the same entity that could not tell suppliers apart is not asked."""
    blind = System(
        "blind", {}, {"ONE": "ONE"}, around=lambda source: Narrow(source, Fact.LEDGER, without("supplier"))
    )
    got = answer(OWN, blind, by=(SUPPLIER,))
    assert table(got.rows, "actual") == {"S1": "70.00", "UNASSIGNED": "5.00"}
    other = answer(blind, OWN, by=(SUPPLIER,))
    assert {note.split(":")[0] for note in other.notes} == {*BUDGET[:4], "actual"}


def test_a_fact_the_entity_does_not_use_is_not_absent() -> None:
    facts = FINANCE - {Fact.BUDGET}
    system = System("own", DOCUMENTS, {"ONE": "ONE"}, facts)
    entity = LegalEntity("ONE", "One", "USD", "G", unused=frozenset({Fact.BUDGET}))
    asked = question("budget", "actual", by=(SUPPLIER,))
    got = ask(model(system, legal_entities={"ONE": entity}), system, question=asked)
    assert table(got.rows, "budget", "actual")["S1"] == ("0.00", "70.00")
    assert got.notes == ()
