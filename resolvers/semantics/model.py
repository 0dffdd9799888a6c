"""The tenant's world as the engine sees it: entities, members, calendars, rates, mappings. Frozen.

Configuration is read elsewhere; what arrives here is complete and consistent, so nothing below checks it
again. Ids are canonical and unique across legal entities and sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from resolvers.semantics.shares import Share, shares
from sources.spi.facts import Fact

if TYPE_CHECKING:
    from resolvers.semantics.funds import FundsControl
    from resolvers.semantics.materiality import MaterialityRule
    from resolvers.semantics.spreading import Spreading

UNMAPPED: Final = "UNMAPPED"
"""The source has a value and the crosswalk has no row for it. A real member, inside every total."""
UNASSIGNED: Final = "UNASSIGNED"
"""The source has no value."""
INVALID: Final = "INVALID"
"""The crosswalk has rows for the source's value, and none is valid on the day. A real member as well."""
UNTRANSLATED: Final = (UNMAPPED, INVALID)
"""The members of what the crosswalk does not translate."""
RESERVED: Final = (UNMAPPED, UNASSIGNED, INVALID)
"""Members every dimension has, and no list."""
ELIMINATION: Final = "ELIMINATION"
"""The legal entity in which consolidation takes off what entities booked with each other."""


class Dimension(StrEnum):
    LEGAL_ENTITY = "LEGAL_ENTITY"
    ACCOUNT = "ACCOUNT"
    COST_CENTER = "COST_CENTER"
    PROJECT = "PROJECT"
    SUPPLIER = "SUPPLIER"
    PERIOD = "PERIOD"

    @property
    def column(self) -> str:
        """The column that carries the dimension, in facts and in tables alike."""
        return self.value.lower()


MEMBERSHIP: Final = (
    Dimension.LEGAL_ENTITY,
    Dimension.ACCOUNT,
    Dimension.COST_CENTER,
    Dimension.PROJECT,
    Dimension.SUPPLIER,
)
"""The dimensions whose members are translated by a crosswalk; periods belong to calendars."""


class AccountClass(StrEnum):
    EXPENSE = "EXPENSE"
    REVENUE = "REVENUE"
    CAPEX = "CAPEX"
    BALANCE_SHEET = "BALANCE_SHEET"


SPEND: Final = (AccountClass.EXPENSE, AccountClass.CAPEX)
"""The default scope of a question; totals never mix it with revenue."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a dimension. `parent` is the node above it today, in the default hierarchy; `legal_entity`
    is set where the member belongs to one entity only; `kind` is an account's class."""

    id: str
    name: str
    code: str = ""
    parent: str | None = None
    legal_entity: str | None = None
    owner: str | None = None
    kind: AccountClass | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """`child` is below `parent` from `since` through `until`, both included; None: ever since, for good."""

    child: str
    parent: str
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A tree over the members of a dimension, as it was and is. On any day a member has one parent; where
    edges of a system say two, the last one holds."""

    dimension: Dimension
    name: str
    edges: tuple[Edge, ...]


class HierarchyView(StrEnum):
    """Which day's tree a fact is seen in: of the end of its own period, or of the day asked about."""

    AS_POSTED = "AS_POSTED"
    RESTATED = "RESTATED"


class Blankets(StrEnum):
    """What of a blanket agreement is committed: its releases, or all of its limit."""

    RELEASES = "RELEASES"
    LIMIT = "LIMIT"


class ReliefRate(StrEnum):
    """The exchange rate a commitment counts at: its order's own, the latest, or the budget's."""

    PO = "PO"
    CURRENT = "CURRENT"
    BUDGET = "BUDGET"


class CommitmentDate(StrEnum):
    """The date whose period a commitment belongs to."""

    BUDGET_DATE = "BUDGET_DATE"
    NEED_BY = "NEED_BY"
    ORDER_DATE = "ORDER_DATE"


class Tax(StrEnum):
    """The tax that is part of what is asked for, ordered and invoiced."""

    NON_RECOVERABLE = "NON_RECOVERABLE"
    GROSS = "GROSS"
    NET = "NET"


@dataclass(frozen=True, slots=True)
class Policy:
    """How an entity keeps its books, where books differ.

    `grni_in_ledger`: receipts are posted when goods arrive (goods received, invoice not received), so the
    ledger already holds what is received. `commitment_owner`: the source whose copy of an order counts where
    two systems hold it. `stale_export_days`: how long an exported invoice may take to be posted.
    `zombie_days`: how long an order may stay open without any document. `variance_accounts`: where price
    differences are booked on purpose. `grni_accounts` and `prepaid_accounts`: where the ledger keeps what was
    received and not invoiced, and what was paid and deferred.
    """

    grni_in_ledger: bool = False
    blanket: Blankets = Blankets.RELEASES
    relief_rate: ReliefRate = ReliefRate.PO
    commitment_date: CommitmentDate = CommitmentDate.BUDGET_DATE
    tax: Tax = Tax.NON_RECOVERABLE
    commitment_owner: str | None = None
    stale_export_days: int = 3
    zombie_days: int = 180
    variance_accounts: frozenset[str] = frozenset()
    grni_accounts: frozenset[str] = frozenset()
    prepaid_accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """`currency` is its ledger currency. `unused` are facts the entity has by decision, not by accident,
    no system for (it raises no requisitions): their measures are zero, not missing."""

    id: str
    name: str
    currency: str
    calendar: str
    unused: frozenset[Fact] = frozenset()
    policy: Policy = Policy()


@dataclass(frozen=True, slots=True)
class Period:
    """An id in a calendar. Adjustment periods overlap the last ordinary one."""

    id: str
    fiscal_year: int
    number: int
    start: date
    end: date
    label: str
    adjustment: bool = False


@dataclass(frozen=True, slots=True)
class PeriodMap:
    """Where periods of one calendar lie in the calendar `to`: pairs of ids."""

    to: str
    periods: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Periods in order; ordinary ones follow each other without gaps. `maps` say where its periods lie in
    other calendars, where days alone do not."""

    id: str
    periods: tuple[Period, ...]
    maps: tuple[PeriodMap, ...] = ()


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
class CrosswalkRow:
    """One crosswalk row: what `source` calls `source_member` is the canonical `target`, in one `dimension`.

    A `source_member` may be a pattern, in which `*` stands for any run of characters; it is empty where the
    source's own value does not matter. `beside` are the codes, or patterns, that other dimensions must have
    for the row to hold; `also` what it says of other dimensions. Rows that ask for the same share the value
    by `weight`. `valid_from` and `valid_to` are days, both included. Higher `priority` wins.
    """

    source: str
    dimension: Dimension
    source_member: str
    target: str
    weight: Decimal = Decimal(1)
    valid_from: date | None = None
    valid_to: date | None = None
    priority: int = 0
    beside: tuple[tuple[Dimension, str], ...] = ()
    also: tuple[tuple[Dimension, str], ...] = ()

    @property
    def conditions(self) -> tuple[tuple[Dimension, str], ...]:
        """What a source's row must have: codes or patterns by dimension, in one order."""
        own = ((self.dimension, self.source_member),) if self.source_member else ()
        return tuple(sorted((*own, *self.beside))) if self.beside else own

    @property
    def targets(self) -> tuple[tuple[Dimension, str], ...]:
        """The canonical members by dimension, in one order."""
        own = ((self.dimension, self.target),)
        return tuple(sorted((*own, *self.also))) if self.also else own

    def holds(self, day: date | None) -> bool:
        """Whether it is valid on the day; without a day, whether it always is."""
        if day is None:
            return self.valid_from is None and self.valid_to is None
        return (self.valid_from or day) <= day <= (self.valid_to or day)


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
    funds: "Mapping[str, FundsControl]" = field(default_factory=dict)
    materiality: "tuple[MaterialityRule, ...]" = ()
    hierarchies: Mapping[Dimension, tuple[Hierarchy, ...]] = field(default_factory=dict)
    spreading: "tuple[Spreading, ...]" = ()
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
