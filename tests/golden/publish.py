"""A case's documents in the three systems of the sandbox, as far as the canonical API can carry them.

Documents are served as the case says them. What the API has no collection or column for is left out and
named, so that the case fails for that reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sources.sandbox.canonical.columns import COLLECTIONS
from tests.golden import bookkeeping, procurement
from tests.golden.documents import Systems
from tests.golden.rows import Books, Row

Rows = Mapping[str, Mapping[str, Iterable[Row]]]
"""Rows by system and collection."""

SYSTEMS: Final = {
    "planning": ("budget-entries",),
    "s2p": ("requisitions", "purchase-orders", "receipts", "invoices"),
    "erp": ("vouchers", "journal-lines"),
}
"""The collections each system always has, if only empty."""
MARKERS: Final = frozenset(("counts_as_posting",))
"""Columns that only repeat what references say: left out without a word where the API has none."""


@dataclass(frozen=True, slots=True)
class Published:
    """`lacking`: what of the case no collection has a place for."""

    systems: Mapping[str, Mapping[str, Sequence[Row]]]
    lacking: tuple[str, ...]


def rows_of(systems: Systems, books: Books) -> dict[str, dict[str, Iterable[Row]]]:
    """The documents of one legal entity."""
    s2p, erp = systems.s2p, systems.erp
    return {
        "planning": {"budget-entries": bookkeeping.budget_entries(systems.planning.budget, books)},
        "s2p": {
            "requisitions": procurement.requisitions(s2p.requisitions, books),
            "purchase-orders": procurement.orders(s2p.purchase_orders, books),
            "order-schedules": procurement.order_schedules(s2p.purchase_orders, books),
            "receipts": procurement.receipts(s2p.receipts, books),
            "invoices": procurement.invoices(s2p.invoices, books),
            "blankets": procurement.blankets(s2p.blankets, books),
            "subscriptions": procurement.subscriptions(systems.contracts.subscriptions, books),
        },
        "erp": {
            "journal-lines": bookkeeping.journal_lines(erp.journal_lines, books),
            "vouchers": bookkeeping.vouchers(erp.journal_lines, books),
            "deferrals": bookkeeping.deferrals(erp.deferrals, books),
        },
    }


def published(*entities: Rows) -> Published:
    """The systems that hold the rows of all entities."""
    served: dict[str, dict[str, list[Row]]] = {
        system: {name: [] for name in collections} for system, collections in SYSTEMS.items()
    }
    lacking: dict[str, None] = {}
    for rows in entities:
        for system, collections in rows.items():
            for name, found in collections.items():
                kept, unknown = _carried(name, found)
                lacking |= dict.fromkeys(f"the canonical system cannot carry {what} yet" for what in unknown)
                if name in COLLECTIONS:
                    served[system].setdefault(name, []).extend(kept)
    return Published(served, tuple(lacking))


def _carried(name: str, rows: Iterable[Row]) -> tuple[list[Row], list[str]]:
    given = [{column: value for column, value in row.items() if value is not None} for row in rows]
    if name not in COLLECTIONS:
        return [], [name] if given else []
    known = COLLECTIONS[name].keys()
    unknown = sorted({column for row in given for column in row} - known - MARKERS)
    kept: list[Row] = [{column: value for column, value in row.items() if column in known} for row in given]
    return kept, [f"{name}.{column}" for column in unknown]
