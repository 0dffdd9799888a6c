"""`fundsCheck` asked of small companies: lines of spend, the books they draw on, and what came back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from graphql import ExecutionResult, GraphQLError, execute, parse

from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext
from resolvers.plan.engine import Engine
from resolvers.plan.explain import PlanReport
from resolvers.plan.question import Question
from resolvers.semantics.access import Scope
from resolvers.semantics.entities import LegalEntity
from resolvers.semantics.funds import FundsControl
from resolvers.semantics.model import Model
from sources.spi.context import Context
from tests.graph.stage import CORE
from tests.world import System, documents, model, using

FIGURES: Final = "budget consumed replaced amount availableBefore availableAfter currency verdict"
NODE: Final = f"{FIGURES} blocking lines linesBelow tippedBy costCenter {{ id name }} account {{ id }}"
LINE: Final = "id verdict blocking amount currency availableBefore availableAfter reasons { code message }"
ALL: Final = f"verdict blocking completeness lines {{ {LINE} }} nodes {{ {NODE} }}"

BOOKS: Final = """
budget-entries
cost_center  account  amount
C1           6100     100
ALL          6200     500

requisitions
number  quantity  price
R1      2         10

purchase-orders
number  quantity  price  receipt_required
PO1     1         20     false

journal-lines
number  cost_center  account  amount
J1      C1           6100     30
J2      C2           6200     200
"""
"""C1 × 6100: 100 budgeted, 20 + 20 + 30 consumed, 30 available. ALL × 6200: 500, of which C2 spent 200."""


def controlled(world: Model, **controls: Any) -> Model:
    """The world, with ONE controlled so."""
    return replace(world, funds={"ONE": FundsControl(**controls)})


@dataclass
class Checked:
    """What came back, the errors beside it, the questions the engine was asked, and the plans of a check that
    was only to be explained."""

    result: ExecutionResult
    problems: list[GraphQLError]
    asked: list[Question]
    plans: Mapping[str, PlanReport] | None

    @property
    def check(self) -> dict[str, Any]:
        assert self.result.errors is None, self.result.errors
        return self.result.data["fundsCheck"]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return self.check["lines"]

    @property
    def node(self) -> dict[str, Any]:
        (only,) = self.check["nodes"]
        return only

    @property
    def verdicts(self) -> list[str]:
        return [line["verdict"] for line in self.lines]

    @property
    def error(self) -> tuple[str, str]:
        (only,) = self.result.errors
        return only.extensions["code"], only.message


class Watched(Engine):
    """An engine that writes down what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self.__dict__ = engine.__dict__
        self.asked: list[Question] = []

    async def ask(self, question, ctx):
        self.asked.append(question)
        return await super().ask(question, ctx)

    async def documents(self, question, ctx):
        self.asked.append(question)
        return await super().documents(question, ctx)


def line(
    amount: str, cost_center: str = "C1", account: str = "6100", entity: str = "ONE", **more: Any
) -> dict:
    given = {"legalEntity": entity, "costCenter": cost_center, "account": account, "amount": amount}
    return given | more


def check(
    lines: Sequence[Mapping[str, Any]],
    *books: str | System,
    world: Model | None = None,
    select: str = ALL,
    explain: bool = False,
    scope: Scope | None = None,
    **arguments: Any,
) -> Checked:
    """The question asked of systems, or of one that holds the books, by somebody who may see the scope."""
    systems = [b if isinstance(b, System) else System("own", documents(b)) for b in books or (BOOKS,)]
    kinds = {"period": "PeriodInput", "currency": "CurrencyCode", "asOf": "Date", "version": "String"}
    declared = "".join(f", ${name}: {kinds[name]}" for name in arguments)
    given = "".join(f", {name}: ${name}" for name in arguments)
    query = (
        f"query Q($lines: [FundsLineInput!]!{declared}) {{ fundsCheck(lines: $lines{given}) {{ {select} }} }}"
    )

    async def scene(engine: Engine) -> Checked:
        watched = Watched(engine.scoped(scope))
        context = RequestContext(watched, Context.within(30))
        context.plans = {} if explain else None
        result = execute(
            CORE,
            parse(query),
            context_value=context,
            variable_values={"lines": list(lines), **arguments},
            executor_class=ColumnarExecutor,
        )
        result = result if isinstance(result, ExecutionResult) else await result
        await asyncio.sleep(0)
        return Checked(result, context.problems, watched.asked, context.plans)

    return using(world or model(*systems), *systems, do=scene)


def in_dollars() -> dict[str, LegalEntity]:
    return {id_: replace(entity, currency="USD") for id_, entity in model().legal_entities.items()}


def codes(line: Mapping[str, Any]) -> list[str]:
    return [reason["code"] for reason in line["reasons"]]


def figures(node: Mapping[str, Any], *names: str) -> list[str | None]:
    return [node[name] for name in names]
