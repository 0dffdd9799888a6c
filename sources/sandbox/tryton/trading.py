"""Purchases and supplier invoices.

Tryton matches quantities only, so a line ordered by amount is so many units of money at the price of one.
It knows one analytic account per plan and line. A credit note has negative quantities; one that changes
the price and not the quantity has two lines, the old price taken back and the new one charged, both marked
as corrections.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.documents import (
    Distribution,
    Estate,
    Order,
    OrderLine,
)
from sources.sandbox.estate.documents import (
    Invoice as EstateInvoice,
)
from sources.sandbox.estate.documents import (
    InvoiceLine as EstateInvoiceLine,
)
from sources.sandbox.tryton.masters import ENTITY, Masters
from sources.sandbox.tryton.model import Link
from sources.sandbox.tryton.records import Entry, Invoice, InvoiceLine, Purchase, PurchaseLine

_PURCHASE: Final = {
    "DRAFT": "draft",
    "PENDING": "quotation",
    "APPROVED": "confirmed",
    "CLOSED": "done",
    "FINALLY_CLOSED": "done",
    "CANCELLED": "cancelled",
}
_INVOICE: Final = {
    "DRAFT": "draft",
    "PENDING": "draft",
    "APPROVED": "validated",
    "EXPORTED": "validated",
    "POSTED_PER_S2P": "posted",
    "PAID_PER_S2P": "paid",
    "VOIDED": "cancelled",
}
_ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a Tryton invoice: a line of an estate invoice may need two."""

    quantity: Decimal
    price: Decimal
    correction: bool = False


class Trading:
    """Builds all purchases and invoices of the entity. `posted_on`: posting dates by invoice id."""

    def __init__(self, estate: Estate, masters: Masters, posted_on: Mapping[str, date]) -> None:
        self.masters = masters
        self.entries: list[Entry] = []
        self.purchases: dict[str, Purchase] = {}
        self.purchase_lines: dict[tuple[str, int], PurchaseLine] = {}
        self.invoices: dict[str, Invoice] = {}
        self.invoice_lines: list[InvoiceLine] = []
        invoices = [invoice for invoice in estate.invoices if invoice.entity == ENTITY]
        billed = {line.po for invoice in invoices for line in invoice.lines}
        for order in estate.orders:
            if order.entity == ENTITY:
                self._buy(order, invoiced=order.number in billed)
        for invoice in invoices:
            self._bill(invoice, posted_on.get(invoice.id))

    def _buy(self, order: Order, *, invoiced: bool) -> None:
        state = _PURCHASE.get(order.status, "processing")
        purchase = Purchase(
            id=int(order.id),
            number=None if state == "draft" else order.number,
            state=state,
            invoice_state="pending" if invoiced else "none",
            day=order.date,
            party=self.masters.suppliers[order.supplier],
            currency=self.masters.currencies[order.currency],
        )
        self.purchases[order.number] = purchase
        for line in order.lines:
            self._buy_line(purchase, order, line)

    def _buy_line(self, purchase: Purchase, order: Order, line: OrderLine) -> None:
        target = _only(line.distributions)
        by_amount = line.match_basis == "AMOUNT"
        ordered = (line.amount or Decimal(0)) if by_amount else line.quantity
        quantity, price = ordered - line.cancelled_quantity, _ONE if by_amount else line.price
        made = PurchaseLine(
            id=len(self.purchase_lines) + 1,
            purchase=purchase,
            sequence=line.line,
            description=line.description,
            product=self.masters.product(target.account, line.description),
            quantity=quantity,
            price=price,
            amount=quantity * price,
            by_amount=by_amount,
        )
        purchase.lines.append(made)
        made.entries.extend(self._charge(("purchase.line", made), target))
        self.purchase_lines[order.number, line.line] = made

    def _bill(self, invoice: EstateInvoice, posted_on: date | None) -> None:
        state = _INVOICE[invoice.status]
        if state == "validated" and posted_on is not None:
            state = "posted"
        made = Invoice(
            id=int(invoice.id),
            number=None if state == "draft" else invoice.number,
            reference=invoice.supplier_invoice,
            state=state,
            credit=invoice.type == "CREDIT",
            day=invoice.date,
            accounting_date=posted_on or invoice.approved_on,
            party=self.masters.suppliers[invoice.supplier],
            currency=self.masters.currencies[invoice.currency],
        )
        self.invoices[invoice.id] = made
        for line in invoice.lines:
            origin = None if line.po is None else self.purchase_lines[line.po, line.po_line or 0]
            for part in _parts(line, origin, credit=made.credit):
                self._bill_line(made, line, part, origin)

    def _bill_line(
        self, invoice: Invoice, line: EstateInvoiceLine, part: Part, origin: PurchaseLine | None
    ) -> None:
        product = (
            self.masters.product(_only(line.distributions).account, line.description)
            if origin is None
            else origin.product
        )
        made = InvoiceLine(
            id=len(self.invoice_lines) + 1,
            invoice=invoice,
            sequence=len(invoice.lines) + 1,
            description=line.description,
            account=product.category.expense,
            product=product,
            quantity=part.quantity,
            price=part.price,
            amount=part.quantity * part.price,
            origin=origin,
            correction=part.correction,
        )
        invoice.lines.append(made)
        self.invoice_lines.append(made)
        link: Link = ("account.invoice.line", made)
        if origin is None:
            made.entries.extend(self._charge(link, _only(line.distributions)))
        else:
            origin.invoice_lines.append(made)
            made.entries.extend(self._copied(link, origin.entries))

    def _charge(self, origin: Link, target: Distribution) -> Iterator[Entry]:
        """An entry per plan, with or without an account."""
        accounts = (self.masters.center(target.cost_center), self.masters.project(target.project))
        for root, account in zip(self.masters.plans, accounts, strict=True):
            self.entries.append(Entry(len(self.entries) + 1, root, account, origin))
            yield self.entries[-1]

    def _copied(self, origin: Link, entries: Sequence[Entry]) -> Iterator[Entry]:
        for entry in entries:
            self.entries.append(Entry(len(self.entries) + 1, entry.root, entry.account, origin))
            yield self.entries[-1]


def _parts(line: EstateInvoiceLine, origin: PurchaseLine | None, *, credit: bool) -> Iterator[Part]:
    sign = -1 if credit else 1
    if origin is None:
        yield Part(sign * _ONE, line.amount)
    elif line.quantity is not None:
        yield Part(sign * line.quantity, line.amount / line.quantity if line.price is None else line.price)
    elif origin.by_amount:
        yield Part(sign * line.amount, _ONE)
    else:
        yield Part(-_ONE, origin.price, correction=True)
        yield Part(_ONE, origin.price + sign * line.amount, correction=True)


def _only(distributions: Sequence[Distribution]) -> Distribution:
    if len(distributions) != 1:
        raise ValueError(f"Tryton charges a line to one analytic account per plan, not {len(distributions)}")
    return distributions[0]
