"""``/api/purchase_orders``. A change of quantity is a new version of the line: there is no cancelled part,
what is ordered is what is still wanted. `received` and `invoiced` are quantities, or amounts on amount
lines. Coupa has no tax rate on order lines and no exchange rate on orders: both are custom fields here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from sources.sandbox.coupa.amounts import accounting, shares
from sources.sandbox.coupa.library import Library
from sources.sandbox.coupa.parts import (
    ACCOUNT,
    CURRENCY,
    EACH,
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
from sources.sandbox.estate.documents import Order, OrderLine

BOOKS: Final = "USD"
_STATUS: Final = {
    "DRAFT": "draft",
    "PENDING": "buyer_hold",
    "CLOSED": "soft_closed",
    "FINALLY_CLOSED": "closed",
    "CANCELLED": "cancelled",
}
_LINE_STATUS: Final = {"CLOSED": "soft_closed", "FINALLY_CLOSED": "closed", "CANCELLED": "cancelled"}
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    header: "Header"
    line: OrderLine

    @property
    def id(self) -> int:
        return line_id(self.header.order.id, self.line.line)

    @property
    def by_amount(self) -> bool:
        return self.line.match_basis == "AMOUNT"

    @property
    def quantity(self) -> Decimal | None:
        return None if self.by_amount else self.line.quantity - self.line.cancelled_quantity

    @property
    def price(self) -> Decimal:
        """The unit price; of an amount line, what is ordered."""
        return (
            (self.line.amount or Decimal(0)) - self.line.cancelled_quantity
            if self.by_amount
            else self.line.price
        )

    @property
    def total(self) -> Decimal:
        quantity = self.quantity
        return self.price if quantity is None else (quantity * self.price).quantize(_CENT)

    @property
    def received(self) -> Decimal:
        return self.header.library.received[self.header.order.number, self.line.line]

    @property
    def invoiced(self) -> Decimal:
        return self.header.library.invoiced[self.header.order.number, self.line.line]

    @property
    def billed(self) -> Decimal:
        return self.header.library.billed[self.header.order.number, self.line.line]

    @property
    def status(self) -> str:
        own = _LINE_STATUS.get(self.line.status or self.header.order.status)
        if own is not None:
            return own
        wanted = self.price if self.quantity is None else self.quantity
        if not self.received:
            return "created"
        return "received" if self.received >= wanted else "partially_received"

    @property
    def requisition_line(self) -> str | None:
        if self.line.requisition is None:
            return None
        number, line, _ = self.line.requisition
        return str(line_id(self.header.library.requisition_ids[number], line))

    @property
    def account(self) -> Account | None:
        split = len(self.line.distributions) > 1
        return None if split else self.header.library.accounts.of(self.line.distributions[0])

    @property
    def allocations(self) -> list[Allocation]:
        parts = self.line.distributions
        if len(parts) == 1:
            return []
        amounts = shares(self.total, parts, self.header.order.currency)
        return self.header.library.accounts.allocations(self.id, parts, amounts)


@dataclass(frozen=True)
class Header:
    order: Order
    library: Library

    @cached_property
    def lines(self) -> list[Line]:
        return [Line(self, line) for line in self.order.lines]

    @property
    def issued(self) -> bool:
        return self.order.status not in ("DRAFT", "PENDING")

    @property
    def requisition(self) -> str | None:
        """The id of the requisition the order came from: one at most."""
        numbers = [line.requisition[0] for line in self.order.lines if line.requisition is not None]
        return self.library.requisition_ids[numbers[0]] if numbers else None


def orders(library: Library) -> Iterator[Header]:
    return (Header(order, library) for order in library.orders.values())


LINE_FIELDS: Final[Shape] = shape(
    "OrderLine custom fields",
    decimal("non-recoverable-tax-rate", lambda line: line.line.tax_rate),
)

HEADER_FIELDS: Final[Shape] = shape(
    "OrderHeader custom fields", decimal("exchange-rate", lambda header: header.order.rate)
)

REQUISITION_REFERENCE: Final[Shape] = shape("RequisitionHeader", integer("id", int))

ORDER_LINE: Final[Shape] = shape(
    "OrderLine",
    integer("id", lambda line: line.id),
    text("line-num", lambda line: str(line.line.line)),
    text("type", lambda line: "OrderAmountLine" if line.by_amount else "OrderQuantityLine"),
    text("description", lambda line: line.line.description),
    text("status", lambda line: line.status),
    integer("order-header-id", lambda line: int(line.header.order.id)),
    text("order-header-number", lambda line: line.header.order.number),
    text("requisition-line-id", lambda line: line.requisition_line),
    decimal("quantity", lambda line: line.quantity),
    decimal("price", lambda line: line.price),
    decimal("total", lambda line: line.total),
    decimal("accounting-total", lambda line: accounting(line.total, line.header.order.rate)),
    text("received", lambda line: plain(line.received)),
    decimal("invoiced", lambda line: line.invoiced),
    text("total-invoiced", lambda line: plain(line.billed)),
    flag("receipt-required", lambda line: line.line.receipt_required),
    text("match-type", lambda line: "3-way" if line.line.receipt_required else "2-way"),
    moment("need-by-date", lambda line: midnight(line.header.order.date)),
    integer("version", lambda line: 2 if line.line.cancelled_quantity else 1),
    moment("created-at", lambda line: morning(line.header.order.date)),
    moment("updated-at", lambda line: morning(line.header.library.touched[line.header.order.number])),
    Association("currency", CURRENCY, lambda line: line.header.order.currency),
    Association("accounting-total-currency", CURRENCY, always(BOOKS)),
    Association("account", ACCOUNT, lambda line: line.account),
    Association(
        "account-allocations",
        allocation_shape("OrderLineAllocation"),
        lambda line: line.allocations,
        many=True,
    ),
    Association("uom", EACH, lambda line: line),
    Association("custom-fields", LINE_FIELDS, lambda line: line),
)

ORDER: Final[Shape] = shape(
    "OrderHeader",
    integer("id", lambda header: int(header.order.id)),
    text("po-number", lambda header: header.order.number),
    text("status", lambda header: _STATUS.get(header.order.status, "issued")),
    text("type", always("ExternalOrderHeader")),
    integer(
        "version", lambda header: 2 if any(line.cancelled_quantity for line in header.order.lines) else 1
    ),
    text("transmission-status", lambda header: "sent_via_email" if header.issued else "created"),
    flag("exported", lambda header: header.issued),
    moment("last-exported-at", lambda header: morning(header.order.date) if header.issued else None),
    moment("created-at", lambda header: morning(header.order.date)),
    moment("updated-at", lambda header: morning(header.library.touched[header.order.number])),
    Association("currency", CURRENCY, lambda header: header.order.currency),
    Association("supplier", SUPPLIER, lambda header: header.library.suppliers.get(header.order.supplier)),
    Association("requisition-header", REQUISITION_REFERENCE, lambda header: header.requisition),
    Association("order-lines", ORDER_LINE, lambda header: header.lines, many=True),
    Association("custom-fields", HEADER_FIELDS, lambda header: header),
    natural=("po-number",),
)
