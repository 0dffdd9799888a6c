"""The answer: tables, what is missing, what is unmapped, how old each source's data is, and the plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.breaks import Break
from resolvers.plan.execute import Outcome
from resolvers.plan.explain import PlanReport
from resolvers.plan.missing import Lost
from resolvers.semantics.currency import exponent
from resolvers.semantics.measures import MEMOS
from resolvers.semantics.model import UNMAPPED, Dimension
from resolvers.semantics.translation import RateMissing
from sources.spi.errors import SourceError
from sources.spi.facts import EXACT


class State(StrEnum):
    """How a source's figures came into the answer."""

    LIVE = "LIVE"
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
    """The parts behind a question's cells; `errors` has one error per source not read in full."""

    parts: pl.DataFrame
    errors: tuple[SourceError, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows` is the page asked for out of `total_rows`; `totals` and `revenue_totals` have one row and cover
    everything in scope, not the page. `gaps` lists unmapped members with their amounts."""

    bound: Bound
    rows: pl.DataFrame
    totals: pl.DataFrame
    revenue_totals: pl.DataFrame
    total_rows: int
    truncated: bool
    missing: tuple[Lost, ...]
    rates_missing: tuple[RateMissing, ...]
    gaps: pl.DataFrame
    sources: tuple[SourceReport, ...]
    plan: PlanReport
    notes: tuple[str, ...]
    breaks: tuple[Break, ...] = ()


_MAPPED: Final = pl.DataFrame(
    schema={**dict.fromkeys(("source", "dimension", "status", "member"), pl.String()), "amount": EXACT}
)
"""No gaps."""


def mapping_gaps(parts: pl.DataFrame, currency: str) -> pl.DataFrame:
    """source, dimension, member, status, amount: the in-scope amount behind each unmapped source code."""
    found = [
        parts.filter(pl.col(f"raw_{d.column}").is_not_null() & ~pl.col("measure").is_in(MEMOS))
        .group_by("source", member=f"raw_{d.column}")
        .agg(pl.col("amount").sum())
        .with_columns(dimension=pl.lit(d.value), status=pl.lit(UNMAPPED))
        for d in (Dimension.ACCOUNT, Dimension.COST_CENTER, Dimension.PROJECT, Dimension.SUPPLIER)
        if parts[f"raw_{d.column}"].null_count() < parts.height
    ]
    gaps = pl.concat([_MAPPED, *(frame.select(_MAPPED.columns) for frame in found)]).sort(
        "source", "dimension", "member"
    )
    return gaps.with_columns(pl.col("amount").cast(pl.Decimal(38, exponent(currency))))


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
    oldest = min((batch.data_as_of for batch in batches), default=None)
    fresh = max_age is None or oldest is None or (now - oldest).total_seconds() <= max_age
    return SourceReport(
        name=name,
        system=outcomes[0].node.system,
        state=State.FAILED if errors else State.LIVE,
        data_as_of=oldest,
        fetched_at=min((batch.fetched_at for batch in batches), default=None),
        within_max_age=fresh and not errors,
        error=errors[0] if errors else None,
    )
