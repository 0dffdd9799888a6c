"""The SAP connector against mock-sap, for what that system offers: no cube, no account assignment.

What it returns is compared with plain reads of the same sets, decoded here by hand.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sources.spi.facts import Fact
from sources.spi.scan import Keys, Op, Predicate, Scan
from tests.connectors.mock_sap import MockSap
from tests.connectors.mock_sap_source import INVOICES, LINES, ORDERS, invoiced, rows, run

pytest.importorskip("mocksap", reason="mock-sap is a development dependency")
pytestmark = pytest.mark.slow

PROCESSING = {"01": "DRAFT", "02": "OPEN", "03": "PENDING", "05": "OPEN", "08": "DRAFT"}


@pytest.fixture(scope="module")
def sap() -> Iterator[MockSap]:
    with invoiced() as system:
        yield system


def day(text: str) -> date:
    return datetime.fromtimestamp(int(text[6:-2]) / 1000, UTC).date()


def journal(system: MockSap) -> list[tuple[Any, ...]]:
    return [
        (
            r["CompanyCode"] + r["FiscalYear"] + r["AccountingDocument"],
            r["AccountingDocument"],
            r["AccountingDocumentItem"],
            r["CompanyCode"],
            r["GLAccount"] or None,
            r["Supplier"] or None,
            day(r["PostingDate"]),
            r["TransactionCurrency"],
            Decimal(r["AmountInTransactionCurrency"]) * (-1 if r["DebitCreditCode"] == "H" else 1),
        )
        for r in system.read("API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube")
    ]


def test_ledger_lines(sap: MockSap) -> None:
    expected = journal(sap)
    batch = run(sap, Scan(Fact.LEDGER, LINES))
    assert len(expected) > 20
    assert rows(batch) == Counter(expected)
    assert batch.calls == -(-len(expected) // 7)
    assert batch.frame["amount"].sum() == 0, "documents balance"


def test_ledger_lines_of_some_documents(sap: MockSap) -> None:
    expected = journal(sap)
    numbers = tuple(sorted({row[1] for row in expected})[:3])
    batch = run(sap, Scan(Fact.LEDGER, LINES, keys=Keys("number", numbers)))
    assert rows(batch) == Counter(row for row in expected if row[1] in numbers)


def test_predicates_are_obeyed(sap: MockSap) -> None:
    expected = journal(sap)
    days = sorted({row[6] for row in expected})
    accounts = sorted({row[4] for row in expected if row[4]})[:2]
    where = (
        Predicate("date", Op.GE, (days[1],)),
        Predicate("date", Op.LE, (days[-2],)),
        Predicate("account", Op.IN, tuple(accounts)),
    )
    batch = run(sap, Scan(Fact.LEDGER, LINES, where=where))
    found = [row for row in expected if days[1] <= row[6] <= days[-2] and row[4] in accounts]
    assert found
    assert rows(batch) == Counter(found)


def test_orders(sap: MockSap) -> None:
    path = "API_PURCHASEORDER_PROCESS_SRV/A_PurchaseOrder"
    expected = [
        (
            order["PurchaseOrder"],
            item["PurchaseOrderItem"],
            PROCESSING[order["PurchasingProcessingStatus"]],
            "CLOSED" if item["IsCompletelyDelivered"] else None,
            order["CompanyCode"],
            order["Supplier"],
            day(order["PurchaseOrderDate"]),
            order["DocumentCurrency"],
            Decimal(item["OrderQuantity"]),
            Decimal(item["NetPriceAmount"]),
            Decimal(item["NetPriceQuantity"]),
        )
        for order in sap.read(path, expand="to_PurchaseOrderItem")
        for item in order["to_PurchaseOrderItem"]["results"]
    ]
    batch = run(sap, Scan(Fact.ORDER, ORDERS))
    assert len(expected) > 20
    assert rows(batch) == Counter(expected)


def test_invoices(sap: MockSap) -> None:
    path = "API_SUPPLIERINVOICE_PROCESS_SRV/A_SupplierInvoice"
    expected = [
        (
            head["SupplierInvoice"] + head["FiscalYear"],
            head["SupplierInvoice"],
            item["SupplierInvoiceItem"],
            {"5": "POSTED_PER_S2P"}.get(head["SupplierInvoiceStatus"], "PENDING"),
            None,
            "1710",
            "1000015",
            head["SupplierInvoiceIDByInvcgParty"],
            date(2026, 1, 15),
            "EUR",
            "4500000101",
            "00010",
            Decimal(item["QuantityInPurchaseOrderUnit"]),
            Decimal(item["SupplierInvoiceItemAmount"]),
        )
        for head in sap.read(path, expand="to_SuplrInvcItemPurOrdRef")
        for item in head["to_SuplrInvcItemPurOrdRef"]["results"]
    ]
    assert len(expected) == 2
    assert rows(run(sap, Scan(Fact.INVOICE, INVOICES))) == Counter(expected)
    by_id = run(sap, Scan(Fact.INVOICE, INVOICES, keys=Keys("id", (expected[0][0], "51999999992026"))))
    assert rows(by_id) == Counter(expected[:1])


def test_page_size_changes_nothing(sap: MockSap) -> None:
    scan = Scan(Fact.LEDGER, LINES)
    whole = rows(run(sap, scan, size=5000))
    for size in (1, 2, 3):
        assert rows(run(sap, scan, size=size)) == whole
