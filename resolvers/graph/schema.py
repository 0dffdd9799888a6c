"""The schema: one query type, no mutation, no subscription. Printed to schema.graphql and compared."""

from datetime import date, datetime
from typing import Annotated, cast

import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers.graph.catalogue import Catalogue
from resolvers.graph.connections import Listings
from resolvers.graph.context import RequestContext
from resolvers.graph.costs import READS, ROWS
from resolvers.graph.crosswalk import CrosswalkLookup, crosswalk
from resolvers.graph.directory import Directories
from resolvers.graph.enums import DateBasis, Dimension, HierarchyView, RateBasis
from resolvers.graph.funds import FundsCheck, funds_check
from resolvers.graph.inputs import (
    ForecastInput,
    PeriodInput,
    PositionOrder,
    PositionWhere,
    RollUp,
    filters,
    forecast_of,
    orders,
    roll_ups,
    span,
)
from resolvers.graph.me import Me, me
from resolvers.graph.nodes import KINDS
from resolvers.graph.policies import Consistency, PolicyInput, what_if
from resolvers.graph.position import BudgetPosition, PositionRequest
from resolvers.graph.reconcile import Reconciliation, reconcile
from resolvers.graph.scalars import SCALARS, CurrencyCode, Duration
from resolvers.graph.trace import DocumentTrace, trace
from resolvers.plan.question import Question


def _about(text: str) -> object:
    return strawberry.argument(description=text)


def budget_position(
    info: strawberry.Info[RequestContext, None],
    where: Annotated[PositionWhere | None, _about("Filters; they all apply.")] = None,
    period: Annotated[PeriodInput | None, _about("Default: the current fiscal year.")] = None,
    group_by: Annotated[list[Dimension] | None, _about("Default: one row.")] = None,
    scenario: Annotated[str, _about("Scenario of the budget.")] = "BUDGET",
    version: Annotated[str, _about("Version of the budget.")] = "APPROVED",
    forecast: Annotated[
        ForecastInput | None, _about("Which plan `forecast` and `outlook` are of. Default: as configured.")
    ] = None,
    currency: Annotated[
        CurrencyCode | None,
        _about("Default: the ledgers' common currency, else the reporting currency."),
    ] = None,
    rate_basis: Annotated[
        RateBasis, _about("The exchange rates a question in another currency than the ledgers' counts with.")
    ] = RateBasis.CONSTANT,
    as_of: Annotated[
        date | None, _about("Commitments and ledger as they stood at the end of that day.")
    ] = None,
    known_at: Annotated[
        datetime | None, _about("The budget as it was approved at that instant. Default: as it is now.")
    ] = None,
    calendar: Annotated[
        str | None, _about("Fiscal calendar of the question's periods. Default: the group's.")
    ] = None,
    date_basis: Annotated[
        DateBasis, _about("The date ledger lines belong to periods by; never both in one question.")
    ] = DateBasis.POSTING,
    include_adjustment_periods: Annotated[bool, _about("Whether windows take in adjustment periods.")] = True,
    policy: Annotated[
        PolicyInput | None, _about("What-if: policies to assume instead of the entities' own.")
    ] = None,
    consistency: Annotated[Consistency, _about("Whether systems are read at once or in order.")] = (
        Consistency.PARALLEL
    ),
    max_staleness: Annotated[
        Duration | None,
        _about("How old what is answered with may be, where that is less than its source is configured for."),
    ] = None,
    hierarchy_view: Annotated[
        HierarchyView, _about("Which day's tree nodes are meant in, by filters and roll-ups.")
    ] = HierarchyView.RESTATED,
    roll_up: Annotated[list[RollUp] | None, _about("Default: cells of the members themselves.")] = None,
    eliminate_intercompany: Annotated[
        bool,
        _about(
            "Consolidate: what the legal entities asked for booked with each other is taken off, as far as "
            "both have booked it. Entities keep their figures; what is taken off stands in the legal entity "
            "ELIMINATION."
        ),
    ] = False,
    order_by: Annotated[list[PositionOrder] | None, _about("Default: the dimensions.")] = None,
    limit: Annotated[int, _about("Rows per page.")] = 1000,
    offset: Annotated[int, _about("Rows to skip.")] = 0,
) -> BudgetPosition | None:
    question = Question(
        measures=frozenset(),
        group_by=tuple(dict.fromkeys(group_by or ())),
        where=filters(where),
        classes=tuple(where.account_class) if where and where.account_class is not None else None,
        span=span(period),
        scenario=scenario,
        version=version,
        currency=currency,
        as_of=as_of,
        order_by=orders(order_by),
        limit=limit,
        offset=offset,
        policy=what_if(policy),
        strict=consistency is Consistency.STRICT,
        hierarchy_view=hierarchy_view,
        roll_up=roll_ups(roll_up),
        rate_basis=rate_basis,
        eliminate=eliminate_intercompany,
        known_at=known_at,
        forecast=forecast_of(forecast),
        calendar=calendar,
        adjustments=include_adjustment_periods,
        date_basis=date_basis,
    )
    # The executor makes the position once it knows what is selected of it: see `columnar.Deferred`.
    return cast("BudgetPosition", PositionRequest(question, info.context, max_staleness))


@strawberry.type(description="Budget, commitments and actuals, live from the systems where they live.")
class Query(Listings, Directories, Catalogue):
    budget_position: BudgetPosition | None = strawberry.field(
        resolver=budget_position,
        directives=[READS, ROWS],
        description="Of the money we planned, how much is asked for, ordered, delivered, invoiced, booked, "
        "and so how much is left? Only the systems behind the selected measures are called.",
    )
    trace: DocumentTrace | None = strawberry.field(
        resolver=trace,
        directives=[READS],
        description="A document and all it hangs together with, both ways: requisition, order, receipt, "
        "invoice, ledger; with lags, and gaps where the chain ends too early.",
    )
    crosswalk: CrosswalkLookup | None = strawberry.field(
        resolver=crosswalk,
        description="What a source's code is on a day, and why: the crosswalk's rules that match it. Calls "
        "nobody.",
    )
    funds_check: FundsCheck | None = strawberry.field(
        resolver=funds_check,
        directives=[READS],
        description="Would this spend fit? Each line against the nearest budget upwards, all lines together. "
        "Advisory: nothing is reserved.",
    )
    me: Me = strawberry.field(resolver=me, description="Who asks, and what their roles show. Calls nobody.")
    reconcile: Reconciliation | None = strawberry.field(
        resolver=reconcile,
        directives=[READS],
        description="Two systems that should say the same, side by side: what explains their difference, "
        "document by document, and what is left.",
    )


def build() -> strawberry.Schema:
    return strawberry.Schema(
        query=Query, types=list(KINDS.values()), config=StrawberryConfig(scalar_map=SCALARS)
    )
