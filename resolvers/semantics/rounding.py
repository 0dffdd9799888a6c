"""Exact money: round once, half up, and let the parts add up.

Polars keeps decimals exact as long as they are wide enough, so every expression here works in
`EXACT` (sixteen decimals) and rounds at the end.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from sources.spi.facts import EXACT

ZERO: Final = pl.lit(0).cast(EXACT)
ONE: Final = pl.lit(1).cast(EXACT)


def rounded(amount: pl.Expr, exponent: pl.Expr) -> pl.Expr:
    """`amount` to `exponent` decimals, half away from zero ("half up" on either side of zero).

    Polars rounds to a fixed number of decimals; a column of exponents takes one branch per value.
    """
    result = amount.round(2, mode="half_away_from_zero")
    for decimals in (0, 3, 4):
        result = (
            pl.when(exponent == decimals)
            .then(amount.round(decimals, mode="half_away_from_zero"))
            .otherwise(result)
        )
    return result.cast(EXACT)


def unit(exponent: pl.Expr) -> pl.Expr:
    """The smallest unit of a currency with that exponent: 0.01 for 2."""
    return exponent.replace_strict({0: "1", 2: "0.01", 3: "0.001", 4: "0.0001"}, return_dtype=pl.String).cast(
        EXACT
    )


def split(
    frame: pl.DataFrame, *, by: Sequence[str], amount: str, weight: str, order: Sequence[str]
) -> pl.DataFrame:
    """Shares of a whole that add up to it exactly (largest remainder).

    Each row is one part: `amount` holds the whole (the same on every row of the `by` group, already
    rounded), `weight` its relative weight, `exponent` the currency's decimals. Comes back with `amount`
    replaced by the part. Weights that sum to zero share equally.

    ====== ====== ========      ======
    amount weight order     →   amount
    ====== ====== ========      ======
    100.00 33.33  1             33.33
    100.00 33.33  2             33.33
    100.00 33.34  3             33.34
    ====== ====== ========      ======
    """
    weights = pl.col(weight).fill_null(ONE)
    used = pl.when(weights.sum().over(by) == 0).then(ONE).otherwise(weights)
    shares = frame.with_columns(_used=used).with_columns(
        _share=pl.col(amount) * pl.col("_used") / pl.col("_used").sum().over(by)
    )
    parts = apportioned(shares, by=by, exact="_share", whole=amount, order=order)
    return shares.with_columns(parts.alias(amount)).drop("_used", "_share")


def apportioned(
    frame: pl.DataFrame, *, by: Sequence[str], exact: str, order: Sequence[str], whole: str | None = None
) -> pl.Series:
    """`exact` amounts of any sign as money that adds up, in each `by` group, to `whole` (the same on every
    row; by default the group's sum, rounded).

    Largest remainder: every amount is rounded down, and the smallest units then missing go to those that
    lost most, ties in the order given. A group below zero is the mirror image of the same group above it.
    `exponent` holds the currency's decimals; unknown amounts stay unknown.
    """
    keys, rank = list(by), pl.int_range(pl.len())
    total = pl.col(whole) if whole else rounded(pl.col(exact).sum().over(keys), pl.col("exponent"))
    columns = dict.fromkeys((*keys, *order))
    below = pl.col("_units").floor()
    work = (
        frame.with_row_index("_row")
        .select(*columns, "_row", _exact=pl.col(exact), _total=total, _unit=unit(pl.col("exponent")))
        .with_columns(_sign=pl.when(pl.col("_exact").sum().over(keys) < 0).then(-ONE).otherwise(ONE))
        .with_columns(
            _units=pl.col("_exact") * pl.col("_sign") / pl.col("_unit"),
            _whole=pl.col("_total") * pl.col("_sign") / pl.col("_unit"),
        )
        .with_columns(
            _floor=below, _lost=pl.col("_units") - below, _left=pl.col("_whole") - below.sum().over(keys)
        )
        .sort(
            [*keys, "_lost", *order],
            descending=[*(False for _ in keys), True, *(False for _ in order)],
            nulls_last=True,
        )
    )
    extra = pl.when(rank.over(keys) < pl.col("_left")).then(ONE).otherwise(ZERO)
    parts = (pl.col("_floor") + extra) * pl.col("_unit") * pl.col("_sign")
    return work.select("_row", _part=parts).sort("_row")["_part"]


def percent(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """100 × part / whole, two decimals, half up; null where the whole is zero. Dividing a decimal column by
    zero raises: guard it."""
    safe = pl.when(whole == 0).then(None).otherwise(whole)
    quotient = (part * pl.lit(100).cast(EXACT)) / safe
    return quotient.round(2, mode="half_away_from_zero")
