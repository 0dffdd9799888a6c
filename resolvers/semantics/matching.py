"""Whose voucher is it? Upstream invoices and the vouchers that carry them.

A voucher belongs to an invoice by the first rung that hits:

    1 EXACT     the invoice's id on the voucher
    2 HIGH      supplier and normalised supplier number (and currency, where both say one)
    3 PROBABLE  an order line, and the amount or quantity of a still unposted invoice line on it
    5           none: a voucher that names an order line was keyed in the ledger and relieves that line

(The fourth, supplier and amount and date, only suggests: it never relieves; see `chain`.) A partial posting
counts as posted. Several vouchers that together come to the invoice are a split posting; each further one
that comes to all of it by itself is a duplicate.

An invoice whose only vouchers are void was reversed: it is neither relieved nor in flight until it is posted
again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import Any, Final

import polars as pl

from resolvers.semantics import vouchers as voucher
from resolvers.semantics.dimensions import RESERVED
from resolvers.semantics.rounding import ONE
from resolvers.semantics.values import APPROVED, is_credit, line_value
from sources.spi.facts import EXACT

INVOICE: Final = ["legal_entity", "invoice"]
_LINK: Final = [*INVOICE, "source", "id", "number", "reference", "amount", "date", "_listed", "rung"]
_ON_LINE: Final = [*voucher.VOUCHER, "ref_po", "ref_po_line"]
_LEAST: Final = Decimal("1.00")
_SHARE: Final = Decimal("0.005")


class Rung(IntEnum):
    """How a voucher was found to belong to an invoice; the lower, the surer."""

    ID = 1
    NUMBER = 2
    ORDER_LINE = 3
    CANDIDATE = 4
    KEYED = 5


@dataclass(frozen=True, slots=True)
class Matched:
    """`links`: one row per live voucher of an invoice (legal_entity, invoice; the voucher's source, id,
    number, reference, amount, date; rung). `posted` and `reversed`: (legal_entity, id) of invoices. `keyed`:
    slices of vouchers that carry none and name an order line."""

    links: pl.DataFrame
    posted: pl.DataFrame
    reversed: pl.DataFrame
    keyed: pl.DataFrame


def identified(invoices: pl.DataFrame, made: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The first two rungs: vouchers with the `invoice` they name, and those that name none. `invoices` has
    legal_entity, id, supplier, supplier_invoice, currency; `made` are `vouchers.lines`."""
    whole = voucher.vouchers(made).with_row_index("_voucher")
    known = invoices.select(
        "legal_entity", "supplier", "currency", invoice="id", _number=_number("supplier_invoice")
    ).unique()
    ids, named = known.select("legal_entity", ref_invoice="invoice"), ["legal_entity", "ref_invoice"]
    by_id = whole.join(ids, on=named, how="semi").with_columns(_rung(Rung.ID), invoice="ref_invoice")
    rest = whole.join(ids, on=named, how="anti")
    other = pl.col("document_currency") != pl.col("currency")
    by_number = (
        rest.join(known, on=["legal_entity", "supplier", "_number"])
        .filter(~other.fill_null(value=False))
        .with_columns(_rung(Rung.NUMBER))
    )
    left = rest.filter(~pl.col("_voucher").is_in(by_number["_voucher"].implode())).drop("_voucher")
    columns = [*_LINK, "void"]
    return pl.concat([by_id.select(columns), by_number.select(columns)]), left


def _rung(rung: Rung) -> pl.Expr:
    return pl.lit(rung.value, pl.Int8).alias("rung")


def _number(column: str) -> pl.Expr:
    """A number that identifies an invoice of a known supplier, else nothing."""
    number = voucher.normalised(pl.col(column))
    return pl.when((number != "") & ~pl.col("supplier").is_in(RESERVED)).then(number)


def matched(invoices: pl.DataFrame, journal: pl.DataFrame) -> Matched:
    """`invoices` with their terms (currency and rate), one row per distribution; `journal` are the ledger
    lines that refer to something, with `kind`."""
    made = voucher.lines(journal)
    named, left = identified(invoices, made)
    live = named.filter(~pl.col("void"))
    carried = live.select("legal_entity", id="invoice").unique()
    free = voucher.slices(made).join(left.filter(~pl.col("void")), on=voucher.VOUCHER, how="semi")
    taken = _by_order_line(_on_lines(free).with_row_index("_slice"), _waiting(invoices, carried))
    links = pl.concat([live.select(_LINK), taken.select(_LINK)])
    posted = links.select("legal_entity", id="invoice").unique()
    void = named.select("legal_entity", id="invoice").unique()
    gone = void.join(posted, on=["legal_entity", "id"], how="anti")
    keyed = free.join(taken, on=_ON_LINE, how="anti", nulls_equal=True)
    return Matched(links, posted, gone, keyed)


def _on_lines(free: pl.DataFrame) -> pl.DataFrame:
    """Slices put together by order line; `ref_dist` where they name just one."""
    named = pl.col("ref_dist").drop_nulls()
    return free.group_by(_ON_LINE, maintain_order=True).agg(
        pl.col("number", "date", "supplier").first(),
        pl.col("amount").sum(),
        pl.col("_listed").any(),
        quantity=pl.when(pl.col("quantity").is_not_null().any()).then(pl.col("quantity").sum()),
        ref_dist=pl.when(named.n_unique() == 1).then(named.first()),
    )


def _waiting(invoices: pl.DataFrame, carried: pl.DataFrame) -> pl.DataFrame:
    """Approved invoice lines with an order that no voucher names: their value and quantity, signed."""
    sign = pl.when(is_credit()).then(-ONE).otherwise(ONE)
    return (
        invoices.filter(pl.col("status").is_in(APPROVED) & pl.col("po").is_not_null())
        .join(carried, on=["legal_entity", "id"], how="anti")
        .unique(["legal_entity", "id", "line"], keep="first", maintain_order=True)
        .select(
            "legal_entity",
            "line",
            "approved_on",
            "po_dist",
            invoice="id",
            ref_po="po",
            ref_po_line="po_line",
            _on="date",
            _value=(line_value() * sign).cast(EXACT),
            _quantity=pl.col("quantity") * sign,
        )
    )


def _by_order_line(free: pl.DataFrame, waiting: pl.DataFrame) -> pl.DataFrame:
    """The third rung. Vouchers choose in order of date: the nearest amount, then the oldest invoice; each
    invoice line is taken once."""
    apart = (pl.col("amount") - pl.col("_value")).abs()
    near = (apart <= _tolerance(pl.col("_value"))).fill_null(value=False)
    missing = (pl.col("quantity") - pl.col("_quantity")).abs()
    all_of_it = (missing <= pl.col("_quantity").abs() * pl.lit(_SHARE).cast(EXACT)).fill_null(value=False)
    elsewhere = (pl.col("ref_dist") != pl.col("po_dist")).fill_null(value=False)
    found = (
        free.join(waiting, on=["legal_entity", "ref_po", "ref_po_line"])
        .filter(~elsewhere & (near | all_of_it))
        .with_columns(_rung(Rung.ORDER_LINE), _apart=apart)
        .sort("date", "id", "_slice", "_apart", "approved_on", "_on", "invoice", "line", nulls_last=True)
        .with_row_index("_pair")
    )
    pairs = found.select("_pair", "_slice", "legal_entity", "invoice", "line").iter_rows()
    chosen = pl.Series(list(_once_each(pairs)), dtype=found["_pair"].dtype)
    return found.filter(pl.col("_pair").is_in(chosen.implode()))


def _tolerance(value: pl.Expr) -> pl.Expr:
    """How far two amounts of the same thing may lie apart: 1.00, or half a percent."""
    return pl.max_horizontal(pl.lit(_LEAST).cast(EXACT), value.abs() * pl.lit(_SHARE).cast(EXACT))


def _once_each(pairs: Iterable[tuple[Any, ...]]) -> Iterable[int]:
    """The pairs that stand when each side is taken by the first that asks for it."""
    slices, lines = set[int](), set[tuple[str, ...]]()
    for pair, one, *line in pairs:
        if one not in slices and tuple(line) not in lines:
            slices.add(one)
            lines.add(tuple(line))
            yield pair


def telling(links: pl.DataFrame) -> pl.DataFrame:
    """The links without payables that repeat what their own document says."""
    return links.filter(pl.col("_listed") | ~pl.col("_listed").any().over([*INVOICE, "source", "id"]))


def duplicates(links: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """The links of vouchers that carry an invoice another one carries already. `values` has legal_entity,
    invoice and its `value` in the ledger currency, signed. The first that comes to all of it stands."""
    known = telling(links).join(values, on=INVOICE)
    near = _tolerance(pl.col("value"))
    split = (pl.col("amount").sum().over(INVOICE) - pl.col("value")).abs() <= near
    whole = known.filter(~split & ((pl.col("amount") - pl.col("value")).abs() <= near)).sort(
        "date", "source", "id", nulls_last=True
    )
    return whole.filter(pl.int_range(pl.len()).over(INVOICE) > 0)
