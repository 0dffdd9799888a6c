"""The fiscal calendars of the companies: what each ledger calls the days.

US01 and DE01 count calendar months; US01 keeps a thirteenth period for what the auditors find. GB01's year
starts in April. JP01 counts weeks from Sunday to Saturday, quarters of 4, 4 and 5, in years from the first
Sunday of January on: they stand in a file, as in the company's ERP. A year is named by the one it ends in.
"""

from datetime import date
from functools import cache
from typing import Final

from sources.sandbox.estate.clock import month_end, period
from sources.sandbox.estate.master import rows

ADJUSTMENTS: Final = 13
"""The period of audit entries, where a ledger has one."""
_APRIL: Final = 4
_YEAR_FROM_APRIL: Final = "GB01"
_WEEKS: Final = "JP01"


def fiscal_period(entity: str, day: date) -> str:
    """The ordinary period of an entity's ledger that a day lies in."""
    if entity == _WEEKS:
        return next(id_ for id_, (first, last) in weeks().items() if first <= day <= last)
    if entity == _YEAR_FROM_APRIL:
        past = day.month >= _APRIL
        number = day.month - _APRIL + 1 if past else day.month + 12 - _APRIL + 1
        return f"{day.year + past}-P{number:02d}"
    return period(day)


def fiscal_year(entity: str, day: date) -> int:
    return int(fiscal_period(entity, day)[:4])


def year_end(entity: str, year: int) -> date:
    """The last day of a fiscal year."""
    if entity == _WEEKS:
        return weeks()[f"{year}-P12"][1]
    return month_end(date(year, _APRIL - 1 if entity == _YEAR_FROM_APRIL else 12, 1))


def group_month(entity: str, stated: str) -> date:
    """The first day of the month that a ledger's period is in the group's accounts."""
    year, months = int(stated[:4]), min(int(stated[-2:]), ADJUSTMENTS - 1) - 1
    if entity == _YEAR_FROM_APRIL:
        year, months = year - 1, months + _APRIL - 1
    return date(year + months // 12, months % 12 + 1, 1)


@cache
def weeks() -> dict[str, tuple[date, date]]:
    """JP01's periods, each with its first and last day."""
    listed = rows("weeks")
    return {r["id"]: (date.fromisoformat(r["start"]), date.fromisoformat(r["end"])) for r in listed}
