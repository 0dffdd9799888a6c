"""How each entity buys, and in what its systems bound what its history can hold.

US01 buys through Coupa and books in SAP. GB01 lives in SAP alone, where account assignment percentages
have one decimal and orders know neither partial cancellation nor amounts without quantity. DE01 lives in
Tryton: one analytic account per line, no foreign orders, no line status. JP01 publishes everything.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Weights = tuple[Decimal, ...]

_WHOLE: Final[Weights] = (Decimal(100),)
_TWO: Final[Weights] = (Decimal(60), Decimal(40))
_HALF_POINTS: Final[Weights] = (Decimal("12.5"), Decimal("87.5"))
_THIRDS: Final[Weights] = (Decimal("33.33"), Decimal("33.33"), Decimal("33.34"))
_SHORT_THIRDS: Final[Weights] = (Decimal("33.3"), Decimal("33.3"), Decimal("33.4"))


@dataclass(frozen=True, slots=True)
class Trade:
    """`share`: the entity's part of the group's business, in percent. `orders`, `direct` (invoices without
    order): documents over the whole history at scale 1. `level`: units of the ledger currency for one
    dollar of list price. `foreign`: order currencies other than the ledger's, each with its units per
    dollar. `tax`: the non-recoverable rate some lines bear. `interface`: invoices reach the ledger days
    after their approval, and may be keyed there directly; `confirms`: the ledger reports postings back.
    `approves_first`: approval and posting are two steps in one system. `books_receipts`: the ledger books
    goods when they come, not when they are billed.
    """

    entity: str
    currency: str
    level: Decimal
    share: int
    orders: int
    direct: int
    foreign: tuple[tuple[str, Decimal], ...]
    splits: tuple[tuple[Weights, int], ...]
    tax: Decimal | None
    requisitions: bool = False
    receipts: bool = False
    amounts: bool = False
    partial_cancel: bool = False
    line_status: bool = False
    interface: bool = False
    confirms: bool = False
    approves_first: bool = False
    books_receipts: bool = False
    first_line: int = 1


TRADES: Final = (
    Trade(
        entity="US01",
        currency="USD",
        level=Decimal(1),
        share=48,
        orders=900,
        direct=230,
        foreign=(("EUR", Decimal("0.92")), ("GBP", Decimal("0.79"))),
        splits=((_WHOLE, 78), (_TWO, 10), (_THIRDS, 8), (_HALF_POINTS, 4)),
        tax=Decimal("0.0825"),
        requisitions=True,
        receipts=True,
        amounts=True,
        partial_cancel=True,
        line_status=True,
        interface=True,
    ),
    Trade(
        entity="DE01",
        currency="EUR",
        level=Decimal("0.92"),
        share=19,
        orders=300,
        direct=80,
        foreign=(),
        splits=((_WHOLE, 100),),
        tax=None,
        approves_first=True,
    ),
    Trade(
        entity="GB01",
        currency="GBP",
        level=Decimal("0.79"),
        share=19,
        orders=300,
        direct=80,
        foreign=(("EUR", Decimal("0.92")), ("USD", Decimal(1))),
        splits=((_WHOLE, 80), (_TWO, 10), (_SHORT_THIRDS, 10)),
        tax=None,
        line_status=True,
        first_line=10,
    ),
    Trade(
        entity="JP01",
        currency="JPY",
        level=Decimal(150),
        share=14,
        orders=240,
        direct=60,
        foreign=(("USD", Decimal(1)),),
        splits=((_WHOLE, 78), (_TWO, 10), (_THIRDS, 8), (_HALF_POINTS, 4)),
        tax=Decimal("0.10"),
        requisitions=True,
        receipts=True,
        amounts=True,
        partial_cancel=True,
        line_status=True,
        interface=True,
        confirms=True,
        books_receipts=True,
    ),
)
