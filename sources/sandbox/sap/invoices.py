"""Supplier invoices: ``API_SUPPLIERINVOICE_PROCESS_SRV``.

Lines with a purchase order are items of their own kind (the order gives the account); lines without one
are G/L account items, one per account assignment. Amounts are positive; SupplierInvoiceIsCreditMemo 'X'
turns the document round. A change of price without quantity is a subsequent debit or credit ('X').
SupplierInvoiceStatus: D held, A parked, B parked and complete (approved, not yet posted), 5 posted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from sources.sandbox.estate.documents import Distribution, Estate, Invoice, InvoiceLine
from sources.sandbox.sap.edm import EntitySet, Navigation, always, day, entity_set, flag, number, text
from sources.sandbox.sap.master import CONTROLLING_AREA, Master
from sources.sandbox.sap.split import shares, step_of

ENTITY: Final = "GB01"
_POSTED: Final = "5"
_STATUS: Final = {"DRAFT": "A", "PENDING": "A", "APPROVED": "B"}
_UNIT: Final = "EA"


@dataclass(frozen=True)
class OrderItem:
    """An item that bills a purchase order item."""

    document: "SupplierInvoice"
    number: int
    line: InvoiceLine


@dataclass(frozen=True)
class AccountItem:
    """An item that names its own account: one distribution of a line without order."""

    document: "SupplierInvoice"
    number: int
    line: InvoiceLine
    target: Distribution
    amount: Decimal


@dataclass(frozen=True)
class SupplierInvoice:
    invoice: Invoice
    master: Master

    @property
    def year(self) -> str:
        """The second half of SAP's key; the sandbox's id is the number followed by the fiscal year."""
        return self.invoice.id.removeprefix(self.invoice.number) or str(self.invoice.date.year)

    @property
    def gross(self) -> Decimal:
        return sum((line.amount + line.tax for line in self.invoice.lines), Decimal(0))

    @cached_property
    def order_items(self) -> list[OrderItem]:
        lines = [line for line in self.invoice.lines if line.po is not None]
        return [OrderItem(self, number, line) for number, line in enumerate(lines, start=1)]

    @cached_property
    def account_items(self) -> list[AccountItem]:
        step = step_of(self.invoice.currency)
        parts = [
            (line, target, amount)
            for line in self.invoice.lines
            if line.po is None
            for target, amount in zip(
                line.distributions,
                shares(line.amount + line.tax, [d.percent for d in line.distributions], step),
                strict=True,
            )
        ]
        return [AccountItem(self, number, *part) for number, part in enumerate(parts, start=1)]


def supplier_invoices(estate: Estate, master: Master) -> Iterator[SupplierInvoice]:
    """A voided invoice was never posted: SAP deletes the parked document, so it is not there."""
    return (
        SupplierInvoice(invoice, master)
        for invoice in estate.invoices
        if invoice.entity == ENTITY and invoice.status != "VOIDED"
    )


INVOICES: Final[EntitySet] = entity_set(
    "A_SupplierInvoice",
    ("SupplierInvoice", "FiscalYear"),
    text("SupplierInvoice", lambda d: d.invoice.number),
    text("FiscalYear", lambda d: d.year),
    text("CompanyCode", lambda d: d.master.company_code(d.invoice.entity)),
    day("DocumentDate", lambda d: d.invoice.date),
    day("PostingDate", lambda d: d.invoice.approved_on or d.invoice.date),
    day("CreationDate", lambda d: d.invoice.date),
    text("SupplierInvoiceIDByInvcgParty", lambda d: d.invoice.supplier_invoice),
    text("InvoicingParty", lambda d: d.master.supplier(d.invoice.supplier)),
    text("DocumentCurrency", lambda d: d.invoice.currency),
    number("InvoiceGrossAmount", lambda d: d.gross, "DocumentCurrency"),
    text("DocumentHeaderText", always("")),
    text("AccountingDocumentType", always("RE")),
    text("SupplierInvoiceStatus", lambda d: _STATUS.get(d.invoice.status, _POSTED)),
    number("DirectQuotedExchangeRate", lambda d: d.invoice.rate.quantize(Decimal("0.00001"))),
    text("SupplierInvoiceIsCreditMemo", lambda d: "X" if d.invoice.type == "CREDIT" else ""),
    text("ReverseDocument", always("")),
    text("ReverseDocumentFiscalYear", always("0000")),
    flag("IsReversal", always(False), filterable=False),
    flag("IsReversed", always(False), filterable=False),
    Navigation("to_SuplrInvcItemPurOrdRef", "A_SuplrInvcItemPurOrdRef", lambda d: d.order_items),
    Navigation("to_SupplierInvoiceItemGLAcct", "A_SupplierInvoiceItemGLAcct", lambda d: d.account_items),
)

ORDER_ITEMS: Final[EntitySet] = entity_set(
    "A_SuplrInvcItemPurOrdRef",
    ("SupplierInvoice", "FiscalYear", "SupplierInvoiceItem"),
    text("SupplierInvoice", lambda i: i.document.invoice.number),
    text("FiscalYear", lambda i: i.document.year),
    text("SupplierInvoiceItem", lambda i: f"{i.number:06d}"),
    text("PurchaseOrder", lambda i: i.line.po),
    text("PurchaseOrderItem", lambda i: f"{i.line.po_line:05d}"),
    text("IsSubsequentDebitCredit", lambda i: "X" if i.line.quantity is None else ""),
    text("TaxCode", always("V1")),
    text("DocumentCurrency", lambda i: i.document.invoice.currency),
    number("SupplierInvoiceItemAmount", lambda i: i.line.amount + i.line.tax, "DocumentCurrency"),
    text("PurchaseOrderQuantityUnit", always(_UNIT)),
    text("PurchaseOrderQtyUnitSAPCode", always(_UNIT)),
    number(
        "QuantityInPurchaseOrderUnit", lambda i: i.line.quantity or Decimal(0), "PurchaseOrderQtyUnitSAPCode"
    ),
    text("SupplierInvoiceItemText", lambda i: i.line.description[:50]),
    flag("IsFinallyInvoiced", lambda i: i.line.final_match),
)

ACCOUNT_ITEMS: Final[EntitySet] = entity_set(
    "A_SupplierInvoiceItemGLAcct",
    ("SupplierInvoice", "FiscalYear", "SupplierInvoiceItem"),
    text("SupplierInvoice", lambda i: i.document.invoice.number),
    text("FiscalYear", lambda i: i.document.year),
    text("SupplierInvoiceItem", lambda i: f"{i.number:04d}"),
    text("CompanyCode", lambda i: i.document.master.company_code(i.document.invoice.entity)),
    text("CostCenter", lambda i: i.document.master.cost_center(i.target.cost_center)),
    text("ControllingArea", always(CONTROLLING_AREA)),
    text("GLAccount", lambda i: i.document.master.account(i.target.account)),
    text("WBSElement", lambda i: i.document.master.project(i.target.project)),
    text("DocumentCurrency", lambda i: i.document.invoice.currency),
    number("SupplierInvoiceItemAmount", lambda i: i.amount, "DocumentCurrency"),
    text("TaxCode", always("V1")),
    text("DebitCreditCode", lambda i: "H" if i.document.invoice.type == "CREDIT" else "S"),
    text("SupplierInvoiceItemText", lambda i: i.line.description[:50]),
)
