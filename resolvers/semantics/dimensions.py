"""What figures are told by: dimensions, their members, the trees they stand in, what sources call them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

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

    @property
    def field(self) -> str:
        """Its name in the graph, in filters and rows alike."""
        first, *others = self.column.split("_")
        return first + "".join(other.capitalize() for other in others)


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
