"""The ledger's side of the hazards: vouchers that name more or less, reversals, accruals."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.documents import Invoice, Journal, JournalLine, Order
from sources.sandbox.estate.goods import RECEIVED
from sources.sandbox.estate.hazards.writing import Clerk
from sources.sandbox.estate.journals import counter_entry, entry
from sources.sandbox.estate.money import ONE, rounded
from sources.sandbox.estate.payables import PAYABLES

ACCRUED: Final = "2160"
INVOICE: Final = "invoice"
THEIRS: Final = "supplier_invoice"
ORDER: Final = "po"
EVERYTHING: Final = (INVOICE, THEIRS, ORDER)


def post(
    clerk: Clerk,
    order: Order,
    invoice: Invoice,
    day: date,
    *,
    names: Collection[str] = EVERYTHING,
    share: Decimal = ONE,
    center: str | None = None,
) -> Journal:
    """A voucher of an invoice, or of a `share` of it, that names what `names` says. It is charged to
    `center`, else to the distribution the invoice names, else to the first.
    """
    billed = invoice.lines[0]
    target = next(d for d in order.lines[0].distributions if d.dist == (billed.po_dist or 1))
    cost = rounded(billed.amount * invoice.rate * share, clerk.trade.currency)
    charged = entry(1, target.account, cost, billed.description, center or target.cost_center)
    units = None if billed.quantity is None else billed.quantity * share
    line = replace(charged, quantity=units, po_dist=billed.po_dist)
    return voucher(clerk, order, invoice, day, [named(line, order, invoice, names)])


def clear(clerk: Clerk, order: Order, invoice: Invoice, day: date, *, says_so: bool) -> Journal:
    """A voucher without any expense: all it bills was booked when it came. `says_so`: its line is marked."""
    billed = invoice.lines[0]
    cost = rounded(billed.amount * invoice.rate, clerk.trade.currency)
    line = replace(entry(1, RECEIVED, cost, billed.description), quantity=billed.quantity)
    line = replace(line, clears_receipt=says_so)
    return voucher(clerk, order, invoice, day, [named(line, order, invoice, EVERYTHING)])


def named(line: JournalLine, order: Order, invoice: Invoice, names: Collection[str]) -> JournalLine:
    """The line with the references it is to have."""
    return replace(
        line,
        supplier=invoice.supplier,
        invoice=invoice.id or None if INVOICE in names else None,
        supplier_invoice=invoice.supplier_invoice if THEIRS in names else None,
        po=order.number if ORDER in names else None,
        po_line=order.lines[0].line if ORDER in names else None,
        po_dist=line.po_dist if ORDER in names else None,
    )


def voucher(clerk: Clerk, order: Order, invoice: Invoice, day: date, lines: Sequence[JournalLine]) -> Journal:
    payable = counter_entry(lines, PAYABLES, "Payable", order.supplier)
    journal = clerk.ledger.journal(
        day, "AP", [*lines, payable], document_date=invoice.date, document_currency=invoice.currency
    )
    return kept(clerk, journal)


def reverse(clerk: Clerk, journal: Journal, day: date) -> Journal:
    """The same lines with the opposite sign, and every reference of theirs."""
    lines = [
        replace(
            line,
            debit=line.credit,
            credit=line.debit,
            quantity=None if line.quantity is None else -line.quantity,
        )
        for line in journal.lines
    ]
    back = clerk.ledger.journal(
        day,
        journal.origin,
        lines,
        reverses=journal.number,
        document_currency=journal.document_currency,
    )
    return kept(clerk, back)


def accrue(clerk: Clerk, order: Order, quantity: int, day: date) -> Journal:
    """What came and is not billed, by hand, at order price; it names the order."""
    line = order.lines[0]
    cost = rounded(quantity * line.price * order.rate, clerk.trade.currency)
    charged = entry(1, clerk.account, cost, "Accrual", clerk.center, supplier=order.supplier)
    charged = replace(charged, po=order.number, po_line=line.line)
    return spend(clerk, [charged], day, "ACCRUAL", ACCRUED)


def spend(
    clerk: Clerk, lines: Sequence[JournalLine], day: date, origin: str, against: str | None = None
) -> Journal:
    """A journal of any origin, balanced `against` an account, or in itself."""
    offset = [] if against is None else [counter_entry(lines, against, "Offset")]
    return kept(clerk, clerk.ledger.journal(day, origin, [*lines, *offset]))


def kept(clerk: Clerk, journal: Journal) -> Journal:
    clerk.into.journals.append(journal)
    return journal
