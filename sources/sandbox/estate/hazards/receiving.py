"""What has come and is not billed, seen by purchasing and by the ledger at once; too much come, or billed."""

from datetime import date

from sources.sandbox.estate.billing import Way
from sources.sandbox.estate.hazards.posting import accrue, clear, post, reverse
from sources.sandbox.estate.hazards.world import World
from sources.sandbox.estate.hazards.writing import Numbered, numbers


def received_in_the_ledger(world: World) -> tuple[str, ...]:
    """Six of ten came, and the ledger booked them as goods received. Purchasing shows six received and not
    invoiced: added to the ledger's six they count twice.
    """
    jp = world.jp
    order = jp.order(10, 320, date(2026, 5, 12), receipts=True)
    receipt = jp.receive(order, 6, date(2026, 6, 2))
    return numbers(order, receipt, jp.into.journals[-1])


def invoice_of_booked_receipt(world: World) -> tuple[str, ...]:
    """Ten came and are booked as received; the invoice is approved and not posted. The ledger already holds
    the cost, so the invoice in flight adds nothing; counted at its value, it counts twice.
    """
    jp = world.jp
    order = jp.order(10, 290, date(2026, 5, 13), receipts=True)
    receipt = jp.receive(order, 10, date(2026, 6, 8))
    booked = jp.into.journals[-1]
    invoice = jp.bill(order, 10, Way("APPROVED", date(2026, 6, 29)))
    return numbers(order, receipt, booked, invoice)


def voucher_clears_receipt_only(world: World) -> tuple[str, ...]:
    """Two invoices of received goods are posted against the receipts alone: no line of either voucher is an
    expense. The first voucher's line says what it clears, the second's does not. Looked for among expense
    lines, both invoices are still waiting.
    """
    jp = world.jp
    found: list[Numbered] = []
    for marked, day in ((True, date(2026, 5, 14)), (False, date(2026, 5, 15))):
        order = jp.order(5, 270, day, receipts=True)
        receipt = jp.receive(order, 5, date(2026, 6, 3))
        booked = jp.into.journals[-1]
        invoice = jp.bill(order, 5, Way("POSTED_PER_S2P", date(2026, 6, 10), date(2026, 6, 11)))
        found += [order, receipt, booked, invoice]
        found.append(clear(jp, order, invoice, date(2026, 6, 15), says_so=marked))
    return numbers(*found)


def accrual_beside_receipt(world: World) -> tuple[str, ...]:
    """Five of eight came; at month end somebody accrued them by hand, naming the order. Purchasing still
    shows five received and not invoiced: with the accrual they count twice.
    """
    us = world.us
    order = us.order(8, 410, date(2026, 5, 18), receipts=True)
    receipt = us.receive(order, 5, date(2026, 6, 22))
    return numbers(order, receipt, accrue(us, order, 5, date(2026, 6, 30)))


def accrual_reversed(world: World) -> tuple[str, ...]:
    """As `accrual_beside_receipt`, a month earlier: on the first of June the accrual was reversed, and the
    invoice has not come. The ledger holds nothing any more; what was received must be owed again.
    """
    us = world.us
    order = us.order(8, 400, date(2026, 5, 6), receipts=True)
    receipt = us.receive(order, 5, date(2026, 5, 26))
    accrued = accrue(us, order, 5, date(2026, 5, 31))
    return numbers(order, receipt, accrued, reverse(us, accrued, date(2026, 6, 1)))


def over_received(world: World) -> tuple[str, ...]:
    """Seven came of five ordered. Seven are owed and none is open; five less seven must not free the money
    of two.
    """
    order = world.us.order(5, 230, date(2026, 5, 19), receipts=True)
    return numbers(order, world.us.receive(order, 7, date(2026, 6, 9)))


def over_invoiced(world: World) -> tuple[str, ...]:
    """Nine billed and posted of seven ordered. The ledger has nine; the order is used up, not minus two."""
    gb = world.gb
    order = gb.order(7, 250, date(2026, 5, 7))
    invoice = gb.bill(order, 9, Way("POSTED_PER_S2P", date(2026, 6, 8)))
    return numbers(order, invoice, post(gb, order, invoice, date(2026, 6, 8)))
