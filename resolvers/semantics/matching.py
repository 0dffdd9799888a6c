"""Which invoices the ledger holds: vouchers found by identity.

A voucher belongs to an upstream invoice by the first rung that hits: the invoice's id on the voucher, then
supplier and normalised supplier invoice number. A voucher that belongs to none and names an order line was
keyed in the ledger directly; it relieves that line as an invoice would.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

POSTED: Final = "POSTED"
GRNI: Final = "GRNI"


@dataclass(frozen=True, slots=True)
class Matched:
    """`posted`: (legal_entity, id) of the invoices that a posted voucher carries. `keyed`: the voucher
    lines that carry none and name an order line."""

    posted: pl.DataFrame
    keyed: pl.DataFrame


def normalised(number: pl.Expr) -> pl.Expr:
    """A supplier's invoice number as it is compared: upper case, letters and digits only, no leading
    zeros. ``inv-0042/A`` and ``INV0042A`` are one; ``0042`` and ``42`` too."""
    return number.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "").str.strip_chars_start("0")


def matched(invoices: pl.DataFrame, vouchers: pl.DataFrame) -> Matched:
    """`invoices` and `vouchers` are frames of those facts; vouchers not POSTED carry nothing, and the
    posting of a receipt is no invoice."""
    posted = (pl.col("status").fill_null(POSTED) == POSTED) & (pl.col("origin").fill_null("") != GRNI)
    vouchers = vouchers.filter(posted).with_row_index("_voucher")
    invoices = invoices.select("legal_entity", "id", "supplier", "supplier_invoice").unique()
    by_id = vouchers.filter(pl.col("ref_invoice").is_not_null()).join(
        invoices.select("legal_entity", "id"),
        left_on=["legal_entity", "ref_invoice"],
        right_on=["legal_entity", "id"],
    )
    rest = vouchers.join(by_id.select("_voucher"), on="_voucher", how="anti")
    by_number = rest.with_columns(_number=normalised(pl.col("ref_supplier_invoice"))).join(
        invoices.with_columns(_number=normalised(pl.col("supplier_invoice"))).filter(pl.col("_number") != ""),
        on=["legal_entity", "supplier", "_number"],
    )
    carried = pl.concat(
        [
            by_id.select("legal_entity", id=pl.col("ref_invoice")),
            by_number.select("legal_entity", id=pl.col("id_right")),
        ]
    ).unique()
    keyed = rest.join(by_number.select("_voucher"), on="_voucher", how="anti").filter(
        pl.col("ref_po").is_not_null() & pl.col("ref_po_line").is_not_null()
    )
    return Matched(carried, keyed.drop("_voucher"))
