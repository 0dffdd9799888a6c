"""Whether somebody sees all that a verdict stands on: the budgets further up, and everything below a node."""

from collections.abc import Iterable

from resolvers.plan.engine import Engine
from resolvers.semantics.access import union
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.funds import Node
from resolvers.semantics.hierarchy import default, on
from resolvers.semantics.tree import below


def hides(engine: Engine, dimensions: Iterable[Dimension]) -> bool:
    """Whether there may be members of the dimensions that may not be known."""
    return engine.view is not None and bool(union(engine.view.permits).keys() & {*dimensions})


def sees(engine: Engine, node: Node) -> bool:
    """Whether all that lies in a node, and below it, may be seen."""
    if engine.view is None:
        return True
    model = engine.desk.model
    inside = {Dimension.LEGAL_ENTITY: frozenset((node.legal_entity,))}
    for dimension, member in zip(node.dimensions, node.cell, strict=True):
        inside[dimension] = below(on(default(model, dimension), model.today), (member,))
    return engine.view.covers(inside)
