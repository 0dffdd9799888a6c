"""Variances: how far actuals are from the budget, in the sign that readers expect.

For every side of a ledger above zero is good news: less spent than planned, or more earned. So variances of
spend and of revenue add up to the variance of the net. Split in two, the part at budget rates is what the
business did and the rest is what exchange rates did.

====== ====== ======   ========== =================== =============
side   budget actual   variance   actual − budget     favorability
====== ====== ======   ========== =================== =============
spend  700    525      175        −175                FAVORABLE
income 900    750      −150       −150                UNFAVORABLE
net    200    225      25         25
====== ====== ======   ========== =================== =============
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

import polars as pl

from resolvers.semantics.measures import CONSUMING
from resolvers.semantics.rates import RateBasis
from resolvers.semantics.rounding import percent
from sources.spi.facts import EXACT

REVENUE: Final = "_revenue"
"""Whether a row is about revenue: the column that decides its sign."""
NET: Final = ("budget", "actual", "variance")
"""The figures of revenue less spend. What is committed of either is not of the other's kind."""


class Favorability(StrEnum):
    FAVORABLE = "FAVORABLE"
    UNFAVORABLE = "UNFAVORABLE"
    ON_BUDGET = "ON_BUDGET"


def at(measure: str, basis: RateBasis) -> str:
    """The column of a measure at one of both translations, where a question compares them."""
    return f"_{measure}_{basis.value.lower()}"


def with_variances(frame: pl.DataFrame, wanted: Collection[str]) -> pl.DataFrame:
    """`frame` (budget, actual, and which side each row is of) with the wanted variances added. Null in, null
    out."""
    made = [value.alias(name) for name, value in _variances().items() if name in wanted]
    return frame.with_columns(made) if made else frame


@cache
def _variances() -> Mapping[str, pl.Expr]:
    budget, actual = pl.col("budget"), pl.col("actual")
    variance = favourable(actual)
    return {
        "variance": variance,
        "actual_minus_budget": actual - budget,
        "variance_percent": percent(variance, budget.abs()),
        "attainment_percent": percent(actual, budget),
        "favorability": _word(variance),
        "operational_variance": favourable(pl.col(at("actual", RateBasis.CONSTANT))),
        "fx_variance": favourable(pl.col(at("actual", RateBasis.REPORTED)))
        - favourable(pl.col(at("actual", RateBasis.CONSTANT))),
        "fx_effect": _effect(),
    }


def favourable(actual: pl.Expr) -> pl.Expr:
    """The variance of some actuals from the budget, above zero where that is good news."""
    over = actual - pl.col("budget")
    return pl.when(pl.col(REVENUE)).then(over).otherwise(-over).cast(EXACT)


def _word(variance: pl.Expr) -> pl.Expr:
    return (
        pl.when(variance > 0)
        .then(pl.lit(Favorability.FAVORABLE.value))
        .when(variance < 0)
        .then(pl.lit(Favorability.UNFAVORABLE.value))
        .when(variance == 0)
        .then(pl.lit(Favorability.ON_BUDGET.value))
    )


def _effect() -> pl.Expr:
    """The budget is at the budget rate either way: what differs is what is consumed. Unknown like that."""
    differences = [pl.col(at(m, RateBasis.CONSTANT)) - pl.col(at(m, RateBasis.REPORTED)) for m in CONSUMING]
    first, *rest = differences
    total = first
    for difference in rest:
        total = total + difference
    return pl.when(pl.col("budget").is_not_null()).then(total)
