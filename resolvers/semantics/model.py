"""The tenant's world as the engine sees it: entities, members, calendars, rates, mappings. Frozen.

Configuration is read elsewhere; what arrives here is complete and consistent, so nothing below checks it
again. Ids are canonical and unique across legal entities and sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from resolvers.semantics.calendar import Calendar
from resolvers.semantics.dimensions import CrosswalkRow, Dimension, Hierarchy, Member
from resolvers.semantics.entities import LegalEntity
from resolvers.semantics.funds import FundsControl
from resolvers.semantics.materiality import MaterialityRule
from resolvers.semantics.shares import Share, shares
from resolvers.semantics.spreading import Spreading
from sources.spi.facts import Fact


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `currency` is `rate` units of `to`, all through `fiscal_year`, at the BUDGET rate of a
    version; None: of every version that has no rate of its own."""

    currency: str
    to: str
    fiscal_year: int
    rate: Decimal
    version: str | None = None


@dataclass(frozen=True, slots=True)
class PeriodRate:
    """One unit of `currency` is on average `rate` units of `to` in a period of the model's calendar."""

    currency: str
    to: str
    period: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class SpotRate:
    """One unit of `currency` is `rate` units of `to` on the day `on`, and until a later one is known."""

    currency: str
    to: str
    on: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Provision:
    """Which source provides which facts for which legal entities (canonical id → the source's code).
    `calendar` is the one its periods and fiscal years are of; None: each entity's own."""

    source: str
    facts: frozenset[Fact]
    entities: Mapping[str, str]
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """`members` holds the known members per dimension. A dimension without any, or in `open`, is open: each
    value a source has is its own member. `today` is the day a question without a period stands on. Of a
    dimension's `hierarchies` the first is its default; a dimension without any has its members' parents.
    `shares` are what stands for several members in rows, until it is split: worked out from the crosswalk.
    `spreading` says how annual budgets lie in periods, `forecast` which scenario and version one is."""

    legal_entities: Mapping[str, LegalEntity]
    members: Mapping[Dimension, Mapping[str, Member]]
    calendars: Mapping[str, Calendar]
    calendar: str
    reporting_currency: str
    rates: tuple[Rate, ...]
    crosswalk: tuple[CrosswalkRow, ...]
    provisions: tuple[Provision, ...]
    today: date
    max_rows: int = 100_000
    spot_rates: tuple[SpotRate, ...] = ()
    average_rates: tuple[PeriodRate, ...] = ()
    closing_rates: tuple[SpotRate, ...] = ()
    open: frozenset[Dimension] = frozenset()
    funds: Mapping[str, FundsControl] = field(default_factory=dict)
    materiality: tuple[MaterialityRule, ...] = ()
    hierarchies: Mapping[Dimension, tuple[Hierarchy, ...]] = field(default_factory=dict)
    spreading: tuple[Spreading, ...] = ()
    forecast: tuple[str | None, str | None] = (None, None)
    shares: Mapping[str, tuple[Share, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", shares(self.crosswalk))

    def home(self, source: str, entity: str) -> Calendar:
        """The calendar that periods and fiscal years are of, where `source` states them for `entity`."""
        stated = (p.calendar for p in self.provisions if p.source == source and entity in p.entities)
        named = next((calendar for calendar in stated if calendar is not None), None)
        return self.calendars[named if named is not None else self.legal_entities[entity].calendar]

    def is_open(self, dimension: Dimension) -> bool:
        """Whether values outside the known members are members of their own."""
        return dimension in self.open or not self.members.get(dimension)
