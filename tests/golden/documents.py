"""The documents of a case: what each system holds, as the format writes it.

The field names are the format's own; what is left out has the default the format gives it.
"""

import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from tests.golden.strict import Code, Strict

OrderStatus = Literal[
    "DRAFT",
    "PENDING",
    "APPROVED",
    "OPEN",
    "PARTIALLY_RECEIVED",
    "RECEIVED",
    "CLOSED",
    "FINALLY_CLOSED",
    "CANCELLED",
]


class Distribution(Strict):
    account: str
    cost_center: str
    pct: Decimal = Decimal(100)
    dist: Code | None = None
    fiscal_year: Code | None = None


class Slice(Strict):
    """What a schedule assigns to one period."""

    period: str
    amount: Decimal


class BudgetEntry(Strict):
    type: Literal["ORIGINAL", "REVISION", "TRANSFER", "CARRY_FORWARD"]
    account: str
    cost_center: str
    amount: Decimal
    fiscal_year: Code | None = None
    period: str | None = None
    version: str = "APPROVED"
    status: str = "APPROVED"
    doc: str | None = None


class RequisitionLine(Strict):
    line: Code
    qty: Decimal
    price: Decimal
    non_rec_tax_rate: Decimal | None = None
    dists: tuple[Distribution, ...]


class Requisition(Strict):
    id: str
    status: Literal["PENDING", "APPROVED", "CANCELLED"]
    lines: tuple[RequisitionLine, ...]


class RequisitionRef(Strict):
    req: str
    line: Code
    qty: Decimal


class OrderLine(Strict):
    line: Code
    match_basis: Literal["QTY", "AMOUNT"] = "QTY"
    qty: Decimal | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    cancelled_qty: Decimal | None = None
    status: OrderStatus | None = None
    non_rec_tax_rate: Decimal | None = None
    receipt_required: bool = False
    req_ref: RequisitionRef | None = None
    schedule: tuple[Slice, ...] = ()
    dists: tuple[Distribution, ...]


class Order(Strict):
    id: str
    status: OrderStatus
    currency: str | None = None
    fx_rate: Decimal | None = None
    blanket: str | None = None
    lines: tuple[OrderLine, ...]


class Receipt(Strict):
    po: str
    line: Code
    qty: Decimal | None = None
    amount: Decimal | None = None
    date: datetime.date | None = None


class InvoiceLine(Strict):
    po: str | None = None
    line: Code | None = None
    dist: Code | None = None
    qty: Decimal | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    non_rec_tax: Decimal | None = None
    final_match: bool = False
    dists: tuple[Distribution, ...] = ()


class Invoice(Strict):
    """Statuses outside the four that count as approved are any others a system may have."""

    id: str
    status: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    type: Literal["INVOICE", "CREDIT"] = "INVOICE"
    currency: str | None = None
    fx_rate: Decimal | None = None
    supplier: str | None = None
    supplier_invoice_no: str | None = None
    approved_on: datetime.date | None = None
    exported_on: datetime.date | None = None
    lines: tuple[InvoiceLine, ...]


class Blanket(Strict):
    id: str
    limit: Decimal
    dist: Distribution


class Reference(Strict):
    invoice: str | None = None
    po: str | None = None
    line: Code | None = None
    dist: Code | None = None
    qty: Decimal | None = None
    supplier: str | None = None
    supplier_invoice_no: str | None = None


class JournalLine(Strict):
    je: str
    account: str
    cost_center: str | None = None
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    date: datetime.date | None = None
    period: str | None = None
    fiscal_year: Code | None = None
    status: str = Field("POSTED", pattern=r"^[A-Z][A-Z0-9_]*$")
    source: str | None = None
    type: Literal["NORMAL", "CLOSING"] = "NORMAL"
    ref: Reference | None = None
    counts_as_posting: bool = False


class Deferral(Strict):
    id: str
    dist: Distribution
    schedule: tuple[Slice, ...]


class Subscription(Strict):
    id: str
    dist: Distribution
    schedule: tuple[Slice, ...]
    committed_through: str | None = None


class Planning(Strict):
    budget: tuple[BudgetEntry, ...] = ()


class Procurement(Strict):
    requisitions: tuple[Requisition, ...] = ()
    purchase_orders: tuple[Order, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    blankets: tuple[Blanket, ...] = ()


class Ledger(Strict):
    journal_lines: tuple[JournalLine, ...] = ()
    deferrals: tuple[Deferral, ...] = ()


class Contracts(Strict):
    subscriptions: tuple[Subscription, ...] = ()


class Systems(Strict):
    planning: Planning = Planning()
    s2p: Procurement = Field(Procurement(), alias="s2p")
    erp: Ledger = Ledger()
    contracts: Contracts = Contracts()
