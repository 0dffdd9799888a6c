"""Accounts payable: the voucher of every posted bill, and its payment.

The expense lines of a voucher carry the references to what they came from; the payables line carries the
supplier alone. Once in a while accounts payable books a line on another cost centre than the order says.
Where the ledger books receipts, a voucher clears what they booked and charges only the rest.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Final

from sources.sandbox.estate.billing import Bill
from sources.sandbox.estate.documents import Distribution, InvoiceLine, Journal, JournalLine
from sources.sandbox.estate.goods import NO_GOODS, Goods, billed, clearing
from sources.sandbox.estate.journals import Ledger, counter_entry, entry
from sources.sandbox.estate.money import THOUSANDTH, ZERO, rounded, split, unit
from sources.sandbox.estate.streams import chance

PAYABLES: Final = "2100"
BANK: Final = "1000"


def vouchers(
    ledger: Ledger, bills: Sequence[Bill], rng: Random, goods: Goods = NO_GOODS
) -> Iterator[Journal]:
    posted = ((b.posted_on, b) for b in bills if b.posted_on is not None)
    centers = _centers(bills)
    for day, bill in sorted(posted, key=lambda dated: dated[0]):
        yield _voucher(ledger, day, bill, goods, _recoding(bill, rng, centers))


def payments(ledger: Ledger, bills: Sequence[Bill]) -> Iterator[Journal]:
    """One payment run a week, on Thursdays, for everything that fell due."""
    runs: defaultdict[date, list[Bill]] = defaultdict(list)
    for bill in bills:
        if bill.paid_on is not None:
            runs[bill.paid_on].append(bill)
    for day in sorted(runs):
        lines = [_settled(ledger, i, bill) for i, bill in enumerate(runs[day], start=1)]
        yield ledger.journal(day, "PAYMENT", [*lines, counter_entry(lines, BANK, "Payment run")])


def _settled(ledger: Ledger, number: int, bill: Bill) -> JournalLine:
    due = sum((_cost(ledger, bill, line) for line in bill.invoice.lines), ZERO)
    theirs = bill.invoice.supplier_invoice
    return entry(number, PAYABLES, due, theirs, supplier=bill.invoice.supplier)


def _centers(bills: Sequence[Bill]) -> tuple[str, ...]:
    return tuple(sorted({d.cost_center for b in bills for line in b.invoice.lines for d in _shares(b, line)}))


def _shares(bill: Bill, line: InvoiceLine) -> tuple[Distribution, ...]:
    if bill.order is None:
        return line.distributions
    return next(o.distributions for o in bill.order.lines if o.line == line.po_line)


def _cost(ledger: Ledger, bill: Bill, line: InvoiceLine) -> Decimal:
    """Net and non-recoverable tax in ledger currency; negative for a credit."""
    cost = rounded((line.amount + line.tax) * bill.invoice.rate, ledger.currency)
    return -cost if bill.invoice.type == "CREDIT" else cost


def _recoding(bill: Bill, rng: Random, centers: Sequence[str]) -> str | None:
    """Where accounts payable books the first line instead."""
    return rng.choice(centers) if bill.order is not None and chance(rng, 0.015) else None


def _voucher(ledger: Ledger, day: date, bill: Bill, goods: Goods, elsewhere: str | None) -> Journal:
    lines: list[JournalLine] = []
    for line in bill.invoice.lines:
        lines.extend(_charged(ledger, bill, line, goods, len(lines)))
    if elsewhere is not None:
        first = next((i for i, line in enumerate(lines) if line.cost_center), None)
        if first is not None:
            lines[first] = replace(lines[first], cost_center=elsewhere)
    payable = counter_entry(lines, PAYABLES, bill.invoice.supplier_invoice, bill.invoice.supplier)
    invoice = bill.invoice
    return ledger.journal(
        day, "AP", [*lines, payable], document_date=invoice.date, document_currency=invoice.currency
    )


def _charged(
    ledger: Ledger, bill: Bill, line: InvoiceLine, goods: Goods, before: int
) -> Iterator[JournalLine]:
    """What the line clears of receipts, then what is left of it as an expense."""
    cost = _cost(ledger, bill, line)
    sign = -1 if bill.invoice.type == "CREDIT" else 1
    quantity = None if line.quantity is None else sign * line.quantity
    units = goods.cleared.get(billed(bill.invoice, line), ZERO)
    if units and bill.order is not None:
        ordered = next(o for o in bill.order.lines if o.line == line.po_line)
        cleared = clearing(ledger, bill.order, ordered, units, before + 1)
        yield _referring(cleared, bill, line)
        cost -= cleared.debit - cleared.credit
        quantity = None if quantity is None else quantity - units
        if not cost:
            return
        before += 1
    yield from _expense(ledger, bill, line, before, cost=cost, quantity=quantity or None)


def _expense(
    ledger: Ledger, bill: Bill, line: InvoiceLine, before: int, *, cost: Decimal, quantity: Decimal | None
) -> Iterator[JournalLine]:
    shares = _shares(bill, line)
    weights = [share.percent for share in shares]
    costs = split(cost, weights, unit(ledger.currency))
    quantities: Sequence[Decimal | None] = (
        [None] * len(shares) if quantity is None else split(quantity, weights, THOUSANDTH)
    )
    parts = zip(shares, costs, quantities, strict=True)
    for i, (share, part, count) in enumerate(parts, start=before + 1):
        charged = entry(i, share.account, part, line.description, share.cost_center, project=share.project)
        yield _referring(replace(charged, quantity=count), bill, line)


def _referring(charged: JournalLine, bill: Bill, line: InvoiceLine) -> JournalLine:
    return replace(
        charged,
        supplier=bill.invoice.supplier,
        invoice=bill.invoice.id or None,
        supplier_invoice=bill.invoice.supplier_invoice,
        po=line.po,
        po_line=line.po_line,
    )
