"""Vouchers: what the lines of ledger documents stand for, before anybody asks whose they are.

A voucher is the lines of one document that share a reference: the id of an upstream invoice, else the
supplier's number, else an order line. Lines without a reference join the only one their document has, and
lines that name no order the only order line their voucher names.

    document  account       amount  refers to           voucher        amount
    J1        6100 expense    3000  invoice I1      →   J1 for I1        4000
    J1        6200 expense    1000  –
    J1        2100 payables  -4000  –

What counts of it is what lies on accounts of a budget or is marked as invoiced (a debit that clears GRNI);
only where a voucher has neither do its other lines speak. The posting of a receipt and an accrual are no
vouchers: they carry no invoice.

Void are a document that names the one it reverses, that one, and vouchers of opposite amounts under the same
reference, pair by pair.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from resolvers.semantics.dimensions import AccountClass
from resolvers.semantics.rounding import ZERO

POSTED: Final = "POSTED"
GRNI: Final = "GRNI"
ACCRUAL: Final = "ACCRUAL"
_DOCUMENT: Final = ["source", "legal_entity", "id"]
VOUCHER: Final = [*_DOCUMENT, "reference"]
_PLACE: Final = ["ref_po", "ref_po_line", "ref_dist"]
_NAMED_PLACE: Final = (
    pl.when(pl.col("ref_po").is_not_null()).then(pl.struct("ref_po", "ref_po_line")).drop_nulls()
)


def normalised(number: pl.Expr) -> pl.Expr:
    """A supplier's invoice number as it is compared: upper case, letters and digits only, no leading
    zeros. ``inv-0042/A`` and ``INV0042A`` are one; ``0042`` and ``42`` too."""
    return number.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "").str.strip_chars_start("0")


def is_posted() -> pl.Expr:
    return pl.col("status").fill_null(POSTED) == POSTED


_CARRYING: Final = (
    is_posted()
    & ~pl.col("origin").fill_null("").is_in([GRNI, ACCRUAL])
    & (pl.col("type").fill_null("") != "CLOSING")
)
"""Lines that can carry an invoice."""
_NUMBER: Final = normalised(pl.col("ref_supplier_invoice"))
_REFERENCE: Final = pl.coalesce(
    pl.concat_str(pl.lit("invoice "), "ref_invoice"),
    pl.concat_str(pl.lit("number "), "supplier", pl.lit(" "), "_number"),
    pl.concat_str(pl.lit("order "), "ref_po", pl.lit(" "), "ref_po_line"),
)
_OFF_SHEET: Final = (pl.col("kind") != AccountClass.BALANCE_SHEET.value).fill_null(value=True)
_LISTED: Final = pl.col("counts_as_posting").fill_null(value=False) | (
    pl.col("kind").is_not_null() & _OFF_SHEET
)
_RANK: Final = pl.when(_LISTED).then(0).when(_OFF_SHEET).then(1).otherwise(2)
"""How well a line tells its voucher's amount; the lower, the better."""


def lines(journal: pl.DataFrame) -> pl.DataFrame:
    """The lines that make vouchers, with `reference`, `_number` (the supplier's number as it is compared),
    `_void`, and `_counts`: whether the line tells the voucher's amount. `journal` has `kind`, the class of
    the account."""
    made = (
        journal.filter(_CARRYING)
        .with_columns(id=pl.coalesce("id", "number"), _number=pl.when(_NUMBER != "").then(_NUMBER))
        .with_columns(reference=_REFERENCE)
    )
    void = _reversed(made)
    if made["reference"].null_count():
        made = made.with_columns(pl.coalesce("reference", _only("reference", _DOCUMENT)))
    named = made.with_columns(void).filter(pl.col("reference").is_not_null())
    if named["ref_po"].null_count():
        joining = pl.col("ref_po").is_null() & (_NAMED_PLACE.n_unique().over(VOUCHER) == 1)
        named = named.with_columns(
            pl.when(joining).then(_first(name).over(VOUCHER)).otherwise(pl.col(name)).alias(name)
            for name in ("ref_po", "ref_po_line")
        )
    return _counting(named)


def _first(name: str) -> pl.Expr:
    """The first value there is."""
    return pl.col(name).first(ignore_nulls=True)


def _only(name: str, group: list[str]) -> pl.Expr:
    """The value of a group that has just one, on all its rows."""
    return pl.when(pl.col(name).drop_nulls().n_unique().over(group) == 1).then(_first(name).over(group))


def _reversed(made: pl.DataFrame) -> pl.Series:
    """Whether each line's document reverses another or is itself reversed; a reversal that was reversed in
    turn voids nothing."""
    if made["reverses"].null_count() == made.height:
        return pl.repeat(value=False, n=made.height, eager=True).alias("_void")
    places = list(made.select("source", "legal_entity", "number").iter_rows())
    named = list(made.select("source", "legal_entity", "reverses").iter_rows())
    by: dict[tuple[str, str, str], set[tuple[str, str, str]]] = {}
    for place, target in zip(places, named, strict=True):
        if target[2] is not None and target != place:
            by.setdefault(target, set()).add(place)
    reversing = {place for found in by.values() for place in found}
    void = [place in reversing or _undone(place, by, ()) for place in places]
    return pl.Series("_void", void, dtype=pl.Boolean)


def _undone(
    place: tuple[str, str, str],
    by: Mapping[tuple[str, str, str], set[tuple[str, str, str]]],
    above: tuple[tuple[str, str, str], ...],
) -> bool:
    """Whether a document that stands reverses this one."""
    others = by.get(place, set()) - {place, *above}
    return any(not _undone(other, by, (*above, place)) for other in others)


def vouchers(made: pl.DataFrame) -> pl.DataFrame:
    """One row per voucher of `lines`: source, legal_entity, id, reference, number, date, supplier,
    ref_invoice, `_number`, document_currency, `amount` in the ledger currency, whether it is `void`, and
    whether it touches an account a budget could have (`_listed`)."""
    whole = made.group_by(VOUCHER, maintain_order=True).agg(
        pl.col("number", "date", "supplier", "ref_invoice", "_number", "document_currency").first(
            ignore_nulls=True
        ),
        pl.when("_counts").then("amount").sum().alias("amount"),
        pl.col("_void", "_listed").any(),
    )
    return whole.with_columns(void=pl.col("_void") | _paired(whole)).drop("_void")


def slices(made: pl.DataFrame) -> pl.DataFrame:
    """What each voucher says of each order line it names: VOUCHER, ref_po, ref_po_line, ref_dist, `amount`,
    `quantity` (null where none of its lines says one), number, date and supplier."""
    found = (
        made.filter(pl.col("ref_po").is_not_null() & pl.col("_counts"))
        .group_by([*VOUCHER, *_PLACE], maintain_order=True)
        .agg(
            pl.col("number", "date", "supplier").first(),
            pl.col("amount").sum(),
            pl.col("_listed").any(),
            quantity=pl.when(pl.col("ref_quantity").is_not_null().any()).then(pl.col("ref_quantity").sum()),
        )
    )
    if found["quantity"].null_count() in (0, found.height):
        return found
    quantified = pl.col("quantity").is_not_null().any().over([*VOUCHER, *_PLACE[:2]])
    return found.with_columns(quantity=pl.when(quantified).then(pl.col("quantity").fill_null(ZERO)))


def accrued(journal: pl.DataFrame) -> pl.DataFrame:
    """What accruals booked by hand hold of each order line, net of their reversals: legal_entity, ref_po,
    ref_po_line, ref_dist, `amount`."""
    accrual = pl.col("origin") == ACCRUAL
    named = pl.col("ref_po").is_not_null() & pl.col("ref_po_line").is_not_null()
    outside = (pl.col("kind") == AccountClass.BALANCE_SHEET.value).fill_null(value=False)
    return (
        journal.filter(is_posted() & accrual & named & ~outside)
        .group_by("legal_entity", *_PLACE, maintain_order=True)
        .agg(pl.col("amount").sum())
    )


def _counting(made: pl.DataFrame) -> pl.DataFrame:
    """The lines with `_counts`: the best kind of line the voucher has, and of balance-sheet lines that
    cancel out only the positive ones."""
    best = made.with_columns(_best=_RANK.min().over(VOUCHER) == _RANK, _listed=_LISTED | _OFF_SHEET)
    chosen = pl.when("_best").then("amount")
    balanced = (chosen.sum().over(VOUCHER) == 0) & (chosen != 0).any().over(VOUCHER)
    return best.with_columns(_counts=pl.col("_best") & (~balanced | (pl.col("amount") > 0))).drop("_best")


def _paired(whole: pl.DataFrame) -> pl.Series:
    """The vouchers that stand against one of the opposite amount under the same reference, oldest first.
    Payables beside a voucher of their own document are its other side, and no reversal of another."""
    row, group = pl.int_range(pl.len(), dtype=pl.UInt32), ["legal_entity", "reference", "_size"]
    beside = pl.lit(value=False)
    if not whole["_listed"].all():
        beside = ~pl.col("_listed") & pl.col("_listed").any().over(_DOCUMENT)
    standing = whole.with_row_index("_row").filter(~pl.col("_void") & (pl.col("amount") != 0) & ~beside)
    up = pl.col("_up").sum()
    ranked = (
        standing.with_columns(_size=pl.col("amount").abs(), _up=pl.col("amount") > ZERO)
        .filter(pl.col("_up").any().over(group) & ~pl.col("_up").all().over(group))
        .sort("date", "id", nulls_last=True)
        .filter(row.over([*group, "_up"]) < pl.min_horizontal(up, pl.len() - up).over(group))
    )
    return whole.select(row.is_in(ranked["_row"].implode())).to_series()
