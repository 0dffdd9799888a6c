"""Documents of the estate as flat rows: decimals as exact strings, dates in ISO format, codes canonical."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from sources.sandbox.canonical.agreements import agreements, iso, text
from sources.sandbox.canonical.columns import REFERENCES
from sources.sandbox.canonical.table import Row, Value
from sources.sandbox.estate.documents import (
    Distribution,
    Estate,
    Invoice,
    InvoiceLine,
    Journal,
    JournalLine,
    Order,
    OrderLine,
    Requisition,
)
from sources.sandbox.estate.exchange import quotes

_FOUNDED: Final = "2015-01-01"
_UNDISTRIBUTED: Final = (None,)


def publish(estate: Estate, entities: frozenset[str]) -> dict[str, list[Row]]:
    """Every collection but the budget."""
    journal_lines = [
        _journal_line(j, line) for j in estate.journals if j.entity in entities for line in j.lines
    ]
    return {
        **agreements(estate, entities),
        "requisitions": list(_requisitions(r for r in estate.requisitions if r.entity in entities)),
        "purchase-orders": list(_orders(o for o in estate.orders if o.entity in entities)),
        "receipts": list(_receipts(estate, entities)),
        "invoices": list(_invoices(i for i in estate.invoices if i.entity in entities)),
        "vouchers": [row for row in journal_lines if any(row.get(name) is not None for name in REFERENCES)],
        "journal-lines": journal_lines,
        "exchange-rates": list(_exchange_rates(estate.clock.date())),
        "cost-centers": list(_cost_centers(estate, entities)),
        "suppliers": [{"code": s.id, "name": s.name} for s in estate.company.suppliers],
    }


def budget_entries(estate: Estate, entities: frozenset[str]) -> list[Row]:
    return [
        {
            "id": entry.id,
            "number": entry.number,
            "type": entry.type,
            "legal_entity": entry.entity,
            "account": entry.account,
            "cost_center": entry.cost_center,
            "project": entry.project,
            "period": entry.period,
            "date": entry.date.isoformat(),
            "approved_at": f"{entry.date}T12:00:00Z" if entry.status == "APPROVED" else None,
            "scenario": entry.scenario,
            "version": entry.version,
            "status": entry.status,
            "currency": entry.currency,
            "amount": text(entry.amount),
        }
        for entry in estate.budget
        if entry.entity in entities
    ]


def _header(document: Requisition | Order | Invoice) -> dict[str, Value]:
    return {
        "id": document.id,
        "number": document.number,
        "status": document.status,
        "legal_entity": document.entity,
        "supplier": document.supplier,
        "date": iso(document.date),
        "currency": document.currency,
        "rate": text(document.rate),
    }


def _share(distribution: Distribution) -> dict[str, Value]:
    return {
        "dist": str(distribution.dist),
        "account": distribution.account,
        "cost_center": distribution.cost_center,
        "project": distribution.project,
        "percent": text(distribution.percent),
    }


def _requisitions(requisitions: Iterable[Requisition]) -> Iterator[Row]:
    for requisition in requisitions:
        for line in requisition.lines:
            body = {
                "line": str(line.line),
                "requested_on": iso(requisition.date),
                "quantity": text(line.quantity),
                "price": text(line.price),
                "tax_rate": text(line.tax_rate),
            }
            for share in line.distributions:
                yield _header(requisition) | body | _share(share)


def _orders(orders: Iterable[Order]) -> Iterator[Row]:
    for order in orders:
        for line in order.lines:
            body = _header(order) | _order_line(line) | _days(order)
            for share in line.distributions:
                yield body | _share(share)


def _days(order: Order) -> dict[str, Value]:
    return {
        "date": iso(order.budget_date or order.date),
        "ordered_on": iso(order.date),
        "need_by": iso(order.need_by),
        "blanket": order.blanket,
    }


def _order_line(line: OrderLine) -> dict[str, Value]:
    """An amount-matched line has an amount and neither quantity nor price."""
    counted = line.amount is None
    req, req_line, req_quantity = line.requisition or (None, None, None)
    return {
        "line": str(line.line),
        "line_status": line.status,
        "match_basis": line.match_basis,
        "quantity": text(line.quantity) if counted else None,
        "price": text(line.price) if counted else None,
        "amount": text(line.amount),
        "cancelled_quantity": text(line.cancelled_quantity),
        "tax_rate": text(line.tax_rate),
        "receipt_required": line.receipt_required,
        "req": req,
        "req_line": text(req_line),
        "req_quantity": text(req_quantity),
    }


def _receipts(estate: Estate, entities: frozenset[str]) -> Iterator[Row]:
    for receipt in estate.receipts:
        if receipt.entity in entities:
            yield {
                "id": receipt.id,
                "number": receipt.number,
                "legal_entity": receipt.entity,
                "po": receipt.po,
                "po_line": str(receipt.po_line),
                "date": receipt.date.isoformat(),
                "quantity": text(receipt.quantity),
                "amount": text(receipt.amount),
            }


def _invoices(invoices: Iterable[Invoice]) -> Iterator[Row]:
    """A line that bills an order is charged as the order says: one row, without account or cost centre."""
    for invoice in invoices:
        for line in invoice.lines:
            body = _header(invoice) | _invoice_line(invoice, line)
            for share in line.distributions or _UNDISTRIBUTED:
                yield body | (_share(share) if share else {"dist": "1", "percent": "100"})


def _invoice_line(invoice: Invoice, line: InvoiceLine) -> dict[str, Value]:
    return {
        "line": str(line.line),
        "type": invoice.type,
        "supplier_invoice": invoice.supplier_invoice,
        "approved_on": iso(invoice.approved_on),
        "exported_on": iso(invoice.exported_on),
        "po": line.po,
        "po_line": text(line.po_line),
        "po_dist": text(line.po_dist),
        "quantity": text(line.quantity),
        "price": text(line.price),
        "amount": text(line.amount),
        "tax": text(line.tax),
        "final_match": line.final_match,
    }


def _journal_line(journal: Journal, line: JournalLine) -> Row:
    return {
        "id": journal.id,
        "number": journal.number,
        "line": str(line.line),
        "legal_entity": journal.entity,
        "account": line.account,
        "cost_center": line.cost_center,
        "project": line.project,
        "supplier": line.supplier,
        "period": journal.period,
        "date": journal.posting_date.isoformat(),
        "document_date": journal.document_date.isoformat(),
        "currency": journal.currency,
        "document_currency": journal.document_currency,
        "amount": text(line.debit - line.credit),
        "type": journal.type,
        "status": "POSTED",
        "origin": journal.origin,
        "ref_invoice": line.invoice,
        "ref_supplier_invoice": line.supplier_invoice,
        "ref_po": line.po,
        "ref_po_line": text(line.po_line),
        "ref_dist": text(line.po_dist),
        "ref_quantity": text(line.quantity),
        "reverses": journal.reverses,
        "intercompany_partner": line.partner,
        "counts_as_posting": True if line.clears_receipt else None,
    }


def _exchange_rates(day: date) -> Iterator[Row]:
    for quote in quotes(day):
        yield {
            "type": quote.type,
            "currency": quote.currency,
            "to": quote.to,
            "rate": text(quote.rate),
            "fiscal_year": text(quote.fiscal_year),
            "version": quote.version,
            "period": quote.period,
            "date": iso(quote.day),
        }


def _cost_centers(estate: Estate, entities: frozenset[str]) -> Iterator[Row]:
    """The leaves of the entities and the whole tree above them."""
    for center in estate.company.cost_centers:
        if center.entity is None or center.entity in entities:
            yield {
                "code": center.id,
                "name": center.name,
                "owner": center.owner,
                "parent": center.parent,
                "legal_entity": center.entity,
                "valid_from": _FOUNDED,
                "valid_to": None,
            }
