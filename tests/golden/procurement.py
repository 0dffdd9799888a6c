"""Rows of the procurement system: requisitions, orders, receipts, invoices, blankets, subscriptions."""

from collections.abc import Iterable, Iterator

from tests.golden.documents import (
    Blanket,
    Invoice,
    InvoiceLine,
    Order,
    OrderLine,
    Receipt,
    Requisition,
    Subscription,
)
from tests.golden.periods import period_id
from tests.golden.rows import Books, Row, Value, document, first_day, iso, scheduled, share, text


def requisitions(found: Iterable[Requisition], books: Books) -> Iterator[Row]:
    for requisition in found:
        for line in requisition.lines:
            for position, distribution in enumerate(line.dists, start=1):
                yield {
                    **document(requisition.id, books),
                    **share(distribution, position, books),
                    "line": line.line,
                    "status": requisition.status,
                    "quantity": text(line.qty),
                    "price": text(line.price),
                    "tax_rate": text(line.non_rec_tax_rate),
                }


def orders(found: Iterable[Order], books: Books) -> Iterator[Row]:
    for order in found:
        for line in order.lines:
            for position, distribution in enumerate(line.dists, start=1):
                yield {
                    **document(order.id, books),
                    **_order_line(line),
                    **share(distribution, position, books),
                    "status": order.status,
                    "currency": order.currency,
                    "rate": text(order.fx_rate),
                    "blanket": order.blanket,
                }


def _order_line(line: OrderLine) -> dict[str, Value]:
    asked = line.req_ref
    return {
        "line": line.line,
        "line_status": line.status,
        "match_basis": line.match_basis,
        "quantity": text(line.qty),
        "price": text(line.price),
        "amount": text(line.amount),
        "cancelled_quantity": text(line.cancelled_qty),
        "tax_rate": text(line.non_rec_tax_rate),
        "receipt_required": line.receipt_required,
        "req": asked.req if asked else None,
        "req_line": asked.line if asked else None,
        "req_quantity": text(asked.qty) if asked else None,
    }


def order_schedules(found: Iterable[Order], books: Books) -> Iterator[Row]:
    """The phases of order lines, one row each."""
    for order in found:
        for line in order.lines:
            for part in line.schedule:
                yield {
                    **document(order.id, books),
                    "line": line.line,
                    "period": period_id(part.period),
                    "amount": text(part.amount),
                }


def receipts(found: Iterable[Receipt], books: Books) -> Iterator[Row]:
    for position, receipt in enumerate(found, start=1):
        yield {
            **document(f"R{position}", books),
            "po": receipt.po,
            "po_line": receipt.line,
            "quantity": text(receipt.qty),
            "amount": text(receipt.amount),
            "date": iso(receipt.date),
        }


def invoices(found: Iterable[Invoice], books: Books) -> Iterator[Row]:
    """An invoice against an order is charged as the order says: one row, without a place of its own."""
    for invoice in found:
        for number, line in enumerate(invoice.lines, start=1):
            body = {**_header(invoice, books), "line": str(number), **_invoice_line(line)}
            for position, distribution in enumerate(line.dists, start=1):
                yield {**body, **share(distribution, position, books)}
            if not line.dists:
                yield {**body, "dist": "1", "percent": "100"}


def _header(invoice: Invoice, books: Books) -> dict[str, Value]:
    return {
        **document(invoice.id, books),
        "status": invoice.status,
        "type": invoice.type,
        "supplier": invoice.supplier,
        "supplier_invoice": invoice.supplier_invoice_no,
        "date": first_day(books.year),
        "approved_on": iso(invoice.approved_on),
        "exported_on": iso(invoice.exported_on),
        "currency": invoice.currency,
        "rate": text(invoice.fx_rate),
    }


def _invoice_line(line: InvoiceLine) -> dict[str, Value]:
    return {
        "po": line.po,
        "po_line": line.line,
        "po_dist": line.dist,
        "quantity": text(line.qty),
        "price": text(line.price),
        "amount": text(line.amount),
        "tax": text(line.non_rec_tax),
        "final_match": line.final_match,
    }


def blankets(found: Iterable[Blanket], books: Books) -> Iterator[Row]:
    for blanket in found:
        yield {
            **document(blanket.id, books),
            **share(blanket.dist, 1, books),
            "amount": text(blanket.limit),
        }


def subscriptions(found: Iterable[Subscription], books: Books) -> Iterator[Row]:
    for subscription in found:
        through = subscription.committed_through
        for row in scheduled(subscription.id, subscription.dist, subscription.schedule, books):
            yield {**row, "committed_through": period_id(through) if through else None}
