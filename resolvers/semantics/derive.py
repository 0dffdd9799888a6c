"""The measures that follow from others, in every cell and every total."""

from collections.abc import Iterable

import polars as pl

from resolvers.semantics.measures import MEASURES
from resolvers.semantics.rounding import percent
from resolvers.semantics.variance import with_variances


def derived(frame: pl.DataFrame, selected: Iterable[str]) -> pl.DataFrame:
    """`frame` (base measures as columns, and for variances what `variance` says) with the selected derived
    measures added. Null in, null out."""
    wanted = set(selected)
    if any("budget" in (name, *MEASURES[name].of) for name in wanted):
        frame = frame.with_columns(budget=_sum("budget"))
    if wanted & {"consumed", "available", "consumed_percent"}:
        frame = frame.with_columns(consumed=_sum("consumed"))
    if "available" in wanted:
        frame = frame.with_columns(available=pl.col("budget") - pl.col("consumed"))
    if "consumed_percent" in wanted:
        frame = frame.with_columns(consumed_percent=percent(pl.col("consumed"), pl.col("budget")))
    if "outlook" in wanted:
        frame = frame.with_columns(outlook=_sum("outlook"))
    return with_variances(frame, wanted)


def _sum(name: str) -> pl.Expr:
    first, *rest = (pl.col(part) for part in MEASURES[name].of)
    total = first
    for part in rest:
        total = total + part
    return total
