"""Orders that are visible in more than one place, or stand for more than one thing."""

from dataclasses import replace
from datetime import date
from typing import Final

from sources.sandbox.estate.agreements import Blanket, Phase
from sources.sandbox.estate.billing import Way
from sources.sandbox.estate.hazards.posting import post
from sources.sandbox.estate.hazards.world import World
from sources.sandbox.estate.hazards.writing import numbers
from sources.sandbox.estate.money import ONE

_PHASES: Final = (*(f"2025-P{n:02d}" for n in (10, 11, 12)), *(f"2026-P{n:02d}" for n in range(1, 10)))


def order_in_both_systems(world: World) -> tuple[str, ...]:
    """Purchasing sends its order on, and the ledger's system keeps a copy under the same number. Two open
    orders to a reader of both; one to the supplier.
    """
    order = world.us.order(6, 540, date(2026, 5, 20))
    world.us.into.copied.append(order.number)
    return numbers(order)


def requisition_and_its_order(world: World) -> tuple[str, ...]:
    """Ten asked for and approved, six of them ordered. Four are still only asked for; the whole requisition
    beside the order counts sixteen.
    """
    asked = world.us.request(10, 380, date(2026, 5, 21))
    return numbers(asked, world.us.order(6, 380, date(2026, 5, 26), taken=asked))


def blanket_and_releases(world: World) -> tuple[str, ...]:
    """A year's agreement up to a limit, and two orders drawn on it: one open, one billed, posted and closed.
    The limit beside its releases counts them twice; what is left of it forgets the closed one too easily.
    """
    jp = world.jp
    number = jp.numbers.agreement(jp.trade.entity, "BLANKET")
    agreed = Blanket(
        id=number.lower(),
        number=number,
        entity=jp.trade.entity,
        status="OPEN",
        account=jp.account,
        cost_center=jp.center,
        project=jp.project,
        supplier=jp.supplier,
        date=date(2026, 1, 5),
        currency=jp.trade.currency,
        rate=ONE,
        amount=jp.money(9000),
    )
    jp.into.blankets.append(agreed)
    open_ = jp.amend(replace(jp.order(4, 450, date(2026, 5, 22)), blanket=number))
    closed = jp.amend(replace(jp.order(5, 430, date(2026, 3, 2), status="CLOSED"), blanket=number))
    invoice = jp.bill(closed, 5, Way("POSTED_PER_S2P", date(2026, 4, 3), date(2026, 4, 6)))
    return numbers(agreed, open_, closed, invoice, post(jp, closed, invoice, date(2026, 4, 8)))


def phased_order(world: World) -> tuple[str, ...]:
    """A year of service from last October, a twelfth a month, two twelfths billed. One month is open in last
    year's budget, nine in this year's; the whole rest in the year of the order overdraws that year, and
    leaves this one with money it does not have.
    """
    jp = world.jp
    order = jp.order(1, 7200, date(2025, 9, 29), by_amount=True)
    order = jp.amend(replace(order, need_by=date(2025, 10, 1)))
    monthly, line = jp.money(600), order.lines[0].line
    jp.into.phases.extend(Phase(order.number, line, jp.trade.entity, period, monthly) for period in _PHASES)
    way = Way("POSTED_PER_S2P", date(2026, 1, 9), date(2026, 1, 12))
    invoice = jp.bill(order, 1, way, amount=2 * monthly)
    return numbers(order, invoice, post(jp, order, invoice, date(2026, 1, 14)))


def invoice_names_distribution(world: World) -> tuple[str, ...]:
    """Ten ordered, six for one cost centre and four for another. The invoice bills four and says for whom:
    the second. Spread over both, it would relieve the first for work it is still owed.
    """
    jp = world.jp
    shares = jp.charge((jp.center, 60), (jp.neighbour, 40))
    order = jp.order(10, 350, date(2026, 4, 24), charge=shares)
    invoice = jp.bill(order, 4, Way("POSTED_PER_S2P", date(2026, 5, 22), date(2026, 5, 25)), dist=2)
    return numbers(order, invoice, post(jp, order, invoice, date(2026, 5, 27)))


def cumulative_commitment(world: World) -> tuple[str, ...]:
    """Eight ordered, half billed and posted. The order document goes on saying eight: what a source calls
    ordered or committed is everything ever ordered, and beside the ledger counts the half twice.
    """
    gb = world.gb
    order = gb.order(8, 440, date(2026, 5, 11))
    invoice = gb.bill(order, 4, Way("POSTED_PER_S2P", date(2026, 6, 11)))
    return numbers(order, invoice, post(gb, order, invoice, date(2026, 6, 11)))
