"""Commitment relief: how receipts and invoices eat an order line, column by column.

Per order line, in the order's own quantity (or, matched by amount, in its amounts):

    Q = ordered − cancelled     R = received − returned, if the line requires receipts, else 0
    I = invoiced net of credits: approved invoices, posted or not, and vouchers keyed in the ledger
    dead = order or line CANCELLED, CLOSED, FINALLY_CLOSED, or an invoice line with final match

    open     = 0 if dead else max(0, Q − max(R, I, 0))      → commitment
    received = max(0, R − max(I, 0))                        → receivedNotInvoiced, closed or not

Both in money at order price × (1 + non-recoverable tax) × the order's own rate, the order's worth, so that
a finished order leaves exactly nothing. Negative lines (discounts) are relieved on absolute values and
mirrored.

Two orders, one open and one closed with goods owed (price 100):

    ====== === === === ======   ==== ========   ========== ===================
    status Q   R   I   receipt  open received   commitment receivedNotInvoiced
    ====== === === === ======   ==== ========   ========== ===================
    OPEN   10  4   3   yes      6    1          600        100
    CLOSED 10  6   4   yes      0    2          0          200
    ====== === === === ======   ==== ========   ========== ===================

A known defect elsewhere is max written where min is meant: a partial match then releases the whole line.
"""

from collections.abc import Collection
from typing import Final

import polars as pl

from resolvers.semantics.rounding import ONE, ZERO, rounded, split
from sources.spi.facts import EXACT

LINE: Final = ("legal_entity", "number", "line")
NOTHING_YET: Final = ("DRAFT", "PENDING")
DEAD: Final = ("CANCELLED", "CLOSED", "FINALLY_CLOSED")
APPROVED: Final = ("APPROVED", "EXPORTED", "POSTED_PER_S2P", "PAID_PER_S2P")


def order_lines(orders: pl.DataFrame) -> pl.DataFrame:
    """One row per order line that stands for anything: its attributes without the distributions.

    `_worth` is what a unit of it is worth in the ledger, times `_per`, the units its price is for (matched by
    amount: a unit of its money). Where the rate is unknown it is taken at par. `_mirror` is −1 on a line
    worth less than nothing.
    """
    status, by_amount = pl.col("status"), pl.col("_by_amount")
    return (
        orders.filter(~status.is_in(NOTHING_YET) & ~pl.col("line_status").fill_null("").is_in(NOTHING_YET))
        .sort("_order")
        .unique(LINE, keep="first", maintain_order=True)
        .with_columns(
            _by_amount=(pl.col("match_basis") == "AMOUNT").fill_null(value=False),
            _dead=status.is_in(DEAD) | pl.col("line_status").fill_null("").is_in(DEAD),
            _gross=ONE + pl.col("tax_rate").fill_null(ZERO),
            _at=pl.col("rate").fill_null(ONE),
        )
        .with_columns(
            _ordered=pl.when(by_amount).then(pl.col("amount")).otherwise(pl.col("quantity")),
            _worth=pl.when(by_amount).then(ONE).otherwise(pl.col("price")) * pl.col("_gross") * pl.col("_at"),
            _per=pl.when(by_amount).then(ONE).otherwise(pl.col("price_unit").fill_null(ONE)),
        )
        .with_columns(_mirror=pl.when(pl.col("_ordered") * pl.col("_worth") < 0).then(-ONE).otherwise(ONE))
    )


def received(receipts: pl.DataFrame) -> pl.DataFrame:
    """Received net of returns per order line, in quantity and in amount."""
    return receipts.group_by("legal_entity", number="po", line="po_line").agg(
        _received_quantity=pl.col("quantity").sum(), _received_amount=pl.col("amount").sum()
    )


def net_amount() -> pl.Expr:
    """An invoice line's net amount: as given, else quantity × price."""
    return pl.coalesce(
        pl.col("amount"), pl.col("quantity") * pl.col("price") / pl.col("price_unit").fill_null(ONE)
    )


def relieving(invoices: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Invoice lines of known order lines with what they relieve, `_relieves`, at the order's worth. On a
    quantity-matched line the quantity counts, without one the amount; a credit without one changes values,
    never quantities.
    """
    credit = pl.col("type").fill_null("") == "CREDIT"
    order = lines.select(*LINE, "_by_amount", "_gross", "_at", "_worth", "_per", _po_currency="currency")
    rate = pl.when(pl.col("currency") == pl.col("_po_currency")).then(pl.col("_at")).otherwise(pl.col("rate"))
    by_amount = net_amount() * rate * pl.col("_gross") * pl.col("_per")
    by_quantity = pl.coalesce(pl.col("quantity") * pl.col("_worth"), pl.when(credit).then(ZERO), by_amount)
    relieves = pl.when(pl.col("_by_amount")).then(by_amount).otherwise(by_quantity)
    named = order.rename({"number": "po", "line": "po_line"})
    return invoices.join(named, on=["legal_entity", "po", "po_line"]).with_columns(
        _relieves=relieves, _net=net_amount(), _credit=credit
    )


def invoiced(invoices: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Invoiced net of credits per order line, at the order's worth, and what of it the ledger holds; whether
    a final match closes it; and whether a missing rate leaves it `_untold`.

    `invoices` has one row per invoice line that counts (approved, or posted: `_in_ledger`).
    """
    signed = pl.when("_credit").then(-pl.col("_relieves")).otherwise(pl.col("_relieves"))
    return (
        relieving(invoices, lines)
        .group_by("legal_entity", number="po", line="po_line")
        .agg(
            _invoiced=signed.sum(),
            _posted=signed.filter(pl.col("_in_ledger").fill_null(value=False)).sum(),
            _final=pl.col("final_match").fill_null(value=False).any(),
            _untold=(pl.col("_net").is_not_null() & pl.col("_relieves").is_null()).any(),
        )
    )


def keyed(vouchers: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """What vouchers keyed in the ledger relieve per order line, at the order's worth: their quantity, else
    their amount, which says nothing about an order whose rate is unknown."""
    named = vouchers.select("legal_entity", "amount", "ref_quantity", number="ref_po", line="ref_po_line")
    order = lines.select(*LINE, "_by_amount", "_worth", "_per", _priced=pl.col("rate").is_not_null())
    quantity = pl.when(~pl.col("_by_amount")).then(pl.col("ref_quantity") * pl.col("_worth"))
    return (
        named.join(order, on=LINE)
        .with_columns(_quantity=quantity)
        .group_by(LINE)
        .agg(
            _keyed=pl.coalesce("_quantity", pl.col("amount") * pl.col("_per")).sum(),
            _unpriced=(pl.col("_quantity").is_null() & ~pl.col("_priced")).any(),
        )
    )


def relieved(
    lines: pl.DataFrame,
    receipts: pl.DataFrame,
    invoices: pl.DataFrame,
    vouchers: pl.DataFrame,
    booking: Collection[str],
) -> pl.DataFrame:
    """Each order line with `commitment` and `received_not_invoiced` in the ledger currency, rounded once.
    The ledgers of the entities in `booking` hold receipts already: nothing received is counted beside them.

    Compared in money rather than in quantity, which is the same and needs no division: what has been keyed as
    an amount leaves no crumbs.
    """
    receipt = pl.when("_by_amount").then(pl.col("_received_amount")).otherwise(pl.col("_received_quantity"))
    delivered = pl.when(pl.col("receipt_required").fill_null(value=False)).then(receipt).fill_null(ZERO)
    ordered = pl.col("_ordered").fill_null(ZERO) - pl.col("cancelled_quantity").fill_null(ZERO)
    billed = pl.col("_invoiced").fill_null(ZERO) + pl.col("_keyed").fill_null(ZERO)
    booked = pl.col("_posted").fill_null(ZERO) + pl.col("_keyed").fill_null(ZERO)
    frame = (
        lines.join(received(receipts), on=LINE, how="left")
        .join(invoiced(invoices, lines), on=LINE, how="left")
        .join(keyed(vouchers, lines), on=LINE, how="left")
        .with_columns(
            _q=ordered * pl.col("_worth") * pl.col("_mirror"),
            _r=delivered * pl.col("_worth") * pl.col("_mirror"),
            _i=pl.max_horizontal(billed * pl.col("_mirror"), ZERO),
            _p=booked * pl.col("_mirror"),
            _dead=pl.col("_dead") | pl.col("_final").fill_null(value=False),
            _untold=pl.col("_untold").fill_null(value=False)
            | pl.col("_unpriced").fill_null(value=False)
            | (pl.col("_worth").is_null() & (ordered != 0)),
        )
    )
    open_part = pl.max_horizontal(pl.col("_q") - pl.max_horizontal("_r", "_i"), ZERO)
    owed_part = pl.max_horizontal(pl.col("_r") - pl.col("_i"), ZERO)
    return frame.with_columns(
        commitment=_money(pl.when("_dead").then(ZERO).otherwise(open_part)),
        received_not_invoiced=_money(
            pl.when(pl.col("legal_entity").is_in(booking)).then(ZERO).otherwise(owed_part)
        ),
    )


def _money(part: pl.Expr) -> pl.Expr:
    """A part of the line in ledger money, rounded; unknown without a rate, unless it is nothing."""
    told = ~pl.col("_untold") & (pl.col("rate").is_not_null() | (part == 0))
    amount = (part * pl.col("_mirror") / pl.col("_per")).cast(EXACT)
    return pl.when(told).then(rounded(amount, pl.col("exponent")))


def distributed(orders: pl.DataFrame, lines: pl.DataFrame, measure: str) -> pl.DataFrame:
    """One measure of the relieved lines, split over each line's distributions by largest remainder. Nothing
    left is no part; an unknown amount is one."""
    whole = lines.select(*LINE, amount=pl.col(measure)).filter(pl.col("amount").ne_missing(0))
    parts = orders.drop("amount").join(whole, on=LINE)
    return split(parts, by=LINE, amount="amount", weight="percent", order=("_order",))
