"""Pre-commitment: what approved requisitions still ask for.

A requisition line is consumed by the *quantity* that order lines take from it, so that an order at another
price leaves nothing behind. Orders that are DRAFT, PENDING or CANCELLED take nothing, and a cancelled
quantity is given back. Never below zero.

    10 × 1,000 requested, 6 ordered (at 1,050)   →   4 × 1,000 stays pre-committed
"""

from typing import Final

import polars as pl

from resolvers.semantics.relief import LINE, NOTHING_YET
from resolvers.semantics.rounding import ONE, ZERO, rounded, split
from sources.spi.facts import EXACT

TAKES_NOTHING: Final = (*NOTHING_YET, "CANCELLED")


def taken(orders: pl.DataFrame) -> pl.DataFrame:
    """Quantity taken from each requisition line, one row per line. `orders` has one row per distribution
    of every order line that references a requisition. What is cancelled is first what was ordered beyond the
    requisition; of an amount-matched line it is an amount, and gives back in proportion."""
    lines = (
        orders.filter(
            pl.col("req").is_not_null()
            & ~pl.col("status").is_in(TAKES_NOTHING)
            & ~pl.col("line_status").fill_null("").is_in(TAKES_NOTHING)
        )
        .unique(LINE, keep="first", maintain_order=True)
        .with_columns(_asked=pl.coalesce("req_quantity", "quantity", ZERO))
    )
    cancelled = pl.col("cancelled_quantity").fill_null(ZERO)
    kept = pl.min_horizontal(
        pl.col("_asked"),
        pl.max_horizontal(pl.coalesce("quantity", "req_quantity", ZERO) - cancelled, ZERO),
    )
    amount = pl.when(pl.col("amount") != 0).then(pl.col("amount"))
    share = pl.col("_asked") * (amount - cancelled) / amount
    by_amount = (pl.col("match_basis") == "AMOUNT").fill_null(value=False)
    quantity = pl.when(by_amount).then(share.fill_null(ZERO)).otherwise(kept)
    return lines.group_by("legal_entity", number="req", line="req_line").agg(_taken=quantity.sum())


def pre_commitment(
    requisitions: pl.DataFrame, orders: pl.DataFrame, status: str = "APPROVED"
) -> pl.DataFrame:
    """The open part of each requisition line of a status in the ledger currency, split over its
    distributions: `requisitions` with `amount`."""
    approved = requisitions.filter(pl.col("status") == status)
    lines = (
        approved.sort("_order")
        .unique(LINE, keep="first", maintain_order=True)
        .join(taken(orders), on=LINE, how="left")
    )
    open_quantity = pl.max_horizontal(pl.col("quantity") - pl.col("_taken").fill_null(ZERO), ZERO)
    value = (
        open_quantity
        * pl.col("price")
        / pl.col("price_unit").fill_null(ONE)
        * (ONE + pl.col("tax_rate").fill_null(ZERO))
        * pl.col("rate")
    )
    known = pl.when(open_quantity == 0).then(ZERO).otherwise(value.cast(EXACT))
    whole = lines.select(*LINE, amount=rounded(known, pl.col("exponent"))).filter(
        pl.col("amount").ne_missing(0)
    )
    parts = approved.join(whole, on=LINE)
    return split(parts, by=LINE, amount="amount", weight="percent", order=("_order",))
