"""Exchange rates as the group's treasury quotes them, into dollars.

Budgets are made at round rates, one a year, and a reforecast of 2026 at its own. Markets move around them: up
in spring, down in autumn, by as much as three percent, the yen the other way round. The average of a month is
the middle of its days, its closing rate that of its last day. Nothing is quoted before its time is over.
The yen's average of February 2025 was never quoted.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

_TO: Final = "USD"
_BUDGETED: Final = {
    "EUR": ("1.0750", "1.0825", "1.0900"),
    "GBP": ("1.2500", "1.2650", "1.2700"),
    "JPY": ("0.0070", "0.0067", "0.0068"),
}
"""Rates of the years from `_FIRST` on."""
_FIRST: Final = 2024
_REFORECAST: Final = ("REFORECAST", 2026, {"EUR": "1.1100", "GBP": "1.2900", "JPY": "0.0066"})
_WAVE: Final = (4, 9, 16, 24, 30, 27, 18, 8, -6, -15, -21, -12)
"""How far above its budget rate a currency stands at the end of each month, in thousandths."""
_UNQUOTED: Final = ("JPY", "2025-P02")
_STEP: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Quote:
    """One unit of `currency` is `rate` units of `to`: BUDGET of a fiscal year (and version), AVERAGE of a
    period, CLOSING and SPOT of a day."""

    type: str
    currency: str
    to: str
    rate: Decimal
    fiscal_year: int | None = None
    version: str | None = None
    period: str | None = None
    day: date | None = None


def quotes(day: date) -> Iterator[Quote]:
    """Every rate known on a day."""
    version, year, again = _REFORECAST
    for currency, budgeted in _BUDGETED.items():
        for number, rate in enumerate(budgeted):
            yield Quote("BUDGET", currency, _TO, Decimal(rate), _FIRST + number)
            yield from _market(currency, Decimal(rate), _FIRST + number, day)
        yield Quote("BUDGET", currency, _TO, Decimal(again[currency]), year, version)


def _market(currency: str, rate: Decimal, year: int, day: date) -> Iterator[Quote]:
    way = -1 if currency == "JPY" else 1
    for month, height in enumerate(_WAVE, start=1):
        last = date(year, month, monthrange(year, month)[1])
        if last > day:
            return
        begin, end = (rate * (1000 + way * stand) / 1000 for stand in (_WAVE[month - 2], height))
        average, closing = ((begin + end) / 2).quantize(_STEP), end.quantize(_STEP)
        if (currency, period := f"{year}-P{month:02d}") != _UNQUOTED:
            yield Quote("AVERAGE", currency, _TO, average, period=period)
        yield Quote("CLOSING", currency, _TO, closing, day=last)
        yield Quote("SPOT", currency, _TO, closing, day=last)
