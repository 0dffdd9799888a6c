"""Costs that belong to other days than their payment: prepayments and subscriptions."""

from datetime import date
from typing import Final

from sources.sandbox.estate.agreements import Instalment
from sources.sandbox.estate.clock import TODAY, month_end, period
from sources.sandbox.estate.documents import Journal
from sources.sandbox.estate.hazards.posting import spend
from sources.sandbox.estate.hazards.world import World
from sources.sandbox.estate.hazards.writing import Clerk, numbers
from sources.sandbox.estate.journals import entry
from sources.sandbox.estate.payables import PAYABLES

PREPAID: Final = "1400"
_MONTHS: Final = tuple(date(2026, month, 1) for month in range(1, 13))
_TERMINABLE: Final = "2026-P09"


def prepaid(world: World) -> tuple[str, ...]:
    """A year's licence is paid in January and deferred; a twelfth a month has become cost until June. The
    other six are spent money whose cost is still to come in this budget: neither open order nor actual, they
    look free.
    """
    jp = world.jp
    number = jp.numbers.agreement(jp.trade.entity, "DEFERRAL")
    schedule = _schedule(jp, number, 240)
    jp.into.deferrals.extend(schedule)
    whole = entry(1, PREPAID, jp.money(12 * 240), "Licence for a year", supplier=jp.supplier)
    paid = spend(jp, [whole], date(2026, 1, 7), "AP", PAYABLES)
    return numbers(*schedule, paid, *_charged(jp, 240, PREPAID, "MANUAL"))


def subscription(world: World) -> tuple[str, ...]:
    """A subscription at so much a month, billed until June, which may be ended at the end of September. The
    next three months are owed and stand in no order; the last three are a forecast, and counted as committed
    they tie down money that is free.
    """
    jp = world.jp
    number = jp.numbers.agreement(jp.trade.entity, "SUBSCRIPTION")
    schedule = _schedule(jp, number, 180, _TERMINABLE)
    jp.into.subscriptions.extend(schedule)
    return numbers(*schedule, *_charged(jp, 180, PAYABLES, "AP"))


def _schedule(clerk: Clerk, number: str, dollars: int, through: str | None = None) -> list[Instalment]:
    """Twelve equal months of this year."""
    return [
        Instalment(
            id=number.lower(),
            number=number,
            line=month.month,
            entity=clerk.trade.entity,
            account=clerk.account,
            cost_center=clerk.center,
            project=clerk.project,
            supplier=clerk.supplier,
            period=period(month),
            currency=clerk.trade.currency,
            amount=clerk.money(dollars),
            committed_through=through,
        )
        for month in _MONTHS
    ]


def _charged(clerk: Clerk, dollars: int, against: str, origin: str) -> list[Journal]:
    """The months that have passed, each on its last day."""
    return [
        spend(
            clerk,
            [entry(1, clerk.account, clerk.money(dollars), f"{month:%B}", clerk.center)],
            month_end(month),
            origin,
            against,
        )
        for month in _MONTHS
        if month_end(month) <= TODAY
    ]
