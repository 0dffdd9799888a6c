"""The question: measures, dimensions, filters, time, scenario, currency, as-of. Frozen and hashable."""

from dataclasses import dataclass, field
from datetime import date

from resolvers.semantics.calendar import Window
from resolvers.semantics.model import AccountClass, Dimension


@dataclass(frozen=True, slots=True)
class Filter:
    """Members of a dimension: the ones listed, and the ones below the nodes listed (nodes included).
    Both given: their union."""

    dimension: Dimension
    members: tuple[str, ...] = ()
    descendants_of: tuple[str, ...] = ()


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
class Question:
    """`measures` are what was selected, base and derived. `classes` None: the default scope, or the classes
    of the accounts asked for. `as_of` None: as things stand."""

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
