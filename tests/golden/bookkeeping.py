"""Rows of the planning system and of the ledger: budget entries, journal lines, vouchers, deferrals."""

from collections.abc import Iterable, Iterator, Sequence

from tests.golden.documents import BudgetEntry, Deferral, JournalLine, Reference
from tests.golden.periods import period_id
from tests.golden.rows import Books, Row, document, iso, scheduled, text

_NOTHING = Reference()


def budget_entries(found: Iterable[BudgetEntry], books: Books) -> Iterator[Row]:
    """A transfer's entries share a document; others are documents of their own."""
    for position, entry in enumerate(found, start=1):
        own = f"{books.entity}-B{position}"
        yield {
            "legal_entity": books.entity,
            "id": own,
            "number": entry.doc or own,
            "type": entry.type,
            "account": entry.account,
            "cost_center": entry.cost_center,
            "period": period_id(entry.period) if entry.period else None,
            "fiscal_year": None if entry.period else str(entry.fiscal_year or books.year),
            "scenario": "BUDGET",
            "version": entry.version,
            "status": entry.status,
            "currency": books.currency,
            "amount": text(entry.amount),
        }


def journal_lines(found: Iterable[JournalLine], books: Books) -> Iterator[Row]:
    for position, line in enumerate(found, start=1):
        ref = line.ref or _NOTHING
        yield {
            **document(line.je, books),
            "line": str(position),
            "account": line.account,
            "cost_center": line.cost_center,
            "amount": text(line.debit - line.credit),
            "currency": books.currency,
            "period": _period(line, books),
            "date": iso(line.date),
            "type": line.type,
            "status": line.status,
            "origin": line.source,
            "counts_as_posting": line.counts_as_posting,
            "supplier": ref.supplier,
            "ref_invoice": ref.invoice,
            "ref_supplier_invoice": ref.supplier_invoice_no,
            "ref_po": ref.po,
            "ref_po_line": ref.line,
            "ref_dist": ref.dist,
            "ref_quantity": text(ref.qty),
        }


def _period(line: JournalLine, books: Books) -> str:
    """The period a ledger would state: the one given, else its date's, else the first of its year."""
    if line.period:
        return period_id(line.period)
    if line.date and not line.fiscal_year:
        return f"{line.date.year}-P{line.date.month:02d}"
    return f"{line.fiscal_year or books.year}-P01"


def vouchers(found: Sequence[JournalLine], books: Books) -> Iterator[Row]:
    """Every line of each journal that refers to something, its unreferenced ones included."""
    referring = {line.je for line in found if line.ref is not None}
    rows = zip(found, journal_lines(found, books), strict=True)
    return (row for line, row in rows if line.je in referring)


def deferrals(found: Iterable[Deferral], books: Books) -> Iterator[Row]:
    for deferral in found:
        yield from scheduled(deferral.id, deferral.dist, deferral.schedule, books)
