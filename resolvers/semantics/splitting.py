"""Splitting amounts on codes that are several members, by their weights, to the smallest unit.

A row that speaks of several dimensions has the same stand-in in each, and is split in all of them together;
different ones are split each by its own weights. What does not divide goes to the largest remainder, ties to
the earlier row of the crosswalk.

    ========== ======      ====== ======
    stand-in   amount      member amount
    A 2 : B 1  100.00  →   A       66.67
                           B       33.33
    ========== ======      ====== ======
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from resolvers.semantics.currency import exponents
from resolvers.semantics.rounding import ONE, ZERO, apportioned, rounded
from resolvers.semantics.shares import MARK, Share, is_stand_in
from sources.spi.facts import EXACT

Shares = Mapping[str, tuple[Share, ...]]
_PLACES: Final = ("account", "cost_center", "project")
_WITHIN: Final = ("supplier", "id", "number", "line", "date", "amount")
"""The order in which the rows of a balance take their part of it: suppliers first, so that what a supplier
has does not depend on how finely the rest was read."""


def split_documents(parts: pl.DataFrame, known: Shares) -> pl.DataFrame:
    """Parts of documents, those of several members as one part each: every part by itself, since it is
    rounded already."""
    alone, some = _apart(parts, known)
    if some.is_empty():
        return parts
    pieces = _pieces(some.with_row_index("_part"), known)
    return pl.concat([alone, pieces.with_columns(amount=_given(pieces, "amount")).select(parts.columns)])


def split_flows(rows: pl.DataFrame, known: Shares, grain: Sequence[str]) -> pl.DataFrame:
    """Rows of a budget or a ledger, those of several members as one row each. A balance of the `grain` is
    split as a whole and handed out among its rows, so that it does not matter how finely it was read: each
    row takes what its balance gives up to it, less what it gives before it."""
    alone, some = _apart(rows, known)
    if some.is_empty():
        return rows
    table = exponents()
    decimals = pl.col("currency").replace_strict(
        list(table), list(table.values()), default=2, return_dtype=pl.Int32
    )
    ordered = some.sort([name for name in _WITHIN if name in rows.columns], nulls_last=True)
    reaching = ordered.with_row_index("_part").with_columns(
        _own=pl.col("exponent"), exponent=decimals, _upto=pl.col("amount").cum_sum().over(grain)
    )
    bounded = reaching.with_columns(_before=pl.col("_upto") - pl.col("amount"))
    pieces = _pieces(
        bounded.with_columns(rounded(pl.col(end), pl.col("exponent")) for end in ("_upto", "_before")), known
    )
    given = pieces.with_columns(_given=_given(pieces, "_upto") - _given(pieces, "_before"))
    crumbs = pl.when(pl.col("_piece") == 0).then(pl.col("amount") - pl.col("_given").sum().over("_part"))
    whole = (pl.col("_given") + crumbs.fill_null(ZERO)).cast(EXACT)
    cut = given.with_columns(amount=whole, exponent=pl.col("_own"))
    return pl.concat([alone, cut.select(rows.columns)])


def expanded(rows: pl.DataFrame, known: Shares) -> pl.DataFrame:
    """Rows once per combination of the members they may belong to, whatever the weights."""
    alone, some = _apart(rows, known)
    if some.is_empty():
        return rows
    return pl.concat([alone, _pieces(some.with_row_index("_part"), known).select(rows.columns)])


def _apart(rows: pl.DataFrame, known: Shares) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that stand for themselves, and those of several members."""
    if not known:
        return rows, rows.clear()
    shared = pl.any_horizontal(
        pl.col(name).str.starts_with(MARK).fill_null(value=False) for name in _places(rows)
    )
    return rows.filter(~shared), rows.filter(shared)


def _places(rows: pl.DataFrame) -> list[str]:
    return [name for name in _PLACES if name in rows.columns]


def _pieces(rows: pl.DataFrame, known: Shares) -> pl.DataFrame:
    """Each row (`_part`) once per combination of its members, with its `_weight` and place (`_piece`)."""
    pieces = rows.with_columns(_weight=ONE)
    for column in _places(rows):
        pieces = _told(pieces, column, known)
    return pieces.with_columns(_piece=pl.int_range(pl.len(), dtype=pl.Int64).over("_part"))


def _told(pieces: pl.DataFrame, column: str, known: Shares) -> pl.DataFrame:
    """Stand-ins of one column replaced by their members, there and wherever else the same one stands."""
    ids = sorted(id_ for id_ in pieces[column].unique() if is_stand_in(id_))
    if not ids:
        return pieces
    places = _places(pieces)
    rows = [
        (id_, *(share.members.get(name) for name in places), at, share.weight)
        for id_ in ids
        for at, share in enumerate(known[id_])
    ]
    to = {name: f"_to_{name}" for name in places}
    schema = {"_id": pl.String(), **dict.fromkeys(to.values(), pl.String()), "_at": pl.Int64(), "_by": EXACT}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    joined = pieces.with_row_index("_row").join(table, left_on=column, right_on="_id", how="left")
    same = {name: pl.col(name) == pl.col(column) for name in places}
    return (
        joined.sort("_row", "_at")
        .with_columns(
            *(pl.when(same[n]).then(pl.coalesce(to[n], n)).otherwise(n).alias(n) for n in places),
            _weight=pl.col("_weight") * pl.col("_by").fill_null(ONE),
        )
        .drop(*to.values(), "_at", "_by", "_row")
    )


def _given(pieces: pl.DataFrame, whole: str) -> pl.Series:
    """What each piece has of a whole that its row's pieces share."""
    weights = pl.col("_weight").sum().over("_part")
    exact = pieces.with_columns(_exact=(pl.col(whole) * pl.col("_weight") / weights).cast(EXACT))
    return apportioned(exact, by=["_part"], exact="_exact", whole=whole, order=["_piece"])
