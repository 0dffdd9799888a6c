"""Amounts over the allocations of a line, and translated to the currency of the books."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sources.sandbox.estate.documents import Distribution

_STORED: Final = Decimal("0.0001")
_STEPS: Final = {"JPY": Decimal(1)}
_CENT: Final = Decimal("0.01")


def accounting(amount: Decimal, rate: Decimal) -> Decimal:
    """`amount` in the accounting currency, as Coupa stores totals: four decimals."""
    return (amount * rate).quantize(_STORED, ROUND_HALF_UP)


def shares(amount: Decimal, distributions: Sequence[Distribution], currency: str) -> dict[int, Decimal]:
    """`amount` by distribution number: every share rounded half up, the last takes what is left."""
    step = _STEPS.get(currency, _CENT)
    whole = sum((d.percent for d in distributions), Decimal(0))
    parts: dict[int, Decimal] = {}
    for distribution in distributions[:-1]:
        parts[distribution.dist] = (amount * distribution.percent / whole).quantize(step, ROUND_HALF_UP)
    parts[distributions[-1].dist] = amount - sum(parts.values(), Decimal(0))
    return parts
