"""Calendars of the cases, and the two ways to write a period: `2026-10` in a case, `2026-P10` elsewhere."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from resolvers.semantics.calendar import Calendar, Period

CALENDAR: Final = "GROUP"
_DATED: Final = frozenset(
    ("fiscal_year", "period", "date", "approved_on", "exported_on", "as_of", "committed_through")
)


def period_id(period: str) -> str:
    """The id of a month written `YYYY-MM`; anything else is an id already."""
    found = re.fullmatch(r"(\d{4})-(\d\d)", period)
    return f"{found[1]}-P{found[2]}" if found else period


def month_of(id_: str) -> str:
    """The other way round."""
    found = re.fullmatch(r"(\d{4})-P(\d\d)", id_)
    return f"{found[1]}-{found[2]}" if found else id_


def months(years: Iterable[int], first_month: int = 1) -> Calendar:
    """Twelve calendar months a fiscal year, each year beginning in `first_month` of that calendar year."""
    periods = []
    for year in sorted(years):
        for number in range(1, 13):
            carried, month = divmod(first_month + number - 2, 12)
            start = date(year + carried, month + 1, 1)
            end = start.replace(day=monthrange(start.year, start.month)[1])
            periods.append(Period(f"{year}-P{number:02d}", year, number, start, end, f"{start:%b %Y}"))
    return Calendar(CALENDAR, tuple(periods))


def years_in(dumped: Any) -> set[int]:
    """The years that the dates, periods and fiscal years of a dumped case lie in."""
    if isinstance(dumped, tuple):
        return {year for item in dumped for year in years_in(item)}
    if not isinstance(dumped, dict):
        return set()
    dated = (str(value) for name, value in dumped.items() if name in _DATED)
    own = {int(found[0]) for value in dated if (found := re.match(r"\d{4}", value))}
    return own.union(*(years_in(value) for value in dumped.values()))
