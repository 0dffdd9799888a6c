"""Whose voucher is it? Numbers as they are compared, the rungs, reversals, split postings and duplicates.

Invoices are written id, supplier, supplier's number; vouchers as what differs from a posted line of 100.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
import pytest

from resolvers.semantics.matching import Matched, Rung, duplicates, matched
from resolvers.semantics.vouchers import accrued, normalised
from sources.spi.facts import COLUMNS, Fact

SCHEMA: Final = {name: column.kind.dtype for name, column in COLUMNS[Fact.VOUCHER].items()}
VOUCHER: Final[dict[str, Any]] = {
    "source": "erp",
    "number": None,
    "id": "V",
    "legal_entity": "ONE",
    "status": "POSTED",
    "supplier": "S1",
    "kind": "EXPENSE",
    "amount": Decimal(100),
    "date": date(2026, 3, 1),
}
INVOICE: Final = {name: column.kind.dtype for name, column in COLUMNS[Fact.INVOICE].items()}


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


def invoice(id_: str, supplier: str = "S1", number: str | None = None, **line: Any) -> dict[str, Any]:
    return {
        "legal_entity": "ONE",
        "id": id_,
        "line": "1",
        "supplier": supplier,
        "supplier_invoice": number,
        "status": "APPROVED",
        "rate": Decimal(1),
        "currency": "USD",
        **line,
    }


def journal(*rows: dict[str, Any]) -> pl.DataFrame:
    filled = [{**VOUCHER, "id": f"V{n}", "number": f"V{n}", **row} for n, row in enumerate(rows, start=1)]
    return pl.DataFrame(filled, schema={**SCHEMA, "source": pl.String(), "kind": pl.String()})


def match(invoices: list[dict[str, Any]], *rows: dict[str, Any]) -> Matched:
    return matched(pl.DataFrame(invoices, schema=INVOICE), journal(*rows))


def posted(found: Matched) -> set[str]:
    return set(found.posted["id"])


def rungs(found: Matched) -> list[tuple[str, str, int]]:
    return sorted(found.links.select("invoice", "id", "rung").iter_rows())


def keyed(found: Matched) -> list[str]:
    return sorted(found.keyed["id"])


def test_the_id_is_the_first_rung() -> None:
    """A voucher with the id of one invoice and the number of another carries the one it names by id."""
    known = [invoice("I1", "S1", "A-1"), invoice("I2", "S1", "A-2")]
    found = match(known, {"ref_invoice": "I1", "ref_supplier_invoice": "A-2"})
    assert rungs(found) == [("I1", "V1", Rung.ID)]


def test_an_unknown_id_falls_to_the_number() -> None:
    found = match([invoice("I1", "S1", "A-1")], {"ref_invoice": "?", "ref_supplier_invoice": "a1"})
    assert rungs(found) == [("I1", "V1", Rung.NUMBER)]


@pytest.mark.parametrize("number", [None, "", "---", "000"])
def test_numbers_without_substance_match_nothing(number: str | None) -> None:
    assert posted(match([invoice("I1", "S1", number)], {"ref_supplier_invoice": number})) == set()


@pytest.mark.parametrize("supplier", ["S2", "UNASSIGNED", "UNMAPPED"])
def test_a_number_is_the_suppliers_own(supplier: str) -> None:
    rows = {"ref_supplier_invoice": "A-1", "supplier": "S1" if supplier == "S2" else supplier}
    assert posted(match([invoice("I1", supplier, "A-1")], rows)) == set()


@pytest.mark.parametrize(("currency", "carried"), [("USD", {"I1"}), (None, {"I1"}), ("EUR", set())])
def test_a_number_in_another_currency_is_another_invoice(currency: str | None, carried: set[str]) -> None:
    rows = {"ref_supplier_invoice": "A-1", "document_currency": currency}
    assert posted(match([invoice("I1", "S1", "A-1")], rows)) == carried


def test_another_companys_voucher() -> None:
    assert posted(match([invoice("I1")], {"legal_entity": "TWO", "ref_invoice": "I1"})) == set()


@pytest.mark.parametrize("origin", ["GRNI", "ACCRUAL"])
def test_a_receipts_posting_and_an_accrual_are_no_vouchers(origin: str) -> None:
    """They name an order line, and carry nothing."""
    found = match([invoice("I1")], {"origin": origin, "ref_po": "PO1", "ref_po_line": "1"})
    assert (posted(found), keyed(found)) == (set(), [])


def test_keyed_is_what_carries_no_invoice_and_names_an_order_line() -> None:
    rows = (
        {"ref_po": "PO1", "ref_po_line": "1"},
        {"ref_po": "PO2", "ref_po_line": "1", "ref_invoice": "I1"},
        {"ref_po": "PO3"},
        {"ref_po": "PO4", "ref_po_line": "1", "status": "DRAFT"},
        {"ref_po": "PO5", "ref_po_line": "1", "status": None},
    )
    found = match([invoice("I1")], *rows)
    assert (keyed(found), posted(found)) == (["V1", "V5"], {"I1"})


LINE: Final = {"ref_po": "PO1", "ref_po_line": "1"}


@pytest.mark.parametrize(
    ("amount", "quantity", "rung"),
    [
        ("400", None, True),
        ("401.99", None, True),
        ("402.01", None, False),
        ("398", None, True),
        ("397.99", None, False),
        ("300", "4", True),
        ("300", "3", False),
        ("-400", None, False),
    ],
)
def test_the_third_rung_is_the_order_line_and_amount_or_quantity(
    amount: str, quantity: str | None, *, rung: bool
) -> None:
    """Half a percent of 400 is 2.00."""
    waiting = invoice("I1", po="PO1", po_line="1", quantity=Decimal(4), price=Decimal(100))
    units = Decimal(quantity) if quantity else None
    found = match([waiting], {**LINE, "amount": Decimal(amount), "ref_quantity": units})
    assert rungs(found) == ([("I1", "V1", Rung.ORDER_LINE)] if rung else [])
    assert keyed(found) == ([] if rung else ["V1"])


def test_a_small_amount_may_be_off_by_one() -> None:
    waiting = invoice("I1", po="PO1", po_line="1", amount=Decimal(10))
    assert posted(match([waiting], {**LINE, "amount": Decimal(11)})) == {"I1"}
    assert posted(match([waiting], {**LINE, "amount": Decimal("11.01")})) == set()


def test_of_equal_candidates_the_oldest_and_each_once() -> None:
    """Two vouchers of 400 take the older invoice first, then the other; a third one was keyed."""
    waiting = [
        invoice(id_, po="PO1", po_line="1", amount=Decimal(400), approved_on=on)
        for id_, on in (("LATE", date(2026, 2, 2)), ("EARLY", date(2026, 2, 1)))
    ]
    each = {**LINE, "amount": Decimal(400)}
    found = match(waiting, each)
    assert rungs(found) == [("EARLY", "V1", Rung.ORDER_LINE)]
    found = match(waiting, each, each, each)
    assert rungs(found) == [("EARLY", "V1", 3), ("LATE", "V2", 3)]
    assert keyed(found) == ["V3"]


def test_the_nearest_amount_before_the_oldest() -> None:
    waiting = [
        invoice("OLD", po="PO1", po_line="1", amount=Decimal(399), approved_on=date(2026, 1, 1)),
        invoice("NEW", po="PO1", po_line="1", amount=Decimal(400), approved_on=date(2026, 2, 1)),
    ]
    assert posted(match(waiting, {**LINE, "amount": Decimal(400)})) == {"NEW"}


def test_an_invoice_that_is_posted_already_is_no_candidate() -> None:
    waiting = invoice("I1", po="PO1", po_line="1", amount=Decimal(400))
    rows = ({"ref_invoice": "I1", "amount": Decimal(400)}, {**LINE, "amount": Decimal(400)})
    found = match([waiting], *rows)
    assert (rungs(found), keyed(found)) == ([("I1", "V1", Rung.ID)], ["V2"])


def test_two_lines_of_one_voucher_carry_the_two_lines_of_an_invoice() -> None:
    """One document, two order lines: neither was keyed."""
    waiting = [
        invoice("I1", po="PO1", po_line=line, amount=Decimal(400)) | {"line": line} for line in ("1", "2")
    ]
    rows = [{"id": "V", "ref_po": "PO1", "ref_po_line": n, "amount": Decimal(400)} for n in ("1", "2")]
    found = match(waiting, *rows)
    assert (posted(found), keyed(found)) == ({"I1"}, [])


def test_another_distribution_is_another_matter() -> None:
    waiting = invoice("I1", po="PO1", po_line="1", po_dist="1", amount=Decimal(400))
    rows = {**LINE, "amount": Decimal(400)}
    assert posted(match([waiting], {**rows, "ref_dist": "2"})) == set()
    assert posted(match([waiting], {**rows, "ref_dist": "1"})) == {"I1"}
    assert posted(match([waiting], rows)) == {"I1"}


def test_lines_without_a_reference_join_their_documents_only_one() -> None:
    """Expense 300 with the invoice's id and 100 without: the voucher is of 400."""
    rows = (
        {"id": "V", "ref_invoice": "I1", "amount": Decimal(300)},
        {"id": "V", "amount": Decimal(100)},
        {"id": "V", "amount": Decimal(-400), "kind": "BALANCE_SHEET"},
    )
    assert match([invoice("I1")], *rows).links["amount"].to_list() == [400]


def test_payables_do_not_count_where_expenses_do() -> None:
    """Both lines name the order: 400 are keyed, not nothing."""
    rows = (
        {"id": "V", **LINE, "amount": Decimal(400)},
        {"id": "V", **LINE, "amount": Decimal(-400), "kind": "BALANCE_SHEET"},
    )
    assert match([], *rows).keyed["amount"].to_list() == [400]


def test_a_voucher_that_only_clears_receipts_counts_what_it_clears() -> None:
    """Goods received 400 to payables 400: both on the balance sheet."""
    rows = (
        {"id": "V", **LINE, "amount": Decimal(400), "kind": "BALANCE_SHEET"},
        {"id": "V", **LINE, "amount": Decimal(-400), "kind": "BALANCE_SHEET"},
    )
    assert match([], *rows).keyed["amount"].to_list() == [400]


def test_what_counts_as_posted_adds_to_the_variance() -> None:
    """Goods received 400 and price variance 40: a voucher of 440."""
    rows = (
        {
            "id": "V",
            "ref_invoice": "I1",
            "amount": Decimal(400),
            "kind": "BALANCE_SHEET",
            "counts_as_posting": True,
        },
        {"id": "V", "ref_invoice": "I1", "amount": Decimal(40)},
        {"id": "V", "ref_invoice": "I1", "amount": Decimal(-440), "kind": "BALANCE_SHEET"},
    )
    assert match([invoice("I1")], *rows).links["amount"].to_list() == [440]


def gone(found: Matched) -> set[str]:
    return set(found.reversed["id"])


def test_a_document_that_names_the_one_it_reverses() -> None:
    rows = ({"ref_invoice": "I1"}, {"ref_invoice": "I1", "reverses": "V1", "amount": Decimal(-100)})
    found = match([invoice("I1")], *rows)
    assert (posted(found), gone(found)) == (set(), {"I1"})


def test_a_reversal_that_was_reversed_changes_nothing() -> None:
    rows = (
        {"ref_invoice": "I1"},
        {"ref_invoice": "I1", "reverses": "V1", "amount": Decimal(-100)},
        {"ref_invoice": "I1", "reverses": "V2"},
    )
    found = match([invoice("I1")], *rows)
    assert (rungs(found), gone(found)) == ([("I1", "V1", 1)], set())


def test_opposite_amounts_of_one_reference_are_a_reversal() -> None:
    rows = ({"ref_invoice": "I1"}, {"ref_invoice": "I1", "amount": Decimal(-100)})
    assert gone(match([invoice("I1")], *rows)) == {"I1"}


def test_reversed_and_posted_again() -> None:
    """The oldest goes with the reversal; the new one carries the invoice."""
    rows = (
        {"ref_invoice": "I1"},
        {"ref_invoice": "I1", "amount": Decimal(-100), "date": date(2026, 3, 2)},
        {"ref_invoice": "I1", "date": date(2026, 3, 3)},
    )
    found = match([invoice("I1")], *rows)
    assert (rungs(found), gone(found)) == ([("I1", "V3", 1)], set())


def test_a_credits_voucher_is_no_reversal() -> None:
    rows = ({"ref_invoice": "I1"}, {"ref_invoice": "CM1", "amount": Decimal(-100)})
    found = match([invoice("I1"), invoice("CM1", type="CREDIT")], *rows)
    assert (posted(found), gone(found)) == ({"I1", "CM1"}, set())


def test_what_was_keyed_and_reversed_relieves_nothing() -> None:
    assert keyed(match([], LINE, {**LINE, "amount": Decimal(-100)})) == []


@pytest.mark.parametrize(
    ("amounts", "extra"),
    [
        (["400", "400"], ["V2"]),
        (["400", "400", "400"], ["V2", "V3"]),
        (["100", "300"], []),
        (["400"], []),
        (["400", "150"], []),
        (["399", "400.50"], ["V2"]),
    ],
)
def test_split_postings_and_duplicates(amounts: list[str], extra: list[str]) -> None:
    """Together they come to the invoice of 400, or each does by itself."""
    rows = [{"ref_invoice": "I1", "amount": Decimal(amount)} for amount in amounts]
    values = pl.DataFrame({"legal_entity": ["ONE"], "invoice": ["I1"], "value": [Decimal(400)]})
    found = duplicates(match([invoice("I1")], *rows).links, values)
    assert found["id"].to_list() == extra


def test_accruals_are_net_of_their_reversals_and_of_no_balance_sheet() -> None:
    rows = (
        {**LINE, "origin": "ACCRUAL", "amount": Decimal(800)},
        {**LINE, "origin": "ACCRUAL", "amount": Decimal(-800), "kind": "BALANCE_SHEET"},
        {**LINE, "origin": "ACCRUAL", "amount": Decimal(-300)},
        {**LINE, "amount": Decimal(70)},
    )
    assert accrued(journal(*rows))["amount"].to_list() == [500]
