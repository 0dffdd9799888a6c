"""Exchange rates: which kinds there are, and the one that a question translates an amount at.

======== ============================================ ===================================================
BUDGET   fixed with the budget, for a fiscal year     budgets always; everything in a CONSTANT question
AVERAGE  of one period                                what was booked in it, REPORTED
CLOSING  of one day, until a later one is known       what is asked for, ordered, owed on a day, REPORTED
SPOT     of one day, until a later one is known       commitments, where a policy values them anew
======== ============================================ ===================================================

A rate says what one unit of a currency is in another. Its inverse is another rate, and so is what two rates
come to one after the other: neither is made up here. A missing rate is reported and leaves null, never 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import polars as pl

from resolvers.semantics.calendar import Calendar, translation
from resolvers.semantics.currency import spot_rates
from resolvers.semantics.measures import MEASURES, Stage
from resolvers.semantics.model import Model, PeriodRate, Rate, SpotRate


class RateType(StrEnum):
    BUDGET = "BUDGET"
    AVERAGE = "AVERAGE"
    CLOSING = "CLOSING"
    SPOT = "SPOT"


class RateBasis(StrEnum):
    """CONSTANT: everything at the budget rate. REPORTED: each at the rate that accounts are reported at."""

    CONSTANT = "CONSTANT"
    REPORTED = "REPORTED"


class RateMissing(Exception):
    """No rate of a type between two currencies, `when` it is needed for. A missing rate is never 1."""

    def __init__(self, type_: RateType, currency: str, to: str, when: str) -> None:
        super().__init__(f"no {type_.value} rate from {currency} to {to} for {when}")
        self.type = type_
        self.currency = currency
        self.to = to
        self.when = when


_REPORTED: Final = {
    Stage.REQUISITION: RateType.CLOSING,
    Stage.ORDER: RateType.CLOSING,
    Stage.RECEIPT: RateType.CLOSING,
    Stage.INVOICE: RateType.CLOSING,
    Stage.PREPAID: RateType.CLOSING,
    Stage.MEMO: RateType.CLOSING,
    Stage.LEDGER: RateType.AVERAGE,
}


def rate_type(measure: str, basis: RateBasis) -> RateType:
    """The type of rate a base measure is translated at; plans are at the budget rate in either basis."""
    stage = MEASURES[measure].stage
    if basis is RateBasis.CONSTANT or stage is None:
        return RateType.BUDGET
    return _REPORTED.get(stage, RateType.BUDGET)


@dataclass(frozen=True, slots=True)
class RateBook:
    """The rates one question counts with: `budget` by (currency, to, fiscal year), `average` by (currency,
    to, period), `closing` by (currency, to) as known on `day`. Of the periods of the question's calendar,
    `years` are the fiscal years and `homes` the periods of the calendar that average rates are of."""

    years: Mapping[str, int]
    homes: Mapping[str, str]
    budget: Mapping[tuple[str, str, int], Decimal]
    average: Mapping[tuple[str, str, str], Decimal]
    closing: Mapping[tuple[str, str], Decimal]
    day: date

    def rate(self, type_: RateType, currency: str, to: str, period: str) -> Decimal | None:
        """What one unit of `currency` is in `to`, for an amount that lies in a period; None where nobody has
        said."""
        if currency == to:
            return Decimal(1)
        if type_ is RateType.BUDGET:
            return self.budget.get((currency, to, self.years.get(period, 0)))
        if type_ is RateType.AVERAGE:
            return self.average.get((currency, to, self.homes.get(period, period)))
        return self.closing.get((currency, to))

    def missing(self, type_: RateType, currency: str, to: str, period: str) -> RateMissing:
        """That there is no such rate, in words."""
        year = self.years.get(period)
        when = {
            RateType.BUDGET: f"fiscal year {year}" if year else f"the fiscal year of {period}",
            RateType.AVERAGE: f"period {period}",
        }
        return RateMissing(type_, currency, to, when.get(type_, f"{self.day} or before"))


def rate_book(
    model: Model, calendar: Calendar, version: str, day: date, years: Mapping[str, int] | None = None
) -> RateBook:
    """The rates of a version of the budget, as known on a day. Average rates are of the periods of the
    model's own calendar; they hold for what lies in one of them as a whole."""
    return RateBook(
        years=years or {period.id: period.fiscal_year for period in calendar.periods},
        homes=translation(calendar, model.calendars[model.calendar]),
        budget=budget_rates(model, version),
        average={(rate.currency, rate.to, rate.period): rate.rate for rate in model.average_rates},
        closing=spot_rates(model.closing_rates, day),
        day=day,
    )


def budget_rates(model: Model, version: str | None = None) -> dict[tuple[str, str, int], Decimal]:
    """By currency, target and fiscal year; a version's own go before those of all versions."""
    general = [rate for rate in model.rates if rate.version is None]
    own = [rate for rate in model.rates if rate.version == version]
    return {(rate.currency, rate.to, rate.fiscal_year): rate.rate for rate in (*general, *own)}


def of_version(model: Model, version: str) -> Model:
    """The model with the budget rates of one version, as those of all."""
    rates = budget_rates(model, version)
    return replace(model, rates=tuple(Rate(*pair, rate) for pair, rate in rates.items()))


def with_rates(model: Model, rows: pl.DataFrame) -> Model:
    """The model with the rates of a source (`rows` of EXCHANGE_RATE) beside those configured. Where both say
    something, the configuration holds; among sources, the first. A row that does not say enough is none."""
    budget: list[Rate] = []
    average: list[PeriodRate] = []
    dated: dict[str, list[SpotRate]] = {RateType.CLOSING: [], RateType.SPOT: []}
    ends = {period.id: period.end for period in model.calendars[model.calendar].periods}
    for row in reversed(rows.rows(named=True)):
        pair, rate, period = (row["currency"], row["to"]), row["rate"], row["period"]
        if None in pair or rate is None or rate <= 0:
            continue
        day = row["date"] or ends.get(period)
        if row["type"] == RateType.BUDGET and (year := _year(row)) is not None:
            budget.append(Rate(*pair, year, rate, row["version"]))
        elif row["type"] == RateType.AVERAGE and period in ends:
            average.append(PeriodRate(*pair, period, rate))
        elif row["type"] in dated and day is not None:
            dated[row["type"]].append(SpotRate(*pair, day, rate))
    return replace(
        model,
        rates=(*budget, *model.rates),
        average_rates=(*average, *model.average_rates),
        closing_rates=(*dated[RateType.CLOSING], *model.closing_rates),
        spot_rates=(*dated[RateType.SPOT], *model.spot_rates),
    )


def _year(row: Mapping[str, Any]) -> int | None:
    year = row["fiscal_year"]
    return int(year) if year is not None and year.isascii() and year.isdigit() else None
