"""Pages that stay where they are: a cursor says what the page before ended with, not how many came before.

A document that appears or goes meanwhile moves no other from one page to the next.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from resolvers.plan.errors import QuestionError
from resolvers.plan.listing import Sort

COLUMNS: Final = {Sort.DATE: "date", Sort.NUMBER: "number", Sort.AMOUNT: "worth"}
DEFAULT: Final = ((Sort.DATE, True), (Sort.NUMBER, False))
_AGAIN: Final = "_again"
"""Counts documents that are alike in every column of their identity."""
_MARK: Final = "_mark"


def ordered(
    documents: pl.DataFrame, by: Sequence[tuple[Sort, bool]], identity: Sequence[str]
) -> pl.DataFrame:
    """`documents` in order, unknown values last, ties by identity, so that there is one order only."""
    alike = documents.with_columns(pl.int_range(pl.len()).over(list(identity)).alias(_AGAIN))
    return _sorted(alike, by, identity)


def page(
    documents: pl.DataFrame,
    by: Sequence[tuple[Sort, bool]],
    identity: Sequence[str],
    first: int,
    after: str | None,
) -> tuple[pl.DataFrame, bool]:
    """What follows `after` in `documents` as `ordered`, `first` of it at most, and whether more does."""
    rest = documents
    if after is not None:
        mark = _row(after, documents.select(_keys(by, identity)), by).with_columns(
            pl.lit(value=True).alias(_MARK)
        )
        marked = pl.concat([documents.with_columns(pl.lit(value=False).alias(_MARK)), mark], how="diagonal")
        whole = _sorted(marked, by, identity, _MARK)
        begin = whole[_MARK].arg_max() or 0
        rest = whole.slice(begin + 1).drop(_MARK)
    return rest.head(first), rest.height > first


def cursors(documents: pl.DataFrame, by: Sequence[tuple[Sort, bool]], identity: Sequence[str]) -> list[str]:
    """The cursor of each document."""
    rows = documents.select(pl.col(_keys(by, identity)).cast(pl.String)).iter_rows()
    return [base64.urlsafe_b64encode(json.dumps([_shape(by), *row]).encode()).decode() for row in rows]


def _row(after: str, like: pl.DataFrame, by: Sequence[tuple[Sort, bool]]) -> pl.DataFrame:
    """What a cursor holds, as a row of the columns it is compared in."""
    try:
        values: Any = json.loads(base64.urlsafe_b64decode(after.encode()))
    except (ValueError, binascii.Error):
        values = None
    if not isinstance(values, list) or len(values) != like.width + 1 or values[0] != _shape(by):
        raise _refused()
    try:
        texts = pl.DataFrame([values[1:]], schema=dict.fromkeys(like.columns, pl.String), orient="row")
        return texts.select(
            pl.col(name).str.to_date("%Y-%m-%d") if dtype == pl.Date else pl.col(name).cast(dtype)
            for name, dtype in like.schema.items()
        )
    except (pl.exceptions.PolarsError, TypeError):
        raise _refused() from None


def _refused() -> QuestionError:
    return QuestionError(
        "BAD_INPUT",
        "after: not a cursor of this connection in this order; give an endCursor of an earlier page",
    )


def _shape(by: Sequence[tuple[Sort, bool]]) -> str:
    return ",".join(f"{sort}{'-' if down else '+'}" for sort, down in by)


def _keys(by: Sequence[tuple[Sort, bool]], identity: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*(COLUMNS[sort] for sort, _ in by), *identity, _AGAIN]))


def _sorted(
    frame: pl.DataFrame, by: Sequence[tuple[Sort, bool]], identity: Sequence[str], *last: str
) -> pl.DataFrame:
    down = {COLUMNS[sort]: descending for sort, descending in reversed(by)}
    keys = [*_keys(by, identity), *last]
    return frame.sort(
        keys, descending=[down.get(key, False) for key in keys], nulls_last=True, maintain_order=True
    )
