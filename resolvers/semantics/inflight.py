"""Invoiced, not posted: what procurement has approved and the ledger does not hold yet.

Signed: a credit lowers it. Each unposted approved invoice line counts at its own value and its own rate,
in the cell of its order line (the order's distributions) or, without an order, in its own. An invoice whose
order nobody knows stays where it says it belongs: seen nowhere must be impossible.

Where the ledger books receipts, it holds the received part of an order at order price already. The oldest
unposted invoice is covered first, by what is received and not yet posted as invoiced; a credit gives back
what was posted and is no longer received. Only the rest is in flight:

    received 4 × 1,000 and booked, invoice of 4 × 1,100 approved   →   4 × 100 in flight

Elsewhere an accrual booked by hand covers it in the same way, as far as receipts have not used it up.
"""

from collections.abc import Collection
from typing import Final

import polars as pl

from resolvers.semantics.relief import LINE, relieving
from resolvers.semantics.rounding import ONE, ZERO, rounded, split
from resolvers.semantics.values import is_credit, line_value
from sources.spi.facts import EXACT

DIMENSIONS: Final = ("account", "cost_center", "project", "period")
_ONE: Final = ["legal_entity", "id", "line"]


def invoiced_not_posted(
    invoices: pl.DataFrame,
    orders: pl.DataFrame,
    elsewhere: pl.DataFrame,
    units: pl.DataFrame,
    booking: Collection[str],
) -> pl.DataFrame:
    """`invoices`: approved invoice distributions; `orders`: distributions of the orders they name;
    `elsewhere`: (legal_entity, id) of invoices the ledger holds, or held and reversed; `units`: the relieved
    order lines; `booking`: the entities whose ledgers hold receipts. Comes back as invoice distributions with
    `amount` in the ledger currency."""
    waiting = invoices.join(elsewhere, on=["legal_entity", "id"], how="anti")
    value = line_value()
    covering = units.filter(pl.col("legal_entity").is_in(booking) | (pl.col("_spare") > 0))
    if not covering.is_empty():
        held = _held(waiting, covering, booking)
        waiting = waiting.join(held, on=_ONE, how="left", nulls_equal=True, maintain_order="left")
        value = value - pl.col("_held").fill_null(ZERO)
    direction = pl.when(is_credit()).then(-ONE).otherwise(ONE)
    waiting = waiting.with_columns(
        amount=rounded((value * direction).cast(EXACT), pl.col("exponent"))
    ).filter(pl.col("amount").ne_missing(0))
    placed = _by_order(waiting.sort("_order").unique(_ONE, keep="first", maintain_order=True), orders)
    own = waiting.join(placed.select(_ONE).unique(), on=_ONE, how="anti")
    parts = pl.concat([placed, own], how="diagonal")
    return split(parts, by=_ONE, amount="amount", weight="percent", order=("_order",))


def _held(waiting: pl.DataFrame, units: pl.DataFrame, booking: Collection[str]) -> pl.DataFrame:
    """legal_entity, id, line and `_held`: the part of each unposted invoice line, in ledger money, that the
    ledger holds already. What it holds of an order line is handed out oldest first."""
    whole = units.group_by(LINE, maintain_order=True).agg(
        pl.col("_r", "_p", "_spare").sum(),
        pl.col("_mirror", "_per", "_by_amount", "_gross", "_at", "_worth", "currency").first(),
    )
    lines = whole.with_columns(_dist=pl.lit(None, pl.String), _portion=ONE).with_row_index("_unit")
    one = waiting.unique(_ONE, keep="first", maintain_order=True)
    ordered = (
        relieving(one, lines)
        .join(lines.select("_unit", "_r", "_p", "_spare", "_mirror"), on="_unit")
        .sort("approved_on", "date", "id", "line", nulls_last=True)
    )
    asked = pl.col("_relieves") * pl.col("_mirror")
    back = pl.col("_p") - pl.col("_r")
    room = (
        pl.when(~pl.col("legal_entity").is_in(booking))
        .then(pl.when("_credit").then(ZERO).otherwise(pl.col("_spare")))
        .when("_credit")
        .then(back)
        .otherwise(-back)
    )
    before = asked.cum_sum().over(["_unit", "_credit"]) - asked
    covered = pl.min_horizontal(asked, pl.max_horizontal(room - before, ZERO))
    return ordered.select(*_ONE, _held=pl.max_horizontal(covered, ZERO) * pl.col("_mirror") / pl.col("_per"))


def _by_order(lines: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Invoice lines that name a known order line, one row per distribution of that line (of the one named
    distribution, where the invoice names one that the line has)."""
    targets = orders.select(
        *LINE, "dist", "percent", "_order", *DIMENSIONS, _po_supplier=pl.col("supplier")
    ).rename({"number": "po", "line": "po_line", "dist": "_dist"})
    joined = lines.drop("percent", "_order", *DIMENSIONS).join(targets, on=["legal_entity", "po", "po_line"])
    meant = (pl.col("po_dist") == pl.col("_dist")).fill_null(value=False)
    return (
        joined.filter(meant | ~meant.any().over(_ONE))
        .with_columns(dist=pl.col("_dist"), supplier=pl.coalesce("supplier", "_po_supplier"))
        .drop("_dist", "_po_supplier")
    )
