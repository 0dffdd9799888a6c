"""Exact money: rounding to a currency's own exponent, and splitting without losing a cent."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
THOUSANDTH: Final = Decimal("0.001")
CENT: Final = Decimal("0.01")

_UNITS: Final = {"JPY": ONE}


def unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01, or 1 for yen."""
    return _UNITS.get(currency, CENT)


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(unit(currency), ROUND_HALF_UP)


def split(amount: Decimal, weights: Sequence[Decimal], step: Decimal) -> tuple[Decimal, ...]:
    """`amount`, a multiple of `step`, in parts that are multiples of `step` and add up to it.

    Largest remainder: each part is cut down to `step`, what is left goes to the largest fractions, the
    first of equals first.
    """
    total = sum(weights, ZERO)
    exact = [abs(amount) * weight / total for weight in weights]
    parts = [share.quantize(step, ROUND_DOWN) for share in exact]
    missing = int((abs(amount) - sum(parts, ZERO)) / step)
    neediest = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in neediest[:missing]:
        parts[i] += step
    return tuple(-part for part in parts) if amount < 0 else tuple(parts)
