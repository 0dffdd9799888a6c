"""Commitment relief: how receipts, invoices and accruals eat an order line, column by column.

Per order line, in the order's own quantity (or, matched by amount, in its amounts):

    Q = ordered − cancelled     R = received − returned, if the line requires receipts, else 0
    I = invoiced net of credits: approved invoices, posted or not, and vouchers keyed in the ledger
    A = what accruals booked by hand hold of it, in money
    dead = order or line CANCELLED, CLOSED, FINALLY_CLOSED, or an invoice line with final match

    open     = 0 if dead else max(0, Q − max(R, I, 0))      → commitment
    received = max(0, R − max(I, 0))                        → receivedNotInvoiced, closed or not
    inLedger = all that is received where the ledger books receipts, else what of it A covers; on a line
               that needs no receipts, what of the open part A covers

All in money at order price × (1 + tax) × the order's own rate, the order's worth, so that a finished order
leaves exactly nothing. Negative lines (discounts) are relieved on absolute values and mirrored.

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

from resolvers.semantics.rounding import ONE, ZERO
from resolvers.semantics.values import is_credit, net_amount
from sources.spi.facts import EXACT

LINE: Final = ("legal_entity", "number", "line")
NOTHING_YET: Final = ("DRAFT", "PENDING")
DEAD: Final = ("CANCELLED", "CLOSED", "FINALLY_CLOSED")
_PO_LINE: Final = {"number": "po", "line": "po_line"}
_VALUED: Final = ("_by_amount", "_gross", "_at", "_worth", "_per", "_po_currency")


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


def units(
    orders: pl.DataFrame, lines: pl.DataFrame, invoices: pl.DataFrame, vouchers: pl.DataFrame
) -> pl.DataFrame:
    """What is relieved as one: each line, or, where an invoice or a keyed voucher names a distribution of the
    line, each of its distributions (`_dist`) with its `_portion` of the line."""
    naming = (
        invoices.filter(pl.col("po_dist").is_not_null()).select("legal_entity", "po", "po_line"),
        vouchers.filter(pl.col("ref_dist").is_not_null()).select(
            "legal_entity", po="ref_po", po_line="ref_po_line"
        ),
    )
    named = pl.concat(naming).unique()
    whole = lines.with_columns(_dist=pl.lit(None, pl.String), _portion=ONE)
    if named.is_empty():
        return whole.with_row_index("_unit")
    line = list(LINE)
    apart = lines.join(named, left_on=line, right_on=["legal_entity", "po", "po_line"], how="semi")
    weight = pl.col("percent").fill_null(ONE)
    used = pl.when(weight.sum().over(line) == 0).then(ONE).otherwise(weight)
    shares = orders.select(*line, _dist="dist", _portion=used / used.sum().over(line))
    several = apart.join(shares, on=line)
    kept = whole.join(apart.select(line), on=line, how="anti")
    return pl.concat([kept, several.select(kept.columns)]).with_row_index("_unit")


def _shared(rows: pl.DataFrame, targets: pl.DataFrame, dist: str) -> pl.DataFrame:
    """Rows that name an order line, once per unit of it, with the `_share` they have in it: all of it in the
    unit they name in `dist`, a portion of it where they name none that the line has."""
    joined = rows.join(targets, on=["legal_entity", "po", "po_line"])
    if targets["_dist"].null_count() == targets.height:
        return joined.with_columns(_share=ONE)
    meant = (pl.col(dist) == pl.col("_dist")).fill_null(value=False)
    met = meant.any().over(["_row"])
    share = pl.when(meant).then(ONE).when(met).then(ZERO).otherwise(pl.col("_portion"))
    return joined.with_columns(_share=share)


def _targets(of: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return of.select("_unit", "_dist", "_portion", *LINE, *columns).rename(_PO_LINE)


def relieving(invoices: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """Invoice lines of known order lines, per unit, with what they relieve, `_relieves`, at the order's
    worth. On a quantity-matched line the quantity counts, without one the amount; a credit without one
    changes values, never quantities.
    """
    order = _targets(of.with_columns(_po_currency="currency"), *_VALUED)
    rate = pl.when(pl.col("currency") == pl.col("_po_currency")).then(pl.col("_at")).otherwise(pl.col("rate"))
    by_amount = net_amount() * rate * pl.col("_gross") * pl.col("_per")
    by_quantity = pl.coalesce(
        pl.col("quantity") * pl.col("_worth"), pl.when(is_credit()).then(ZERO), by_amount
    )
    relieves = pl.when(pl.col("_by_amount")).then(by_amount).otherwise(by_quantity)
    return _shared(invoices.with_row_index("_row"), order, "po_dist").with_columns(
        _relieves=relieves * pl.col("_share"), _net=net_amount(), _credit=is_credit()
    )


def _received(receipts: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """Received net of returns per unit, in quantity and in amount."""
    rows = receipts.with_row_index("_row").with_columns(_none=pl.lit(None, pl.String))
    share = pl.col("_share")
    return (
        _shared(rows, _targets(of), "_none")
        .group_by("_unit")
        .agg(
            _received_quantity=(pl.col("quantity") * share).sum(),
            _received_amount=(pl.col("amount") * share).sum(),
        )
    )


def _invoiced(invoices: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """Invoiced net of credits per unit, at the order's worth, and what of it the ledger holds; whether a
    final match closes it; and whether a missing rate leaves it `_untold`.

    `invoices` has one row per invoice line that counts (approved, or posted: `_in_ledger`).
    """
    signed = pl.when("_credit").then(-pl.col("_relieves")).otherwise(pl.col("_relieves"))
    return (
        relieving(invoices, of)
        .group_by("_unit")
        .agg(
            _invoiced=signed.sum(),
            _posted=signed.filter(pl.col("_in_ledger").fill_null(value=False)).sum(),
            _final=pl.col("final_match").fill_null(value=False).any(),
            _untold=(pl.col("_net").is_not_null() & pl.col("_relieves").is_null()).any(),
        )
    )


def _keyed(vouchers: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """What vouchers keyed in the ledger relieve per unit, at the order's worth: their quantity, else their
    amount, which says nothing about an order whose rate is unknown."""
    order = _targets(of.with_columns(_priced=pl.col("rate").is_not_null()), *_VALUED[:-1], "_priced")
    named = vouchers.select(
        "legal_entity", "amount", "ref_dist", po="ref_po", po_line="ref_po_line", _units="quantity"
    )
    quantity = pl.when(~pl.col("_by_amount")).then(pl.col("_units") * pl.col("_worth"))
    return (
        _shared(named.with_row_index("_row"), order, "ref_dist")
        .with_columns(_quantity=quantity)
        .group_by("_unit")
        .agg(
            _keyed=(pl.coalesce("_quantity", pl.col("amount") * pl.col("_per")) * pl.col("_share")).sum(),
            _unpriced=(pl.col("_quantity").is_null() & ~pl.col("_priced")).any(),
        )
    )


def _accrued(accruals: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """What accruals hold per unit, at the order's worth."""
    named = accruals.rename({"ref_po": "po", "ref_po_line": "po_line"}).with_row_index("_row")
    return (
        _shared(named, _targets(of, "_per"), "ref_dist")
        .group_by("_unit")
        .agg(_accrued=(pl.col("amount") * pl.col("_per") * pl.col("_share")).sum())
    )


def relieved(
    of: pl.DataFrame,
    receipts: pl.DataFrame,
    invoices: pl.DataFrame,
    vouchers: pl.DataFrame,
    accruals: pl.DataFrame,
    booking: Collection[str],
) -> pl.DataFrame:
    """Each unit (see `units`) with its figures at the order's worth times `_mirror`, never below zero:
    `_open`, `_owed` (received, not invoiced, not in the ledger), `_booked` (of either, in the ledger),
    `_over_invoiced`, `_over_received`; `_q`, `_r`, `_i`, `_p` as above (`_p` what of I is posted), and
    `_spare`, what of the accruals is left to cover invoices. `_untold` marks where a missing rate hides what
    is invoiced, `_unworthy` where a missing price hides what anything is worth, `_books` the entities in
    `booking`, whose ledgers hold receipts already: nothing received is counted beside them.

    Compared in money rather than in quantity, which is the same and needs no division: what has been keyed as
    an amount leaves no crumbs.
    """
    needs = pl.col("receipt_required").fill_null(value=False)
    receipt = pl.when("_by_amount").then(pl.col("_received_amount")).otherwise(pl.col("_received_quantity"))
    delivered = pl.when(needs).then(receipt).fill_null(ZERO)
    ordered = pl.col("_ordered").fill_null(ZERO) - pl.col("cancelled_quantity").fill_null(ZERO)
    billed = pl.col("_invoiced").fill_null(ZERO) + pl.col("_keyed").fill_null(ZERO)
    posted = pl.col("_posted").fill_null(ZERO) + pl.col("_keyed").fill_null(ZERO)
    books = pl.col("legal_entity").is_in(booking)
    accrued = pl.col("_accrued").fill_null(ZERO) * pl.col("_mirror")
    found = (
        of.join(_received(receipts, of), on="_unit", how="left")
        .join(_invoiced(invoices, of), on="_unit", how="left")
        .join(_keyed(vouchers, of), on="_unit", how="left")
        .join(_accrued(accruals, of), on="_unit", how="left")
    )
    return (
        found.with_columns(
            _q=ordered * pl.col("_portion") * pl.col("_worth") * pl.col("_mirror"),
            _r=delivered * pl.col("_worth") * pl.col("_mirror"),
            _i=pl.max_horizontal(billed * pl.col("_mirror"), ZERO),
            _p=posted * pl.col("_mirror"),
            _a=pl.when(books).then(ZERO).otherwise(pl.max_horizontal(accrued, ZERO)),
            _dead=pl.col("_dead") | pl.col("_final").fill_null(value=False),
            _untold=pl.col("_untold").fill_null(value=False) | pl.col("_unpriced").fill_null(value=False),
            _unworthy=pl.col("_worth").is_null() & (ordered != 0),
            _books=books,
        )
        .with_columns(
            _open=pl.when("_dead")
            .then(ZERO)
            .otherwise(pl.max_horizontal(pl.col("_q") - pl.max_horizontal("_r", "_i"), ZERO)),
            _owed=pl.max_horizontal(pl.col("_r") - pl.col("_i"), ZERO),
            _over_invoiced=pl.max_horizontal(pl.col("_i") - pl.col("_q"), ZERO),
            _over_received=pl.max_horizontal(pl.col("_r") - pl.col("_q"), ZERO),
        )
        .with_columns(
            _booked=pl.when(books)
            .then(pl.col("_owed"))
            .when(needs)
            .then(pl.min_horizontal("_owed", "_a"))
            .otherwise(pl.min_horizontal("_open", "_a"))
        )
        .with_columns(
            _spare=pl.col("_a") - pl.when(books).then(ZERO).otherwise(pl.col("_booked")),
            _open=pl.col("_open") - pl.when(needs).then(ZERO).otherwise(pl.col("_booked")),
            _owed=pl.col("_owed") - pl.when(needs).then(pl.col("_booked")).otherwise(ZERO),
        )
        .with_columns(pl.col("_a", "_spare").cast(EXACT))
    )
