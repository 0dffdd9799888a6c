"""Invoiced, not posted: what procurement has approved and the ledger does not hold yet.

Signed: a credit lowers it. Each unposted approved invoice line counts at its own value and its own rate,
in the cell of its order line (the order's distributions) or, without an order, in its own. An invoice whose
order nobody knows stays where it says it belongs: seen nowhere must be impossible.

Where the ledger books receipts, it holds the received part of an order at order price already. The oldest
unposted invoice is covered first, by what is received and not yet posted as invoiced; a credit gives back
what was posted and is no longer received. Only the rest is in flight:

    received 4 × 1,000 and booked, invoice of 4 × 1,100 approved   →   4 × 100 in flight
"""

from collections.abc import Collection

import polars as pl

from resolvers.semantics.relief import LINE, net_amount, relieving
from resolvers.semantics.rounding import ONE, ZERO, rounded, split
from sources.spi.facts import EXACT

DIMENSIONS = ("account", "cost_center", "project", "period")


def invoiced_not_posted(
    invoices: pl.DataFrame,
    orders: pl.DataFrame,
    posted: pl.DataFrame,
    relieved: pl.DataFrame,
    booking: Collection[str],
) -> pl.DataFrame:
    """`invoices`: approved invoice distributions; `orders`: distributions of the orders they name;
    `posted`: (legal_entity, id) of invoices the ledger holds; `relieved`: the order lines, for the entities
    in `booking`, whose ledgers hold receipts. Comes back as invoice distributions with `amount` in the ledger
    currency."""
    waiting = invoices.join(posted, on=["legal_entity", "id"], how="anti")
    line = ["legal_entity", "id", "line"]
    value = (net_amount() + pl.col("tax").fill_null(ZERO)) * pl.col("rate")
    if booking:
        held = _held(waiting.filter(pl.col("legal_entity").is_in(booking)), relieved)
        waiting = waiting.join(held, on=line, how="left", nulls_equal=True, maintain_order="left")
        value = value - pl.col("_held").fill_null(ZERO)
    direction = pl.when(pl.col("type") == "CREDIT").then(-ONE).otherwise(ONE)
    waiting = waiting.with_columns(
        amount=rounded((value * direction).cast(EXACT), pl.col("exponent"))
    ).filter(pl.col("amount").ne_missing(0))
    placed = _by_order(waiting.sort("_order").unique(line, keep="first", maintain_order=True), orders)
    own = waiting.join(placed.select(line).unique(), on=line, how="anti")
    parts = pl.concat([placed, own], how="diagonal")
    return split(parts, by=line, amount="amount", weight="percent", order=("_order",))


def _held(waiting: pl.DataFrame, relieved: pl.DataFrame) -> pl.DataFrame:
    """legal_entity, id, line and `_held`: the part of each unposted invoice line, in ledger money, that the
    ledger holds as received. Capacity is handed out oldest first."""
    one = waiting.unique(["legal_entity", "id", "line"], keep="first", maintain_order=True)
    place = ["legal_entity", "po", "po_line"]
    capacity = relieved.select("legal_entity", "_r", "_p", "_mirror", po="number", po_line="line")
    ordered = (
        relieving(one, relieved)
        .join(capacity, on=place)
        .sort("approved_on", "date", "id", "line", nulls_last=True)
    )
    asked = pl.col("_relieves") * pl.col("_mirror")
    room = pl.when("_credit").then(pl.col("_p") - pl.col("_r")).otherwise(pl.col("_r") - pl.col("_p"))
    before = asked.cum_sum().over([*place, "_credit"]) - asked
    covered = pl.min_horizontal(asked, pl.max_horizontal(room - before, ZERO))
    return ordered.select(
        "legal_entity",
        "id",
        "line",
        _held=pl.max_horizontal(covered, ZERO) * pl.col("_mirror") / pl.col("_per"),
    )


def _by_order(lines: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Invoice lines that name a known order line, one row per distribution of that line (of the one named
    distribution, where the invoice names one)."""
    targets = orders.select(
        *LINE, "dist", "percent", "_order", *DIMENSIONS, _po_supplier=pl.col("supplier")
    ).rename({"number": "po", "line": "po_line", "dist": "_dist"})
    joined = lines.drop("percent", "_order", *DIMENSIONS).join(targets, on=["legal_entity", "po", "po_line"])
    named = pl.col("po_dist")
    return (
        joined.filter(named.is_null() | (named == pl.col("_dist")))
        .with_columns(dist=pl.col("_dist"), supplier=pl.coalesce("supplier", "_po_supplier"))
        .drop("_dist", "_po_supplier")
    )
