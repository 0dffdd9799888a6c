"""What the oracle is asked, and what its figures are sums of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Ask:
    """`where` holds the members allowed per dimension; `unlisted`: accounts outside the chart are meant."""

    entities: frozenset[str]
    periods: frozenset[str]
    classes: frozenset[str]
    unlisted: bool
    currency: str
    where: Mapping[str, frozenset[str]]
    as_of: date | None = None
    scenario: str = "BUDGET"
    version: str = "APPROVED"
    forecast: tuple[str | None, str | None] = ("FORECAST", "APPROVED")


@dataclass(frozen=True)
class Part:
    """`place` has a member of each dimension and, of a posting in a period that nobody has, the period `at`
    its day. `whole` names what is translated and rounded as one amount; `order` breaks ties within it."""

    measure: str
    place: Mapping[str, str]
    currency: str
    amount: Fraction | None
    whole: tuple[str, ...]
    order: Any
