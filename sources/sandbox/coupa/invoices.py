"""``/api/invoices``. A credit note is negative: its totals, and either its quantity (adjustment-type
quantity) or, where only money comes back, its price (adjustment-type price, no quantity).

The status says how far the invoice came *in Coupa*: approved is the last. That it went to the ledger shows
in `exported` and `paid`. What Coupa has no field for is in custom fields, as a customer would have it:
`approved-on`, `ledger-status` (exported, posted, paid; set by the integration) and `final-match` on a line.
Taxes of this entity are sales taxes, which nobody gives back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from sources.sandbox.coupa.amounts import accounting, shares
from sources.sandbox.coupa.library import Library
from sources.sandbox.coupa.orders import BOOKS
from sources.sandbox.coupa.parts import (
    ACCOUNT,
    CHART,
    CURRENCY,
    EACH,
    ENTITY,
    SUPPLIER,
    Account,
    Allocation,
    allocation_shape,
    line_id,
)
from sources.sandbox.coupa.shape import (
    Association,
    Shape,
    always,
    decimal,
    flag,
    integer,
    midnight,
    moment,
    morning,
    plain,
    shape,
    text,
)
from sources.sandbox.estate.documents import Distribution, Invoice, InvoiceLine

_STATUS: Final = {"DRAFT": "draft", "PENDING": "pending_approval", "VOIDED": "voided"}
_LEDGER: Final = {"EXPORTED": "exported", "POSTED_PER_S2P": "posted", "PAID_PER_S2P": "paid"}


@dataclass(frozen=True)
class Line:
    header: "Header"
    line: InvoiceLine

    @property
    def id(self) -> int:
        return line_id(self.header.invoice.id, self.line.line)

    @property
    def sign(self) -> int:
        return self.header.sign

    @property
    def by_amount(self) -> bool:
        if self.line.po is None or self.line.po_line is None:
            return True
        return self.header.library.lines[self.line.po, self.line.po_line].match_basis == "AMOUNT"

    @property
    def quantity(self) -> Decimal | None:
        return None if self.line.quantity is None else self.sign * self.line.quantity

    @property
    def price(self) -> Decimal:
        """The unit price; without a quantity, the money itself."""
        if self.line.quantity is None or self.line.price is None:
            return self.total
        return self.line.price

    @property
    def total(self) -> Decimal:
        return self.sign * self.line.amount

    @property
    def adjustment(self) -> str | None:
        if self.header.invoice.type != "CREDIT":
            return None
        return "price" if self.line.quantity is None else "quantity"

    @property
    def distributions(self) -> tuple[Distribution, ...]:
        """Coupa takes them from the order line unless somebody changes them."""
        if self.line.distributions or self.line.po is None or self.line.po_line is None:
            return self.line.distributions
        return self.header.library.lines[self.line.po, self.line.po_line].distributions

    @property
    def account(self) -> Account | None:
        parts = self.distributions
        return None if len(parts) > 1 else self.header.library.accounts.of(parts[0])

    @property
    def allocations(self) -> list[Allocation]:
        parts = self.distributions
        if len(parts) == 1:
            return []
        amounts = shares(self.total, parts, self.header.invoice.currency)
        return self.header.library.accounts.allocations(self.id, parts, amounts)

    @property
    def order_line(self) -> int | None:
        if self.line.po is None or self.line.po_line is None:
            return None
        return line_id(self.header.library.orders[self.line.po].id, self.line.po_line)


@dataclass(frozen=True)
class Header:
    invoice: Invoice
    library: Library

    @property
    def sign(self) -> int:
        return -1 if self.invoice.type == "CREDIT" else 1

    @cached_property
    def lines(self) -> list[Line]:
        return [Line(self, line) for line in self.invoice.lines]

    @property
    def tax(self) -> Decimal:
        return self.sign * sum((line.tax for line in self.invoice.lines), Decimal(0))

    @property
    def net(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))


def invoices(library: Library) -> Iterator[Header]:
    return (Header(invoice, library) for invoice in library.estate.invoices if invoice.entity == ENTITY)


APPROVAL: Final[Shape] = shape(
    "Approval",
    integer("id", lambda invoice: int(invoice.id)),
    integer("position", lambda _: 1),
    text("status", always("approved")),
    text("approvable-type", always("InvoiceHeader")),
    integer("approvable-id", lambda invoice: int(invoice.id)),
    moment("approval-date", lambda invoice: morning(invoice.approved_on)),
)

TAX_LINE: Final[Shape] = shape(
    "TaxLine",
    decimal("amount", lambda line: line.sign * line.line.tax),
    decimal("taxable-amount", lambda line: line.total),
    text("description", always("Sales tax")),
    text("type", always("TaxLine")),
)

LINE_FIELDS: Final[Shape] = shape(
    "InvoiceLine custom fields", flag("final-match", lambda line: line.line.final_match)
)

HEADER_FIELDS: Final[Shape] = shape(
    "InvoiceHeader custom fields",
    moment("approved-on", lambda header: midnight(header.invoice.approved_on)),
    text("ledger-status", lambda header: _LEDGER.get(header.invoice.status)),
)

INVOICE_LINE: Final[Shape] = shape(
    "InvoiceLine",
    integer("id", lambda line: line.id),
    integer("line-num", lambda line: line.line.line),
    text("type", lambda line: "InvoiceAmountLine" if line.by_amount else "InvoiceQuantityLine"),
    text("description", lambda line: line.line.description),
    text("status", lambda line: "unmatched" if line.line.po is None else "matched"),
    text("adjustment-type", lambda line: line.adjustment),
    text("po-number", lambda line: line.line.po),
    text("order-header-num", lambda line: line.line.po),
    integer("order-line-id", lambda line: line.order_line),
    text("order-line-num", lambda line: None if line.line.po_line is None else str(line.line.po_line)),
    decimal("quantity", lambda line: line.quantity),
    decimal("price", lambda line: line.price),
    decimal("total", lambda line: line.total),
    decimal("accounting-total", lambda line: accounting(line.total, line.header.invoice.rate)),
    text("tax-amount", lambda line: plain(line.sign * line.line.tax)),
    moment("created-at", lambda line: morning(line.header.invoice.date)),
    moment("updated-at", lambda line: morning(_changed(line.header.invoice))),
    Association("currency", CURRENCY, lambda line: line.header.invoice.currency),
    Association("accounting-total-currency", CURRENCY, always(BOOKS)),
    Association("account", ACCOUNT, lambda line: line.account),
    Association(
        "account-allocations",
        allocation_shape("InvoiceLineAllocation"),
        lambda line: line.allocations,
        many=True,
    ),
    Association("tax-lines", TAX_LINE, lambda line: [line] if line.line.tax else [], many=True),
    Association("uom", EACH, lambda line: line),
    Association("custom-fields", LINE_FIELDS, lambda line: line),
)

INVOICE: Final[Shape] = shape(
    "InvoiceHeader",
    integer("id", lambda header: int(header.invoice.id)),
    text("invoice-number", lambda header: header.invoice.supplier_invoice),
    text("status", lambda header: _STATUS.get(header.invoice.status, "approved")),
    text("document-type", lambda header: "Credit Note" if header.sign < 0 else "Invoice"),
    flag("is-credit-note", lambda header: header.sign < 0),
    flag("canceled", lambda header: header.invoice.status == "VOIDED"),
    flag("paid", lambda header: header.invoice.status == "PAID_PER_S2P"),
    flag("exported", lambda header: header.invoice.exported_on is not None),
    flag("line-level-taxation", always(True)),
    moment("invoice-date", lambda header: midnight(header.invoice.date)),
    moment("last-exported-at", lambda header: morning(header.invoice.exported_on)),
    moment("created-at", lambda header: morning(header.invoice.date)),
    moment("updated-at", lambda header: morning(_changed(header.invoice))),
    decimal("exchange-rate", lambda header: header.invoice.rate),
    decimal("tax-amount", lambda header: header.tax),
    decimal("gross-total", lambda header: header.net + header.tax),
    decimal("total-with-taxes", lambda header: header.net + header.tax),
    text("line-count", lambda header: str(len(header.lines))),
    Association("currency", CURRENCY, lambda header: header.invoice.currency),
    Association("supplier", SUPPLIER, lambda header: header.library.suppliers.get(header.invoice.supplier)),
    Association("account-type", CHART, lambda header: header.library.accounts.chart),
    Association("approvals", APPROVAL, lambda header: _approvals(header.invoice), many=True),
    Association("invoice-lines", INVOICE_LINE, lambda header: header.lines, many=True),
    Association("custom-fields", HEADER_FIELDS, lambda header: header),
    natural=("invoice-number",),
)


def _approvals(invoice: Invoice) -> list[Invoice]:
    return [] if invoice.approved_on is None else [invoice]


def _changed(invoice: Invoice) -> date:
    return invoice.exported_on or invoice.approved_on or invoice.date
