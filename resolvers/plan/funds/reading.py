"""Reading what the systems say of one group of lines: budgets, consumption, requisitions."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import polars as pl

from resolvers.plan.answer import Answer
from resolvers.plan.engine import Engine
from resolvers.plan.errors import QuestionError
from resolvers.plan.funds.figures import figures
from resolvers.plan.funds.lines import FundsQuestion
from resolvers.plan.funds.nodes import control_nodes
from resolvers.plan.funds.place import Group, Placed
from resolvers.plan.funds.questions import FIGURES, below, budgets_above
from resolvers.plan.funds.seen import hides, sees
from resolvers.plan.question import Question
from resolvers.semantics.currency import exponent
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.funds import Cell, Demand, Figures, Node, replaced
from sources.spi.context import Context
from sources.spi.errors import SourceError

Holdings = Mapping[str, Mapping[tuple[str, Cell], Decimal]]
"""What requisitions pre-commit, by legal entity, then requisition and cell."""
_UNSEEN: Final = Figures(None, None)
"""Of a node that is seen in part: what is left of it, nobody can tell from that part."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the systems said for one group: the control node of each line (by id; None without a budget,
    absent where that is not known) and the nodes' figures. `errors`: of looking up requisitions.
    `restricted`: what lies in some node, or above a line, may not be seen, so that it is unknown."""

    nodes: Mapping[str, Node | None]
    figures: Mapping[Node, Figures]
    answers: tuple[Answer, ...]
    errors: tuple[SourceError, ...]
    restricted: bool = False


async def read(
    group: Group, placed: Sequence[Placed], asked: FundsQuestion, engine: Engine, ctx: Context
) -> Found:
    """One question for the budgets upwards, one for what lies below the nodes they make. `placed` are the
    lines of every group: another group's line, too, may come from a requisition inside a node of this one."""
    model = engine.model
    own = [each.demand for each in placed if each.group == group]
    budgets = await _whole(budgets_above(group, own, asked, model), engine, ctx)
    nodes = control_nodes(group, own, budgets, model)
    hidden = hides(engine, group.dimensions) and None in nodes.values()
    if hidden:
        nodes = {id_: node for id_, node in nodes.items() if node is not None}
    controls = list(dict.fromkeys(node for node in nodes.values() if node is not None))
    if not controls:
        return Found(nodes, {}, (budgets,), (), hidden)
    naming = [each.demand for each in placed if each.demand.requisition is not None]
    naming = [demand for demand in naming if any(demand.within(node) for node in controls)]
    answer, (held, errors) = await asyncio.gather(
        _whole(below(group, controls, FIGURES, asked, model), engine, ctx),
        _held(group, naming, asked, engine, ctx),
    )
    found = await asyncio.to_thread(figures, controls, answer, model)
    for node in controls:
        inside = [demand for demand in naming if demand.within(node)]
        share = replaced(inside, held.get(node.legal_entity, {}), exponent(node.currency))
        found[node] = replace(found[node], replaced=None if errors and inside else share)
        if not sees(engine, node):
            found[node], hidden = _UNSEEN, True
    return Found(nodes, found, (budgets, answer), errors, hidden)


async def _whole(question: Question, engine: Engine, ctx: Context) -> Answer:
    answer = await engine.ask(question, ctx)
    if answer.truncated:
        cells = f"{answer.total_rows} cells lie below the budgets that control them"
        raise QuestionError(
            "LIMIT_EXCEEDED", f"lines: {cells}; {question.limit} are accepted: check fewer lines at a time"
        )
    return answer


async def _held(
    group: Group, naming: Sequence[Demand], asked: FundsQuestion, engine: Engine, ctx: Context
) -> tuple[Holdings, tuple[SourceError, ...]]:
    """What the requisitions that lines name pre-commit in the lines' cells, and what could not be read."""
    if not naming:
        return {}, ()
    cells = [group.node(demand.legal_entity, demand.cell) for demand in naming]
    drilled = await engine.documents(below(group, cells, ("pre_commitment",), asked, engine.model), ctx)
    keys = [Dimension.LEGAL_ENTITY.column, "number", *(d.column for d in group.dimensions)]
    numbers = sorted({demand.requisition for demand in naming if demand.requisition is not None})
    sums = drilled.parts.filter(pl.col("number").is_in(numbers)).group_by(keys).agg(pl.col("amount").sum())
    held: dict[str, dict[tuple[str, Cell], Decimal]] = {}
    for entity, number, *cell, amount in sums.iter_rows():
        held.setdefault(entity, {})[number, tuple(cell)] = amount
    return held, drilled.errors
