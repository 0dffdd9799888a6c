"""Consolidation: what entities booked with each other is taken off, as far as both have booked it.

One entity's cost with a partner is the partner's revenue with it. Of each such relation the smaller amount is
taken off both sides; what one has booked beyond the other stays, and is the break IC_MISMATCH.

A has 6,000 of cost outside and 4,000 with B; B has 10,000 of revenue outside and 5,000 with A:

=========== ====== =======
entity      cost   revenue
=========== ====== =======
A           10,000
B                  15,000
ELIMINATION −4,000 −4,000
total       6,000  11,000
=========== ====== =======
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from resolvers.semantics.dimensions import ELIMINATION
from resolvers.semantics.rounding import ONE, ZERO, apportioned
from resolvers.semantics.translation import shared
from sources.spi.facts import EXACT

_RELATION: Final = ("_spender", "_earner")
_SIDE: Final = (*_RELATION, "revenue")


def eliminated(parts: pl.DataFrame, amounts: Sequence[str], grain: Sequence[str]) -> pl.DataFrame:
    """The parts that take off what matches, each beside the one it is taken from, in entity ELIMINATION.

    `parts` are what entities booked with each other: `legal_entity`, `partner` (an entity), `revenue`, and
    `amounts` in one currency, each for itself. What is taken off is rounded per `grain`, so that it does not
    depend on how finely the parts were read. Unknown where any amount of the relation is.
    """
    spender = pl.when("revenue").then(pl.col("partner")).otherwise(pl.col("legal_entity"))
    earner = pl.when("revenue").then(pl.col("legal_entity")).otherwise(pl.col("partner"))
    related = parts.with_columns(_spender=spender, _earner=earner).with_row_index("_place")
    for column in amounts:
        related = _taken_off(related, column, [*grain])
    some = pl.any_horizontal((pl.col(c).is_null() | (pl.col(c) != 0)) for c in amounts)
    kept = related.filter(some).with_columns(booked_by="legal_entity", legal_entity=pl.lit(ELIMINATION))
    return kept.drop("_place", *_RELATION)


def _taken_off(related: pl.DataFrame, column: str, grain: list[str]) -> pl.DataFrame:
    """`related` with the amounts of a column replaced by what is taken off them."""
    matching = related.join(_matched(related, column), on=_SIDE, how="left", maintain_order="left")
    known = matching.filter(pl.col("_matched").is_not_null())
    share = pl.when(pl.col("_whole") == 0).then(None).otherwise(pl.col("_whole"))
    exact = (
        pl.when(pl.col("_matched") == pl.col("_whole"))
        .then(-pl.col(column))
        .otherwise(-(pl.col(column) / share) * pl.col("_matched"))
    )
    fine = known.with_columns(_exact=exact.fill_null(ZERO).cast(EXACT)).drop("_whole")
    each = [*dict.fromkeys((*_SIDE, *grain))]
    balances = fine.group_by(each).agg(pl.col("_exact").sum(), pl.col("exponent", "_matched").first())
    wholes = apportioned(
        balances.with_columns(_off=-pl.col("_matched")), by=_SIDE, exact="_exact", whole="_off", order=grain
    )
    placed = fine.join(
        balances.select(*each, _balance=wholes), on=each, nulls_equal=True, maintain_order="left"
    )
    off = shared(placed, each, whole="_balance").select("_place", _off="amount")
    return (
        related.join(off, on="_place", how="left", maintain_order="left")
        .with_columns(pl.col("_off").alias(column))
        .drop("_off")
    )


def _matched(related: pl.DataFrame, column: str) -> pl.DataFrame:
    """Per relation and side: what the side comes to (`_whole`), and how much of it matches the other."""
    amount = pl.col(column)
    unknown = amount.is_null().any()
    sums = related.group_by(_RELATION).agg(
        _unknown=unknown,
        _spent=amount.filter(~pl.col("revenue")).sum(),
        _earned=amount.filter("revenue").sum(),
    )
    spent, earned = pl.col("_spent"), pl.col("_earned")
    same_way = (spent > 0) == (earned > 0)
    sign = pl.when(spent < 0).then(-ONE).otherwise(ONE)
    smaller = pl.min_horizontal(spent.abs(), earned.abs()) * sign
    matched = (
        pl.when("_unknown")
        .then(None)
        .when(same_way & (spent != 0) & (earned != 0))
        .then(smaller)
        .otherwise(ZERO)
        .cast(EXACT)
    )
    sides = [
        sums.select(*_RELATION, revenue=pl.lit(value=revenue), _whole=total, _matched=matched)
        for revenue, total in ((False, spent), (True, earned))
    ]
    return pl.concat(sides)
