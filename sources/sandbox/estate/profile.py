"""What each cost centre spends money on: a few accounts of its own, the same at every scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from sources.sandbox.estate.company import LEDGER_ONLY
from sources.sandbox.estate.documents import Company, CostCenter
from sources.sandbox.estate.master import rows
from sources.sandbox.estate.streams import stream

_POOLS: Final = {
    "OPS": ("6100", "6110", "6040", "6420", "6430", "6700", "6710", "1500", "1540"),
    "SALES": ("6500", "6510", "6520", "6530", "6540", "6240", "6100"),
    "CORP": ("6120", "6130", "6140", "6060", "6050", "6400", "6410", "6440", "6450", "6730", "1530"),
    "TECH": ("6200", "6210", "6220", "6230", "6250", "6100", "1510", "1520"),
}
_TRAVEL: Final = ("6300", "6310", "6320", "6330")
_REVENUE: Final = ("4000", "4010", "4020", "4030", "4800")
_PURCHASED_ACCOUNTS: Final = 3


@dataclass(frozen=True, slots=True)
class Item:
    """Something to buy, priced in dollars. `basis`: QTY or AMOUNT."""

    account: str
    description: str
    low: Decimal
    high: Decimal
    max_quantity: int
    basis: str


@dataclass(frozen=True, slots=True)
class Profile:
    """`purchases`: accounts its orders are charged to. `revenue` is empty outside sales."""

    center: CostCenter
    purchases: tuple[str, ...]
    travel: str
    revenue: tuple[str, ...]
    headcount: int


@dataclass(frozen=True, slots=True)
class Books:
    """All profiles by entity, and the items by account."""

    profiles: Mapping[str, tuple[Profile, ...]]
    items: Mapping[str, tuple[Item, ...]]


def leaves(company: Company, entity: str) -> tuple[CostCenter, ...]:
    """The cost centres of an entity that are planned and bought for."""
    return tuple(c for c in company.cost_centers if c.entity == entity and c.id not in LEDGER_ONLY)


def books(company: Company, seed: int) -> Books:
    rng = stream(seed, "profiles")
    return Books(
        {e.id: tuple(_profile(c, rng) for c in leaves(company, e.id)) for e in company.entities}, _items()
    )


def _profile(center: CostCenter, rng: Random) -> Profile:
    division = center.id.split("-")[1]
    return Profile(
        center,
        purchases=tuple(sorted(rng.sample(_POOLS[division], _PURCHASED_ACCOUNTS))),
        travel=rng.choice(_TRAVEL),
        revenue=tuple(sorted(rng.sample(_REVENUE, 2))) if division == "SALES" else (),
        headcount=rng.randint(6, 40),
    )


def _items() -> dict[str, tuple[Item, ...]]:
    found: dict[str, list[Item]] = {}
    for r in rows("items"):
        item = Item(
            r["account"],
            r["description"],
            Decimal(r["low"]),
            Decimal(r["high"]),
            int(r["max_quantity"]),
            r["match_basis"],
        )
        found.setdefault(item.account, []).append(item)
    return {account: tuple(items) for account, items in found.items()}
