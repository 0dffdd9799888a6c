"""The measures that follow from others, in every cell and every total."""

from collections.abc import Iterable
from functools import cache

import polars as pl

from resolvers.semantics.measures import MEASURES
from sources.spi.facts import EXACT


def derived(frame: pl.DataFrame, selected: Iterable[str]) -> pl.DataFrame:
    """`frame` (base measures as columns) with the selected derived measures added. Null in, null out."""
    wanted, found = set(selected), dict[str, pl.Expr]()
    if wanted & {"budget", "available", "consumed_percent"}:
        found["budget"] = _sum("budget")
    if wanted & {"consumed", "available", "consumed_percent"}:
        found["consumed"] = _sum("consumed")
    if "available" in wanted:
        found["available"] = found["budget"] - found["consumed"]
    if "consumed_percent" in wanted:
        found["consumed_percent"] = _percent(found["consumed"], found["budget"])
    return frame.with_columns(**found) if found else frame


@cache
def _sum(name: str) -> pl.Expr:
    first, *rest = (pl.col(part) for part in MEASURES[name].of)
    total = first
    for part in rest:
        total = total + part
    return total


def _percent(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """100 × part / whole, two decimals, half up. Dividing a decimal column by zero raises: guard it."""
    safe = pl.when(whole == 0).then(None).otherwise(whole)
    quotient = (part * pl.lit(100).cast(EXACT)) / safe
    return quotient.round(2, mode="half_away_from_zero")
