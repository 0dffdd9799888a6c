"""The lines against their control nodes, group by group."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from resolvers.plan.engine import Engine
from resolvers.plan.explain import PlanReport
from resolvers.plan.funds.answer import FundsAnswer, LineResult, NodeResult
from resolvers.plan.funds.lines import FundsQuestion
from resolvers.plan.funds.place import Group, Placed, budget_rate, control_of, place
from resolvers.plan.funds.questions import FIGURES, below, budgets_above
from resolvers.plan.funds.reading import Found, read
from resolvers.plan.question import Question, Span
from resolvers.semantics.currency import exponent
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.funds import Figures, Node, weighed
from resolvers.semantics.model import Model
from resolvers.semantics.rates import of_version
from sources.spi.context import Context

Owners = Mapping[str, Node | None]
"""The control node of each line, by the line's id."""
_SHOWN: Final = frozenset((*FIGURES, "available"))
"""The measures that the answer tells."""


async def check(engine: Engine, asked: FundsQuestion, ctx: Context) -> FundsAnswer:
    """The lines against their control nodes. Raises QuestionError for lines that make no sense."""
    engine = engine.allowing(_SHOWN)
    await _read_names(engine, ctx)
    model = of_version(await _rated(engine, asked, ctx), asked.version)
    placed = place(asked, model)
    groups = list(dict.fromkeys(each.group for each in placed))
    try:
        async with asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(read(group, placed, asked, engine, ctx)) for group in groups]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return _answer(placed, {group: task.result() for group, task in zip(groups, started, strict=True)}, model)


def plans(engine: Engine, asked: FundsQuestion) -> PlanReport:
    """What would be asked, without calling anyone, as if each line's own cell had a budget."""
    engine = engine.allowing(_SHOWN)
    model = of_version(engine.model, asked.version)
    placed = place(asked, model)
    reports = []
    for group in dict.fromkeys(each.group for each in placed):
        own = [each.demand for each in placed if each.group == group]
        nodes = [group.node(demand.legal_entity, demand.cell) for demand in own]
        reports.append(engine.explain(budgets_above(group, own, asked, model)))
        reports.append(engine.explain(below(group, nodes, FIGURES, asked, model)))
    return PlanReport(tuple(w for report in reports for w in report.waves), sum(r.cost for r in reports))


async def _rated(engine: Engine, asked: FundsQuestion, ctx: Context) -> Model:
    """The model, with the rates of sources where a line or the answer is in another currency than its ledger
    is."""
    ledgers = {id_: entity.currency for id_, entity in engine.model.legal_entities.items()}
    home = ({line.currency, asked.currency} <= {None, ledgers.get(line.legal_entity)} for line in asked.lines)
    return engine.model if all(home) else await engine.rated(ctx)


async def _read_names(engine: Engine, ctx: Context) -> None:
    """Cost centres that live in a source are read when a question touches them; this one does only that."""
    model = engine.model
    if model.is_open(Dimension.COST_CENTER):
        first = model.calendars[model.calendar].periods[0].id
        await engine.ask(
            Question(frozenset(), (Dimension.COST_CENTER,), span=Span(first=first, last=first)), ctx
        )


def _answer(placed: Sequence[Placed], found: Mapping[Group, Found], model: Model) -> FundsAnswer:
    owners = {each.demand.id: found[each.group].nodes.get(each.demand.id) for each in placed}
    nodes = {result.node: result for result in _node_results(placed, owners, found, model)}
    steps = {step.id: step for result in nodes.values() for step in result.weighing.own}
    lines = []
    for each in placed:
        owner = owners[each.demand.id]
        node = None if owner is None else nodes[owner]
        lines.append(LineResult(each, found[each.group], node, steps.get(each.demand.id)))
    return FundsAnswer(tuple(lines), tuple(nodes.values()), tuple(found.values()))


def _node_results(
    placed: Sequence[Placed], owners: Owners, found: Mapping[Group, Found], model: Model
) -> Iterable[NodeResult]:
    for node in dict.fromkeys(node for node in owners.values() if node is not None):
        yield _node_result(node, found[Group.of(node)].figures[node], placed, owners, model)


def _node_result(
    node: Node, figures: Figures, placed: Sequence[Placed], owners: Owners, model: Model
) -> NodeResult:
    """The lines of the node, weighed after those of nodes below it."""
    inside = [each.demand for each in placed if each.demand.within(node)]
    own = [demand for demand in inside if owners[demand.id] == node]
    below_ = [demand for demand in inside if owners[demand.id] != node]
    year = next(p.fiscal_year for p in model.calendars[model.calendar].periods if p.id == node.periods[0])
    control = control_of(model, node.legal_entity)
    rate = budget_rate(model, model.legal_entities[node.legal_entity].currency, node.currency, year)
    tolerance = control.tolerance(figures.budget or Decimal(0), rate or Decimal(0))
    weighing = weighed(figures, below_, own, tolerance, exponent(node.currency))
    return NodeResult(node, year, control, figures, weighing, tolerance, tuple(d.id for d in below_))
