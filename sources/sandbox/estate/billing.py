"""What suppliers bill: invoices and credits, and how far each has come on its way into the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.clock import TODAY, after, thursday
from sources.sandbox.estate.documents import Invoice, InvoiceLine, Order, OrderLine
from sources.sandbox.estate.fulfilment import Delivery
from sources.sandbox.estate.money import ONE, ZERO, rounded
from sources.sandbox.estate.ordering import Desk, Terms, distributions
from sources.sandbox.estate.streams import between, chance

_STUCK_WINDOW: Final = 45
"""days after which somebody has noticed that an export did not arrive"""
_RATE_STEP: Final = Decimal("0.0001")
_PAYMENT_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice and what the ledger made of it. `keyed`: typed straight into the ledger, so that no
    system upstream knows the invoice. `posted_on` None: the ledger does not have it (yet).
    """

    invoice: Invoice
    order: Order | None
    posted_on: date | None
    paid_on: date | None
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """How far an invoice has come, and when it got there."""

    status: str
    approved_on: date | None = None
    exported_on: date | None = None
    posted_on: date | None = None
    paid_on: date | None = None


def bill(desk: Desk, order: Order, came: Sequence[Delivery], end: str) -> Iterator[Bill]:
    """One invoice per delivery, and the credits that follow some of them."""
    rng = desk.rng
    for delivery in came:
        early = chance(rng, 0.06)
        day = after(delivery.day, -rng.randint(1, 4) if early else rng.randint(1, 20))
        if day > TODAY:
            continue
        lines = tuple(_line(desk, order, line, part, final=end == "MATCHED") for line, part in delivery.parts)
        keyed = desk.trade.interface and chance(rng, 0.04)
        yield _bill(desk, order, day, lines, "INVOICE", keyed=keyed)
        back = after(day, rng.randint(8, 35))
        if chance(rng, 0.07) and back <= TODAY and not keyed:
            credit = _credit(desk, lines[0], order.currency)
            yield _bill(desk, order, back, (credit,), "CREDIT")


def _line(desk: Desk, order: Order, line: OrderLine, part: Decimal, *, final: bool) -> InvoiceLine:
    if line.amount is not None:
        return _priced(order, line, None, None, part, final=final)
    quantity = _billed(desk, part)
    drift = between(desk.rng, Decimal("0.96"), Decimal("1.06")) if chance(desk.rng, 0.1) else ONE
    price = rounded(line.price * drift, order.currency)
    return _priced(order, line, quantity, price, quantity * price, final=final)


def _billed(desk: Desk, part: Decimal) -> Decimal:
    if chance(desk.rng, 0.03):
        return part + 1
    if desk.trade.receipts and part > 1 and chance(desk.rng, 0.05):
        return part - 1
    return part


def _priced(
    order: Order,
    line: OrderLine,
    quantity: Decimal | None,
    price: Decimal | None,
    amount: Decimal,
    *,
    final: bool,
) -> InvoiceLine:
    return InvoiceLine(
        line=line.line,
        description=line.description,
        po=order.number,
        po_line=line.line,
        quantity=quantity,
        price=price,
        amount=rounded(amount, order.currency),
        tax=rounded(amount * line.tax_rate, order.currency),
        final_match=final,
        distributions=(),
    )


def _credit(desk: Desk, line: InvoiceLine, currency: str) -> InvoiceLine:
    """Some of the quantity back, or (a third of the time, and on amounts always) money only."""
    if line.quantity is None or line.price is None or chance(desk.rng, 0.34):
        share = Decimal(desk.rng.randint(5, 20)) / 100
        amount, tax = rounded(line.amount * share, currency), rounded(line.tax * share, currency)
        return replace(line, quantity=None, price=None, amount=amount, tax=tax, final_match=False)
    quantity = Decimal(desk.rng.randint(1, int(line.quantity)))
    return replace(
        line,
        quantity=quantity,
        amount=rounded(quantity * line.price, currency),
        tax=rounded(line.tax * quantity / line.quantity, currency),
        final_match=False,
    )


def direct(desk: Desk, deal: Terms, day: date) -> Bill:
    """An invoice without order: rent, energy, a membership."""
    profile = desk.rng.choice(desk.profiles)
    account = desk.rng.choice([a for a in profile.purchases if a.startswith("6")])
    item = desk.books.items[account][0]
    amount = rounded(between(desk.rng, item.low, item.high) * deal.level * 2, deal.currency)
    tax = rounded(amount * (desk.trade.tax or ZERO), deal.currency) if chance(desk.rng, 0.2) else ZERO
    shares = distributions(desk, profile, account)
    line = InvoiceLine(1, item.description, None, None, None, None, amount, tax, False, shares)
    return _document(desk, deal, None, day, lines=(line,), type_="INVOICE", way=_way(desk, day))


def _bill(
    desk: Desk,
    order: Order,
    day: date,
    lines: tuple[InvoiceLine, ...],
    type_: str,
    *,
    keyed: bool = False,
) -> Bill:
    drift = between(desk.rng, Decimal("0.98"), Decimal("1.02")) if order.rate != 1 else ONE
    deal = Terms(order.supplier, order.currency, (order.rate * drift).quantize(_RATE_STEP), ONE)
    if not keyed:
        return _document(desk, deal, order, day, lines=lines, type_=type_, way=_way(desk, day))
    posted = after(day, desk.rng.randint(1, 6))
    way = Way("KEYED", posted_on=posted if posted <= TODAY else None)
    return replace(_document(desk, deal, order, day, lines=lines, type_=type_, way=way), keyed=True)


def _document(
    desk: Desk,
    deal: Terms,
    order: Order | None,
    day: date,
    *,
    lines: tuple[InvoiceLine, ...],
    type_: str,
    way: Way,
) -> Bill:
    entity = desk.trade.entity
    theirs = desk.numbers.supplier_invoice(deal.supplier)
    id_, number = ("", "") if way.status == "KEYED" else desk.numbers.invoice(entity, theirs, day)
    invoice = Invoice(
        id=id_,
        number=number,
        entity=entity,
        supplier=deal.supplier,
        supplier_invoice=theirs,
        date=day,
        approved_on=way.approved_on,
        exported_on=way.exported_on,
        status=way.status,
        type=type_,
        currency=deal.currency,
        rate=deal.rate,
        lines=lines,
    )
    return Bill(invoice, order, way.posted_on, way.paid_on)


def _way(desk: Desk, day: date) -> Way:
    return _through_interface(desk, day) if desk.trade.interface else _in_one_system(desk, day)


def _through_interface(desk: Desk, day: date) -> Way:
    """Approved, exported, posted, paid: days apart, in two systems. A few exports never arrive."""
    rng = desk.rng
    if chance(rng, 0.01):
        return Way("VOIDED")
    approved = after(day, rng.randint(1, 8))
    exported = after(approved, rng.randint(0, 5))
    posted = after(exported, rng.randint(1, 3))
    paid = thursday(max(day + timedelta(days=_PAYMENT_DAYS), after(posted, 1)))
    stuck = chance(rng, 0.06) and (TODAY - exported).days <= _STUCK_WINDOW
    if approved > TODAY or chance(rng, 0.005):
        return Way(rng.choice(("DRAFT", "PENDING")))
    if exported > TODAY:
        return Way("APPROVED", approved)
    if posted > TODAY or stuck:
        return Way("EXPORTED", approved, exported)
    if paid <= TODAY:
        return Way("PAID_PER_S2P", approved, exported, posted, paid)
    return Way("POSTED_PER_S2P" if desk.trade.confirms else "EXPORTED", approved, exported, posted)


def _in_one_system(desk: Desk, day: date) -> Way:
    """Where the ledger itself takes in invoices: parked, then posted; a clerk may approve some days ahead."""
    rng = desk.rng
    approved = after(day, rng.randint(1, 6))
    posted = after(approved, rng.randint(0, 4)) if desk.trade.approves_first else approved
    paid = thursday(max(day + timedelta(days=_PAYMENT_DAYS), after(posted, 1)))
    if approved > TODAY:
        return Way("DRAFT")
    if posted > TODAY:
        return Way("APPROVED", approved)
    if paid > TODAY:
        return Way("POSTED_PER_S2P", approved, None, posted)
    return Way("PAID_PER_S2P", approved, None, posted, paid)
