"""FX_VARIANCE and FX_AVAILABLE: local amounts shown in a reporting currency, at constant rates and as
reported."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import Field

from resolvers.semantics.model import PeriodRate, Rate, SpotRate
from tests.golden.case import Case, Conventions
from tests.golden.documents import Systems
from tests.golden.grid import ALL
from tests.golden.periods import months
from tests.golden.publish import published, rows_of
from tests.golden.question import NotBuiltError, Question
from tests.golden.rows import Books
from tests.golden.stage import Company, Desk, open_desk
from tests.golden.strict import Figure, ScopedType, Strict
from tests.golden.verdict import Got

YEAR: Final = 2026
LOCAL: Final = "EUR"
_CENTER: Final = "100"
_BASES: Final[Mapping[str, Mapping[str, str]]] = {"constant": {}, "reported": {"rateBasis": "REPORTED"}}
"""Constant rates are the default and need no word."""


class FxVarianceFigures(Strict):
    budget: Figure = None
    actual_reported: Figure = None
    actual_constant: Figure = None
    operational_variance: Figure = None
    fx_variance: Figure = None
    total_variance: Figure = None


class FxVariance(Case):
    kind: Literal["FX_VARIANCE"]
    type: ScopedType
    budget_lc: Decimal = Field(alias="budgetLC")
    actual_lc: Decimal = Field(alias="actualLC")
    budget_rate: Decimal
    average_rate: Decimal
    closing_rate: Decimal | None = None
    expected: FxVarianceFigures

    async def got(self, conventions: Conventions) -> Got:
        place = {"account": conventions.chart[self.type][0], "costCenter": _CENTER}
        side = "credit" if self.type == "REVENUE" else "debit"
        held = {
            "planning": {"budget": [{"type": "ORIGINAL", **place, "amount": self.budget_lc}]},
            "erp": {"journalLines": [{"je": "J1", **place, side: self.actual_lc}]},
        }
        rates = {"BUDGET": self.budget_rate, "AVERAGE": self.average_rate, "CLOSING": self.closing_rate}
        company = _company(conventions, {LOCAL: held}, {LOCAL: rates})
        part = "revenueTotals" if self.type == "REVENUE" else "totals"
        wanted = {
            ("constant", "budget"): "budget",
            ("constant", "actual"): "actualConstant",
            ("reported", "actual"): "actualReported",
            ("reported", "operationalVariance"): "operationalVariance",
            ("reported", "fxVariance"): "fxVariance",
            ("reported", "variance"): "totalVariance",
        }
        async with open_desk(company) as desk:
            return await _asked(desk, company.reporting_currency, part, wanted, self.expected)


class Money(Strict):
    currency: str
    amount: Decimal


class FxAvailableFigures(Strict):
    available_constant_rate: Figure = None
    available_mixed_rates: Figure = None
    fx_effect: Figure = None


class FxAvailable(Case):
    kind: Literal["FX_AVAILABLE"]
    rates: dict[str, dict[Literal["BUDGET", "AVERAGE", "CLOSING"], Decimal]]
    budget: tuple[Money, ...] = ()
    actual: tuple[Money, ...] = ()
    commitment: tuple[Money, ...] = ()
    expected: FxAvailableFigures

    async def got(self, conventions: Conventions) -> Got:
        place = {"account": conventions.chart["EXPENSE"][0], "costCenter": _CENTER}
        currencies = dict.fromkeys(m.currency for m in (*self.budget, *self.actual, *self.commitment))
        held = {currency: self._held(currency, place) for currency in currencies}
        company = _company(conventions, held, self.rates)
        wanted = {
            ("constant", "available"): "availableConstantRate",
            ("reported", "available"): "availableMixedRates",
            ("reported", "fxEffect"): "fxEffect",
        }
        async with open_desk(company) as desk:
            return await _asked(desk, company.reporting_currency, "totals", wanted, self.expected)

    def _held(self, currency: str, place: Mapping[str, str]) -> Mapping[str, Any]:
        def amounts(money: Iterable[Money]) -> Iterable[tuple[str, Decimal]]:
            found = (m.amount for m in money if m.currency == currency)
            return ((f"{currency}-{number}", amount) for number, amount in enumerate(found, start=1))

        line = {"line": 1, "matchBasis": "AMOUNT", "dists": [{**place, "pct": 100}]}
        return {
            "planning": {
                "budget": [{"type": "ORIGINAL", **place, "amount": a} for _, a in amounts(self.budget)]
            },
            "s2p": {
                "purchaseOrders": [
                    {"id": id_, "status": "OPEN", "lines": [{**line, "amount": amount}]}
                    for id_, amount in amounts(self.commitment)
                ]
            },
            "erp": {
                "journalLines": [
                    {"je": id_, **place, "debit": amount} for id_, amount in amounts(self.actual)
                ]
            },
        }


def _company(
    conventions: Conventions,
    held: Mapping[str, Mapping[str, Any]],
    rates: Mapping[str, Mapping[str, Decimal | None]],
) -> Company:
    """One legal entity per currency, which is its ledger's. A rate holds for the year: budget and closing
    once, the average in every month."""
    to = conventions.defaults.ledger_currency
    rows = (
        rows_of(Systems.model_validate(systems), Books(currency, currency, YEAR))
        for currency, systems in held.items()
    )
    year = months([YEAR])
    given = [(c, kind, rate) for c, kinds in rates.items() for kind, rate in kinds.items() if rate]
    return Company(
        published=published(*rows),
        entities={currency: currency for currency in held},
        accounts=conventions.accounts(),
        calendar=year,
        reporting_currency=to,
        rates=tuple(Rate(c, to, YEAR, rate) for c, kind, rate in given if kind == "BUDGET"),
        average_rates=tuple(
            PeriodRate(c, to, period.id, rate)
            for c, kind, rate in given
            if kind == "AVERAGE"
            for period in year.periods
        ),
        closing_rates=tuple(
            SpotRate(c, to, year.periods[0].end, rate) for c, kind, rate in given if kind == "CLOSING"
        ),
    )


async def _asked(
    desk: Desk, currency: str, part: str, wanted: Mapping[tuple[str, str], str], expected: Strict
) -> Got:
    """`wanted` names the figure that a measure on a basis is; what nobody expects is not asked for."""
    got = Got()
    listed = expected.model_dump(by_alias=True, exclude_unset=True)
    for basis, extra in _BASES.items():
        named = {measure: name for (on, measure), name in wanted.items() if on == basis and name in listed}
        if not named:
            continue
        arguments = {
            "period": {"fiscalYear": YEAR},
            "currency": currency,
            "where": {"accountClass": list(ALL)},
            **extra,
        }
        try:
            answer = await desk.ask(Question(arguments, {part: tuple(named)}))
        except NotBuiltError as missing:
            got.lacking += missing.reasons
            continue
        got.add((), {named[measure]: value for measure, value in answer.data[part].items()})
        got.lacking += answer.lacking
        got.errors += answer.errors
    return got
