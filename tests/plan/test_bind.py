"""A question's names become members, periods and one currency, or a clear error."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from resolvers.plan.bind import Bound, bind
from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Filter, Question, Span
from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import AccountClass, Dimension, Member
from tests.world import ACCOUNTS, CENTERS, System, model

ENTITY: Final = Dimension.LEGAL_ENTITY
ACCOUNT: Final = Dimension.ACCOUNT
CENTER: Final = Dimension.COST_CENTER
OWN: Final = System("own", {})
MODEL: Final = model(OWN)
E, R, C = AccountClass.EXPENSE, AccountClass.REVENUE, AccountClass.CAPEX


def bound(**parts: Any) -> Bound:
    return bind(Question(frozenset({"actual"}), **parts), MODEL)


def only(dimension: Dimension, *members: str, below: tuple[str, ...] = ()) -> tuple[Filter, ...]:
    return (Filter(dimension, members, below),)


WRONG: Final[list[tuple[dict[str, Any], str, str]]] = [
    ({"where": only(CENTER, "C9")}, "UNKNOWN_MEMBER", "did you mean C2, C1"),
    ({"where": only(ACCOUNT, below=("61",))}, "UNKNOWN_MEMBER", "where.account: '61' is not one of its 5"),
    ({"where": only(ENTITY, "UNMAPPED")}, "UNKNOWN_MEMBER", "ONE"),
    ({"where": only(ENTITY, "THREE")}, "UNKNOWN_MEMBER", "ONE"),
    ({"where": (Filter(CENTER),)}, "CONTRADICTORY_FILTERS", "excludes everything"),
    ({"where": (*only(ENTITY, "TWO"), *only(CENTER, "C1"))}, "CONTRADICTORY_FILTERS", "belongs to TWO"),
    ({"where": (*only(ENTITY, "TWO"), *only(ENTITY, "ONE"))}, "CONTRADICTORY_FILTERS", "exclude each other"),
    ({"where": only(ACCOUNT, "2100")}, "CONTRADICTORY_FILTERS", "EXPENSE, REVENUE or CAPEX"),
    ({"where": only(ACCOUNT, "6100"), "classes": (R,)}, "CONTRADICTORY_FILTERS", "of class REVENUE"),
    ({"classes": ()}, "CONTRADICTORY_FILTERS", "accountClass"),
    ({"currency": "dollars"}, "UNKNOWN_CURRENCY", "such as EUR or USD"),
    ({"span": Span(2031)}, "PERIOD_OUTSIDE_CALENDAR", "it has 2025-P01 to 2026-P12"),
    ({"span": Span(through="2026-P14")}, "PERIOD_OUTSIDE_CALENDAR", "period.through: '2026-P14'"),
    (
        {"span": Span(2025, through="2026-P01")},
        "CONTRADICTORY_FILTERS",
        "2026-P01 is not in fiscal year 2025",
    ),
    ({"span": Span(first="2026-P02", last="2026-P01")}, "CONTRADICTORY_FILTERS", "comes after"),
    ({"span": Span(first="2026-P02")}, "BAD_INPUT", "go together"),
    ({"span": Span(2026, first="2026-P01", last="2026-P02")}, "BAD_INPUT", "not both"),
    ({"limit": 100_001}, "LIMIT_EXCEEDED", "at most 100000"),
    ({"limit": -1}, "BAD_INPUT", "must not be negative"),
    ({"offset": -1}, "BAD_INPUT", "must not be negative"),
    ({"as_of": date(2026, 7, 1)}, "BAD_INPUT", "today is 2026-06-30"),
]


@pytest.mark.parametrize(("parts", "code", "says"), WRONG)
def test_what_makes_no_sense_says_what_would(parts: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says) as refused:
        bound(**parts)
    assert refused.value.code == code


def test_today_may_be_outside_the_calendar() -> None:
    with pytest.raises(QuestionError, match="today, 2031-01-01") as refused:
        bind(Question(frozenset({"actual"})), replace(MODEL, today=date(2031, 1, 1)))
    assert refused.value.code == "PERIOD_OUTSIDE_CALENDAR"


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span(), "2026-P01", "2026-P12"),
        (Span(2025), "2025-P01", "2025-P12"),
        (Span(window=Window.YTD), "2026-P01", "2026-P06"),
        (Span(window=Window.PTD), "2026-P06", "2026-P06"),
        (Span(2025, Window.QTD), "2025-P10", "2025-P12"),
        (Span(through="2025-P03"), "2025-P01", "2025-P03"),
        (Span(2025, Window.ITD, "2025-P03"), "2025-P01", "2025-P03"),
        (Span(first="2025-P11", last="2026-P02"), "2025-P11", "2026-P02"),
    ],
)
def test_time(span: Span, first: str, last: str) -> None:
    """The default is the current fiscal year; a window without an end stands on today or its year's end."""
    periods = bound(span=span).periods
    assert (periods[0].id, periods[-1].id) == (first, last)


@pytest.mark.parametrize(
    ("parts", "classes", "unlisted"),
    [
        ({}, {E, C}, True),
        ({"classes": (R,)}, {R}, False),
        ({"classes": (R, C)}, {R, C}, True),
        ({"where": only(ACCOUNT, "4000")}, {R}, False),
        ({"where": only(ACCOUNT, "4000", "6100", "2100")}, {R, E}, False),
        ({"where": only(ACCOUNT, "UNMAPPED")}, {E, C}, True),
        ({"where": only(ACCOUNT, "UNASSIGNED")}, {E, C}, True),
        ({"where": only(ACCOUNT, "UNMAPPED", "4000"), "classes": (R,)}, {R}, False),
    ],
)
def test_scope(parts: dict[str, Any], classes: set[AccountClass], unlisted: bool) -> None:
    """Spend, unless accounts or classes say otherwise; what is not in the chart counts as spend."""
    found = bound(**parts)
    assert (found.classes, found.unlisted) == (classes, unlisted)


@pytest.mark.parametrize(
    ("where", "entities"),
    [
        ((), ("ONE", "TWO")),
        (only(CENTER, "C1"), ("ONE",)),
        (only(CENTER, "C1", "D1"), ("ONE", "TWO")),
        (only(CENTER, below=("ALL",)), ("ONE", "TWO")),
        (only(CENTER, "C1", "UNMAPPED"), ("ONE", "TWO")),
        (only(CENTER, "C1", "FREE"), ("ONE", "TWO")),
        (only(CENTER, "ALL"), ("ONE", "TWO")),
        ((*only(ENTITY, "TWO"), *only(CENTER, below=("ALL",))), ("TWO",)),
    ],
)
def test_entities(where: tuple[Filter, ...], entities: tuple[str, ...]) -> None:
    """Only the owners of the cost centres asked about need be asked; a leaf nobody owns may be anybody's."""
    centers = {**CENTERS, "FREE": Member("FREE", "Free", parent="ALL")}
    world = replace(MODEL, members={ACCOUNT: ACCOUNTS, CENTER: centers})
    assert bind(Question(frozenset({"actual"}), where=where), world).entities == entities


def test_filters() -> None:
    """Nodes stand for what is below them; two filters on one dimension both apply."""
    assert bound(where=only(CENTER, below=("ALL",))).members[CENTER] == {"ALL", "C1", "C2", "D1"}
    twice = (*only(CENTER, "C1", "C2"), *only(CENTER, "C2", "D1"))
    assert bound(where=twice).members[CENTER] == {"C2"}


@pytest.mark.parametrize(
    ("parts", "currency"),
    [({}, "USD"), ({"where": only(ENTITY, "TWO")}, "EUR"), ({"currency": "JPY"}, "JPY")],
)
def test_currency(parts: dict[str, Any], currency: str) -> None:
    """The one asked for, else the ledgers' own, else the reporting currency."""
    assert bound(**parts).currency == currency


def test_as_of_today_is_now() -> None:
    assert bound(as_of=MODEL.today).as_of is None
    assert bound(as_of=date(2026, 6, 29)).as_of == date(2026, 6, 29)
