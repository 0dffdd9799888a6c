"""The oracle's money: exact fractions, rounded half up, shared out by largest remainder."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

DECIMALS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
ZERO = Fraction(0)


def number(text: str | Decimal | None, default: str = "0") -> Fraction:
    return Fraction(Decimal(default if text is None else text))


def times(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    """What is unknown makes the product unknown, unless there is nothing of it."""
    if one == 0:
        return ZERO
    return None if one is None or other is None else one * other


def added(amounts: Sequence[Fraction | None]) -> Fraction | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if len(known) == len(amounts) else None


def half_up(amount: Fraction, decimals: int) -> Fraction:
    """The nearest multiple of the smallest unit; in the middle, the one further from zero."""
    scale = 10**decimals
    whole = floor(abs(amount) * scale + Fraction(1, 2))
    return Fraction(whole if amount >= 0 else -whole, scale)


def shared(exact: Sequence[Fraction], currency: str) -> list[Fraction]:
    """Exact amounts as money that adds up to their rounded sum: each rounded down, the units left over to
    those that lost most, the first of equals first. Below zero it is the mirror image."""
    decimals = DECIMALS.get(currency, 2)
    mirror = -1 if sum(exact) < 0 else 1
    units = [mirror * amount * 10**decimals for amount in exact]
    parts = [floor(amount) for amount in units]
    left = half_up(sum(units, ZERO), 0) - sum(parts)
    neediest = sorted(range(len(parts)), key=lambda i: (parts[i] - units[i], i))
    for i in neediest[: int(left)]:
        parts[i] += 1
    return [Fraction(mirror * part, 10**decimals) for part in parts]
