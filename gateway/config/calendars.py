"""Fiscal calendars: months made into periods, or periods as they are listed."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from gateway.config.base import Section, Table
from gateway.config.scalars import Count, Day, Flag, Name, Text, refused
from resolvers.semantics.calendar import Calendar, Period

_PERIOD: Final = re.compile(r"([0-9]{4})-P([0-9]{2})")
_MOST_YEARS: Final = 100
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _period_id(value: str) -> str:
    if not (found := _PERIOD.fullmatch(value)) or int(found[2]) == 0:
        raise refused("must be a period such as 2026-P01: the fiscal year and the number in it")
    return value


PeriodId = Annotated[
    str, AfterValidator(_period_id), WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-P[0-9]{2}$"})
]
Year = Annotated[Count, Field(ge=1900, le=2200)]


class PeriodSection(Section):
    """One fiscal period."""

    id: PeriodId
    """Fiscal year and number: 2026-P01."""
    start: Day
    """Its first day."""
    end: Day
    """Its last day."""
    label: Text | None = None
    """What people read; by default the id."""
    adjustment: Flag = False
    """An adjustment period overlaps the end of the ordinary period before it."""


class CalendarSection(Section):
    """A fiscal calendar: twelve months a year from `startMonth`, or the `periods` listed.

    A fiscal year is named by the calendar year it ends in. Adjustment periods lie on its last day.
    """

    id: Name
    """What legal entities and questions call it."""
    start_month: Annotated[Count, Field(ge=1, le=12)] | None = None
    """First month of the fiscal year, 1 to 12."""
    first_year: Year | None = None
    """First fiscal year."""
    last_year: Year | None = None
    """Last fiscal year."""
    adjustment_periods: Annotated[Count, Field(le=4)] = 0
    """Periods after the twelfth, for closing entries."""
    periods: Annotated[tuple[PeriodSection, ...], Table()] = ()
    """Every period, in order: for 4-4-5 weeks and the like."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        months = (self.start_month, self.first_year, self.last_year)
        if self.periods and (any(month is not None for month in months) or self.adjustment_periods):
            raise refused("must have either periods or startMonth, firstYear and lastYear")
        if not self.periods and any(month is None for month in months):
            raise refused("must have startMonth, firstYear and lastYear, or periods")
        years = (self.last_year or 0) - (self.first_year or 0)
        if self.first_year and self.last_year and not 0 <= years < _MOST_YEARS:
            raise refused("must end in the year it starts in or later, within 100 years")
        return self


def calendar(section: CalendarSection) -> Calendar:
    """The section's periods, in order."""
    if section.periods:
        return Calendar(section.id, tuple(_listed(section.periods)))
    years = range(section.first_year or 0, (section.last_year or -1) + 1)
    start, adjustments = section.start_month or 1, section.adjustment_periods
    return Calendar(section.id, tuple(p for year in years for p in _year(year, start, adjustments)))


def _listed(sections: tuple[PeriodSection, ...]) -> Iterator[Period]:
    for section in sections:
        year, number = section.id.split("-P")
        yield Period(
            id=section.id,
            fiscal_year=int(year),
            number=int(number),
            start=section.start,
            end=section.end,
            label=section.label or section.id,
            adjustment=section.adjustment,
        )


def _year(year: int, start_month: int, adjustments: int) -> Iterator[Period]:
    first = date(year if start_month == 1 else year - 1, start_month, 1)
    for number in range(1, 13):
        last = first.replace(day=monthrange(first.year, first.month)[1])
        label = f"{_MONTHS[first.month - 1]} {first.year}"
        yield Period(f"{year}-P{number:02d}", year, number, first, last, label)
        first = last + timedelta(days=1)
    for number in range(1, adjustments + 1):
        label = f"Adjustment {number}, {year}"
        yield Period(f"{year}-P{12 + number}", year, 12 + number, last, last, label, adjustment=True)


def disorder(periods: tuple[PeriodSection, ...]) -> Iterator[tuple[int, str]]:
    """What is wrong between listed periods: the position of the period, and a message."""
    ordinary: PeriodSection | None = None
    for index, period in enumerate(periods):
        if index and period.id <= periods[index - 1].id:
            yield index, f"must come after {periods[index - 1].id}: periods are listed in order, each once"
        if period.end < period.start:
            yield index, f"ends on {period.end}, before it starts on {period.start}"
        if period.adjustment:
            if ordinary is None or not ordinary.start <= period.start <= period.end <= ordinary.end:
                yield index, "must lie within the ordinary period before it"
            continue
        if ordinary is not None and period.start != (due := ordinary.end + timedelta(days=1)):
            yield index, f"must start on {due}, the day after {ordinary.id} ends"
        ordinary = period
