"""Amounts in parts: account assignments of one item add up to the item."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal


def shares(amount: Decimal, weights: Sequence[Decimal], step: Decimal) -> list[Decimal]:
    """`amount` split by relative weights into multiples of `step` that add up to it exactly: every share
    is cut down, and what is left goes, step by step, to those that lost most (the first of equals).
    """
    whole = sum(weights, Decimal(0))
    exact = [amount * weight / whole for weight in weights]
    parts = [share.quantize(step, ROUND_DOWN) for share in exact]
    left = int((abs(amount - sum(parts, Decimal(0))) / step).to_integral_value())
    by_loss = sorted(range(len(parts)), key=lambda i: (-abs(exact[i] - parts[i]), i))
    for i in by_loss[:left]:
        parts[i] += step.copy_sign(amount)
    return parts


def step_of(currency: str) -> Decimal:
    """The smallest amount of a currency."""
    return Decimal(1) if currency == "JPY" else Decimal("0.01")
