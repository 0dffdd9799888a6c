"""Purchasing from the request to the bill, one entity at a time, one order's whole life after another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.billing import Bill, bill, direct
from sources.sandbox.estate.clock import TODAY
from sources.sandbox.estate.documents import Company, Order, OrderLine, Receipt, Requisition
from sources.sandbox.estate.fulfilment import deliveries, fate, line_fates, receive, status
from sources.sandbox.estate.numbers import Numbers
from sources.sandbox.estate.ordering import Desk, Terms, order_lines, request, terms, unfulfilled
from sources.sandbox.estate.profile import Books
from sources.sandbox.estate.streams import chance, dates, pick, scaled, stream
from sources.sandbox.estate.trade import Trade

_REQUESTED: Final = 0.7
_SECOND_ORDER: Final = 0.3
_WANTED_LATER: Final = 0.5
_UNFULFILLED_SHARE: Final = Decimal("0.12")
_WAITING: Final = frozenset({"APPROVED", "EXPORTED"})


@dataclass(slots=True)
class Purchases:
    """Everything purchasing left behind, in the order it happened per entity."""

    requisitions: list[Requisition] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Leftover:
    """What an order left of a requisition line for a later order."""

    deal: Terms
    line: OrderLine


def desk_of(trade: Trade, company: Company, books: Books, numbers: Numbers, seed: int) -> Desk:
    suppliers: dict[str, tuple[str, ...]] = {}
    for supplier in company.suppliers:
        suppliers[supplier.currency] = (*suppliers.get(supplier.currency, ()), supplier.id)
    return Desk(
        trade=trade,
        books=books,
        suppliers=suppliers,
        projects=tuple(p.id for p in company.projects if p.entity == trade.entity),
        rng=stream(seed, f"purchasing {trade.entity}"),
        numbers=numbers,
    )


def purchase(desk: Desk, scale: Decimal, into: Purchases) -> None:
    leftovers: list[Leftover] = []
    for day in dates(desk.rng, scaled(desk.trade.orders, scale)):
        _order(desk, day, leftovers, into)
    if desk.trade.requisitions:
        _requests(desk, scaled(int(desk.trade.orders * _UNFULFILLED_SHARE), scale), into)
    for day in dates(desk.rng, scaled(desk.trade.direct, scale)):
        into.bills.append(direct(desk, terms(desk), day))


def _order(desk: Desk, day: date, leftovers: list[Leftover], into: Purchases) -> None:
    deal, lines = _wanted(desk, day, leftovers, into)
    end = fate(desk, day)
    lines = line_fates(desk, lines, end)
    came = deliveries(desk, lines, deal.currency, day, end)
    id_, number = desk.numbers.order(desk.trade.entity)
    order = Order(
        id=id_,
        number=number,
        entity=desk.trade.entity,
        supplier=deal.supplier,
        date=day,
        status=status(desk, day, end, came, lines),
        currency=deal.currency,
        rate=deal.rate,
        lines=lines,
    )
    into.orders.append(order)
    into.receipts.extend(receive(desk, order, came))
    into.bills.extend(_unambiguous(list(bill(desk, order, came, end))))


def _unambiguous(bills: Sequence[Bill]) -> list[Bill]:
    """A voucher keyed on an order line while an approved invoice for it waits to be posted might be either;
    nobody could say which. Such vouchers, and those not yet keyed, are left out.
    """
    waiting = any(b.invoice.status in _WAITING and b.posted_on is None for b in bills)
    return [b for b in bills if not b.keyed or (b.posted_on is not None and not waiting)]


def _wanted(
    desk: Desk, day: date, leftovers: list[Leftover], into: Purchases
) -> tuple[Terms, tuple[OrderLine, ...]]:
    if leftovers and chance(desk.rng, _SECOND_ORDER):
        rest = leftovers.pop()
        return rest.deal, (rest.line,)
    deal = terms(desk)
    lines = order_lines(desk, deal)
    if not (desk.trade.requisitions and chance(desk.rng, _REQUESTED)):
        return deal, lines
    asked, lines = request(desk, deal, lines, day)
    into.requisitions.append(asked)
    leftovers.extend(_leftovers(desk, deal, asked, lines))
    return deal, lines


def _leftovers(desk: Desk, deal: Terms, asked: Requisition, lines: Sequence[OrderLine]) -> list[Leftover]:
    found: list[Leftover] = []
    for wish, line in zip(asked.lines, lines, strict=True):
        rest = wish.quantity - line.quantity
        if rest > 0 and chance(desk.rng, _WANTED_LATER):
            found.append(Leftover(deal, _second(asked, wish.line, line, rest)))
    return found


def _second(asked: Requisition, wish: int, line: OrderLine, quantity: Decimal) -> OrderLine:
    return OrderLine(
        line=1,
        description=line.description,
        match_basis=line.match_basis,
        quantity=quantity,
        price=line.price,
        amount=None,
        cancelled_quantity=Decimal(0),
        tax_rate=line.tax_rate,
        receipt_required=line.receipt_required,
        status=None,
        requisition=(asked.number, wish, quantity),
        distributions=line.distributions,
    )


def _requests(desk: Desk, count: int, into: Purchases) -> None:
    """Recent requests wait for approval or for an order; a few never got further."""
    for _ in range(count):
        day = TODAY - timedelta(days=int(desk.rng.triangular(0, 300, 0)))
        state = pick(desk.rng, (("APPROVED", 55), ("PENDING", 30), ("CANCELLED", 15)))
        into.requisitions.append(unfulfilled(desk, terms(desk), day, state))
