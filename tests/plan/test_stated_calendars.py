"""A source that states its periods in another calendar than its entities': a planning tool that counts the
group's months for everybody, a ledger that counts each company's own.

ONE's fiscal year starts in April: its 2026-P01 is April 2025, the group's 2025-P04.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from resolvers.plan.question import Span
from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model
from sources.spi.facts import Fact
from sources.spi.scan import Guarantee, Op
from sources.spi.source import Source
from tests.plan.doubles import Narrow
from tests.plan.scenes import planned, question
from tests.world import System, april, ask, calendar, documents, entity, model, table

PERIOD: Final = Dimension.PERIOD
PLAN: Final = System(
    "plan",
    documents(
        """
        budget-entries
        number  period    fiscal_year  amount
        B1      2025-P10  -            100
        B2      2026-P01  -            20
        B3      -         2026         12
        """
    ),
    facts=frozenset({Fact.BUDGET}),
    calendar="G",
)
LEDGER: Final = System(
    "books",
    documents(
        """
        journal-lines
        number  period    date        amount
        J1      2026-P07  2025-10-06  7
        J2      2026-P10  2026-01-05  3
        """
    ),
    facts=frozenset({Fact.LEDGER}),
)


def world(*systems: System, **changes: Any) -> Model:
    calendars = {"G": calendar(), "APRIL": april()}
    entities = {"ONE": replace(entity(), calendar="APRIL")}
    return model(*systems, **{"calendars": calendars, "legal_entities": entities, **changes})


def asked(measure: str, systems: tuple[System, ...] = (PLAN, LEDGER), **span: Any) -> dict[str, Any]:
    answer = ask(world(*systems), *systems, question=question(measure, by=(PERIOD,), span=Span(**span)))
    assert answer.missing == ()
    return table(answer.rows, measure)


def test_each_source_s_periods_are_of_the_calendar_it_says() -> None:
    """October is 2025-P10 to the plan and 2026-P07 to the ledger; January 2026-P01 and 2026-P10."""
    span = {"first": "2025-P10", "last": "2026-P01"}
    assert asked("budget", **span) == {"2025-P10": "100.00", "2026-P01": "21.00"}
    assert asked("actual", **span) == {"2025-P10": "7.00", "2026-P01": "3.00"}


def test_without_saying_so_they_are_the_entity_s_own() -> None:
    """2025-P10 of the year from April is January 2025, 2026-P01 is April 2025."""
    found = asked("budget", (replace(PLAN, calendar=None), LEDGER), fiscal_year=2025)
    assert {found["2025-P01"], found["2025-P04"]} == {"100.00", "21.00"}


def test_an_annual_amount_is_of_the_source_s_year() -> None:
    """B3: 12 over January to December 2026, a dollar a month, and not from April 2025 on."""
    found = asked("budget", fiscal_year=2026)
    assert found == {"2026-P01": "21.00"} | {f"2026-P{month:02d}": "1.00" for month in range(2, 13)}
    assert "2025-P12" not in asked("budget", fiscal_year=2025)


def filtering(fact: Fact) -> Callable[[Source], Source]:
    """A source that is asked for periods of a fact."""
    able = {("period", Op.IN): Guarantee.EXACT}
    return lambda source: Narrow(
        source, fact, lambda given: replace(given, filters={**given.filters, **able})
    )


def test_what_is_offered_to_a_source_are_its_own_periods() -> None:
    """Cost centres have nodes above them, whose budgets are of whole years: of the group's to the plan."""
    plan = replace(PLAN, around=filtering(Fact.BUDGET))
    books = replace(LEDGER, around=filtering(Fact.LEDGER))
    window = Span(window=Window.PTD, through="2025-P10")
    made = planned(question("budget", "actual", span=window), world(plan, books), plan, books)
    sent = {
        node.fact: predicate.values
        for wave in made.waves
        for node in wave
        for predicate in node.scan.where
        if predicate.column == "period"
    }
    of_the_year = tuple(f"2025-P{month:02d}" for month in range(1, 13))
    assert sent == {Fact.BUDGET: of_the_year, Fact.LEDGER: ("2026-P07",)}


def test_what_is_still_to_come_is_counted_in_the_source_s_periods() -> None:
    """Today is the end of June 2026, which is 2027-P03 of the year from April: P06 has begun, P07 has not."""
    paid = System(
        "schedules",
        documents(
            """
            deferrals
            number  period    amount
            P1      2026-P06  50
            P1      2026-P07  60
            """
        ),
        facts=frozenset({Fact.DEFERRAL}),
        calendar="G",
    )
    given = {"calendars": {"G": calendar(), "APRIL": april()}}
    entities = {"ONE": replace(entity(), calendar="APRIL", unused=frozenset())}
    of = model(paid, **given, legal_entities=entities)
    answer = ask(of, paid, question=question("prepaid_remaining", by=(PERIOD,), span=Span(fiscal_year=2026)))
    assert table(answer.rows, "prepaid_remaining") == {"2026-P07": "60.00"}
