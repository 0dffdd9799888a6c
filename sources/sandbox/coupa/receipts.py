"""``/api/receiving_transactions``: what arrived, line by line; what went back is negative. On amount lines
the quantity is null and the total is what was received.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sources.sandbox.coupa.library import Library
from sources.sandbox.coupa.parts import CURRENCY, EACH, ENTITY, line_id
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
    shape,
    text,
)
from sources.sandbox.estate.documents import Order, OrderLine, Receipt


@dataclass(frozen=True, slots=True)
class Transaction:
    receipt: Receipt
    order: Order
    line: OrderLine

    @property
    def total(self) -> Decimal:
        if self.receipt.quantity is None:
            return self.receipt.amount or Decimal(0)
        return self.receipt.quantity * self.line.price


def receipts(library: Library) -> Iterator[Transaction]:
    return (
        Transaction(receipt, library.orders[receipt.po], library.lines[receipt.po, receipt.po_line])
        for receipt in library.estate.receipts
        if receipt.entity == ENTITY
    )


RECEIVED_LINE: Final[Shape] = shape(
    "OrderLine",
    integer("id", lambda t: line_id(t.order.id, t.line.line)),
    text("line-num", lambda t: str(t.line.line)),
    text("description", lambda t: t.line.description),
    integer("order-header-id", lambda t: int(t.order.id)),
    text("order-header-number", lambda t: t.order.number),
    natural=("line-num",),
)

RECEIPT: Final[Shape] = shape(
    "InventoryTransaction",
    integer("id", lambda t: int(t.receipt.id)),
    text("type", lambda t: f"Receiving{'Amount' if t.receipt.quantity is None else 'Quantity'}Consumption"),
    text("status", always("created")),
    text("match-reference", lambda t: t.receipt.number),
    decimal("quantity", lambda t: t.receipt.quantity),
    decimal("price", lambda t: None if t.receipt.quantity is None else t.line.price),
    decimal("total", lambda t: t.total),
    moment("transaction-date", lambda t: midnight(t.receipt.date)),
    flag("exported", always(True)),
    moment("last-exported-at", lambda t: morning(t.receipt.date)),
    moment("created-at", lambda t: morning(t.receipt.date)),
    moment("updated-at", lambda t: morning(t.receipt.date)),
    Association("currency", CURRENCY, lambda t: t.order.currency),
    Association("uom", EACH, lambda t: t),
    Association("order-line", RECEIVED_LINE, lambda t: t),
)
