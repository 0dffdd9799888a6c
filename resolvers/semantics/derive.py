"""The measures that follow from others, in every cell and every total."""

from collections.abc import Iterable
from functools import cache

import polars as pl

from resolvers.semantics.measures import MEASURES
from resolvers.semantics.rounding import percent
from resolvers.semantics.variance import with_variances


def derived(frame: pl.DataFrame, selected: Iterable[str]) -> pl.DataFrame:
    """`frame` (base measures as columns, and for variances what `variance` says) with the selected derived
    measures added. Null in, null out."""
    wanted, found = set(selected), dict[str, pl.Expr]()
    if any("budget" in (name, *MEASURES[name].of) for name in wanted):
        found["budget"] = _sum("budget")
    if wanted & {"consumed", "available", "consumed_percent"}:
        found["consumed"] = _sum("consumed")
    if "available" in wanted:
        found["available"] = found["budget"] - found["consumed"]
    if "consumed_percent" in wanted:
        found["consumed_percent"] = percent(found["consumed"], found["budget"])
    if "outlook" in wanted:
        found["outlook"] = _sum("outlook")
    return with_variances(frame.with_columns(**found), wanted)


@cache
def _sum(name: str) -> pl.Expr:
    first, *rest = (pl.col(part) for part in MEASURES[name].of)
    total = first
    for part in rest:
        total = total + part
    return total
