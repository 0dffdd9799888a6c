"""Vouchers whose invoice has to be found: keyed by hand, named by half, booked twice, taken back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sources.sandbox.estate.billing import Way
from sources.sandbox.estate.hazards.posting import ORDER, THEIRS, post, reverse
from sources.sandbox.estate.hazards.world import World
from sources.sandbox.estate.hazards.writing import numbers


def keyed_in_the_ledger(world: World) -> tuple[str, ...]:
    """Ten ordered upstream; the bill for four came to the ledger's clerk, who keyed it with the order's
    number. Purchasing knows no invoice and shows ten open; adding the ledger's four counts fourteen.
    """
    order = world.us.order(10, 310, date(2026, 4, 13))
    paper = world.us.paper(order, 4, Way("KEYED", date(2026, 5, 18)))
    return numbers(order, post(world.us, order, paper, date(2026, 5, 20)))


def voucher_with_supplier_number(world: World) -> tuple[str, ...]:
    """A voucher names supplier and supplier's number, neither our invoice nor the order. A reader that joins
    by id alone has the invoice twice: approved upstream, and in the ledger.
    """
    us = world.us
    order = us.order(6, 420, date(2026, 4, 20))
    invoice = us.bill(order, 6, Way("EXPORTED", date(2026, 5, 26), date(2026, 5, 28)))
    return numbers(order, invoice, post(us, order, invoice, date(2026, 6, 1), names=(THEIRS,)))


def voucher_spelled_otherwise(world: World) -> tuple[str, ...]:
    """As `voucher_with_supplier_number`, but the clerk left out the hyphens. A reader that compares numbers
    letter by letter has the invoice twice.
    """
    us = world.us
    order = us.order(5, 360, date(2026, 4, 21))
    invoice = us.bill(order, 5, Way("EXPORTED", date(2026, 5, 27), date(2026, 5, 29)))
    typed = "".join(letter for letter in invoice.supplier_invoice if letter.isalnum())
    keyed = replace(invoice, supplier_invoice=typed)
    return numbers(order, invoice, post(us, order, keyed, date(2026, 6, 2), names=(THEIRS,)))


def voucher_with_order_line(world: World) -> tuple[str, ...]:
    """A voucher names order and line only. Its amount is that of the one invoice waiting on the line, within
    a dollar. Taken for one keyed in the ledger it would relieve the order a second time, and leave the
    invoice waiting for ever.
    """
    us = world.us
    order = us.order(12, 275, date(2026, 4, 27))
    invoice = us.bill(order, 7, Way("EXPORTED", date(2026, 6, 3), date(2026, 6, 5)))
    line = replace(invoice.lines[0], amount=invoice.lines[0].amount + Decimal("0.40"), quantity=None)
    keyed = replace(invoice, lines=(line,))
    return numbers(order, invoice, post(us, order, keyed, date(2026, 6, 8), names=(ORDER,)))


def unknown_order(world: World) -> tuple[str, ...]:
    """A voucher names an order that no system has: a digit was mistyped. It is an actual and relieves
    nothing; matched to the nearest order it would free money that is owed.
    """
    order = world.us.order(9, 240, date(2026, 5, 4))
    paper = world.us.paper(order, 9, Way("KEYED", date(2026, 6, 9)))
    mistyped = replace(order, number=world.unknown_order)
    return numbers(order, post(world.us, mistyped, paper, date(2026, 6, 11)))


def duplicate_voucher(world: World) -> tuple[str, ...]:
    """One invoice, two vouchers of the whole amount: the interface delivered it, and a clerk keyed the paper.
    Relieved twice, the order would be closed with three of eight still to come.
    """
    us = world.us
    order = us.order(8, 390, date(2026, 4, 14))
    invoice = us.bill(order, 5, Way("EXPORTED", date(2026, 5, 19), date(2026, 5, 20)))
    delivered = post(us, order, invoice, date(2026, 5, 22))
    keyed = post(us, order, invoice, date(2026, 5, 27), names=(THEIRS, ORDER))
    return numbers(order, invoice, delivered, keyed)


def split_posting(world: World) -> tuple[str, ...]:
    """One invoice, two vouchers that come to it together. Two documents do not make it a duplicate, and the
    second is no new invoice.
    """
    us = world.us
    order = us.order(10, 260, date(2026, 4, 15))
    invoice = us.bill(order, 10, Way("EXPORTED", date(2026, 5, 20), date(2026, 5, 21)))
    parts = [
        post(us, order, invoice, day, share=Decimal(share))
        for day, share in ((date(2026, 5, 25), "0.6"), (date(2026, 5, 28), "0.4"))
    ]
    return numbers(order, invoice, *parts)


def reversed_voucher(world: World) -> tuple[str, ...]:
    """Posted, then taken back. The reversal carries the invoice's id too, so a reader that only asks whether
    some voucher names it has it posted; nothing is.
    """
    us = world.us
    order = us.order(6, 330, date(2026, 4, 22))
    invoice = us.bill(order, 6, Way("EXPORTED", date(2026, 5, 28), date(2026, 5, 29)))
    posted = post(us, order, invoice, date(2026, 6, 2))
    return numbers(order, invoice, posted, reverse(us, posted, date(2026, 6, 10)))


def reversed_and_posted_again(world: World) -> tuple[str, ...]:
    """Posted to the wrong cost centre, reversed, posted again. Three vouchers carry the invoice and one
    counts: not none, because it was reversed, and not two, as duplicates.
    """
    us = world.us
    order = us.order(6, 345, date(2026, 4, 23))
    invoice = us.bill(order, 6, Way("EXPORTED", date(2026, 5, 29), date(2026, 6, 1)))
    wrong = post(us, order, invoice, date(2026, 6, 3), center=us.neighbour)
    back = reverse(us, wrong, date(2026, 6, 12))
    return numbers(order, invoice, wrong, back, post(us, order, invoice, date(2026, 6, 12)))


def recoded_cost_center(world: World) -> tuple[str, ...]:
    """Accounts payable books the invoice on a neighbour of the cost centre that ordered. The order is
    relieved where it stands, the actual stays where it was booked; relieving it there would leave the order
    open for ever.
    """
    gb = world.gb
    order = gb.order(4, 520, date(2026, 5, 5))
    invoice = gb.bill(order, 4, Way("POSTED_PER_S2P", date(2026, 6, 4)))
    return numbers(order, invoice, post(gb, order, invoice, date(2026, 6, 4), center=gb.neighbour))
