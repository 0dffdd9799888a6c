"""`reconcile`: two systems that should say the same, side by side."""

import datetime
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Annotated, Any, cast

import strawberry
from graphql import GraphQLError
from strawberry.types.nodes import SelectedField, Selection

from resolvers.graph import named
from resolvers.graph.context import RequestContext
from resolvers.graph.inputs import PeriodInput, PositionWhere, filters, span
from resolvers.graph.reconcile_types import (
    Materiality,
    MaterialityInput,
    MissingSide,
    Movement,
    Reconciliation,
    ReconciliationDocument,
    ReconciliationItem,
    ReconciliationReasonTotal,
    ReconciliationRow,
    ReconciliationTotals,
    RollForward,
    Side,
)
from resolvers.graph.report import Completeness, query_plan, statuses
from resolvers.graph.scalars import CurrencyCode
from resolvers.plan.errors import QuestionError
from resolvers.plan.reconcile import answer
from resolvers.plan.reconcile.check import check, explain
from resolvers.plan.reconcile.question import Asked, Kind, Tolerance
from sources.spi.facts import Fact

__all__ = ["Reconciliation", "reconcile"]


def _about(text: str) -> object:
    return strawberry.argument(description=text)


async def reconcile(
    info: strawberry.Info[RequestContext, None],
    kind: Annotated[Kind, _about("The pair.")],
    where: Annotated[
        PositionWhere | None, _about("Filters; they all apply. Not every pair can be cut by every dimension.")
    ] = None,
    period: Annotated[PeriodInput | None, _about("Default: the current fiscal year.")] = None,
    materiality: Annotated[
        MaterialityInput | None, _about("What may be left without being a break. Default: as configured.")
    ] = None,
    currency: Annotated[
        CurrencyCode | None,
        _about("Default: the ledgers' common currency, else the reporting currency."),
    ] = None,
    as_of: Annotated[datetime.date | None, _about("Both sides as they stood at the end of that day.")] = None,
) -> Reconciliation | None:
    context = info.context
    asked = Asked(
        kind,
        filters(where),
        tuple(where.account_class) if where and where.account_class is not None else None,
        span(period),
        currency,
        as_of,
        Tolerance()
        if materiality is None
        else Tolerance(materiality.absolute, materiality.percent, materiality.tier),
    )
    try:
        if context.plans is not None:
            context.plans[str(info.path.key)] = explain(context.engine, asked)
            raise GraphQLError("explained, not answered", extensions={"code": "EXPLAINED"})
        if {*_names(info.selected_fields[0].selections)} <= {"queryPlan", "__typename"}:
            plan = query_plan(explain(context.engine, asked))
            return cast("Reconciliation", SimpleNamespace(query_plan=plan))
        found = await check(context.engine, asked, context.sources)
    except QuestionError as error:
        raise GraphQLError(error.message, extensions={"code": error.code}) from None
    _report(found, info)
    return _shown(found, context)


def _names(selections: Iterable[Selection]) -> Iterable[str]:
    """The fields selected, those of fragments too."""
    for selection in selections:
        if isinstance(selection, SelectedField):
            yield selection.name
        else:
            yield from _names(selection.selections)


def _report(found: answer.Reconciliation, info: strawberry.Info[RequestContext, None]) -> None:
    """One coded error per lost source and per missing rate, beside the data."""
    path = info.path.as_list()
    for report in found.sources:
        if report.error is not None:
            extensions: dict[str, Any] = {"code": report.error.code, "source": report.name}
            if report.error.retry_after is not None:
                extensions["retryAfter"] = round(report.error.retry_after)
            problem = GraphQLError(str(report.error), path=path, extensions=extensions)
            info.context.problems.append(problem)
    for missing in found.rates_missing:
        problem = GraphQLError(str(missing), path=path, extensions={"code": "RATE_MISSING"})
        info.context.problems.append(problem)


def _shown(found: answer.Reconciliation, context: RequestContext) -> Reconciliation:
    return Reconciliation(
        kind=found.kind,
        rows=[_row(line, found.day, context) for line in found.lines],
        totals=_totals(found),
        completeness=Completeness.PARTIAL if found.partial else Completeness.COMPLETE,
        missing=[
            MissingSide(
                side=Side.LEFT if loss.left else Side.RIGHT,
                legal_entity=strawberry.ID(loss.legal_entity),
                fact=loss.fact,
                source=loss.source,
            )
            for loss in found.losses
        ],
        notes=list(found.notes),
        sources=statuses(found.sources),
        query_plan=query_plan(found.plan),
        restricted=found.restricted,
    )


def _row(line: answer.Line, day: datetime.date, context: RequestContext) -> ReconciliationRow:
    model = context.engine.model
    known = line.difference is not None
    return ReconciliationRow(
        every=[_item(item, day, context) for item in line.items],
        legal_entity=named.legal_entity(model, line.legal_entity),
        partner=None if line.partner is None else named.legal_entity(model, line.partner),
        account=named.account(model, line.account),
        currency=CurrencyCode(line.currency),
        left=line.left,
        right=line.right,
        difference=line.difference,
        explained=line.explained if known else None,
        residual=line.residual,
        gross=line.gross,
        threshold=line.threshold,
        status=line.status,
        materiality=Materiality(
            absolute=line.materiality.absolute,
            percent=line.materiality.percent,
            tier=line.materiality.tier,
        ),
        roll_forward=None if line.rolled is None else _rolled(line.rolled, line),
        reasons=[_reason(total) for total in answer.reasons([line])],
    )


def _item(item: answer.Item, day: datetime.date, context: RequestContext) -> ReconciliationItem:
    return ReconciliationItem(
        reason=item.reason,
        amount=item.amount,
        age_days=None if item.since is None else (day - item.since).days,
        place=item.place,
        documents=[_document(paper, context) for paper in item.documents],
    )


def _document(paper: Mapping[str, str | None], context: RequestContext) -> ReconciliationDocument:
    fact, source = Fact(str(paper["fact"])), str(paper["source"])
    url = context.engine.sources[source].url(fact, {"id": paper["id"], "number": paper["number"]})
    return ReconciliationDocument(
        kind=fact,
        source=source,
        id=None if paper["id"] is None else strawberry.ID(paper["id"]),
        number=paper["number"],
        url=url,
    )


def _rolled(rolled: answer.Rolled, line: answer.Line) -> RollForward:
    difference = line.difference
    return RollForward(
        opening=rolled.opening,
        movements=[Movement(type=name, amount=amount) for name, amount in rolled.movements],
        closing=line.left,
        gl_closing=line.right,
        difference=None if difference is None else -difference,
    )


def _reason(total: answer.ReasonTotal) -> ReconciliationReasonTotal:
    return ReconciliationReasonTotal(
        reason=total.reason, amount=total.amount, gross=total.gross, count=total.count
    )


def _totals(found: answer.Reconciliation) -> ReconciliationTotals:
    totals = found.totals
    return ReconciliationTotals(
        currency=CurrencyCode(found.currency),
        left=totals.left,
        right=totals.right,
        difference=totals.difference,
        gross_difference=totals.gross_difference,
        explained=totals.explained,
        residual=totals.residual,
        gross_residual=totals.gross_residual,
        status=totals.status,
        reasons=[_reason(total) for total in totals.reasons],
    )
