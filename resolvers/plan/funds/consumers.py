"""What stands in the way of a spend: the documents that consume most of a node's budget."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from resolvers.plan.engine import Engine
from resolvers.plan.funds.figures import inside
from resolvers.plan.funds.lines import FundsQuestion
from resolvers.plan.funds.place import Group
from resolvers.plan.funds.questions import below
from resolvers.semantics.currency import exponent
from resolvers.semantics.funds import Node, rounded
from resolvers.semantics.measures import MEASURES, Stage
from resolvers.semantics.model import Model
from sources.spi.context import Context
from sources.spi.errors import SourceError

TOP: Final = 5


@dataclass(frozen=True, slots=True)
class Consumer:
    """A document and what of the node's budget it consumes."""

    stage: Stage
    source: str
    id: str | None
    number: str | None
    amount: Decimal


async def in_the_way(
    engine: Engine, asked: FundsQuestion, nodes: Sequence[Node], ctx: Context
) -> tuple[Mapping[Node, tuple[Consumer, ...]], tuple[SourceError, ...]]:
    """The documents that consume most of each node's budget, and the errors of what could not be read."""
    model = engine.model
    groups: dict[Group, list[Node]] = {}
    for node in nodes:
        groups.setdefault(Group.of(node), []).append(node)
    questions = [below(group, own, ("consumed",), asked, model) for group, own in groups.items()]
    drilled = await asyncio.gather(*(engine.documents(question, ctx) for question in questions))
    consumers: dict[Node, tuple[Consumer, ...]] = {}
    for found, own in zip(drilled, groups.values(), strict=True):
        consumers |= await asyncio.to_thread(_biggest, found.parts, own, model)
    return consumers, tuple({error.source: error for found in drilled for error in found.errors}.values())


def _biggest(parts: pl.DataFrame, nodes: Iterable[Node], model: Model) -> dict[Node, tuple[Consumer, ...]]:
    return {node: _biggest_of(parts.filter(inside(node, model)), node) for node in nodes}


def _biggest_of(parts: pl.DataFrame, node: Node) -> tuple[Consumer, ...]:
    """Documents by what they consume in all; one that gives back stands in nobody's way."""
    document = ["measure", "source", "id", "number"]
    sums = parts.filter(~pl.col("revenue")).group_by(document).agg(pl.col("amount").sum())
    ordered = sums.filter(pl.col("amount") > 0).sort("amount", *document, descending=[True, *[False] * 4])
    decimals = exponent(node.currency)
    return tuple(
        Consumer(MEASURES[measure].stage or Stage.LEDGER, source, id_, number, rounded(amount, decimals))
        for measure, source, id_, number, amount in ordered.head(TOP).iter_rows()
    )
