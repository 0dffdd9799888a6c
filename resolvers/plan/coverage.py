"""How much of what a source says was translated, by amount: codes without a member, and the share with one.

Amounts of one sign or the other must not hide each other, so balances count without sign: those of a measure,
company, account, period and code, which do not depend on what a question groups by. What has no value in a
dimension has nothing to translate there.
"""

from typing import Final

import polars as pl

from resolvers.semantics.currency import exponent
from resolvers.semantics.dimensions import UNASSIGNED, Dimension
from resolvers.semantics.measures import BESIDE
from resolvers.semantics.rounding import rounded
from sources.spi.facts import EXACT

_TRANSLATED: Final = (Dimension.ACCOUNT, Dimension.COST_CENTER, Dimension.PROJECT, Dimension.SUPPLIER)
_NO_GAPS: Final = pl.DataFrame(
    schema={**dict.fromkeys(("source", "dimension", "status", "member"), pl.String()), "amount": EXACT}
)


def mapping_gaps(parts: pl.DataFrame, currency: str) -> pl.DataFrame:
    """source, dimension, member, status, amount: the in-scope amount behind each source code that is
    UNMAPPED or INVALID."""
    found = [
        parts.filter(pl.col(f"raw_{d.column}").is_not_null() & ~pl.col("measure").is_in(BESIDE))
        .group_by("source", member=f"raw_{d.column}", status=d.column)
        .agg(pl.col("amount").sum())
        .with_columns(dimension=pl.lit(d.value))
        .select(_NO_GAPS.columns)
        for d in _TRANSLATED
        if parts[f"raw_{d.column}"].null_count() < parts.height
    ]
    gaps = pl.concat([_NO_GAPS, *found]).sort("source", "dimension", "member", "status")
    return gaps.with_columns(pl.col("amount").cast(pl.Decimal(38, exponent(currency))))


def coverage(parts: pl.DataFrame, currency: str) -> pl.DataFrame:
    """source, dimension, amount, mapped, percent: of the absolute amounts a source has a value for in a
    dimension, those that have a member. No percentage of nothing."""
    found = [_covered(parts.filter(~pl.col("measure").is_in(BESIDE)), dimension) for dimension in _TRANSLATED]
    money = pl.Decimal(38, exponent(currency))
    percent = (pl.col("mapped") * 100 / pl.when(pl.col("amount") != 0).then(pl.col("amount"))).cast(EXACT)
    return (
        pl.concat(found)
        .with_columns(percent=rounded(percent, pl.lit(2)).cast(pl.Decimal(38, 2)))
        .with_columns(pl.col("amount", "mapped").cast(money))
        .sort("source", "dimension")
    )


def _covered(parts: pl.DataFrame, dimension: Dimension) -> pl.DataFrame:
    raw = f"raw_{dimension.column}"
    balance = dict.fromkeys(
        ("source", "measure", "legal_entity", "account", "period", "raw_account", dimension.column, raw)
    )
    return (
        parts.filter(pl.col(dimension.column) != UNASSIGNED)
        .group_by(list(balance))
        .agg(pl.col("amount").sum().abs())
        .group_by("source")
        .agg(pl.col("amount").sum(), mapped=pl.col("amount").filter(pl.col(raw).is_null()).sum())
        .select("source", pl.col("amount", "mapped").cast(EXACT), dimension=pl.lit(dimension.value))
    )
