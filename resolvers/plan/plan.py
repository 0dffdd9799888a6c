"""The plan: which scans, in which waves, before anyone is called.

A node is one scan of one fact at one source. A later wave looks up documents by keys that earlier waves
found; a node waits only for the facts its keys come from, unless the question reads strictly, wave by wave:

    wave 1   BUDGET and LEDGER (grouped where the source can) · REQUISITION, ORDER, INVOICE of the window ·
             schedules, agreements, deferrals, subscriptions
    wave 2   RECEIPT, INVOICE, VOUCHER, schedules of the orders in scope · ORDER by requisition, by schedule
             and by agreement, ORDER of the invoices
    wave 3   VOUCHER of the invoices found
    wave 4   VOUCHER lines beside those that name an order and no invoice, what reverses those found, and
             those of suppliers whose numbers may be spelled in another way
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest

from resolvers.plan.bind import Bound
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Accepted, Predicate, Scan


class KeySet(StrEnum):
    """Where a keyed node's keys come from."""

    ORDERS = "numbers of the orders in scope"
    REQUISITIONS = "numbers of the approved requisitions"
    STRANGERS = "orders whose lines invoices name and the window does not hold"
    PHASED = "orders whose schedules reach into the window"
    BLANKETS = "numbers of the blanket agreements"
    NAMED = "orders that vouchers name"
    INVOICES = "ids of the invoices found"
    SUPPLIERS = "suppliers of the invoices found that no number found in the ledger"
    UNPLACED = "ledger documents of which no invoice was found, for their other lines"
    REVERSIBLE = "ledger documents that others may reverse"
    BILLED = "orders of the invoices found that no voucher carries yet"
    SUPPLIER_INVOICES = "supplier numbers of the invoices found"
    CARRIED = "ids of invoices that vouchers name and nobody has found"
    CARRIED_NUMBERS = "supplier numbers that vouchers name and no invoice found has"
    CARRIED_ORDERS = "orders that vouchers without an invoice name"


@dataclass(frozen=True, slots=True)
class Node:
    """One scan of one source for some of the legal entities it serves. `key_column` and `keys_from` are set
    on keyed nodes, whose keys are known only when they run. `accepted` is what the source said it will do;
    `refusal` is why it will not. `kept` are filters on canonical members that cannot be written as codes."""

    source: str
    system: str
    fact: Fact
    entities: tuple[str, ...]
    scan: Scan
    accepted: Accepted | None = None
    refusal: SourceError | None = None
    key_column: str | None = None
    keys_from: KeySet | None = None
    kept: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """`unprovided` are facts no source is configured to provide, with the entities left without."""

    bound: Bound
    waves: tuple[tuple[Node, ...], ...]
    unprovided: Mapping[Fact, frozenset[str]]
    documents: bool = False

    def beside(self, other: "Plan") -> "Plan":
        """Both plans as one, to be told of."""
        return replace(self, waves=(*self.waves, *other.waves))

    def alongside(self, other: "Plan") -> "Plan":
        """Both plans as one that runs at the same time, to be told of."""
        waves = zip_longest(self.waves, other.waves, fillvalue=())
        return replace(self, waves=tuple((*mine, *theirs) for mine, theirs in waves))

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(node for wave in self.waves for node in wave)
