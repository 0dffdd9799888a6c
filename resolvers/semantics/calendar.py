"""Periods: selecting them by window, and placing dates and other calendars' periods in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Period:
    """An id in a calendar. Adjustment periods overlap the last ordinary one."""

    id: str
    fiscal_year: int
    number: int
    start: date
    end: date
    label: str
    adjustment: bool = False


@dataclass(frozen=True, slots=True)
class PeriodMap:
    """Where periods of one calendar lie in the calendar `to`: pairs of ids."""

    to: str
    periods: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Periods in order; ordinary ones follow each other without gaps. `maps` say where its periods lie in
    other calendars, where days alone do not."""

    id: str
    periods: tuple[Period, ...]
    maps: tuple[PeriodMap, ...] = ()


PERIOD_MISSING: Final = "PERIOD_MISSING"
"""The period of what cannot be placed in the question's calendar; it stays inside the totals of the windows
its days touch."""


class Window(StrEnum):
    PTD = "PTD"
    QTD = "QTD"
    YTD = "YTD"
    ITD = "ITD"
    FY = "FY"


class DateBasis(StrEnum):
    """The date by which ledger lines belong to periods: their posting's, or their document's."""

    POSTING = "POSTING"
    DOCUMENT = "DOCUMENT"


def period_at(calendar: Calendar, day: date) -> Period | None:
    """The ordinary period that contains the day; None outside the calendar."""
    return next((p for p in calendar.periods if not p.adjustment and p.start <= day <= p.end), None)


@lru_cache(maxsize=64)
def stretches(calendar: Calendar) -> tuple[tuple[date, ...], tuple[str, ...]]:
    """The days from which on `period_at` is another one, in order, and the ids of the stretches they divide
    time into: one more than days, the first before all of them, PERIOD_MISSING outside the calendar."""
    ordinary = [p for p in calendar.periods if not p.adjustment]
    days = sorted({day for p in ordinary for day in (p.start, p.end + timedelta(days=1))})
    found = (period_at(calendar, day) for day in days)
    return tuple(days), (PERIOD_MISSING, *(p.id if p is not None else PERIOD_MISSING for p in found))


def window(calendar: Calendar, kind: Window, through: Period) -> tuple[Period, ...]:
    """The periods of a window that ends with `through`. Adjustment periods count as later than the
    ordinary periods they overlap: YTD through P12 leaves P13 out, FY takes it in."""
    year = [p for p in calendar.periods if p.fiscal_year == through.fiscal_year]
    if kind is Window.FY:
        return tuple(year)
    upto = [p for p in year if p.number <= through.number]
    if kind is Window.YTD:
        return tuple(upto)
    if kind is Window.PTD:
        return (through,)
    if kind is Window.QTD:
        return tuple(p for p in upto if _quarter(p, year) == _quarter(through, year))
    return (*(p for p in calendar.periods if p.fiscal_year < through.fiscal_year), *upto)


def year_before(calendar: Calendar, periods: Sequence[Period]) -> Mapping[str, str]:
    """The same periods a year earlier, each with the one it is compared with: `2025-P03` → `2026-P03`. A
    period that the earlier year does not have (a fifty-third week) is left out."""
    known = {(p.fiscal_year, p.number, p.adjustment): p.id for p in calendar.periods}
    pairs = ((known.get((p.fiscal_year - 1, p.number, p.adjustment)), p.id) for p in periods)
    return {before: now for before, now in pairs if before is not None}


def _quarter(period: Period, year: Sequence[Period]) -> int:
    """Quarters are fourths of the ordinary periods; adjustment periods belong to the last one."""
    ordinary = sum(not p.adjustment for p in year)
    position = min(period.number, ordinary)
    return (position - 1) * 4 // ordinary


def between(calendar: Calendar, first: Period, last: Period) -> tuple[Period, ...]:
    """The periods from `first` to `last` in calendar order, adjustment periods in their place."""
    order = {period.id: index for index, period in enumerate(calendar.periods)}
    return calendar.periods[order[first.id] : order[last.id] + 1]


@lru_cache(maxsize=64)
def translation(source: Calendar, target: Calendar) -> Mapping[str, str]:
    """Period ids of one calendar to the other's: itself in the same calendar, else what the source's period
    map says, else the ordinary target period that contains all its days, else PERIOD_MISSING."""
    if source.id == target.id:
        return {period.id: period.id for period in source.periods}
    said = next((dict(map_.periods) for map_ in source.maps if map_.to == target.id), {})
    placed: dict[str, str] = {}
    for period in source.periods:
        if period.id in said:
            placed[period.id] = said[period.id]
            continue
        first, last = period_at(target, period.start), period_at(target, period.end)
        placed[period.id] = first.id if first is not None and first == last else PERIOD_MISSING
    return placed
