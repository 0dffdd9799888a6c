"""The control node of each line: the nearest cell upwards that has a budget."""

from collections.abc import Iterable

import polars as pl

from resolvers.plan.answer import Answer
from resolvers.plan.funds.missing import concerns
from resolvers.plan.funds.place import Group
from resolvers.plan.funds.questions import BUDGETS
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.funds import Cell, Demand, Node, control_cell
from resolvers.semantics.model import Model


def control_nodes(
    group: Group, demands: Iterable[Demand], budgets: Answer, model: Model
) -> dict[str, Node | None]:
    """The control node of each line, by its id; None without a budget, absent where that is not known. Notes
    are about dimensions a source does not carry: an entity without any row may then have a budget that cannot
    be told by them."""
    budgeted = _budgeted(group, budgets)
    told = set(budgets.rows[Dimension.LEGAL_ENTITY.column])
    nodes: dict[str, Node | None] = {}
    for demand in demands:
        entity = demand.legal_entity
        lost = any(concerns(each, entity, model) for each in budgets.missing)
        if lost or (budgets.notes and entity not in told):
            continue
        cell = control_cell(demand.paths, budgeted.get(entity, set()))
        nodes[demand.id] = None if cell is None else group.node(entity, cell)
    return nodes


def _budgeted(group: Group, budgets: Answer) -> dict[str, set[Cell]]:
    """The cells with a budget, by legal entity. A zero in every cell is how planning tools write no budget;
    amounts that cancel out, or that could not be translated, are a budget."""
    some = pl.any_horizontal((pl.col(name) != 0).fill_null(value=True) for name in BUDGETS)
    keys = [Dimension.LEGAL_ENTITY.column, *(d.column for d in group.dimensions)]
    cells: dict[str, set[Cell]] = {}
    for entity, *cell in budgets.rows.filter(some).select(keys).iter_rows():
        cells.setdefault(entity, set()).add(tuple(cell))
    return cells
