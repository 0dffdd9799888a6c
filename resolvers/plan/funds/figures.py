"""Budget and consumption of control nodes, from the cells that lie in them."""

from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from resolvers.plan.answer import Answer
from resolvers.plan.funds.missing import concerns
from resolvers.semantics.currency import exponent
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.funds import Figures, Node, rounded
from resolvers.semantics.measures import Stage
from resolvers.semantics.model import Model
from resolvers.semantics.tree import descendants


def figures(nodes: Iterable[Node], answer: Answer, model: Model) -> dict[Node, Figures]:
    """What is known of each node, without what its lines replace."""
    return {node: _figures(node, answer, model) for node in nodes}


def inside(node: Node, model: Model) -> pl.Expr:
    """Whether a row lies in the node or below."""
    within = pl.col(Dimension.LEGAL_ENTITY.column) == node.legal_entity
    for dimension, member in zip(node.dimensions, node.cell, strict=True):
        below = descendants(model.members.get(dimension, {}), (member,))
        within &= pl.col(dimension.column).is_in(sorted(below))
    return within


def _figures(node: Node, answer: Answer, model: Model) -> Figures:
    """The budget is that of the node's own cell, never added to those below; consumption is of all of it."""
    entity = answer.rows.filter(pl.col(Dimension.LEGAL_ENTITY.column) == node.legal_entity)
    at = [pl.col(d.column) == member for d, member in zip(node.dimensions, node.cell, strict=True)]
    own = entity.filter(*at) if at else entity
    lost = [each.stage for each in answer.missing if concerns(each, node.legal_entity, model)]
    spent = any(stage is not Stage.BUDGET for stage in lost)
    decimals = exponent(node.currency)
    return Figures(
        _sum(own, entity, "budget", decimals, lost=Stage.BUDGET in lost),
        _sum(entity.filter(inside(node, model)), entity, "consumed", decimals, lost=spent),
    )


def _sum(
    rows: pl.DataFrame, entity: pl.DataFrame, measure: str, decimals: int, *, lost: bool
) -> Decimal | None:
    """The sum over some rows of an entity, unknown where one of them is. Over none it is zero, unless the
    entity's other rows, or what was lost, say that it is unknown."""
    if not rows.is_empty():
        total: Decimal = rows.select(pl.col(measure).sum()).item()
        return None if rows[measure].has_nulls() else total
    unknown = entity[measure].null_count() == entity.height if entity.height else lost
    return None if unknown else rounded(Decimal(0), decimals)
