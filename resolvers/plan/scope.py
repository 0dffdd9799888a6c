"""Which rows a question is about, once they are in canonical terms."""

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.semantics.model import Dimension


def in_scope(bound: Bound) -> pl.Expr:
    """Rows with `legal_entity … period` and `kind` (the account's class) that the question asks about."""
    return (in_window(bound) & in_place(bound)).fill_null(value=False)


def in_window(bound: Bound) -> pl.Expr:
    """Rows of the periods asked about; what cannot be placed is in where its days touch them."""
    return pl.col("period").is_in(bound.window)


def in_place(bound: Bound) -> pl.Expr:
    """Rows that the question asks about, whatever their period."""
    keep = pl.lit(value=True)
    for dimension, members in bound.members.items():
        if dimension is not Dimension.PERIOD:
            keep &= pl.col(dimension.column).is_in(sorted(members))
    classes = sorted(kind.value for kind in bound.classes)
    scoped = pl.col("kind").is_in(classes)
    if bound.unlisted:
        scoped |= pl.col("kind").is_null()
    return (keep & scoped).fill_null(value=False)
