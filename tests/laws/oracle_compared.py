"""The oracle's comparatives: forecast, outlook and the year before, entry by entry."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from tests.laws.oracle_company import Company
from tests.laws.oracle_parts import Part

COMPARATIVES: Final = ("forecast", "forecast_to_go", "closed_actual", "prior_year_actual")
FORECASTS: Final = ("forecast", "forecast_to_go")


def a_year_on(parts: Iterable[Part], company: Company) -> Iterator[Part]:
    """Ledger parts of a year before as what the same period a year later is compared with."""
    for part in parts:
        period, at = (_later(part.place.get(name, ""), company) for name in ("period", "at"))
        if period or at:
            place = {**part.place, "period": period or part.place["period"], "at": at}
            whole = ("prior_year_actual", *part.whole[1:])
            yield replace(part, measure="prior_year_actual", place=place, whole=whole)


def _later(period: str, company: Company) -> str:
    year, dash, number = period.partition("-P")
    later = f"{int(year) + 1}-P{number}" if dash else ""
    return later if later in company.days else ""


def again(parts: Iterable[Part], company: Company, day: date) -> Iterator[Part]:
    """What the outlook is the sum of: the actual of periods that ended before the day, the forecast of all
    others."""
    for part in parts:
        _, last = company.days.get(part.place["period"], (day, day))
        if part.measure == "actual" and last < day:
            yield replace(part, measure="closed_actual")
        if part.measure == "forecast" and last >= day:
            yield replace(part, measure="forecast_to_go")


def unknown(company: Company, periods: Iterable[str]) -> Sequence[str]:
    """There is no year before the calendar's first."""
    before = {company.years[period] - 1 for period in periods}
    return ("prior_year_actual",) if before - set(company.years.values()) else ()
