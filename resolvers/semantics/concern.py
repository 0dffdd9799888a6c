"""Whether ledger lines concern anything that was read: documents found before them, invoices, orders.

The ledger is asked last for what was posted by the suppliers of open invoices, because a number may be
written in a way that no lookup by number finds. Most of what then comes is about something else:

    read     order PO7, invoice I1 (S4, number 0042), voucher J1 for I1
    comes    J8  (S4, number 43)                concerns nothing of it
             J9  (for I9, of order PO9)         neither
             J10 (S4, number 42)                may be a voucher of I1
             J11 (names PO7)                    may relieve the order
             J12 (reverses J1), or J1 again     J1 may not be what it was

Lines that concern nothing belong to other documents, under other references, of other orders. No rule of
matching or relief looks from one of those to another, so nothing that was made of the documents before
changes with them. What is in doubt concerns.
"""

from typing import Final

import polars as pl

from resolvers.semantics.vouchers import normalised

_WORD: Final = ["legal_entity", "about", "word"]


def _says(about: str, word: pl.Expr) -> tuple[pl.Expr, ...]:
    """What rows say something about. An empty word says nothing, and nothing is equal to nothing."""
    said = pl.when(word != "").then(word)
    return pl.col("legal_entity"), pl.lit(about).alias("about"), said.alias("word")


_VOUCHER: Final = (
    _says("document", pl.coalesce("id", "number")),
    _says("document", pl.col("number")),
    _says("document", pl.col("reverses")),
    _says("invoice", pl.col("ref_invoice")),
    _says("number", normalised(pl.col("ref_supplier_invoice"))),
    _says("order", pl.col("ref_po")),
)
"""The documents that ledger lines are of or reverse, by id or by number, and what they refer to: invoices by
id or by number, whoever the supplier, and orders."""
_INVOICE: Final = (
    _says("invoice", pl.col("id")),
    _says("number", normalised(pl.col("supplier_invoice"))),
    _says("order", pl.col("po")),
)
_ORDER: Final = (_says("order", pl.col("number")),)


def concerned(fresh: pl.DataFrame, words: pl.DataFrame) -> bool:
    """Whether any of the `fresh` lines (VOUCHER) says one of the `words` that were said before."""
    if fresh.is_empty():
        return False
    said = pl.concat(fresh.select(each) for each in _VOUCHER)
    return not said.join(words, on=_WORD, how="semi").is_empty()


def words(vouchers: pl.DataFrame, invoices: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """What a ledger line would have to say to concern one of these (VOUCHER, INVOICE, ORDER): legal_entity,
    what it says something `about`, and the `word`."""
    read = ((vouchers, _VOUCHER), (invoices, _INVOICE), (orders, _ORDER))
    return pl.concat(frame.select(each) for frame, said in read for each in said).unique()
