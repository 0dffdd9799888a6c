"""`fundsCheck` in GraphQL: the lines that are asked about, and the verdicts that come back."""

import datetime
from decimal import Decimal
from enum import Enum

import strawberry

from resolvers.graph.dimensions import Account, CostCenter, LegalEntity, Project
from resolvers.graph.enums import Dimension, Stage, Window
from resolvers.graph.funds_way import Way
from resolvers.graph.report import Completeness, SourceStatus
from resolvers.graph.scalars import CurrencyCode, PeriodId
from resolvers.semantics.funds import Action, Node, Verdict

strawberry.enum(
    Verdict,
    name="FundsVerdict",
    description="FITS: enough is left, or nothing is taken. EXCEEDS_WITHIN_TOLERANCE: over, by no more than "
    "the policy tolerates. UNKNOWN: a figure could not be had. NO_BUDGET: no cell upwards has a budget. "
    "EXCEEDS: over.",
)
strawberry.enum(
    Action,
    name="FundsAction",
    description="What a legal entity does about a spend that does not fit: stop it, warn, or nothing.",
)


@strawberry.enum(description="Why a line got its verdict, or what to know about it.")
class FundsReasonCode(Enum):
    EXCEEDS = "EXCEEDS"
    WITHIN_TOLERANCE = "WITHIN_TOLERANCE"
    NO_BUDGET = "NO_BUDGET"
    RATE_MISSING = "RATE_MISSING"
    SOURCE_MISSING = "SOURCE_MISSING"
    NOT_CARRIED = "NOT_CARRIED"
    OTHER_LINE_UNKNOWN = "OTHER_LINE_UNKNOWN"
    CONTROLLED_ABOVE = "CONTROLLED_ABOVE"
    ALREADY_PRE_COMMITTED = "ALREADY_PRE_COMMITTED"
    RESTRICTED = "RESTRICTED"


@strawberry.input(description="A line of spend.")
class FundsLineInput:
    legal_entity: strawberry.ID = strawberry.field(description="Who spends.")
    account: strawberry.ID = strawberry.field(description="What the money is for: EXPENSE or CAPEX.")
    cost_center: strawberry.ID = strawberry.field(description="Who is responsible for the money.")
    amount: Decimal = strawberry.field(
        description="The line's amount including non-recoverable tax. Negative for what is given back."
    )
    id: strawberry.ID | None = strawberry.field(
        default=None, description="A label to find the line again. Default: its position, from 1."
    )
    project: strawberry.ID | None = strawberry.field(default=None, description="What the work belongs to.")
    currency: CurrencyCode | None = strawberry.field(
        default=None, description="Default: the ledger currency of the legal entity."
    )
    date: datetime.date | None = strawberry.field(
        default=None, description="Decides fiscal year and period. Default: `asOf`, else today."
    )
    requisition: str | None = strawberry.field(
        default=None,
        description="Number of the requisition the line comes from: what it pre-commits in the line's cell "
        "is not counted twice.",
    )


@strawberry.type(description="A reason for a verdict.")
class FundsReason:
    code: FundsReasonCode = strawberry.field(description="Stable code.")
    message: str = strawberry.field(description="What it means here.")


@strawberry.type(description="A document that consumes the budget of a node.")
class FundsConsumer:
    stage: Stage = strawberry.field(description="The stage its amount stands in.")
    id: str | None = strawberry.field(description="The source's own key.")
    number: str | None = strawberry.field(description="The number people use.")
    amount: Decimal = strawberry.field(description="What it consumes now, in the node's currency.")
    source: str = strawberry.field(description="Where it lives.")


@strawberry.type(description="The periods whose budget counts.")
class FundsPeriod:
    fiscal_year: int = strawberry.field(description="Fiscal year.")
    from_: PeriodId = strawberry.field(name="from", description="First period.")
    to: PeriodId = strawberry.field(description="Last period.")


@strawberry.type(description="How a legal entity controls its spend.")
class FundsPolicy:
    legal_entity: strawberry.ID = strawberry.field(description="Legal entity.")
    action: Action = strawberry.field(description="What it does about a spend that does not fit.")
    window: Window = strawberry.field(
        description="The periods a spend draws on, up to its own: PTD, YTD or FY."
    )
    dimensions: list[Dimension] = strawberry.field(description="The dimensions whose members make a cell.")
    tolerance_percent: Decimal | None = strawberry.field(description="In percent of the node's budget.")
    tolerance_amount: Decimal | None = strawberry.field(
        description="In ledger currency. Where both tolerances are given, the smaller one holds."
    )


async def _in_the_way(root: strawberry.Parent["FundsNode"]) -> list[FundsConsumer]:
    found = await root.way.of(root.key)
    return [
        FundsConsumer(stage=c.stage, id=c.id, number=c.number, amount=c.amount, source=c.source)
        for c in found
    ]


@strawberry.type(
    description="A budgeted cell that controls lines. Everything in it and below consumes its budget."
)
class FundsNode:
    legal_entity: LegalEntity = strawberry.field(description="Legal entity.")
    cost_center: CostCenter | None = strawberry.field(
        description="Null where the policy does not control by it."
    )
    account: Account | None = strawberry.field(description="Null where the policy does not control by it.")
    project: Project | None = strawberry.field(description="Null where the policy does not control by it.")
    period: FundsPeriod = strawberry.field(description="The periods whose budget counts.")
    currency: CurrencyCode = strawberry.field(description="Currency of every amount of the node.")
    budget: Decimal | None = strawberry.field(
        description="The revised budget of this very cell; budgets below it are not added. Null: unknown."
    )
    consumed: Decimal | None = strawberry.field(
        description="What is consumed in the node and below, as `budgetPosition` has it. Null: unknown."
    )
    replaced: Decimal | None = strawberry.field(
        description="What of it the lines already are, as requisitions they come from."
    )
    amount: Decimal | None = strawberry.field(description="All lines that consume this budget.")
    available_before: Decimal | None = strawberry.field(description="budget − consumed + replaced")
    available_after: Decimal | None = strawberry.field(description="availableBefore − amount")
    verdict: Verdict = strawberry.field(description="All lines together.")
    blocking: bool = strawberry.field(description="Whether the policy stops it.")
    lines: list[strawberry.ID] = strawberry.field(description="The lines it controls, in order.")
    lines_below: list[strawberry.ID] = strawberry.field(
        description="Lines another node controls that consume this budget too; they are counted first."
    )
    tipped_by: strawberry.ID | None = strawberry.field(description="The first line that exceeds.")
    in_the_way: list[FundsConsumer] = strawberry.field(
        resolver=_in_the_way,
        description="Where the budget is exceeded: the five documents that consume most of it.",
    )
    way: strawberry.Private[Way]
    key: strawberry.Private[Node]


@strawberry.type(description="A line and its verdict.")
class FundsLine:
    id: strawberry.ID = strawberry.field(description="The label it was given, or its position.")
    verdict: Verdict = strawberry.field(description="Whether it fits, after the lines before it.")
    blocking: bool = strawberry.field(description="Whether the policy stops it.")
    amount: Decimal | None = strawberry.field(
        description="Its amount in `currency`; translated amounts are rounded to add up. Null: no rate."
    )
    currency: CurrencyCode = strawberry.field(description="Currency of its amounts.")
    node: FundsNode | None = strawberry.field(description="What controls it. Null: no budget, or not known.")
    available_before: Decimal | None = strawberry.field(
        description="Left of the node before it, in its turn."
    )
    available_after: Decimal | None = strawberry.field(description="Left of the node after it, in its turn.")
    reasons: list[FundsReason] = strawberry.field(description="Why, and what else to know.")


@strawberry.type(description="Would this spend fit? Advisory: nothing is reserved.")
class FundsCheck:
    verdict: Verdict = strawberry.field(description="The most severe one of all nodes and lines.")
    blocking: bool = strawberry.field(description="Whether a policy stops any of it.")
    lines: list[FundsLine] = strawberry.field(description="In the order given.")
    nodes: list[FundsNode] = strawberry.field(description="The budgets that control the lines.")
    policy: list[FundsPolicy] = strawberry.field(description="The policy of each legal entity that spends.")
    completeness: Completeness = strawberry.field(description="PARTIAL where a figure is unknown.")
    restricted: bool = strawberry.field(
        description="Whether a verdict is unknown because your roles do not show all that it stands on."
    )
    sources: list[SourceStatus] = strawberry.field(description="The sources that took part, and their age.")
