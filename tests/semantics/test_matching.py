"""Whose voucher is it? Numbers as they are compared, and the rungs."""

from typing import Final

import polars as pl
import pytest

from resolvers.semantics.matching import matched, normalised
from sources.spi.facts import COLUMNS, Fact

VOUCHER: Final[dict[str, str | None]] = {
    **dict.fromkeys(COLUMNS[Fact.VOUCHER]),
    "id": "V",
    "legal_entity": "ONE",
    "status": "POSTED",
    "supplier": "S1",
    "origin": None,
}


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("inv-0042/A", "INV0042A"),
        ("INV 0042 a", "INV0042A"),
        ("0042", "42"),
        ("42", "42"),
        ("№ 7/ß", "7SS"),
        ("--", ""),
        ("000", ""),
    ],
)
def test_normalised(written: str, compared: str) -> None:
    """Capitals, letters and digits only, no leading zeros."""
    assert pl.select(normalised(pl.lit(written))).item() == compared


def invoices(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    columns = ("id", "supplier", "supplier_invoice")
    return pl.DataFrame(
        [{"legal_entity": "ONE", **dict(zip(columns, row, strict=True))} for row in rows],
        schema=dict.fromkeys(("legal_entity", *columns), pl.String()),
    )


def vouchers(*rows: dict[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame([{**VOUCHER, **row} for row in rows], schema=dict.fromkeys(VOUCHER, pl.String()))


def posted(found: pl.DataFrame) -> set[str]:
    return set(found["id"])


def test_the_id_is_the_first_rung() -> None:
    """A voucher with the id of one invoice and the number of another carries the one it names by id."""
    known = invoices(("I1", "S1", "A-1"), ("I2", "S1", "A-2"))
    found = matched(known, vouchers({"ref_invoice": "I1", "ref_supplier_invoice": "A-2"}))
    assert posted(found.posted) == {"I1"}


def test_an_unknown_id_falls_to_the_number() -> None:
    found = matched(
        invoices(("I1", "S1", "A-1")), vouchers({"ref_invoice": "?", "ref_supplier_invoice": "a1"})
    )
    assert posted(found.posted) == {"I1"}


@pytest.mark.parametrize("number", [None, "", "---", "000"])
def test_numbers_without_substance_match_nothing(number: str | None) -> None:
    found = matched(invoices(("I1", "S1", number)), vouchers({"ref_supplier_invoice": number}))
    assert posted(found.posted) == set()


def test_a_number_is_the_suppliers_own() -> None:
    found = matched(invoices(("I1", "S2", "A-1")), vouchers({"ref_supplier_invoice": "A-1"}))
    assert posted(found.posted) == set()


def test_another_companys_voucher() -> None:
    found = matched(invoices(("I1", "S1", "A-1")), vouchers({"legal_entity": "TWO", "ref_invoice": "I1"}))
    assert posted(found.posted) == set()


def test_a_receipts_posting_is_no_invoice() -> None:
    """It names an order line, and relieves nothing."""
    found = matched(
        invoices(("I1", "S1", "A-1")), vouchers({"origin": "GRNI", "ref_po": "PO1", "ref_po_line": "1"})
    )
    assert found.keyed.is_empty()


def test_keyed_is_what_carries_no_invoice_and_names_an_order_line() -> None:
    rows = (
        {"ref_po": "PO1", "ref_po_line": "1"},
        {"ref_po": "PO2", "ref_po_line": "1", "ref_invoice": "I1"},
        {"ref_po": "PO3"},
        {"ref_po": "PO4", "ref_po_line": "1", "status": "DRAFT"},
        {"ref_po": "PO5", "ref_po_line": "1", "status": None},
    )
    found = matched(invoices(("I1", "S1", None)), vouchers(*rows))
    assert found.keyed["ref_po"].to_list() == ["PO1", "PO5"]
    assert posted(found.posted) == {"I1"}
