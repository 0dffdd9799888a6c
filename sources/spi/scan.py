"""A scan: the one question a source is asked.

Values in a scan are the *source's own* members (its company codes, its cost centre codes): translation
from canonical members happens above, once, so that a source never guesses.

Document facts are read line by line: a predicate on a distribution column (account, cost centre, project,
budget date) selects *every* row of each line that has at least one matching row, since a line is relieved as
a whole and only then split. A source that cannot select that way declares the predicate unsupported.

Null never matches. A source whose rows may lack a period and then go by their date must not filter by period.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sources.spi.facts import Fact

Value = str | Decimal | date | bool


class Op(StrEnum):
    IN = "IN"
    GE = "GE"
    LE = "LE"


@dataclass(frozen=True, slots=True)
class Predicate:
    """`column op values`; IN takes any number of values, GE and LE exactly one. Null never matches."""

    column: str
    op: Op
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """A keyed lookup: rows whose `column` is one of `values`. Sources split it to their API's limits."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """Rows of one fact. With `group_by`, one row per combination, `measures` summed exactly within each
    currency; without, one row per record and `measures` are just columns."""

    fact: Fact
    columns: tuple[str, ...]
    where: tuple[Predicate, ...] = ()
    group_by: tuple[str, ...] | None = None
    measures: tuple[str, ...] = ()
    as_of: date | None = None
    keys: Keys | None = None
    limit: int | None = None


class Guarantee(StrEnum):
    """What a source promises about one predicate."""

    EXACT = "EXACT"
    """Returns exactly the matching rows (for document facts: exactly the lines with a matching row)."""
    SUPERSET = "SUPERSET"
    """Narrows, but may return more: the engine filters again."""
    NEVER = "NEVER"
    """Must not be sent: the API ignores or misreads it. The engine filters."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A source's answer to a scan: the scan it will run, and what remains for the engine.

    `scan` may be wider than asked (more columns, finer groups, fewer predicates) but never loses a row.
    `as_of` names the column by which the engine must still cut a past state (undated rows stay); None when
    nothing remains to be cut. `calls` is an estimate of upstream requests; None when it depends on what is
    found.
    """

    scan: Scan
    entity: str
    pushed: tuple[Predicate, ...]
    residual: tuple[Predicate, ...]
    as_of: str | None = None
    calls: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def grouped(self) -> bool:
        return self.scan.group_by is not None


@dataclass(frozen=True, slots=True)
class Capability:
    """What a source can do with one fact: the columns it fills, the predicates it takes, the columns it
    can group by (None: it cannot aggregate), the keys it can look up, and the column that lets a past
    state be read (None: only today's state is known)."""

    columns: frozenset[str]
    filters: Mapping[tuple[str, Op], Guarantee]
    group_by: frozenset[str] | None = None
    keys: Mapping[str, int] = field(default_factory=dict)
    as_of: str | None = None
