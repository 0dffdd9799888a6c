"""Goods received, invoice not received: what a ledger that books receipts makes of them.

At any time such a ledger owes `max(0, received − posted)` of every order line, at order value, beside the
vouchers it has posted. A receipt books what it adds to that; a voucher clears what it takes from it and
charges the rest, which is the difference in price and whatever was billed before it came.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.billing import Bill
from sources.sandbox.estate.documents import (
    Invoice,
    InvoiceLine,
    Journal,
    JournalLine,
    Order,
    OrderLine,
    Receipt,
)
from sources.sandbox.estate.journals import Ledger, counter_entry, entry
from sources.sandbox.estate.money import ONE, THOUSANDTH, ZERO, rounded, split, unit

RECEIVED: Final = "2150"
"""Goods and services received not invoiced."""

Billed = tuple[str, str, int]
"""supplier, the supplier's invoice number, line"""


@dataclass(frozen=True, slots=True)
class Goods:
    """What each receipt (by id) adds to what is owed, and what each posted invoice line takes from it: in
    units of the order line, amounts where it is matched by amount."""

    booked: Mapping[str, Decimal]
    cleared: Mapping[Billed, Decimal]


NO_GOODS: Final = Goods({}, {})


def billed(invoice: Invoice, line: InvoiceLine) -> Billed:
    return invoice.supplier, invoice.supplier_invoice, line.line


@dataclass(frozen=True, slots=True)
class Event:
    """`units` of an order line come (`what`: the receipt's id) or are posted (`what`: the line billed)."""

    day: date
    line: tuple[str, int]
    units: Decimal
    what: str | Billed


def follow(receipts: Iterable[Receipt], bills: Iterable[Bill]) -> Goods:
    """The events of all order lines in the order of their dates, receipts first."""
    received: defaultdict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
    posted: defaultdict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
    booked: dict[str, Decimal] = {}
    cleared: dict[Billed, Decimal] = {}

    def owed(line: tuple[str, int]) -> Decimal:
        return max(ZERO, received[line] - posted[line])

    for event in sorted([*_arrivals(receipts), *_postings(bills)], key=lambda event: event.day):
        before = owed(event.line)
        if isinstance(event.what, str):
            received[event.line] += event.units
            booked[event.what] = owed(event.line) - before
        else:
            posted[event.line] += event.units
            cleared[event.what] = before - owed(event.line)
    return Goods(booked, cleared)


def _arrivals(receipts: Iterable[Receipt]) -> Iterator[Event]:
    for receipt in receipts:
        units = receipt.amount if receipt.quantity is None else receipt.quantity
        yield Event(receipt.date, (receipt.po, receipt.po_line), units or ZERO, receipt.id)


def _postings(bills: Iterable[Bill]) -> Iterator[Event]:
    for bill in bills:
        if bill.posted_on is None or bill.order is None:
            continue
        sign = -1 if bill.invoice.type == "CREDIT" else 1
        ordered = {line.line: line for line in bill.order.lines if line.receipt_required}
        for line in bill.invoice.lines:
            if line.po_line in ordered:
                units = line.quantity if ordered[line.po_line].amount is None else line.amount
                key = (bill.order.number, line.po_line)
                yield Event(bill.posted_on, key, sign * (units or ZERO), billed(bill.invoice, line))


def unit_value(order: Order, line: OrderLine) -> Decimal:
    """One unit of an order line in ledger currency, with non-recoverable tax."""
    return (ONE if line.amount is not None else line.price) * (1 + line.tax_rate) * order.rate


def book(
    ledger: Ledger, orders: Iterable[Order], receipts: Iterable[Receipt], goods: Goods
) -> Iterator[Journal]:
    """A journal for every receipt that adds to what is owed, or takes from it."""
    ordered = {(order.number, line.line): (order, line) for order in orders for line in order.lines}
    for receipt in sorted(receipts, key=lambda receipt: receipt.date):
        if units := goods.booked[receipt.id]:
            yield booking(ledger, *ordered[receipt.po, receipt.po_line], receipt, units)


def booking(ledger: Ledger, order: Order, line: OrderLine, receipt: Receipt, units: Decimal) -> Journal:
    """`units` of an order line, charged as the order says."""
    weights = [share.percent for share in line.distributions]
    costs = split(rounded(units * unit_value(order, line), ledger.currency), weights, unit(ledger.currency))
    counts = split(units, weights, THOUSANDTH) if line.amount is None else [None] * len(weights)
    lines = []
    for n, (share, cost, count) in enumerate(zip(line.distributions, costs, counts, strict=True), start=1):
        charged = entry(n, share.account, cost, line.description, share.cost_center, project=share.project)
        lines.append(
            replace(charged, supplier=order.supplier, po=order.number, po_line=line.line, quantity=count)
        )
    owed = counter_entry(lines, RECEIVED, f"Receipt {receipt.number}", order.supplier)
    return ledger.journal(receipt.date, "GRNI", [*lines, owed])


def clearing(ledger: Ledger, order: Order, line: OrderLine, units: Decimal, number: int) -> JournalLine:
    """The line of a voucher that clears `units` of what was received; its references are the voucher's."""
    value = rounded(units * unit_value(order, line), ledger.currency)
    count = units if line.amount is None else None
    return replace(entry(number, RECEIVED, value, line.description), quantity=count, clears_receipt=True)
