"""Accounts payable: the voucher of every posted bill, and its payment.

The expense lines of a voucher carry the references to what they came from; the payables line carries the
supplier alone. Once in a while accounts payable books a line on another cost centre than the order says.
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
from sources.sandbox.estate.journals import Ledger, counter_entry, entry
from sources.sandbox.estate.money import THOUSANDTH, ZERO, rounded, split, unit
from sources.sandbox.estate.streams import chance

PAYABLES: Final = "2100"
BANK: Final = "1000"


def vouchers(ledger: Ledger, bills: Sequence[Bill], rng: Random) -> Iterator[Journal]:
    posted = ((b.posted_on, b) for b in bills if b.posted_on is not None)
    centers = _centers(bills)
    for day, bill in sorted(posted, key=lambda dated: dated[0]):
        yield _voucher(ledger, day, bill, rng, centers)


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


def _voucher(ledger: Ledger, day: date, bill: Bill, rng: Random, centers: Sequence[str]) -> Journal:
    lines: list[JournalLine] = []
    for billed in bill.invoice.lines:
        lines.extend(_expense(ledger, bill, billed, len(lines)))
    if bill.order is not None and chance(rng, 0.015):
        lines[0] = replace(lines[0], cost_center=rng.choice(centers))
    payable = counter_entry(lines, PAYABLES, bill.invoice.supplier_invoice, bill.invoice.supplier)
    return ledger.journal(day, "AP", [*lines, payable], document_date=bill.invoice.date)


def _expense(ledger: Ledger, bill: Bill, billed: InvoiceLine, before: int) -> Iterator[JournalLine]:
    shares = _shares(bill, billed)
    weights = [share.percent for share in shares]
    costs = split(_cost(ledger, bill, billed), weights, unit(ledger.currency))
    sign = -1 if bill.invoice.type == "CREDIT" else 1
    quantities: Sequence[Decimal | None] = (
        [None] * len(shares)
        if billed.quantity is None
        else split(sign * billed.quantity, weights, THOUSANDTH)
    )
    parts = zip(shares, costs, quantities, strict=True)
    for i, (share, cost, quantity) in enumerate(parts, start=before + 1):
        line = entry(i, share.account, cost, billed.description, share.cost_center, project=share.project)
        yield replace(
            line,
            supplier=bill.invoice.supplier,
            invoice=bill.invoice.id or None,
            supplier_invoice=bill.invoice.supplier_invoice,
            po=billed.po,
            po_line=billed.po_line,
            quantity=quantity,
        )
