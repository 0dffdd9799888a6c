"""What is bought: order lines with their distributions, and the requisitions they fulfil."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from sources.sandbox.estate.documents import Distribution, OrderLine, Requisition, RequisitionLine
from sources.sandbox.estate.money import ONE, ZERO, rounded
from sources.sandbox.estate.numbers import Numbers
from sources.sandbox.estate.profile import Books, Item, Profile
from sources.sandbox.estate.streams import between, chance, pick
from sources.sandbox.estate.trade import Trade, Weights

_RATE_STEP: Final = Decimal("0.0001")
_TAXED: Final = 0.18
_PROJECT: Final = 0.12
_FOREIGN: Final = 0.12


@dataclass(frozen=True, slots=True)
class Desk:
    """An entity's purchasing desk: whom it buys from, for whom, and its own source of chance."""

    trade: Trade
    books: Books
    suppliers: Mapping[str, tuple[str, ...]]
    """by currency"""
    projects: tuple[str, ...]
    rng: Random
    numbers: Numbers

    @property
    def profiles(self) -> Sequence[Profile]:
        return self.books.profiles[self.trade.entity]


@dataclass(frozen=True, slots=True)
class Terms:
    """With whom and in which money; `level`: units of `currency` per dollar of list price."""

    supplier: str
    currency: str
    rate: Decimal
    level: Decimal


def terms(desk: Desk) -> Terms:
    trade, rng = desk.trade, desk.rng
    if trade.foreign and chance(rng, _FOREIGN):
        currency, level = rng.choice(trade.foreign)
        rate = (trade.level / level * between(rng, Decimal("0.97"), Decimal("1.03"))).quantize(_RATE_STEP)
    else:
        currency, level, rate = trade.currency, trade.level, ONE
    return Terms(rng.choice(desk.suppliers[currency]), currency, rate, level)


def order_lines(desk: Desk, deal: Terms) -> tuple[OrderLine, ...]:
    count = pick(desk.rng, ((1, 60), (2, 25), (3, 15)))
    step = desk.trade.first_line
    return tuple(_line(desk, deal, step * (i + 1)) for i in range(count))


def _line(desk: Desk, deal: Terms, number: int) -> OrderLine:
    trade, rng = desk.trade, desk.rng
    profile = rng.choice(desk.profiles)
    account = rng.choice(profile.purchases)
    item = _item(desk, account)
    price = rounded(between(rng, item.low, item.high) * deal.level, deal.currency)
    by_amount = item.basis == "AMOUNT"
    quantity = ONE if by_amount else Decimal(rng.randint(1, item.max_quantity))
    return OrderLine(
        line=number,
        description=item.description,
        match_basis=item.basis,
        quantity=quantity,
        price=price,
        amount=price if by_amount else None,
        cancelled_quantity=_cancelled(desk, quantity, price if by_amount else None, deal.currency),
        tax_rate=trade.tax if trade.tax and chance(rng, _TAXED) else ZERO,
        receipt_required=trade.receipts and chance(rng, 0.55),
        status=None,
        requisition=None,
        distributions=distributions(desk, profile, account),
    )


def _item(desk: Desk, account: str) -> Item:
    items = desk.books.items[account]
    return desk.rng.choice([i for i in items if desk.trade.amounts or i.basis == "QTY"])


def _cancelled(desk: Desk, quantity: Decimal, amount: Decimal | None, currency: str) -> Decimal:
    if not (desk.trade.partial_cancel and chance(desk.rng, 0.05)):
        return ZERO
    if amount is not None:
        return rounded(amount * desk.rng.randint(1, 6) / 10, currency)
    return Decimal(desk.rng.randint(1, int(quantity) - 1)) if quantity > 1 else ZERO


def distributions(desk: Desk, profile: Profile, account: str) -> tuple[Distribution, ...]:
    """The first share falls to the cost centre that ordered, the others to its neighbours."""
    rng = desk.rng
    weights: Weights = pick(rng, desk.trade.splits)
    centers = [profile, *_neighbours(desk, profile, account, len(weights) - 1)]
    project = rng.choice(desk.projects) if chance(rng, _PROJECT) else None
    return tuple(
        Distribution(i, account, center.center.id, project, weight)
        for i, (center, weight) in enumerate(zip(centers, weights, strict=True), start=1)
    )


def _neighbours(desk: Desk, profile: Profile, account: str, count: int) -> list[Profile]:
    """Those that plan the same account first: few orders are charged where nobody has a budget."""
    others = desk.rng.sample(desk.profiles, len(desk.profiles)) if count else []
    others.sort(key=lambda p: account not in p.purchases)
    return [p for p in others if p is not profile][:count]


def request(
    desk: Desk, deal: Terms, lines: Sequence[OrderLine], day: date
) -> tuple[Requisition, tuple[OrderLine, ...]]:
    """The requisition that order lines fulfil, wholly or in part, and the lines with their references."""
    rng = desk.rng
    id_, number = desk.numbers.requisition(desk.trade.entity)
    asked: list[RequisitionLine] = []
    fulfilled: list[OrderLine] = []
    for i, line in enumerate(lines, start=1):
        more = line.amount is None and chance(rng, 0.2)
        quantity = line.quantity + (rng.randint(1, int(line.quantity) + 2) if more else 0)
        drift = between(rng, Decimal("0.92"), Decimal("1.05")) if chance(rng, 0.3) else ONE
        asked.append(
            RequisitionLine(
                i,
                line.description,
                quantity,
                rounded(line.price * drift, deal.currency),
                line.tax_rate,
                line.distributions,
            )
        )
        fulfilled.append(replace(line, requisition=(number, i, line.quantity)))
    earlier = day - timedelta(days=rng.randint(2, 18))
    asking = _requisition(desk, deal, (id_, number), earlier, status="APPROVED", lines=asked)
    return asking, tuple(fulfilled)


def unfulfilled(desk: Desk, deal: Terms, day: date, status: str) -> Requisition:
    """A requisition no order has taken up."""
    asked = [
        RequisitionLine(i, line.description, line.quantity, line.price, line.tax_rate, line.distributions)
        for i, line in enumerate(order_lines(desk, deal), start=1)
    ]
    identity = desk.numbers.requisition(desk.trade.entity)
    return _requisition(desk, deal, identity, day, status=status, lines=asked)


def _requisition(
    desk: Desk,
    deal: Terms,
    identity: tuple[str, str],
    day: date,
    *,
    status: str,
    lines: Sequence[RequisitionLine],
) -> Requisition:
    id_, number = identity
    return Requisition(
        id_,
        number,
        desk.trade.entity,
        deal.supplier,
        day,
        status,
        deal.currency,
        deal.rate,
        tuple(lines),
    )
