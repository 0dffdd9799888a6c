"""What is asked: a kind of pair, where, when, and what is material."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from resolvers.plan.question import Filter, Span
from resolvers.semantics.dimensions import AccountClass


class Kind(StrEnum):
    """The pairs that can be reconciled; both sides of each come from systems that are read."""

    UNPOSTED_INVOICES = "UNPOSTED_INVOICES"
    GRNI_GL = "GRNI_GL"
    PURCHASE_COMMITMENTS = "PURCHASE_COMMITMENTS"
    PLAN_ACTUALS = "PLAN_ACTUALS"
    INTERCOMPANY = "INTERCOMPANY"
    PREPAID = "PREPAID"


class Reason(StrEnum):
    """Why two sides differ. What is a break too has the same code there (`semantics.breaks.BreakCode`)."""

    NOT_EXPORTED = "NOT_EXPORTED"
    IN_TRANSIT = "IN_TRANSIT"
    EXPORT_NOT_POSTED = "EXPORT_NOT_POSTED"
    STALE_SOURCE = "STALE_SOURCE"
    REVERSED = "REVERSED"
    DUPLICATE_VOUCHER = "DUPLICATE_VOUCHER"
    NOT_APPROVED = "NOT_APPROVED"
    KEYED_IN_LEDGER = "KEYED_IN_LEDGER"
    PO_REF_NOT_FOUND = "PO_REF_NOT_FOUND"
    INVOICE_NOT_FOUND = "INVOICE_NOT_FOUND"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    INVOICE_NOT_POSTED = "INVOICE_NOT_POSTED"
    RECEIPT_NOT_POSTED = "RECEIPT_NOT_POSTED"
    NOT_COPIED = "NOT_COPIED"
    COPY_ONLY = "COPY_ONLY"
    RECODED = "RECODED"
    NOT_LOADED = "NOT_LOADED"
    NOT_IN_LEDGER = "NOT_IN_LEDGER"
    UNMAPPED_MEMBER = "UNMAPPED_MEMBER"
    ONE_SIDED = "ONE_SIDED"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What the question says is material: `tier` chooses among the configured rules, `absolute` and `percent`
    stand in for theirs."""

    absolute: Decimal | None = None
    percent: Decimal | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """`classes`, `span`, `currency` and `as_of` as in `Question`."""

    kind: Kind
    where: tuple[Filter, ...] = ()
    classes: tuple[AccountClass, ...] | None = None
    span: Span = field(default_factory=Span)
    currency: str | None = None
    as_of: date | None = None
    tolerance: Tolerance = field(default_factory=Tolerance)
