"""Documents between two systems: gone from the one, not yet or never in the other, or forgotten by both."""

from datetime import date

from sources.sandbox.estate.billing import Way
from sources.sandbox.estate.hazards.world import World
from sources.sandbox.estate.hazards.writing import numbers


def relieved_and_not_posted(world: World) -> tuple[str, ...]:
    """Billed in full and exported yesterday; the ledger has not posted it. Purchasing shows nothing open, the
    ledger nothing booked: without the invoice in between, the money looks free.
    """
    order = world.us.order(5, 480, date(2026, 5, 11))
    return numbers(order, world.us.bill(order, 5, Way("EXPORTED", date(2026, 6, 26), date(2026, 6, 29))))


def exported_long_ago(world: World) -> tuple[str, ...]:
    """Exported eight weeks ago and never posted: an export that failed without a word. Still owed, and not
    to be taken for posted because nobody would leave it so long.
    """
    order = world.us.order(7, 350, date(2026, 4, 6))
    return numbers(order, world.us.bill(order, 7, Way("EXPORTED", date(2026, 5, 1), date(2026, 5, 4))))


def posted_upstream_only(world: World) -> tuple[str, ...]:
    """Purchasing says posted; the ledger has no such voucher. Believing the status, the invoice is neither
    in flight nor an actual.
    """
    order = world.us.order(4, 610, date(2026, 4, 7))
    way = Way("POSTED_PER_S2P", date(2026, 5, 12), date(2026, 5, 13))
    return numbers(order, world.us.bill(order, 4, way))


def forgotten_order(world: World) -> tuple[str, ...]:
    """Ordered last October, open, and not a document since. It holds budget nobody will use: committed, and
    named as a zombie; dropping it in silence would free money the supplier may still ask for.
    """
    return numbers(world.us.order(3, 700, date(2025, 10, 6)))
