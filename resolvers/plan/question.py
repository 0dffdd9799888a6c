"""The question: measures, dimensions, filters, time, scenario, currency, as-of. Frozen and hashable."""

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum

from resolvers.semantics.access import Scope
from resolvers.semantics.calendar import DateBasis, Window
from resolvers.semantics.dimensions import AccountClass, Dimension, HierarchyView
from resolvers.semantics.entities import Blankets, CommitmentDate, Policy, ReliefRate, Tax
from resolvers.semantics.rates import RateBasis


@dataclass(frozen=True, slots=True)
class Filter:
    """Members of a dimension: the ones listed, and the ones below the nodes listed (nodes included).
    Both given: their union. `hierarchy` None: the dimension's default."""

    dimension: Dimension
    members: tuple[str, ...] = ()
    descendants_of: tuple[str, ...] = ()
    hierarchy: str | None = None


@dataclass(frozen=True, slots=True)
class RollUp:
    """Cells of nodes instead of members: those at a level (0 the top), or the nearest of those listed.
    `hierarchy` None: the dimension's default."""

    dimension: Dimension
    level: int | None = None
    nodes: tuple[str, ...] = ()
    hierarchy: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A window ending in a period (`fiscal_year`, `window`, `through`), or a range (`first` to `last`)."""

    fiscal_year: int | None = None
    window: Window | None = None
    through: str | None = None
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by a measure or a dimension, by its column name."""

    by: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a question assumes about every entity's policy; what is None stays as the entity has it."""

    grni_in_ledger: bool | None = None
    blanket: Blankets | None = None
    relief_rate: ReliefRate | None = None
    commitment_date: CommitmentDate | None = None
    tax: Tax | None = None
    commitment_owner: str | None = None
    stale_export_days: int | None = None

    def applied(self, policy: Policy) -> Policy:
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(policy, **{name: value for name, value in given.items() if value is not None})


class Beside(StrEnum):
    """What an answer has beside its rows: what they come to, and what of the sources' codes has no member."""

    TOTALS = "TOTALS"
    MAPPING = "MAPPING"


@dataclass(frozen=True, slots=True)
class Question:
    """`measures` are what was selected, base and derived. `classes` None: the default scope, or the classes
    of the accounts asked for. `as_of` None: as things stand. `breaks`: also what does not fit together.
    `strict`: read in the order documents flow, the ledger last. `as_entered`: budgets of nodes as they were
    entered, though those of members below are inside them (see `semantics.control`). `eliminate`: what
    entities booked with each other is taken off. `calendar` None: the group's. `adjustments`: whether windows
    take in adjustment periods. `date_basis`: the date that ledger lines belong to periods by. `known_at`: the
    budget as it was approved at that instant. `forecast`: scenario and version of the forecast; None: as
    configured. `beside`: what is wanted beside the rows; what is not, is an empty table. `scope`: what the
    one who asks may see; None: everything."""

    measures: frozenset[str]
    group_by: tuple[Dimension, ...] = ()
    where: tuple[Filter, ...] = ()
    classes: tuple[AccountClass, ...] | None = None
    span: Span = field(default_factory=Span)
    scenario: str = "BUDGET"
    version: str = "APPROVED"
    currency: str | None = None
    as_of: date | None = None
    order_by: tuple[Order, ...] = ()
    limit: int = 1000
    offset: int = 0
    policy: WhatIf = field(default_factory=WhatIf)
    breaks: bool = False
    strict: bool = False
    hierarchy_view: HierarchyView = HierarchyView.RESTATED
    roll_up: tuple[RollUp, ...] = ()
    as_entered: bool = False
    rate_basis: RateBasis = RateBasis.CONSTANT
    eliminate: bool = False
    calendar: str | None = None
    adjustments: bool = True
    date_basis: DateBasis = DateBasis.POSTING
    known_at: datetime | None = None
    forecast: tuple[str | None, str | None] = (None, None)
    beside: frozenset[Beside] = frozenset(Beside)
    scope: Scope | None = None
