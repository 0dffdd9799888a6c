"""What a reconciliation looks like: rows with both sides, what explains their difference, what is left."""

from decimal import Decimal
from enum import Enum
from typing import Annotated, Final

import strawberry
from graphql import GraphQLError

from resolvers.graph.costs import paged
from resolvers.graph.dimensions import Account, LegalEntity
from resolvers.graph.enums import Fact
from resolvers.graph.report import Completeness, QueryPlan, SourceStatus
from resolvers.graph.scalars import CurrencyCode
from resolvers.plan.reconcile.question import Kind, Reason
from resolvers.semantics.reconcile import Status

MOST: Final = 1000
First = Annotated[int, strawberry.argument(description="How many, at most 1000.")]

strawberry.enum(
    Kind,
    name="ReconciliationKind",
    description="UNPOSTED_INVOICES: invoices approved in purchasing, and the ledger's vouchers. GRNI_GL: "
    "received and not invoiced in purchasing, and the ledger's account for it. PURCHASE_COMMITMENTS: what is "
    "open by the copies of the system that owns the orders, and by another system's copies. PLAN_ACTUALS: "
    "actuals loaded into planning, and the ledger's. INTERCOMPANY: what an entity booked with another, and "
    "that one with it. PREPAID: deferral schedules rolled forward, and the ledger's account for them.",
)
strawberry.enum(
    Status,
    name="ReconciliationStatus",
    description="MATCHED: no difference. EXPLAINED: the items come to all of it. WITHIN_TOLERANCE: what is "
    "left is at most the threshold. BREAK: more is left.",
)
strawberry.enum(
    Reason,
    name="ReconciliationReason",
    description="Why two sides differ; what is a break too has the code of that break. Invoices: "
    "NOT_EXPORTED, IN_TRANSIT (exported lately), EXPORT_NOT_POSTED (exported long ago), STALE_SOURCE (said "
    "to be posted), REVERSED, DUPLICATE_VOUCHER, NOT_APPROVED (posted all the same), AMOUNT_DIFFERS. "
    "Vouchers without invoice: KEYED_IN_LEDGER (on an order), PO_REF_NOT_FOUND (on an unknown one), "
    "INVOICE_NOT_FOUND. Goods received: INVOICE_NOT_POSTED, RECEIPT_NOT_POSTED. Orders: NOT_COPIED, "
    "COPY_ONLY, RECODED (the copy lies on another account). Planning: NOT_LOADED, NOT_IN_LEDGER, "
    "UNMAPPED_MEMBER. Between entities: ONE_SIDED (the other booked nothing in the period).",
)


@strawberry.enum(description="One of the two sides.")
class Side(Enum):
    LEFT = "LEFT"
    RIGHT = "RIGHT"


@strawberry.input(
    description="What is material. `absolute` and `percent` stand in for the configured rules; without both, "
    "the most specific rule holds."
)
class MaterialityInput:
    absolute: Decimal | None = strawberry.field(
        default=None, description="How much may be left, in ledger currency."
    )
    percent: Decimal | None = strawberry.field(
        default=None, description="How much, in percent of the right side: 0.5 is half a percent."
    )
    tier: str | None = strawberry.field(
        default=None, description="The configured tier, such as AUDIT, whose rules come first."
    )


@strawberry.type(description="What was material: the larger of the two bounds holds.")
class Materiality:
    absolute: Decimal = strawberry.field(description="Bound in the legal entity's ledger currency.")
    percent: Decimal = strawberry.field(description="Bound in percent of the right side.")
    tier: str | None = strawberry.field(description="The tier it is of, if any.")


@strawberry.type(description="A document that an item is about.")
class ReconciliationDocument:
    kind: Fact = strawberry.field(description="The kind of document.")
    source: str = strawberry.field(description="The source that has it.")
    id: strawberry.ID | None = strawberry.field(description="The system's own key.")
    number: str | None = strawberry.field(description="The number people use.")
    url: str | None = strawberry.field(description="Where it can be opened, if the source says.")


@strawberry.type(description="Why two sides differ: a document, or a cell.")
class ReconciliationItem:
    reason: Reason = strawberry.field(description="Why.")
    amount: Decimal | None = strawberry.field(
        description="How much of the difference, signed like it; null if it cannot be told."
    )
    age_days: int | None = strawberry.field(
        description="Days since the oldest document it is about; null if undated."
    )
    place: str | None = strawberry.field(description="An order, a period or a cell, where one is meant.")
    documents: list[ReconciliationDocument] = strawberry.field(description="What it is about.")


@strawberry.type(description="One movement of a balance.")
class Movement:
    type: str = strawberry.field(description="ADDED or AMORTISED.")
    amount: Decimal | None = strawberry.field(description="By how much the balance changed.")


@strawberry.type(description="A balance carried through the window: closing = opening + movements.")
class RollForward:
    opening: Decimal | None = strawberry.field(description="Before the window.")
    movements: list[Movement] = strawberry.field(description="In the window.")
    closing: Decimal | None = strawberry.field(description="At its end; the left side.")
    gl_closing: Decimal | None = strawberry.field(description="The ledger's balance; the right side.")
    difference: Decimal | None = strawberry.field(description="glClosing − closing.")


@strawberry.type(description="All items of a reason.")
class ReconciliationReasonTotal:
    reason: Reason = strawberry.field(description="The reason.")
    amount: Decimal | None = strawberry.field(description="With their signs.")
    gross: Decimal | None = strawberry.field(description="Without: nothing hides behind its opposite.")
    count: int = strawberry.field(description="How many.")


def _items(root: "ReconciliationRow", first: First = 100) -> list[ReconciliationItem]:
    if not 0 <= first <= MOST:
        message = f"first: {first} is not accepted; give 0 to {MOST}"
        raise GraphQLError(message, extensions={"code": "LIMIT_EXCEEDED"})
    return root.every[:first]


@strawberry.type(description="Two sides of one legal entity, account or pair of legal entities.")
class ReconciliationRow:
    every: strawberry.Private[list[ReconciliationItem]]
    legal_entity: LegalEntity = strawberry.field(description="The legal entity.")
    partner: LegalEntity | None = strawberry.field(description="The other one, of INTERCOMPANY.")
    account: Account | None = strawberry.field(description="The account, where a pair has accounts.")
    currency: CurrencyCode = strawberry.field(description="Currency of every amount in the row.")
    left: Decimal | None = strawberry.field(description="The one side; null where it could not be had.")
    right: Decimal | None = strawberry.field(description="The other side; null where it could not be had.")
    difference: Decimal | None = strawberry.field(description="left − right")
    explained: Decimal | None = strawberry.field(description="Σ items; null where a side is.")
    residual: Decimal | None = strawberry.field(description="difference − explained: what nobody explains.")
    gross: Decimal | None = strawberry.field(
        description="Σ |items| + |residual|: opposite reasons do not hide each other."
    )
    threshold: Decimal | None = strawberry.field(description="max(absolute, percent × |right|)")
    status: Status | None = strawberry.field(description="How far they agree; null where a side is.")
    materiality: Materiality = strawberry.field(description="What the status was judged by.")
    roll_forward: RollForward | None = strawberry.field(
        description="How the left side came about, where it is a balance carried forward."
    )
    reasons: list[ReconciliationReasonTotal] = strawberry.field(description="The items, summed up.")
    items: list[ReconciliationItem] = strawberry.field(
        resolver=_items,
        directives=[paged()],
        description="What explains the difference, by reason, the largest first.",
    )


@strawberry.type(description="All rows; null where a side of one is unknown, or where nothing was compared.")
class ReconciliationTotals:
    currency: CurrencyCode = strawberry.field(description="Currency of every amount.")
    left: Decimal | None = strawberry.field(description="Σ left")
    right: Decimal | None = strawberry.field(description="Σ right")
    difference: Decimal | None = strawberry.field(description="Net: Σ difference")
    gross_difference: Decimal | None = strawberry.field(description="Gross: Σ |difference|")
    explained: Decimal | None = strawberry.field(description="Σ explained")
    residual: Decimal | None = strawberry.field(description="Net: Σ residual")
    gross_residual: Decimal | None = strawberry.field(description="Gross: Σ |residual|")
    status: Status | None = strawberry.field(description="The worst of all rows.")
    reasons: list[ReconciliationReasonTotal] = strawberry.field(description="All items by reason.")


@strawberry.type(description="A side that is unknown, and the source that could not be had.")
class MissingSide:
    side: Side = strawberry.field(description="Which side.")
    legal_entity: strawberry.ID = strawberry.field(description="Whose.")
    fact: Fact = strawberry.field(description="What it takes and could not be had.")
    source: str | None = strawberry.field(description="The source; null where none is configured.")


@strawberry.type(description="Two systems that should say the same, side by side.")
class Reconciliation:
    kind: Kind = strawberry.field(description="The pair.")
    rows: list[ReconciliationRow] = strawberry.field(
        description="By legal entity, partner and account; who has no such pair is in the notes."
    )
    totals: ReconciliationTotals = strawberry.field(description="All rows, net and gross.")
    completeness: Completeness = strawberry.field(description="PARTIAL where a side is unknown.")
    missing: list[MissingSide] = strawberry.field(description="Sides that are unknown, and why.")
    notes: list[str] = strawberry.field(description="Legal entities that have no such pair, and why.")
    sources: list[SourceStatus] = strawberry.field(description="The sources that took part, and their age.")
    query_plan: QueryPlan = strawberry.field(description="How it was answered, or would be.")
    restricted: bool = strawberry.field(
        description="Whether legal entities that are asked about may be held back by your roles."
    )
