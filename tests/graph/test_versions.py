"""What is asked about time and versions, as a client writes it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.graph.papers import Reply, replied
from tests.world import System, april, calendar, documents, model

BOOKS = """
    budget-entries
    number  scenario  version   period    approved_at           superseded_at         amount
    B1      BUDGET    APPROVED  2026-P02  2025-12-01T09:00:00Z  2026-02-10T12:00:00Z  1000
    B2      BUDGET    APPROVED  2026-P02  2026-02-10T12:00:00Z  -                     1200
    F1      FORECAST  6+6       2026-P08  2026-06-01T00:00:00Z  -                     40
    F2      FORECAST  3+9       2026-P08  2026-03-01T00:00:00Z  -                     5

    journal-lines
    number  period    date        document_date  amount
    J1      2026-P03  2026-03-31  2026-04-02     700
    J2      2026-P05  2026-05-05  2026-05-05     80
    J3      2026-P13  2026-12-31  2026-12-31     9
    J4      2025-P05  2025-05-06  2025-05-06     60
"""


def asked(arguments: str, selection: str) -> Reply:
    used = System("own", documents(BOOKS))
    world = replace(
        model(used, calendars={"G": calendar(adjustment=True), "APRIL": april()}),
        forecast=("FORECAST", "6+6"),
    )
    query = f"{{ budgetPosition({arguments}) {{ totals {{ {selection} }} }} }}"
    return replied(query, used, world=world)


def totals(arguments: str, selection: str) -> dict[str, Any]:
    reply = asked(arguments, selection)
    assert reply.errors == []
    return reply.data["budgetPosition"]["totals"]


YEAR = "period: { fiscalYear: 2026 }"


@pytest.mark.parametrize(
    ("instant", "budget"),
    [
        ("2026-02-10T11:59:59Z", "1000.00"),
        ("2026-02-10T12:00:00Z", "1200.00"),
        ("2026-02-10T12:30:00+01:00", "1000.00"),
    ],
)
def test_the_budget_as_it_was_known(instant: str, budget: str) -> None:
    """B2 took the place of B1 at noon, UTC; half past twelve in Paris is before that."""
    assert totals(f'{YEAR}, knownAt: "{instant}"', "budget") == {"budget": budget}


def test_a_forecast_that_is_named_or_configured() -> None:
    """The model's day is 30 June: 780 are closed, and 40 to go, 5 by the older forecast."""
    figures = "forecast outlook priorYearActual"
    assert totals(YEAR, figures) == {"forecast": "40.00", "outlook": "820.00", "priorYearActual": "60.00"}
    older = totals(f'{YEAR}, forecast: {{ version: "3+9" }}', figures)
    assert older == {"forecast": "5.00", "outlook": "785.00", "priorYearActual": "60.00"}


@pytest.mark.parametrize(
    ("arguments", "actual"),
    [
        ('period: { from: "2026-P04", to: "2026-P05" }', "80.00"),
        ('period: { from: "2026-P04", to: "2026-P05" }, dateBasis: DOCUMENT', "780.00"),
        (YEAR, "789.00"),
        (f"{YEAR}, includeAdjustmentPeriods: false", "780.00"),
        ('period: { fiscalYear: 2026, window: FY }, calendar: "APRIL"', "760.00"),
    ],
)
def test_whose_periods_and_which_date(arguments: str, actual: str) -> None:
    """J1 was posted in March on a document of April. The year 2026 of APRIL is April 2025 to March 2026: it
    has J1 and J4."""
    assert totals(arguments, "actual") == {"actual": actual}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ('calendar: "MAYA"', "UNKNOWN_MEMBER", "calendar: 'MAYA' is not one of its 2 members"),
        ('knownAt: "2027-01-01T00:00:00Z"', "BAD_INPUT", "in the future"),
        ('knownAt: "2026-01-01T00:00:00"', "BAD_INPUT", "has no offset"),
        ('asOf: "2027-01-01"', "BAD_INPUT", "asOf"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: str, code: str, said: str) -> None:
    (error,) = asked(arguments, "budget").errors
    assert error["extensions"]["code"] == code
    assert said in error["message"]
