"""Arguments of a question, and how they become one."""

from enum import Enum

import strawberry

from resolvers.graph.enums import AccountClass, Dimension, Window
from resolvers.graph.scalars import PeriodId
from resolvers.plan import question
from resolvers.plan.question import Filter, Order, Span


@strawberry.enum(description="Ascending or descending; unknown values come last.")
class Direction(Enum):
    ASC = "ASC"
    DESC = "DESC"


@strawberry.enum(description="A measure or a dimension.")
class OrderField(Enum):
    ORIGINAL_BUDGET = "original_budget"
    BUDGET_REVISION = "budget_revision"
    BUDGET_TRANSFER = "budget_transfer"
    CARRY_FORWARD = "carry_forward"
    BUDGET = "budget"
    PRE_COMMITMENT = "pre_commitment"
    COMMITMENT = "commitment"
    RECEIVED_NOT_INVOICED = "received_not_invoiced"
    INVOICED_NOT_POSTED = "invoiced_not_posted"
    PREPAID_REMAINING = "prepaid_remaining"
    ACTUAL = "actual"
    CONSUMED = "consumed"
    CONSUMED_KNOWN = "consumed_known"
    AVAILABLE = "available"
    CONSUMED_PERCENT = "consumed_percent"
    VARIANCE = "variance"
    ACTUAL_MINUS_BUDGET = "actual_minus_budget"
    VARIANCE_PERCENT = "variance_percent"
    ATTAINMENT_PERCENT = "attainment_percent"
    FAVORABILITY = "favorability"
    OPERATIONAL_VARIANCE = "operational_variance"
    FX_VARIANCE = "fx_variance"
    FX_EFFECT = "fx_effect"
    PENDING_PRE_COMMITMENT = "pending_pre_commitment"
    BLANKET_REMAINING = "blanket_remaining"
    OVER_INVOICED = "over_invoiced"
    OVER_RECEIVED = "over_received"
    RECEIVED_IN_ACTUAL = "received_in_actual"
    COMMITMENT_REVALUATION = "commitment_revaluation"
    FORECAST = "forecast"
    CLOSED_ACTUAL = "closed_actual"
    FORECAST_TO_GO = "forecast_to_go"
    OUTLOOK = "outlook"
    PRIOR_YEAR_ACTUAL = "prior_year_actual"
    LEGAL_ENTITY = "legal_entity"
    ACCOUNT = "account"
    COST_CENTER = "cost_center"
    PROJECT = "project"
    SUPPLIER = "supplier"
    PERIOD = "period"


@strawberry.input(description="Members of a dimension: listed (`in`) or below nodes (`descendantsOf`).")
class MemberFilter:
    in_: list[strawberry.ID] | None = strawberry.field(name="in", default=None, description="These members.")
    descendants_of: list[strawberry.ID] | None = strawberry.field(
        default=None, description="These nodes and everything below them."
    )
    hierarchy: str | None = strawberry.field(
        default=None, description="The hierarchy `descendantsOf` is meant in. Default: the dimension's own."
    )


@strawberry.input(
    description="Cells of nodes instead of members: the node at `level`, or the nearest of `nodes` above. "
    "What stands higher, or below none of them, stays itself, so that cells add up to the same totals."
)
class RollUp:
    dimension: Dimension = strawberry.field(description="One of the dimensions grouped by.")
    hierarchy: str | None = strawberry.field(
        default=None, description="Default: the dimension's default hierarchy."
    )
    level: int | None = strawberry.field(default=None, description="0 is the top of the tree.")
    nodes: list[strawberry.ID] | None = strawberry.field(default=None, description="Nodes to roll up to.")


@strawberry.input(description="Which figures. Filters on several dimensions all apply.")
class PositionWhere:
    legal_entity: MemberFilter | None = strawberry.field(default=None, description="Legal entities.")
    cost_center: MemberFilter | None = strawberry.field(default=None, description="Cost centres.")
    account: MemberFilter | None = strawberry.field(default=None, description="Accounts.")
    project: MemberFilter | None = strawberry.field(default=None, description="Projects.")
    supplier: MemberFilter | None = strawberry.field(default=None, description="Suppliers.")
    account_class: list[AccountClass] | None = strawberry.field(
        default=None, description="Account classes; the default is EXPENSE and CAPEX."
    )


@strawberry.input(
    description="Either a window (`fiscalYear`, `window`, `through`) or a range (`from`, `to`). Default: the "
    "current fiscal year."
)
class PeriodInput:
    fiscal_year: int | None = strawberry.field(default=None, description="Fiscal year, e.g. 2026.")
    window: Window | None = strawberry.field(
        default=None, description="Default: YTD where `through` is given, else FY."
    )
    through: PeriodId | None = strawberry.field(default=None, description="Last period of the window.")
    from_: PeriodId | None = strawberry.field(name="from", default=None, description="First period.")
    to: PeriodId | None = strawberry.field(default=None, description="Last period.")


@strawberry.input(description="One sort key.")
class PositionOrder:
    field: OrderField = strawberry.field(description="What to sort by.")
    direction: Direction = strawberry.field(default=Direction.ASC, description="Which way.")


@strawberry.input(description="Which plan is the forecast. Left out: as configured.")
class ForecastInput:
    scenario: str | None = strawberry.field(default=None, description="Scenario, e.g. FORECAST.")
    version: str | None = strawberry.field(default=None, description="Version, e.g. 6+6.")


def forecast_of(given: ForecastInput | None) -> tuple[str | None, str | None]:
    """Scenario and version, as far as the question says them."""
    return (given.scenario, given.version) if given is not None else (None, None)


def filters(where: PositionWhere | None) -> tuple[Filter, ...]:
    if where is None:
        return ()
    given = {
        Dimension.LEGAL_ENTITY: where.legal_entity,
        Dimension.COST_CENTER: where.cost_center,
        Dimension.ACCOUNT: where.account,
        Dimension.PROJECT: where.project,
        Dimension.SUPPLIER: where.supplier,
    }
    return tuple(
        Filter(dimension, tuple(f.in_ or ()), tuple(f.descendants_of or ()), f.hierarchy)
        for dimension, f in given.items()
        if f is not None
    )


def span(period: PeriodInput | None) -> Span:
    if period is None:
        return Span()
    return Span(period.fiscal_year, period.window, period.through, period.from_, period.to)


def orders(order_by: list[PositionOrder] | None) -> tuple[Order, ...]:
    return tuple(Order(str(o.field.value), o.direction is Direction.DESC) for o in order_by or ())


def roll_ups(given: list[RollUp] | None) -> tuple[question.RollUp, ...]:
    return tuple(
        question.RollUp(r.dimension, r.level, tuple(r.nodes or ()), r.hierarchy) for r in given or ()
    )
