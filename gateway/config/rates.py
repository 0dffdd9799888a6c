"""Exchange rates: of budgets, of periods, of days. One unit of a currency is so many units of another."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal, Self

from pydantic import ValidationError, model_validator

from gateway.config.base import Section
from gateway.config.calendars import CalendarSection, PeriodId, Year, calendar
from gateway.config.problems import Data, Document, Finding, Path
from gateway.config.raw import find, text
from gateway.config.scalars import Currency, Day, PositiveDecimal, Text, refused
from resolvers.semantics.model import PeriodRate, Rate, SpotRate


class RateSection(Section):
    """One unit of `currency` is `rate` units of `to`: in a fiscal year, in a period, or from a day on."""

    currency: Currency
    """The currency translated."""
    to: Currency
    """The currency translated to."""
    kind: Literal["BUDGET", "AVERAGE", "CLOSING"] = "BUDGET"
    """BUDGET: fixed with the budget for a fiscal year. AVERAGE: of a period. CLOSING: of a day or the end of
    a period, and until a later one is known."""
    rate: PositiveDecimal
    """What one unit of `currency` is worth in `to`."""
    fiscal_year: Year | None = None
    """BUDGET: all periods of this fiscal year."""
    version: Text | None = None
    """BUDGET: for this version of the budget only; by default for those that have no rate of their own."""
    period: PeriodId | None = None
    """AVERAGE or CLOSING: a period of the calendar named at the top."""
    date: Day | None = None
    """CLOSING: the day the rate is of."""

    @model_validator(mode="after")
    def _of_its_time(self) -> Self:
        times = ("fiscal_year", "version", "period", "date")
        times = ("fiscal_year", "version", "period", "date")
        given = {name for name in times if getattr(self, name) is not None}
        if self.kind == "BUDGET" and given - {"version"} != {"fiscal_year"}:
            raise refused("must have fiscalYear, and neither period nor date, being a BUDGET rate")
        if self.kind == "AVERAGE" and given != {"period"}:
            raise refused("must have period, and no other time or version, being an AVERAGE rate")
        if self.kind == "CLOSING" and given not in ({"period"}, {"date"}):
            raise refused("must have date or period, and no other time or version, being a CLOSING rate")
        return self


class SpotRateSection(Section):
    """One unit of `currency` is `rate` units of `to` from a day on, until a later rate is given."""

    currency: Currency
    """The currency translated."""
    to: Currency
    """The currency translated to."""
    date: Day
    """The day the rate is of."""
    rate: PositiveDecimal
    """What one unit of `currency` is worth in `to`."""


def budget_rates(sections: Iterable[RateSection]) -> Iterator[Rate]:
    for given in sections:
        if given.kind == "BUDGET" and given.fiscal_year is not None:
            yield Rate(given.currency, given.to, given.fiscal_year, given.rate, given.version)


def average_rates(sections: Iterable[RateSection]) -> Iterator[PeriodRate]:
    for given in sections:
        if given.kind == "AVERAGE" and given.period is not None:
            yield PeriodRate(given.currency, given.to, given.period, given.rate)


def closing_rates(sections: Iterable[RateSection], ends: Mapping[str, date]) -> Iterator[SpotRate]:
    """`ends` are the last days of periods."""
    for given in sections:
        day = given.date or (ends.get(given.period) if given.period else None)
        if given.kind == "CLOSING" and day is not None:
            yield SpotRate(given.currency, given.to, day, given.rate)


def check(document: Document) -> Iterator[Finding]:
    """Rates given twice, of a currency to itself, of periods that are not in the calendar."""
    first: dict[tuple[str | None, ...], Path] = {}
    periods = _periods(document.data)
    for path, rate in find(document.data, "rates", "*"):
        currency, to, period = (text(rate, key) for key in ("currency", "to", "period"))
        year, version, day = (text(rate, key) for key in ("fiscalYear", "version", "date"))
        if currency is not None and currency == to:
            yield path, f"is a rate from {currency} to itself, which is 1"
        if period is not None and periods and period not in periods:
            yield (*path, "period"), f"{period} is not in calendar {text(document.data, 'calendar')}"
        when = year or period or day
        key = (currency, to, text(rate, "kind") or "BUDGET", version, when)
        if currency and to and when and (at := first.setdefault(key, path)) != path:
            of = f"{when} of version {version}" if version else when
            yield path, f"{currency} to {to} in {of} is given twice; the first is {document.where(at)}"


def _periods(data: Data) -> frozenset[str]:
    """The periods of the calendar named at the top; none where it is not valid, which is found elsewhere."""
    for _, section in find(data, "calendars", "*"):
        if text(section, "id") == text(data, "calendar"):
            try:
                named = calendar(CalendarSection.model_validate(section))
            except ValidationError:
                return frozenset()
            return frozenset(period.id for period in named.periods)
    return frozenset()
