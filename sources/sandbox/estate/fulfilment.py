"""How orders go on: the fate of an order, its deliveries, its status and its receipts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sources.sandbox.estate.clock import TODAY, after
from sources.sandbox.estate.documents import Order, OrderLine, Receipt
from sources.sandbox.estate.money import ONE, ZERO, split, unit
from sources.sandbox.estate.ordering import Desk
from sources.sandbox.estate.streams import chance, pick

_RECENT: Final = 25
"""days during which an order may still wait for approval"""
_SETTLED: Final = 45
"""days after which the last delivery of an order is billed"""

_YOUNG: Final = (("LIVE", 64), ("DRAFT", 14), ("PENDING", 18), ("CANCELLED", 4))
_GROWN: Final = (
    ("LIVE", 82),
    ("DRAFT", 1),
    ("PENDING", 1),
    ("CANCELLED", 4),
    ("IDLE", 3),
    ("SHORT", 4),
    ("FINAL", 3),
    ("MATCHED", 2),
)
_PLAIN: Final = (("LIVE", 92), ("DRAFT", 1), ("PENDING", 1), ("CANCELLED", 4), ("IDLE", 2))
"""LIVE runs to its end, IDLE is forgotten, SHORT and FINAL are closed with a rest, MATCHED is ended by its
invoice."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came on one day: each line with its quantity, or its amount on an amount-matched line."""

    day: date
    parts: tuple[tuple[OrderLine, Decimal], ...]
    last: bool


def fate(desk: Desk, day: date) -> str:
    if (TODAY - day).days < _RECENT:
        return pick(desk.rng, _YOUNG)
    return pick(desk.rng, _GROWN if desk.trade.line_status else _PLAIN)


def line_fates(desk: Desk, lines: Sequence[OrderLine], end: str) -> tuple[OrderLine, ...]:
    """Now and then one line of a running order ends before the others."""
    if end != "LIVE" or len(lines) == 1 or not desk.trade.line_status or not chance(desk.rng, 0.1):
        return tuple(lines)
    status = desk.rng.choice(("CANCELLED", "CLOSED", "FINALLY_CLOSED"))
    return (*lines[:-1], replace(lines[-1], status=status))


def deliveries(
    desk: Desk, lines: Sequence[OrderLine], currency: str, day: date, end: str
) -> tuple[Delivery, ...]:
    """All deliveries up to the clock; of an order that is cut short, the first."""
    if end in {"DRAFT", "PENDING", "CANCELLED", "IDLE"}:
        return ()
    rng = desk.rng
    cut_short = end in {"SHORT", "FINAL", "MATCHED"}
    count = max(pick(rng, ((1, 35), (2, 30), (3, 20), (4, 15))), 2 if cut_short else 1)
    lead, pause = rng.randint(5, 40), rng.randint(12, 45)
    shares = [_shares(line, count, currency) for line in lines]
    planned = [
        Delivery(
            after(day, lead + pause * i),
            tuple((line, share[i]) for line, share in zip(lines, shares, strict=True) if share[i]),
            last=i == count - 1,
        )
        for i in range(1 if cut_short else count)
    ]
    return tuple(d for d in planned if d.day <= TODAY and d.parts)


def _shares(line: OrderLine, count: int, currency: str) -> tuple[Decimal, ...]:
    if line.status == "CANCELLED":
        return (ZERO,) * count
    whole = (line.quantity if line.amount is None else line.amount) - line.cancelled_quantity
    step = ONE if line.amount is None else unit(currency)
    shares = split(whole, (ONE,) * count, step)
    return shares if line.status is None else (shares[0], *(ZERO,) * (count - 1))


def status(desk: Desk, day: date, end: str, came: Sequence[Delivery], lines: Sequence[OrderLine]) -> str:
    if end not in {"LIVE", "IDLE", "MATCHED"}:
        return {"SHORT": "CLOSED", "FINAL": "FINALLY_CLOSED"}.get(end, end)
    if not came:
        return "APPROVED" if (TODAY - day).days < _RECENT // 4 else "OPEN"
    finished = came[-1].last
    if finished and (TODAY - came[-1].day).days > _SETTLED and chance(desk.rng, 0.7):
        return "CLOSED"
    if not any(line.receipt_required for line in lines):
        return "OPEN"
    return "RECEIVED" if finished else "PARTIALLY_RECEIVED"


def receive(desk: Desk, order: Order, came: Sequence[Delivery]) -> Iterator[Receipt]:
    """A receipt per delivered line that needs one; sometimes too much arrives, sometimes some goes back."""
    rng = desk.rng
    for delivery in came:
        for line, part in delivery.parts:
            if not line.receipt_required:
                continue
            over = delivery.last and line.amount is None and chance(rng, 0.06)
            arrived = part + rng.randint(1, 2) if over else part
            yield _receipt(desk, order, line, delivery.day, arrived)
            back = delivery.day + timedelta(days=rng.randint(3, 25))
            if line.amount is None and chance(rng, 0.06) and back <= TODAY:
                yield _receipt(desk, order, line, back, -Decimal(rng.randint(1, int(part))))


def _receipt(desk: Desk, order: Order, line: OrderLine, day: date, arrived: Decimal) -> Receipt:
    id_, number = desk.numbers.receipt(order.entity)
    quantity, amount = (arrived, None) if line.amount is None else (None, arrived)
    return Receipt(id_, number, order.entity, order.number, line.line, day, quantity, amount)
