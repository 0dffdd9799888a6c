"""Where the hazards happen: a clerk in each company that can have them, and the history so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sources.sandbox.estate.documents import Estate
from sources.sandbox.estate.hazards.writing import Clerk, Written
from sources.sandbox.estate.numbers import Numbers
from sources.sandbox.estate.profile import Books
from sources.sandbox.estate.trade import TRADES

AFTER: Final = 900_000
"""Numbers of hazards begin behind it."""

_CENTERS: Final = {
    "US01": ("US-TECH-430", "US-TECH-440"),
    "GB01": ("GB-TECH-430", "GB-TECH-420"),
    "JP01": ("JP-TECH-420", "JP-TECH-410"),
}
"""The cost centre that is charged, and a neighbour."""


@dataclass(frozen=True, slots=True)
class World:
    """`us` buys in Coupa and books in SAP, `gb` does both in SAP, `jp` publishes everything and books goods
    when they come. `unknown_order`: a number no order has."""

    history: Estate
    us: Clerk
    gb: Clerk
    jp: Clerk
    written: Written
    unknown_order: str = "PO999999"


def world_of(history: Estate, books: Books) -> World:
    written, numbers = Written(), Numbers(AFTER)
    us, gb, jp = (_clerk(history, books, entity, numbers, written) for entity in _CENTERS)
    return World(history, us, gb, jp, written)


def _supplier(history: Estate, currency: str) -> str:
    """The first who writes hyphens into invoice numbers."""
    own = (s.id for s in history.company.suppliers if s.currency == currency)
    return next(supplier for supplier in own if int(supplier[1:]) % 4 == 0)


def _clerk(history: Estate, books: Books, entity: str, numbers: Numbers, written: Written) -> Clerk:
    trade = next(trade for trade in TRADES if trade.entity == entity)
    center, neighbour = _CENTERS[entity]
    bought: Sequence[str] = next(p.purchases for p in books.profiles[entity] if p.center.id == center)
    return Clerk(
        trade=trade,
        supplier=_supplier(history, trade.currency),
        center=center,
        neighbour=neighbour,
        account=next(account for account in bought if account.startswith("6")),
        project=next(p.id for p in history.company.projects if p.entity == entity),
        numbers=numbers,
        into=written,
    )
