"""A question to the schema over documents drawn as tables, and what its systems were asked."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from graphql import ExecutionResult, execute, parse, validate

from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext
from resolvers.plan.engine import Engine
from resolvers.semantics.model import Model
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Accepted
from sources.spi.source import Source
from tests.graph.stage import CORE
from tests.plan.doubles import Around
from tests.world import System, documents, model, using


@dataclass(frozen=True)
class Reply:
    """`calls` are upstream requests by fact; `scans` what the sources were asked to run."""

    data: Any
    errors: list[dict[str, Any]]
    calls: Counter[Fact]
    scans: list[Accepted]

    def pushed(self, fact: Fact) -> set[str]:
        """The columns that scans of a fact were narrowed by."""
        return {p.column for scan in self.scans if scan.scan.fact is fact for p in scan.pushed}


class Heard(Around):
    """Remembers what it was asked, and how many requests that took."""

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self.calls: Counter[Fact] = Counter()
        self.scans: list[Accepted] = []

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        self.scans.append(accepted)
        batch = await super().run(accepted, ctx)
        self.calls[accepted.scan.fact] += batch.calls
        return batch


def systems(text: str) -> tuple[System, System, System]:
    """Planning, purchasing and ledger, as three systems."""
    drawn = documents(text)
    plan = System("plan", drawn, facts=frozenset({Fact.BUDGET}))
    buying = frozenset({Fact.REQUISITION, Fact.ORDER, Fact.RECEIPT, Fact.INVOICE})
    return (
        plan,
        System("s2p", drawn, facts=buying),
        System("erp", drawn, facts=frozenset({Fact.LEDGER, Fact.VOUCHER})),
    )


def replied(query: str, *used: System, world: Model | None = None, **variables: Any) -> Reply:
    """The reply to a query over the systems."""
    document = parse(query)
    assert validate(CORE, document) == []
    heard: list[Heard] = []

    def around(system: System) -> System:
        def listening(source: Source) -> Source:
            heard.append(Heard(system.around(source)))
            return heard[-1]

        return replace(system, around=listening)

    async def asked(ready: Engine) -> tuple[ExecutionResult, RequestContext]:
        context = RequestContext(ready, Context.within(600))
        result = execute(
            CORE, document, context_value=context, variable_values=variables, executor_class=ColumnarExecutor
        )
        return result if isinstance(result, ExecutionResult) else await result, context

    done, context = using(world or model(*used), *(around(system) for system in used), do=asked)
    errors = [error.formatted for error in (*(done.errors or ()), *context.problems)]
    calls = sum((source.calls for source in heard), Counter[Fact]())
    return Reply(done.data, errors, calls, [scan for source in heard for scan in source.scans])
