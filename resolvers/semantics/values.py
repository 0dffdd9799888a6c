"""What one line of an invoice is worth, before and in the ledger currency."""

from typing import Final

import polars as pl

from resolvers.semantics.rounding import ONE, ZERO

APPROVED: Final = ("APPROVED", "EXPORTED", "POSTED_PER_S2P", "PAID_PER_S2P")
"""The states of an invoice that procurement has approved."""


def net_amount() -> pl.Expr:
    """An invoice line's net amount: as given, else quantity × price."""
    return pl.coalesce(
        pl.col("amount"), pl.col("quantity") * pl.col("price") / pl.col("price_unit").fill_null(ONE)
    )


def line_value() -> pl.Expr:
    """An invoice line with the tax that counts, at its own rate, in the ledger currency; unsigned."""
    return (net_amount() + pl.col("tax").fill_null(ZERO)) * pl.col("rate")


def is_credit() -> pl.Expr:
    return pl.col("type").fill_null("") == "CREDIT"
