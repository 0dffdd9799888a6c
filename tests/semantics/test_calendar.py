"""Windows over periods, and days and foreign periods placed in them."""

from bisect import bisect_right
from datetime import date, timedelta

import pytest

from resolvers.semantics.calendar import (
    PERIOD_MISSING,
    Calendar,
    Period,
    Window,
    between,
    period_at,
    stretches,
    translation,
    window,
)
from tests.world import calendar

YEARS = calendar(years=(2025, 2026), adjustment=True)


def period(id_: str, of: Calendar = YEARS) -> Period:
    return next(p for p in of.periods if p.id == id_)


def ids(periods: tuple[Period, ...]) -> list[str]:
    return [p.id for p in periods]


def test_a_day_is_in_an_ordinary_period() -> None:
    """The closing period overlaps December and never takes a day from it."""
    found = period_at(YEARS, date(2025, 12, 31))
    assert found is not None
    assert found.id == "2025-P12"
    assert period_at(YEARS, date(2024, 12, 31)) is None
    assert period_at(YEARS, date(2027, 1, 1)) is None


def test_stretches_say_the_same_of_every_day() -> None:
    """Where periods overlap too, and where there are none."""
    odd = Calendar(
        "ODD",
        (
            Period("A", 2026, 1, date(2026, 1, 1), date(2026, 1, 20), "A"),
            Period("B", 2026, 2, date(2026, 1, 10), date(2026, 1, 31), "B"),
            Period("C", 2026, 3, date(2026, 2, 10), date(2026, 2, 10), "C"),
            Period("Z", 2026, 4, date(2026, 2, 1), date(2026, 2, 28), "Z", adjustment=True),
        ),
    )
    for calendar_ in (YEARS, odd, Calendar("NONE", ())):
        days, ids_ = stretches(calendar_)
        for day in (date(2024, 12, 1) + timedelta(days=n) for n in range(800)):
            found = period_at(calendar_, day)
            assert ids_[bisect_right(days, day)] == (found.id if found is not None else PERIOD_MISSING)


@pytest.mark.parametrize(
    ("kind", "through", "first", "last", "count"),
    [
        (Window.PTD, "2026-P05", "2026-P05", "2026-P05", 1),
        (Window.QTD, "2026-P05", "2026-P04", "2026-P05", 2),
        (Window.QTD, "2026-P01", "2026-P01", "2026-P01", 1),
        (Window.QTD, "2026-P13", "2026-P10", "2026-P13", 4),
        (Window.YTD, "2026-P05", "2026-P01", "2026-P05", 5),
        (Window.YTD, "2026-P12", "2026-P01", "2026-P12", 12),
        (Window.YTD, "2026-P13", "2026-P01", "2026-P13", 13),
        (Window.FY, "2026-P05", "2026-P01", "2026-P13", 13),
        (Window.ITD, "2026-P02", "2025-P01", "2026-P02", 15),
    ],
)
def test_windows(kind: Window, through: str, first: str, last: str, count: int) -> None:
    found = ids(window(YEARS, kind, period(through)))
    assert (found[0], found[-1], len(found)) == (first, last, count)


def test_quarters_of_a_year_in_four_week_periods() -> None:
    """Thirteen ordinary periods: the quarters are fourths of them."""
    weeks = Calendar(
        "W",
        tuple(Period(f"W{i:02d}", 2026, i, date(2026, 1, 1), date(2026, 1, 28), "") for i in range(1, 14)),
    )
    quarter = [len(window(weeks, Window.QTD, p)) for p in weeks.periods]
    assert quarter == [1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 1, 2, 3]


def test_a_range_takes_adjustment_periods_in_their_place() -> None:
    assert ids(between(YEARS, period("2025-P12"), period("2026-P01"))) == ["2025-P12", "2025-P13", "2026-P01"]
    assert between(YEARS, period("2026-P02"), period("2026-P01")) == ()


def test_periods_of_another_calendar() -> None:
    """Itself in the same calendar; else the period that holds all its days; else nowhere."""
    assert translation(YEARS, YEARS)["2025-P13"] == "2025-P13"
    fiscal = Calendar(
        "F",
        (
            Period("F1", 2026, 1, date(2026, 4, 1), date(2026, 4, 30), "April"),
            Period("F2", 2026, 2, date(2026, 4, 27), date(2026, 5, 31), "five weeks"),
            Period("F3", 2026, 3, date(2026, 5, 31), date(2026, 5, 31), "closing", adjustment=True),
            Period("F4", 2031, 4, date(2031, 1, 1), date(2031, 1, 31), "beyond"),
        ),
    )
    assert translation(fiscal, YEARS) == {
        "F1": "2026-P04",
        "F2": PERIOD_MISSING,
        "F3": "2026-P05",
        "F4": PERIOD_MISSING,
    }
