"""What stands in the way of a spend: read when it is asked for, its failures told beside the data."""

import asyncio
from collections.abc import Iterable, Mapping

from graphql import GraphQLError

from resolvers.graph.context import RequestContext
from resolvers.plan.funds.answer import OVER, NodeResult
from resolvers.plan.funds.consumers import Consumer, in_the_way
from resolvers.plan.funds.lines import FundsQuestion
from resolvers.semantics.funds import Node
from sources.spi.errors import SourceError


class Way:
    """What stands in the way of the nodes that are exceeded; read once for all, when one of them asks."""

    def __init__(self, asked: FundsQuestion, nodes: Iterable[NodeResult], context: RequestContext) -> None:
        self._nodes = [result.node for result in nodes if result.verdict in OVER]
        self._asked = asked
        self._context = context
        self._read: asyncio.Task[Mapping[Node, tuple[Consumer, ...]]] | None = None

    async def of(self, node: Node) -> tuple[Consumer, ...]:
        if node not in self._nodes:
            return ()
        if self._read is None:
            self._read = asyncio.ensure_future(self._reading())
        return (await asyncio.shield(self._read)).get(node, ())

    async def _reading(self) -> Mapping[Node, tuple[Consumer, ...]]:
        context = self._context
        found, errors = await in_the_way(context.engine, self._asked, self._nodes, context.sources)
        tell(context, errors)
        return found


def tell(context: RequestContext, errors: Iterable[SourceError], rates: Iterable[str] = ()) -> None:
    """One coded error per lost source and per missing rate, beside the data."""
    told = {problem.message for problem in context.problems}
    for message, extensions in (
        *((str(error), {"code": error.code, "source": error.source}) for error in errors),
        *((rate, {"code": "RATE_MISSING"}) for rate in rates),
    ):
        if message not in told:
            told.add(message)
            context.problems.append(GraphQLError(message, extensions=extensions))
