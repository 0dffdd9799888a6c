"""`fundsCheck`: would this spend fit? Advisory: nothing is reserved, nothing is written."""

import datetime
from typing import Annotated

import strawberry
from graphql import GraphQLError

from resolvers.graph import named
from resolvers.graph.context import RequestContext
from resolvers.graph.dimensions import Project
from resolvers.graph.funds_reasons import reasons
from resolvers.graph.funds_types import (
    FundsCheck,
    FundsLine,
    FundsLineInput,
    FundsNode,
    FundsPeriod,
    FundsPolicy,
)
from resolvers.graph.funds_way import Way, tell
from resolvers.graph.inputs import PeriodInput, span
from resolvers.graph.report import Completeness, statuses
from resolvers.graph.scalars import CurrencyCode, PeriodId
from resolvers.plan.errors import QuestionError
from resolvers.plan.funds.answer import FundsAnswer, LineResult, NodeResult
from resolvers.plan.funds.check import check, plans
from resolvers.plan.funds.lines import FundsQuestion, Line
from resolvers.semantics.dimensions import UNASSIGNED, Dimension
from resolvers.semantics.funds import FundsControl, Node
from resolvers.semantics.model import Model

__all__ = ["FundsCheck", "funds_check"]


def _about(text: str) -> object:
    return strawberry.argument(description=text)


async def funds_check(
    info: strawberry.Info[RequestContext, None],
    lines: Annotated[list[FundsLineInput], _about("1 to 200 lines; they are weighed in this order.")],
    period: Annotated[
        PeriodInput | None,
        _about("Stands in for the policies' windows. Default: by each line's date and its entity's policy."),
    ] = None,
    scenario: Annotated[str, _about("Scenario of the budget.")] = "BUDGET",
    version: Annotated[str, _about("Version of the budget.")] = "APPROVED",
    currency: Annotated[
        CurrencyCode | None, _about("Of the answer. Default: each legal entity's ledger currency.")
    ] = None,
    as_of: Annotated[
        datetime.date | None, _about("Commitments and ledger as they stood at the end of that day.")
    ] = None,
) -> FundsCheck | None:
    context = info.context
    chosen = None if period is None else span(period)
    asked = FundsQuestion(tuple(map(_line, lines)), chosen, scenario, version, currency, as_of)
    try:
        if context.plans is not None:
            context.plans[str(info.path.key)] = plans(context.engine, asked)
            raise GraphQLError("explained, not answered", extensions={"code": "EXPLAINED"})
        answer = await check(context.engine, asked, context.sources)
    except QuestionError as error:
        raise GraphQLError(error.message, extensions={"code": error.code}) from None
    return _shown(asked, answer, context)


def _line(given: FundsLineInput) -> Line:
    return Line(
        given.legal_entity,
        given.account,
        given.cost_center,
        given.amount,
        given.id,
        given.project,
        given.currency,
        given.date,
        given.requisition,
    )


def _shown(asked: FundsQuestion, answer: FundsAnswer, context: RequestContext) -> FundsCheck:
    model = context.engine.model
    way = Way(asked, answer.nodes, context)
    nodes = {result.node: _node(result, way, model) for result in answer.nodes}
    tell(context, answer.errors, answer.rates_missing)
    controls = {line.placed.demand.legal_entity: line.placed.control for line in answer.lines}
    return FundsCheck(
        verdict=answer.verdict,
        blocking=answer.blocking,
        lines=[_result(line, nodes, model) for line in answer.lines],
        nodes=list(nodes.values()),
        policy=[_policy(entity, control) for entity, control in controls.items()],
        completeness=Completeness.PARTIAL if answer.partial else Completeness.COMPLETE,
        restricted=answer.restricted,
        sources=statuses(answer.sources),
    )


def _result(line: LineResult, nodes: dict[Node, FundsNode], model: Model) -> FundsLine:
    step = line.step
    return FundsLine(
        id=strawberry.ID(line.placed.demand.id),
        verdict=line.verdict,
        blocking=line.blocking,
        amount=line.amount,
        currency=CurrencyCode(line.placed.group.currency),
        node=nodes[line.node.node] if line.node else None,
        available_before=step.before if step else None,
        available_after=step.after if step else None,
        reasons=list(reasons(line, model)),
    )


def _node(result: NodeResult, way: Way, model: Model) -> FundsNode:
    node, figures, weighing = result.node, result.figures, result.weighing
    cell = dict(zip(node.dimensions, node.cell, strict=True))
    return FundsNode(
        legal_entity=named.legal_entity(model, node.legal_entity),
        cost_center=named.cost_center(model, cell.get(Dimension.COST_CENTER)),
        account=named.account(model, cell.get(Dimension.ACCOUNT)),
        project=_project(model, cell.get(Dimension.PROJECT)),
        period=FundsPeriod(
            fiscal_year=result.fiscal_year,
            from_=PeriodId(node.periods[0]),
            to=PeriodId(node.periods[-1]),
        ),
        currency=CurrencyCode(node.currency),
        budget=figures.budget,
        consumed=figures.consumed,
        replaced=figures.replaced,
        amount=weighing.amount,
        available_before=weighing.before,
        available_after=weighing.after,
        verdict=result.verdict,
        blocking=result.blocking,
        lines=[strawberry.ID(step.id) for step in weighing.own],
        lines_below=[strawberry.ID(id_) for id_ in result.below],
        tipped_by=None if result.tipped_by is None else strawberry.ID(result.tipped_by),
        way=way,
        key=node,
    )


def _project(model: Model, id_: str | None) -> Project | None:
    """Lines without a project have a budget of their own: a member here, where a document has null."""
    if id_ == UNASSIGNED:
        return Project(id=strawberry.ID(id_), code=id_, name=id_)
    return named.project(model, id_)


def _policy(entity: str, control: FundsControl) -> FundsPolicy:
    return FundsPolicy(
        legal_entity=strawberry.ID(entity),
        action=control.action,
        window=control.window,
        dimensions=list(control.dimensions),
        tolerance_percent=control.tolerance_percent,
        tolerance_amount=control.tolerance_amount,
    )
