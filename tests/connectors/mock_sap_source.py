"""The SAP connector as far as mock-sap goes: a schema without account assignments and G/L items."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sources.connectors.load import assemble, connector
from sources.dialects.spec import ConnectorSpec
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.scan import Scan
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts
from sources.transport.retry import Retry
from tests.connectors.mock_sap import CLIENT, SECRET, MockSap, running

T = TypeVar("T")
LINES = ("id", "number", "line", "legal_entity", "account", "supplier", "date", "currency", "amount")
ORDERS = (
    "number", "line", "status", "line_status", "legal_entity", "supplier", "date", "currency", "quantity",
    "price", "price_unit",
)  # fmt: skip
INVOICES = (
    "id", "number", "line", "status", "type", "legal_entity", "supplier", "supplier_invoice", "date",
    "currency", "po", "po_line", "quantity", "amount",
)  # fmt: skip
MAPPING: dict[str, dict[str, Any]] = {
    "journal_items": {
        "currency": "TransactionCurrency",
        "amount": {
            "from": "AmountInTransactionCurrency",
            "type": "decimal",
            "negativeWhen": {"DebitCreditCode": ["H"]},
        },
        "supplier": {"filter": {"IN": "EXACT"}},
    },
    "order": {
        "line_status": {
            "from": "to_PurchaseOrderItem.IsCompletelyDelivered",
            "map": {"true": "CLOSED", "false": ""},
        },
        "status": "PurchasingProcessingStatus",
    },
    "invoice": {
        "line": "to_SuplrInvcItemPurOrdRef.SupplierInvoiceItem",
        "status": {"from": "SupplierInvoiceStatus", "map": {"5": "POSTED_PER_S2P"}},
        "quantity": {"from": "to_SuplrInvcItemPurOrdRef.QuantityInPurchaseOrderUnit", "absentWhen": {}},
        "amount": {
            "from": "to_SuplrInvcItemPurOrdRef.SupplierInvoiceItemAmount",
            "type": "decimal",
            "negativeWhen": {},
        },
    },
}


@contextmanager
def invoiced() -> Iterator[MockSap]:
    """A system with two supplier invoices posted."""
    with running() as system:
        for posted in (invoice(1, "602.28", "2.000"), invoice(2, "301.14", "1.000")):
            system.create("API_SUPPLIERINVOICE_PROCESS_SRV/A_SupplierInvoice", posted)
        yield system


def invoice(number: int, gross: str, quantity: str) -> dict[str, Any]:
    return {
        "InvoicingParty": "1000015",
        "SupplierInvoiceIDByInvcgParty": f"RE-{number}",
        "CompanyCode": "1710",
        "DocumentDate": "2026-01-15T00:00:00",
        "PostingDate": "2026-01-20T00:00:00",
        "InvoiceGrossAmount": gross,
        "DocumentCurrency": "EUR",
        "to_SuplrInvcItemPurOrdRef": [
            {
                "PurchaseOrder": "4500000101",
                "PurchaseOrderItem": "00010",
                "SupplierInvoiceItemAmount": gross,
                "QuantityInPurchaseOrderUnit": quantity,
                "PurchaseOrderQuantityUnit": "PC",
            }
        ],
    }


def smaller() -> ConnectorSpec[Any]:
    """The connector without the navigations that mock-sap's reduced schema does not have."""
    spec = connector("sap_s4")
    data = spec.model_dump(by_alias=True, exclude_unset=True)
    for entity, navigation in (("order", "to_PurchaseOrderItem"), ("invoice", "to_SuplrInvcItemPurOrdRef")):
        data["entities"][entity].update(expand=[navigation], rows=[navigation])
    return type(spec).model_validate(data)


def source(system: MockSap, *, retry: Retry | None = None, secret: str = SECRET, size: int = 7) -> Source:
    settings = SourceSettings(
        name="sap",
        connector="sap_s4",
        url=system.services,
        auth={"client_id": CLIENT, "client_secret": Secret(secret)},
        limits=Limits(page_size=size),
        mapping=MAPPING,
    )
    return assemble(smaller(), settings, Accounts(), retry=retry)


def use(system: MockSap, what: Callable[[Source, Context], Awaitable[T]], **given: Any) -> T:
    async def scene() -> T:
        opened = source(system, **given)
        try:
            return await what(opened, Context.within(600))
        finally:
            await opened.aclose()

    return asyncio.run(scene())


def run(system: MockSap, scan: Scan, **given: Any) -> Batch:
    return use(system, lambda opened, ctx: opened.run(opened.accept(scan), ctx), **given)


def rows(batch: Batch) -> Counter[tuple[Any, ...]]:
    return Counter(batch.frame.rows())
