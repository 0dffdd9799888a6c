"""Answers Coupa itself once gave, as its documentation shows them, read by the connector.

They were printed as XML; Coupa's own rules say what the same answers are in JSON: no root, integers and
booleans as such, decimals as strings, an element marked nil is null, a collection is an array.
"""

import os
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from sources.connectors.load import connector
from sources.transport.decode import explode, frame

HERE = Path(__file__).parents[2]
REFERENCE = Path(os.environ.get("THREEFOLD_REFERENCE", HERE.parent / "shared")) / "vendors/data/coupa"
pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason="Coupa's recorded answers are not here")

COUPA = connector("coupa")
LISTS = {"order-lines", "requisition-lines", "invoice-lines", "account-allocations", "approvals", "tax-lines"}


def answers(number: str, element: str) -> Iterator[dict[str, Any]]:
    """The whole objects among the answers of one page; others on it are requests."""
    text = (REFERENCE / f"recorded_{number}.xml.txt").read_text(encoding="utf-8")
    for document in re.split(r"(?=<\?xml )", text):
        root = ElementTree.fromstring(document.strip()) if document.strip() else None  # noqa: S314
        for found in root.iter(element) if root is not None else ():
            if found.find("id") is not None and found.find("status") is not None:
                yield in_json(found)


def in_json(element: ElementTree.Element) -> Any:
    kind, text = element.get("type"), element.text or ""
    if element.tag in LISTS or kind == "array":
        return [in_json(child) for child in element]
    if len(element):
        return {child.tag: in_json(child) for child in element}
    if element.get("nil") == "true" or not text.strip():
        return None
    return {"integer": int, "boolean": lambda word: word == "true"}.get(kind or "", str)(text)


def decoded(name: str, records: list[dict[str, Any]]) -> pl.DataFrame:
    entity = COUPA.entities[name]
    assert records
    return frame("coupa", entity.fact, explode(records, entity.rows), entity.columns)


def test_purchase_orders() -> None:
    rows = decoded("purchase_orders", list(answers("0239", "order-header"))).to_dicts()
    (amount,) = (row for row in rows if row["id"] == "2400")
    assert amount["status"] == "OPEN"
    assert amount["line_status"] is None
    assert amount["match_basis"] == "AMOUNT"
    assert (amount["amount"], amount["price"], amount["rate"]) == (Decimal(500), None, Decimal(1))
    assert amount["date"] == date(2010, 12, 21)
    assert (amount["supplier"], amount["currency"], amount["req"]) == ("28", "USD", "1902")
    assert (amount["legal_entity"], amount["cost_center"], amount["account"]) == ("01", "100", "8000")


def test_requisitions() -> None:
    """A quantity line of 8 at 2,000, and an amount line of 6,500, which is 6,500 units for 6,500 in all."""
    unasked = COUPA.entities["requisitions"].params["status[not_in]"].split(",")
    records = [record for record in answers("0262", "requisition-header") if record["status"] not in unasked]
    rows = decoded("requisitions", records).to_dicts()
    first, second = (row for row in rows if row["number"] == "99")
    assert (first["line"], first["status"], first["date"]) == ("219", "APPROVED", date(2009, 5, 11))
    assert (first["cost_center"], first["supplier"], first["currency"]) == ("Marketing", "233434", "USD")
    assert (first["quantity"], first["price"], first["price_unit"]) == (Decimal(8), Decimal(2000), None)
    assert second["quantity"] * second["price"] / second["price_unit"] == Decimal(6500)


def test_invoices() -> None:
    (row,) = decoded("invoices", list(answers("0209", "invoice-header"))).to_dicts()
    assert (row["id"], row["supplier_invoice"], row["status"]) == ("1", "500", "APPROVED")
    assert (row["po"], row["po_line"], row["quantity"], row["price"]) == (
        "7",
        "1",
        Decimal(1),
        Decimal("425.99"),
    )
    assert (row["cost_center"], row["date"], row["exported_on"]) == ("IT", date(2008, 10, 28), None)
