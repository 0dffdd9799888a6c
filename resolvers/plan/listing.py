"""A listing: documents of one kind, filtered, sorted and paged; and how its names become members and days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

import polars as pl

from resolvers.plan.bind import bind, stand_ins
from resolvers.plan.errors import QuestionError
from resolvers.plan.membership import members_of
from resolvers.plan.question import Filter, Question, Span
from resolvers.semantics.access import Scope
from resolvers.semantics.calendar import Period
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.model import Model
from sources.spi.facts import COLUMNS, Fact

MOST: Final = 1000
"""Documents per page."""
PLACES: Final = (Dimension.ACCOUNT, Dimension.COST_CENTER, Dimension.PROJECT, Dimension.SUPPLIER)


class Sort(StrEnum):
    """What documents can be sorted by."""

    DATE = "DATE"
    NUMBER = "NUMBER"
    AMOUNT = "AMOUNT"


@dataclass(frozen=True, slots=True)
class Listing:
    """Documents that have a line which meets every filter. `since` and `until` are days, both included;
    `span` are periods; without either, and without numbers, the current fiscal year is meant. `scope`: what
    the one who asks may see; None: everything."""

    fact: Fact
    where: tuple[Filter, ...] = ()
    numbers: tuple[str, ...] | None = None
    statuses: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None
    span: Span | None = None
    order_by: tuple[tuple[Sort, bool], ...] = ()
    first: int = 50
    after: str | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """A listing that can be run: `members` are those allowed of each filtered dimension, `periods` those
    allowed, None where time does not matter or is given in days; `stand_ins` what stands for several members,
    some of them allowed; `restricted`: documents may be held back."""

    listing: Listing
    entities: tuple[str, ...]
    members: Mapping[Dimension, frozenset[str]]
    periods: tuple[Period, ...] | None
    stand_ins: Mapping[Dimension, frozenset[str]] = field(default_factory=dict)
    restricted: bool = False

    @property
    def places(self) -> Mapping[Dimension, frozenset[str]]:
        """The filtered dimensions of lines: all but the legal entity."""
        return {d: members for d, members in self.members.items() if d is not Dimension.LEGAL_ENTITY}


def sought(listing: Listing, model: Model) -> Sought:
    """Raises QuestionError for what makes no sense."""
    _sane(listing)
    # Accounts of any class: a document may stand on one that no budget has.
    accounts = [f for f in listing.where if f.dimension is Dimension.ACCOUNT]
    others = tuple(f for f in listing.where if f.dimension is not Dimension.ACCOUNT)
    bound = bind(
        Question(
            frozenset({"actual"}),
            where=others,
            classes=tuple(AccountClass),
            span=listing.span or Span(),
            scope=listing.scope,
        ),
        model,
    )
    members = {**bound.members, **{f.dimension: members_of(f, model) for f in accounts}}
    timeless = (listing.since, listing.until, listing.numbers) != (None, None, None)
    return Sought(
        listing,
        bound.entities,
        members,
        None if listing.span is None and timeless else bound.periods,
        stand_ins(members, model),
        bound.restricted,
    )


def _sane(listing: Listing) -> None:
    if not 0 <= listing.first <= MOST:
        raise QuestionError("LIMIT_EXCEEDED", f"first: {listing.first} is not accepted; give 0 to {MOST}")
    if listing.span is not None and (listing.since or listing.until):
        raise QuestionError("BAD_INPUT", "where: give either date or period, not both")
    if listing.since and listing.until and listing.until < listing.since:
        raise QuestionError("CONTRADICTORY_FILTERS", f"where.date: {listing.since} is after {listing.until}")
    for name, values in (("number", listing.numbers), ("status", listing.statuses)):
        if values is not None and not values:
            raise QuestionError("CONTRADICTORY_FILTERS", f"where.{name}: an empty list excludes everything")
    if listing.fact is Fact.BUDGET and any(f.dimension is Dimension.SUPPLIER for f in listing.where):
        raise QuestionError("BAD_INPUT", "where.supplier: budget entries have no supplier; leave it out")
    if listing.statuses is not None and "status" not in COLUMNS[listing.fact]:
        raise QuestionError("BAD_INPUT", "where.status: receipts have no status; leave it out")


def wanted(rows: pl.DataFrame, asked: Sought, standing: str | None) -> pl.DataFrame:
    """The rows of `rows` that the listing may show. The only place where a listing is cut to its scope:
    every row passes here, whatever its source has filtered. `standing` is the status of rows without one."""
    listing = asked.listing
    keep = pl.col("legal_entity").is_in(asked.entities)
    for dimension, members in asked.places.items():
        allowed = members | asked.stand_ins.get(dimension, frozenset())
        keep &= pl.col(dimension.column).is_in(sorted(allowed))
    if asked.periods is not None:
        keep &= pl.col("period").is_in([period.id for period in asked.periods])
    if listing.since is not None:
        keep &= pl.col("date") >= listing.since
    if listing.until is not None:
        keep &= pl.col("date") <= listing.until
    if listing.numbers is not None:
        keep &= pl.col("number").is_in(listing.numbers)
    if listing.statuses is not None:
        keep &= pl.col("status").fill_null(standing or "").is_in(listing.statuses)
    return rows.filter(keep.fill_null(value=False))
