"""The business documents of the sandbox company, before any vendor dresses them up.

One history of business events, in canonical codes, exact decimals and real dates. Each vendor application
shows its part of this history in its own dialect. Amounts are in the document's currency unless said
otherwise; `rate` converts them to the ledger currency of the entity.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sources.sandbox.estate.agreements import Blanket, Instalment, Phase


@dataclass(frozen=True, slots=True)
class Distribution:
    """Where a line is charged. `percent` is a relative weight within the line."""

    dist: int
    account: str
    cost_center: str
    project: str | None
    percent: Decimal


@dataclass(frozen=True, slots=True)
class RequisitionLine:
    line: int
    description: str
    quantity: Decimal
    price: Decimal
    tax_rate: Decimal
    distributions: tuple[Distribution, ...]


@dataclass(frozen=True, slots=True)
class Requisition:
    """`status`: PENDING, APPROVED, CANCELLED."""

    id: str
    number: str
    entity: str
    supplier: str | None
    date: datetime.date
    status: str
    currency: str
    rate: Decimal
    lines: tuple[RequisitionLine, ...]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`match_basis` QTY: quantity and price; AMOUNT: `amount`. `status` overrides the document's."""

    line: int
    description: str
    match_basis: str
    quantity: Decimal
    price: Decimal
    amount: Decimal | None
    cancelled_quantity: Decimal
    tax_rate: Decimal
    receipt_required: bool
    status: str | None
    requisition: tuple[str, int, Decimal] | None
    """number, line and quantity taken from it"""
    distributions: tuple[Distribution, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """`status`: DRAFT, PENDING, APPROVED, OPEN, PARTIALLY_RECEIVED, RECEIVED, CLOSED, FINALLY_CLOSED,
    CANCELLED. `budget_date`: where it is not the day of the order, the day whose budget is charged.
    `blanket`: number of the agreement it is a release of."""

    id: str
    number: str
    entity: str
    supplier: str
    date: datetime.date
    status: str
    currency: str
    rate: Decimal
    lines: tuple[OrderLine, ...]
    budget_date: datetime.date | None = None
    need_by: datetime.date | None = None
    blanket: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A return is negative. `amount` instead of `quantity` on amount-matched lines."""

    id: str
    number: str
    entity: str
    po: str
    po_line: int
    date: datetime.date
    quantity: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """With an order: `po`, `po_line` (and `po_dist`, where it bills one distribution only); without:
    `distributions`. `tax` is the non-recoverable part."""

    line: int
    description: str
    po: str | None
    po_line: int | None
    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal
    tax: Decimal
    final_match: bool
    distributions: tuple[Distribution, ...]
    po_dist: int | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """`status`: DRAFT, PENDING, APPROVED, EXPORTED, POSTED_PER_S2P, PAID_PER_S2P, VOIDED.
    `type`: INVOICE or CREDIT; a credit's amounts and quantities are positive and count negative."""

    id: str
    number: str
    entity: str
    supplier: str
    supplier_invoice: str
    date: datetime.date
    approved_on: datetime.date | None
    exported_on: datetime.date | None
    status: str
    type: str
    currency: str
    rate: Decimal
    lines: tuple[InvoiceLine, ...]


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One of `debit`, `credit` is zero; both in the ledger currency of the entity. `clears_receipt`: the
    line says of itself that it bills what a receipt had booked."""

    line: int
    account: str
    cost_center: str | None
    project: str | None
    supplier: str | None
    debit: Decimal
    credit: Decimal
    text: str
    invoice: str | None = None
    """id of the upstream invoice the line carries"""
    supplier_invoice: str | None = None
    po: str | None = None
    po_line: int | None = None
    quantity: Decimal | None = None
    po_dist: int | None = None
    clears_receipt: bool = False
    partner: str | None = None
    """The company of the group on the other side."""


@dataclass(frozen=True, slots=True)
class Journal:
    """A balanced document. `origin`: AP, AR, GRNI, ACCRUAL, PAYROLL, MANUAL, CLOSING, …;
    `type`: NORMAL or CLOSING; `period`: YYYY-Pnn in the entity's calendar; `reverses`: a journal number;
    `document_currency`: that of the invoice a voucher carries."""

    id: str
    number: str
    entity: str
    posting_date: datetime.date
    document_date: datetime.date
    period: str
    type: str
    origin: str
    currency: str
    reverses: str | None
    lines: tuple[JournalLine, ...]
    document_currency: str | None = None


@dataclass(frozen=True, slots=True)
class BudgetEntry:
    """`type`: ORIGINAL, REVISION, TRANSFER, CARRY_FORWARD; `amount` in natural sign (revenue positive),
    in the ledger currency of the entity; `period`: YYYY-Pnn."""

    id: str
    number: str
    entity: str
    type: str
    account: str
    cost_center: str
    project: str | None
    period: str
    date: datetime.date
    scenario: str
    version: str
    status: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """`kind`: EXPENSE, REVENUE, CAPEX or BALANCE_SHEET."""

    id: str
    name: str
    kind: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class CostCenter:
    """A node of the tree; leaves belong to one entity, inner nodes to none."""

    id: str
    name: str
    entity: str | None
    parent: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class LegalEntity:
    id: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class Project:
    id: str
    name: str
    entity: str


@dataclass(frozen=True, slots=True)
class Supplier:
    id: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class Company:
    """Master data. `codes[system][dimension][canonical id]` is the code a system uses instead, where it
    has one of its own."""

    entities: tuple[LegalEntity, ...]
    accounts: tuple[Account, ...]
    cost_centers: tuple[CostCenter, ...]
    projects: tuple[Project, ...]
    suppliers: tuple[Supplier, ...]
    codes: dict[str, dict[str, dict[str, str]]]

    def code(self, system: str, dimension: str, member: str) -> str:
        return self.codes.get(system, {}).get(dimension, {}).get(member, member)


@dataclass(frozen=True, slots=True)
class Estate:
    """The whole history up to `clock`, the pinned "now" of every sandbox system (aware, UTC).

    `copied`: numbers of orders that the ledger's system holds too. `summed`: nodes of the cost centre tree
    that the planning tool shows with the sum of what is below them. `hazards`: what goes wrong on purpose,
    by the name of the function in `hazards` that says what happened, with the numbers of its documents.
    """

    company: Company
    clock: datetime.datetime
    budget: tuple[BudgetEntry, ...]
    requisitions: tuple[Requisition, ...]
    orders: tuple[Order, ...]
    receipts: tuple[Receipt, ...]
    invoices: tuple[Invoice, ...]
    journals: tuple[Journal, ...]
    phases: tuple[Phase, ...] = ()
    blankets: tuple[Blanket, ...] = ()
    deferrals: tuple[Instalment, ...] = ()
    subscriptions: tuple[Instalment, ...] = ()
    copied: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    hazards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
