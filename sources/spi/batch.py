"""What a source returns: columns, with the age of the data and the price of getting it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import polars as pl

from sources.spi.errors import SourceError
from sources.spi.facts import COLUMNS, Fact


class Freshness(StrEnum):
    """How a batch came: read for this question, kept and still fresh, or kept and older than it should be."""

    LIVE = "LIVE"
    CACHED = "CACHED"
    STALE = "STALE"


@dataclass(frozen=True, slots=True)
class Batch:
    """`frame` holds canonical column names in canonical types (see `facts`), one row per record.

    `data_as_of` is the time the *data* was current in its system, `fetched_at` when reading it began, since
    what changes while it is read may be missing; both are aware datetimes in UTC. `calls` counts upstream
    requests, retries included. `error` is why a stale batch is not a fresh one, where its source failed.
    """

    fact: Fact
    frame: pl.DataFrame
    data_as_of: datetime
    fetched_at: datetime
    calls: int
    freshness: Freshness = Freshness.LIVE
    error: SourceError | None = None

    def with_frame(self, frame: pl.DataFrame) -> "Batch":
        return replace(self, frame=frame)


def empty_frame(fact: Fact, columns: tuple[str, ...]) -> pl.DataFrame:
    """No rows, right columns and types: an empty answer must look like a full one."""
    known = COLUMNS[fact]
    return pl.DataFrame(schema={name: known[name].kind.dtype for name in columns})


def conform(fact: Fact, frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """The frame with exactly `columns`, in order, absent ones null, all in the fact's types."""
    known = COLUMNS[fact]
    if tuple(frame.columns) == columns and frame.dtypes == [known[name].kind.dtype for name in columns]:
        return frame
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(known[name].kind.dtype).alias(name)
        for name in columns
    )
