"""Legal entities, and how each keeps its books."""

from dataclasses import dataclass
from enum import StrEnum

from sources.spi.facts import Fact


class Blankets(StrEnum):
    """What of a blanket agreement is committed: its releases, or all of its limit."""

    RELEASES = "RELEASES"
    LIMIT = "LIMIT"


class ReliefRate(StrEnum):
    """The exchange rate a commitment counts at: its order's own, the latest, or the budget's."""

    PO = "PO"
    CURRENT = "CURRENT"
    BUDGET = "BUDGET"


class CommitmentDate(StrEnum):
    """The date whose period a commitment belongs to."""

    BUDGET_DATE = "BUDGET_DATE"
    NEED_BY = "NEED_BY"
    ORDER_DATE = "ORDER_DATE"


class Tax(StrEnum):
    """The tax that is part of what is asked for, ordered and invoiced."""

    NON_RECOVERABLE = "NON_RECOVERABLE"
    GROSS = "GROSS"
    NET = "NET"


@dataclass(frozen=True, slots=True)
class Policy:
    """How an entity keeps its books, where books differ.

    `grni_in_ledger`: receipts are posted when goods arrive (goods received, invoice not received), so the
    ledger already holds what is received. `commitment_owner`: the source whose copy of an order counts where
    two systems hold it. `stale_export_days`: how long an exported invoice may take to be posted.
    `zombie_days`: how long an order may stay open without any document. `variance_accounts`: where price
    differences are booked on purpose. `grni_accounts` and `prepaid_accounts`: where the ledger keeps what was
    received and not invoiced, and what was paid and deferred.
    """

    grni_in_ledger: bool = False
    blanket: Blankets = Blankets.RELEASES
    relief_rate: ReliefRate = ReliefRate.PO
    commitment_date: CommitmentDate = CommitmentDate.BUDGET_DATE
    tax: Tax = Tax.NON_RECOVERABLE
    commitment_owner: str | None = None
    stale_export_days: int = 3
    zombie_days: int = 180
    variance_accounts: frozenset[str] = frozenset()
    grni_accounts: frozenset[str] = frozenset()
    prepaid_accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """`currency` is its ledger currency. `unused` are facts the entity has by decision, not by accident,
    no system for (it raises no requisitions): their measures are zero, not missing."""

    id: str
    name: str
    currency: str
    calendar: str
    unused: frozenset[Fact] = frozenset()
    policy: Policy = Policy()
