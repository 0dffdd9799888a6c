"""Randomness that stays put: every stream of events draws from a generator of its own, so that adding a
stream, or drawing more from one, leaves all others as they were.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from sources.sandbox.estate.clock import START, TODAY

T = TypeVar("T")


def stream(seed: int, name: str) -> Random:
    return Random(f"{seed}:{name}")  # noqa: S311 - a repeatable history, not a secret


def scaled(count: int, scale: Decimal) -> int:
    return int(count * scale + Decimal("0.5"))


def dates(rng: Random, count: int) -> list[date]:
    """`count` days of the history in order, weekends avoided."""
    span = (TODAY - START).days
    days = sorted(rng.randint(0, span) for _ in range(count))
    return [_weekday(START + timedelta(days=day)) for day in days]


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def chance(rng: Random, probability: float) -> bool:
    return rng.random() < probability


def pick(rng: Random, weighted: Sequence[tuple[T, int]]) -> T:
    """One of the values, as likely as its weight says."""
    values, weights = zip(*weighted, strict=True)
    picked: T = rng.choices(values, weights)[0]
    return picked


def between(rng: Random, low: Decimal, high: Decimal) -> Decimal:
    """A decimal between the two, in 1/1000 steps of the distance."""
    return low + (high - low) * rng.randint(0, 1000) / 1000
