"""The pinned "now" of the sandbox and the group's calendar, which is calendar months."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Final

CLOCK: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
TODAY: Final = CLOCK.date()
START: Final = date(2024, 7, 1)
"""First day of the history; the last is TODAY."""

HISTORY: Final = tuple(date(2024 + (6 + m) // 12, (6 + m) % 12 + 1, 1) for m in range(24))
"""First days of the 24 months of the history."""

SATURDAY: Final = 5
"""As `date.weekday` counts."""

BUDGET_YEARS: Final = (2025, 2026)


def period(day: date) -> str:
    """The group's period of a day: 2026-06-30 → 2026-P06."""
    return f"{day.year}-P{day.month:02d}"


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def next_month(day: date) -> date:
    """The first day of the following month."""
    return month_end(day) + timedelta(days=1)


def after(day: date, days: int) -> date:
    """`days` later, moved off the weekend to the next Monday."""
    later = day + timedelta(days=days)
    return later + timedelta(days=7 - later.weekday() if later.weekday() >= SATURDAY else 0)


def thursday(day: date) -> date:
    """The first Thursday on or after `day`."""
    return day + timedelta(days=(3 - day.weekday()) % 7)
