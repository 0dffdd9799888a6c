"""The answer: tables, what is missing, what is unmapped, how old each source's data is, and the plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.breaks import Break
from resolvers.plan.execute import Outcome
from resolvers.plan.explain import PlanReport
from resolvers.plan.missing import Lost
from resolvers.plan.rollup import Rolled, rolled
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.rates import RateMissing
from sources.spi.batch import Batch, Freshness
from sources.spi.errors import SourceError


class State(StrEnum):
    """How a source's figures came into the answer."""

    LIVE = "LIVE"
    CACHED = "CACHED"
    STALE = "STALE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class SourceReport:
    """`data_as_of` is the oldest data time, `fetched_at` the oldest fetch, over the source's scans."""

    name: str
    system: str
    state: State
    data_as_of: datetime | None
    fetched_at: datetime | None
    within_max_age: bool
    error: SourceError | None


@dataclass(frozen=True, slots=True)
class Drilldown:
    """The parts behind a question's cells; `errors` has one error per source not read in full; `rolled` is
    what members are shown as; `restricted`: some are, or may be, held back."""

    parts: pl.DataFrame
    errors: tuple[SourceError, ...]
    rolled: Rolled = field(default_factory=dict)
    restricted: bool = False

    def by_cell(self, group_by: Iterable[Dimension]) -> dict[tuple[Any, ...], pl.DataFrame]:
        """The parts of each cell, each with the members it was booked at."""
        columns = [dimension.column for dimension in group_by]
        if not columns:
            return {(): _settled(self.parts)}
        shown = rolled(self.parts, self.rolled).select(pl.col(columns).name.prefix("_shown_"))
        cells = self.parts.hstack(shown).partition_by(shown.columns, as_dict=True, include_key=False)
        return {members: _settled(parts) for members, parts in cells.items()}


def _settled(parts: pl.DataFrame) -> pl.DataFrame:
    """The parts of a cell without budgets that are inside another one of it: an entry and what is taken off
    for it come to nothing there."""
    if parts["less"].null_count() == parts.height:
        return parts
    amount = pl.col("amount")
    nothing = (amount.sum() == 0) & amount.is_not_null().all() & pl.col("less").is_not_null().any()
    return parts.filter(~(pl.col("entry").is_not_null() & nothing.over("entry")))


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows` is the page asked for out of `total_rows`; `totals` and `revenue_totals` have one row and cover
    everything in scope, not the page; so does `net`, revenue less spend. `eliminated` is what
    consolidation took off, where it was asked for. `gaps` lists codes without a member with their amounts,
    `coverage` says how much of each source's amounts has one. What the question does not want beside its
    rows is an empty table."""

    bound: Bound
    rows: pl.DataFrame
    totals: pl.DataFrame
    revenue_totals: pl.DataFrame
    net: pl.DataFrame
    eliminated: pl.DataFrame | None
    total_rows: int
    truncated: bool
    missing: tuple[Lost, ...]
    rates_missing: tuple[RateMissing, ...]
    gaps: pl.DataFrame
    coverage: pl.DataFrame
    sources: tuple[SourceReport, ...]
    plan: PlanReport
    notes: tuple[str, ...]
    breaks: tuple[Break, ...] = ()


def source_reports(
    outcomes: Iterable[Outcome], now: datetime, max_ages: Mapping[str, float]
) -> tuple[SourceReport, ...]:
    """One report per source that the plan involves, by name; one error per source, not per scan."""
    by_source: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_source.setdefault(outcome.node.source, []).append(outcome)
    return tuple(_report(name, found, now, max_ages.get(name)) for name, found in sorted(by_source.items()))


def _report(name: str, outcomes: list[Outcome], now: datetime, max_age: float | None) -> SourceReport:
    batches = [outcome.batch for outcome in outcomes if outcome.batch is not None]
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    stale = [batch.error for batch in batches if batch.error is not None]
    oldest = min((batch.data_as_of for batch in batches), default=None)
    fresh = max_age is None or oldest is None or (now - oldest).total_seconds() <= max_age
    return SourceReport(
        name=name,
        system=outcomes[0].node.system,
        state=State.FAILED if errors else _state(batches),
        data_as_of=oldest,
        fetched_at=min((batch.fetched_at for batch in batches), default=None),
        within_max_age=fresh and not errors,
        error=next(iter((*errors, *stale)), None),
    )


def _state(batches: Iterable[Batch]) -> State:
    """The least fresh of them says it for all."""
    found = {batch.freshness for batch in batches}
    if Freshness.STALE in found:
        return State.STALE
    return State.CACHED if Freshness.CACHED in found else State.LIVE
