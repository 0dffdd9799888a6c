"""A stage for one answer: an engine that was told it beforehand, and the two ways to complete it."""

import asyncio
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
from graphql import ExecutionResult, execute, parse
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from resolvers.graph.columnar import ColumnarExecutor, Columns
from resolvers.graph.context import RequestContext
from resolvers.graph.dimensions import Account, CostCenter, LegalEntity, Period, Project, Supplier
from resolvers.graph.enums import AccountClass
from resolvers.graph.position import BudgetPositionRow
from resolvers.graph.report import Completeness
from resolvers.graph.schema import build
from resolvers.plan.answer import Answer, Drilldown
from resolvers.plan.bind import Bound
from resolvers.plan.breaks import Break
from resolvers.plan.engine import Engine
from resolvers.plan.explain import PlanReport
from resolvers.plan.matches import Asked, Outcome
from resolvers.plan.question import Question
from resolvers.plan.table import net
from resolvers.semantics.calendar import Calendar
from resolvers.semantics.calendar import Period as FiscalPeriod
from resolvers.semantics.dimensions import Dimension, Member
from resolvers.semantics.entities import LegalEntity as Entity
from resolvers.semantics.entities import Policy
from resolvers.semantics.model import Model
from resolvers.semantics.parts import SCHEMA
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Keys
from tests.graph.shelf import found, matching

SCHEMA_UNDER_TEST = build()
CORE = SCHEMA_UNDER_TEST._schema
CALENDAR = Calendar(
    "C",
    tuple(
        FiscalPeriod(
            f"2026-P{n:02d}", 2026, n, date(2026, 1, 1) + timedelta(30 * n), date(2026, 2, 1), f"P {n}"
        )
        for n in (1, 2, 13)
    ),
)
"""The calendar of what the stage tells."""
NO_PLAN = PlanReport((), 0)
MEMBERS = {
    "legal_entity": LegalEntity,
    "cost_center": CostCenter,
    "account": Account,
    "project": Project,
    "supplier": Supplier,
    "period": Period,
}


@dataclass(frozen=True)
class Library:
    """A source that only says where a document can be opened."""

    name: str
    system: str

    def url(self, fact: str, document: Mapping[str, str | None]) -> str | None:
        return f"https://{self.name}/{fact}/{document['id']}" if document["id"] else None


@dataclass
class Told:
    """An engine that has been told its answer. `asked` keeps the questions."""

    model: Model
    answer: Answer
    parts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCHEMA))
    sources: Mapping[str, Library] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)
    scope: None = None

    def explain(self, question: Question) -> PlanReport:
        self.asked.append(question)
        return NO_PLAN

    async def ask(self, question: Question, _ctx: Context) -> Answer:
        self.asked.append(question)
        await asyncio.sleep(0)
        return self.answer

    async def documents(self, _question: Question, _ctx: Context) -> Drilldown:
        await asyncio.sleep(0)
        return Drilldown(self.parts, ())

    async def known(self, _dimensions: Iterable[Dimension], _ctx: Context) -> Model:
        await asyncio.sleep(0)
        return self.model

    async def matches(self, asked: Sequence[Asked], _ctx: Context) -> list[Outcome]:
        await asyncio.sleep(0)
        return [matching(each, self.parts, self.model) for each in asked]

    async def look_up(self, fact: Fact, keys: Keys, entity: str, _ctx: Context) -> pl.DataFrame:
        await asyncio.sleep(0)
        return found(fact, keys, entity, self.parts, self.model)


class ObjectExecutor(ColumnarExecutor):
    """The ordinary way: each row a Strawberry object, completed item by item and field by field."""

    def complete_list_value(self, return_type, field_details_list, info, path, result, position_context):
        items = self.objects(result) if isinstance(result, Columns) else result
        return StrawberryGraphQLCoreExecutionContext.complete_list_value(
            self, return_type, field_details_list, info, path, items, position_context
        )

    def objects(self, columns: Columns) -> list[BudgetPositionRow]:
        return objects(columns)


def objects(columns: Columns) -> list[BudgetPositionRow]:
    """The rows of a table as the objects its GraphQL type is made of."""
    return [_row(values, columns.item(i)) for i, values in enumerate(columns.frame.iter_rows(named=True))]


def _row(values: Mapping[str, Any], cell: Any) -> BudgetPositionRow:
    given = {f.name: values.get(f.name) for f in dataclasses.fields(BudgetPositionRow) if f.init}
    given |= {name: _member(kind, name, values) for name, kind in MEMBERS.items()}
    given["completeness"] = Completeness(given["completeness"])
    row = BudgetPositionRow(**given)
    row.view, row.members = cell.view, cell.members  # what the resolver of `documents` reads
    return row


def _member(kind: type, name: str, values: Mapping[str, Any]) -> Any:
    if values[name] is None or f"{name}__id" not in values:
        return None
    given = {f.name: values[f"{name}__{f.name.rstrip('_')}"] for f in dataclasses.fields(kind)}
    if given.get("class_") is not None:
        given["class_"] = AccountClass(given["class_"])
    return kind(**given)


def completed(
    told: Told,
    document: str,
    variables: Mapping[str, Any] | None = None,
    executor: type[ColumnarExecutor] = ColumnarExecutor,
) -> ExecutionResult:
    """The document executed on the told answer."""

    async def run() -> ExecutionResult:
        result = execute(
            CORE,
            parse(document),
            context_value=RequestContext(cast("Engine", told), Context.within(600)),
            variable_values=dict(variables or {}),
            executor_class=executor,
        )
        if not isinstance(result, ExecutionResult):
            result = await result
        await _settled()
        return result

    return asyncio.run(run())


async def _settled() -> None:
    """Lets the fields finish that an error elsewhere has made pointless."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.gather(*others, return_exceptions=True)


def answer(
    rows: pl.DataFrame,
    currency: str = "EUR",
    policies: Mapping[str, Policy] | None = None,
    breaks: Sequence[Break] = (),
    calendar: Calendar = CALENDAR,
) -> Answer:
    """An answer with these rows, and totals of nothing; of its question it knows policies and calendar."""
    totals = pl.DataFrame({"currency": [currency], "completeness": ["COMPLETE"]})
    gaps = pl.DataFrame(
        schema=dict.fromkeys(("source", "dimension", "status", "member", "amount"), pl.String)
    )
    return Answer(
        bound=cast("Bound", SimpleNamespace(policies=policies or {}, calendar=calendar, restricted=False)),
        rows=rows,
        totals=totals,
        revenue_totals=totals,
        net=net(totals, totals),
        eliminated=None,
        total_rows=rows.height,
        truncated=False,
        missing=(),
        rates_missing=(),
        gaps=gaps,
        coverage=gaps.clear(),
        sources=(),
        plan=NO_PLAN,
        notes=('a "note" with \n a line',),
        breaks=tuple(breaks),
    )


def model(
    members: Mapping[Dimension, Mapping[str, Member]],
    entities: Mapping[str, Entity],
    calendar: Any,
) -> Model:
    return Model(
        legal_entities=entities,
        members=members,
        calendars={"C": calendar},
        calendar="C",
        reporting_currency="EUR",
        rates=(),
        crosswalk=(),
        provisions=(),
        today=date(2026, 6, 30),
    )
