"""The purchasing history of the entity, linked up: what one document has to know about the others."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from sources.sandbox.coupa.parts import ENTITY, Accounts, all_distributions, line_id, suppliers
from sources.sandbox.estate.documents import Estate, Invoice, Order, OrderLine

BILLED: Final = frozenset(("APPROVED", "EXPORTED", "POSTED_PER_S2P", "PAID_PER_S2P"))
"""Statuses in which an invoice counts on its order."""

Key = tuple[str, int]
_ZERO: Final = Decimal(0)


class Library:
    """Counters and links by order number and line; amounts in the order's currency."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.accounts = Accounts(estate.company, all_distributions(estate))
        self.suppliers = suppliers(estate.company)
        self.orders = {order.number: order for order in estate.orders if order.entity == ENTITY}
        self.lines: Mapping[Key, OrderLine] = {
            (order.number, line.line): line for order in self.orders.values() for line in order.lines
        }
        self.requisition_ids = {r.number: r.id for r in estate.requisitions if r.entity == ENTITY}
        self.fulfilled_by: dict[Key, int] = {
            line.requisition[:2]: line_id(order.id, line.line)
            for order in self.orders.values()
            for line in order.lines
            if line.requisition is not None
        }
        self.touched: dict[str, date] = {order.number: order.date for order in self.orders.values()}
        self.received = self._received()
        self.invoiced: dict[Key, Decimal] = defaultdict(lambda: _ZERO)
        self.billed: dict[Key, Decimal] = defaultdict(lambda: _ZERO)
        for invoice in estate.invoices:
            if invoice.entity == ENTITY:
                self._bill(invoice)

    def order_of(self, number: str) -> Order:
        return self.orders[number]

    def _received(self) -> Mapping[Key, Decimal]:
        received: dict[Key, Decimal] = defaultdict(lambda: _ZERO)
        for receipt in self.estate.receipts:
            if receipt.entity == ENTITY:
                arrived = receipt.amount if receipt.quantity is None else receipt.quantity
                received[receipt.po, receipt.po_line] += arrived or _ZERO
                self._touch(receipt.po, receipt.date)
        return received

    def _bill(self, invoice: Invoice) -> None:
        sign = -1 if invoice.type == "CREDIT" else 1
        for line in invoice.lines:
            if line.po is None or line.po_line is None or invoice.status not in BILLED:
                continue
            key = (line.po, line.po_line)
            by_amount = self.lines[key].match_basis == "AMOUNT"
            self.invoiced[key] += sign * (line.amount if by_amount else line.quantity or _ZERO)
            self.billed[key] += sign * line.amount
            self._touch(line.po, invoice.approved_on or invoice.date)

    def _touch(self, order: str, day: date) -> None:
        self.touched[order] = max(self.touched[order], day)
