"""`budgetPosition`: budget, commitments and actuals side by side."""

import asyncio
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, TypeVar

import polars as pl
import strawberry
from graphql import GraphQLError
from graphql.pyutils import Path
from strawberry.utils.str_converters import to_snake_case

from resolvers.graph.breaks import Break, shown
from resolvers.graph.breaks import First as Most
from resolvers.graph.columnar import Columns, Deferred, Selection
from resolvers.graph.context import RequestContext
from resolvers.graph.costs import EDGES, paged
from resolvers.graph.dimensions import Account, CostCenter, LegalEntity, Period, Project, Supplier
from resolvers.graph.documents import DocumentConnection, connection, start
from resolvers.graph.figures import Eliminated, Figures, PositionNet
from resolvers.graph.members import with_members
from resolvers.graph.policies import EntityPolicy, policies
from resolvers.graph.report import (
    Completeness,
    MappingCoverage,
    MappingGap,
    MissingStage,
    QueryPlan,
    SourceStatus,
    missing_stages,
    query_plan,
    statuses,
)
from resolvers.graph.scalars import CurrencyCode
from resolvers.plan.admission import usual
from resolvers.plan.answer import Answer
from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Beside, Question
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import MEASURES
from resolvers.semantics.parts import none
from sources.spi.context import Context

First = Annotated[int, strawberry.argument(description="How many, at most 1000.")]
After = Annotated[str | None, strawberry.argument(description="`endCursor` of the page before.")]
Made = TypeVar("Made")
Members = tuple[Any, ...]
"""The members of a row, in the order of the dimensions it is grouped by."""
_BESIDE: Final[Mapping[Beside, AbstractSet[str]]] = {
    Beside.TOTALS: {"totals", "revenueTotals", "net"},
    Beside.MAPPING: {"mappingGaps", "mappingCoverage"},
}
"""The fields of the answer that stand on what it has beside its rows."""


async def _documents(
    root: Any, info: strawberry.Info[RequestContext, None], first: First = 20, after: After = None
) -> DocumentConnection:
    cell: _Cell = root
    begin = start(first, after)
    parts, whole = await cell.view.parts(cell.members)
    sources, restricted = info.context.engine.sources, cell.view.restricted_documents
    return connection(parts, begin, first, sources, whole=whole, restricted=restricted)


def _breaks(root: Any, first: Most = 100) -> list[Break]:
    try:
        return shown(root.found_breaks, first)
    except QuestionError as error:
        raise GraphQLError(error.message, extensions={"code": error.code}) from None


@strawberry.type(description="One cell. A dimension that the question does not group by is null.")
class BudgetPositionRow(Figures):
    cell_id: strawberry.ID = strawberry.field(description="The members it is grouped by, joined with `|`.")
    currency: CurrencyCode = strawberry.field(description="Currency of every amount in the row.")
    completeness: Completeness = strawberry.field(description="PARTIAL where a measure is unknown.")
    legal_entity: LegalEntity | None = strawberry.field(description="Legal entity.", default=None)
    cost_center: CostCenter | None = strawberry.field(description="Cost centre.", default=None)
    account: Account | None = strawberry.field(description="Account.", default=None)
    project: Project | None = strawberry.field(description="Project.", default=None)
    supplier: Supplier | None = strawberry.field(description="Supplier.", default=None)
    period: Period | None = strawberry.field(description="Fiscal period.", default=None)

    documents: DocumentConnection = strawberry.field(
        resolver=_documents,
        directives=[EDGES],
        description="The documents the row is the sum of: amounts add up to its base measures.",
    )


@strawberry.type(description="Everything in scope, whatever page of rows was asked for.")
class PositionTotals(Figures):
    currency: CurrencyCode = strawberry.field(description="Currency of every amount.")
    completeness: Completeness = strawberry.field(description="PARTIAL where a measure is unknown.")


@strawberry.type(description="The answer: rows, totals, and what it says about itself.")
class BudgetPosition:
    rows: list[BudgetPositionRow] = strawberry.field(description="Cells, sorted and paged.")
    totals: PositionTotals = strawberry.field(description="Spend in scope: EXPENSE and CAPEX.")
    revenue_totals: PositionTotals = strawberry.field(
        description='Revenue in scope; `available` reads "still to earn".'
    )
    net: PositionNet = strawberry.field(description="Revenue less spend.")
    eliminated: Eliminated | None = strawberry.field(
        description="What was booked between the legal entities and taken off; null unless "
        "`eliminateIntercompany`."
    )
    total_rows: int = strawberry.field(description="Cells in all, before paging.")
    truncated: bool = strawberry.field(description="Whether cells follow after this page.")
    restricted: bool = strawberry.field(
        description="Whether your roles hold back rows of what is asked about, or may do so: the figures are "
        "of the others."
    )
    completeness: Completeness = strawberry.field(description="PARTIAL where any stage is unknown.")
    missing: list[MissingStage] = strawberry.field(description="Stages that are unknown, and why.")
    breaks: list[Break] = strawberry.field(
        resolver=_breaks,
        directives=[paged()],
        description="What does not fit together between systems, by code, largest first.",
    )
    policy: list[EntityPolicy] = strawberry.field(description="The policies the figures were made with.")
    mapping_gaps: list[MappingGap] = strawberry.field(
        description="Source codes counted as UNMAPPED or INVALID."
    )
    mapping_coverage: list[MappingCoverage] = strawberry.field(
        description="By source and dimension, how much of the amounts has a member."
    )
    notes: list[str] = strawberry.field(description="What a reader should know about nulls in rows.")
    sources: list[SourceStatus] = strawberry.field(description="The sources that took part, and their age.")
    query_plan: QueryPlan = strawberry.field(description="How it was answered, or would be.")


@dataclass(frozen=True, slots=True)
class _Cell:
    """What a row's resolvers see: its members, and the view that knows the documents."""

    view: "_View"
    members: Members


class _View:
    """An answer as the graph reads it, attribute by attribute. `named` are the dimensions its rows show."""

    def __init__(
        self,
        answer: Answer,
        question: Question,
        named: tuple[Dimension, ...],
        context: RequestContext,
        sources: Context,
    ) -> None:
        self._named = named
        self._answer = answer
        self._question = question
        self._context = context
        self._sources = sources
        self._parts: asyncio.Task[Mapping[Members, pl.DataFrame]] | None = None
        self._lost = False
        self.restricted_documents = False
        self.total_rows = answer.total_rows
        self.truncated = answer.truncated
        self.restricted = answer.bound.restricted
        self.notes = list(answer.notes)
        self.found_breaks = answer.breaks
        self.policy = policies(answer.bound.policies)
        self.missing = missing_stages(answer.missing)
        self.sources = statuses(answer.sources)
        self.query_plan = query_plan(answer.plan)
        self.totals = _one(PositionTotals, answer.totals)
        self.revenue_totals = _one(PositionTotals, answer.revenue_totals)
        self.net = _one(PositionNet, answer.net)
        self.eliminated = None if answer.eliminated is None else _one(Eliminated, answer.eliminated)
        partial = answer.missing or answer.rates_missing
        self.completeness = Completeness.PARTIAL if partial else Completeness.COMPLETE

    @property
    def rows(self) -> Columns:
        calendar = self._answer.bound.calendar
        frame = with_members(self._answer.rows, self._named, self._context.engine.model, calendar)
        keys = frame.select(dimension.column for dimension in self._question.group_by)
        members = keys.row if keys.width else lambda _: ()
        return Columns(frame, lambda index: _Cell(self, members(index)), frozenset({"documents"}))

    @property
    def mapping_gaps(self) -> list[MappingGap]:
        return [MappingGap(**row) for row in self._answer.gaps.iter_rows(named=True)]

    @property
    def mapping_coverage(self) -> list[MappingCoverage]:
        return [MappingCoverage(**row) for row in self._answer.coverage.iter_rows(named=True)]

    async def parts(self, members: Members) -> tuple[pl.DataFrame, bool]:
        """The documents behind one row, and whether all sources of them could be read; they are read once
        for all rows."""
        if self._parts is None:
            self._parts = asyncio.ensure_future(self._read())
        return (await asyncio.shield(self._parts)).get(members, none()), not self._lost

    async def _read(self) -> Mapping[Members, pl.DataFrame]:
        found = await self._context.engine.documents(self._question, self._sources)
        self._lost = bool(found.errors)
        self.restricted_documents = found.restricted
        known = {status.name for status in self.sources if status.error is not None}
        for error in found.errors:
            if error.source not in known:
                extensions = {"code": error.code, "source": error.source}
                self._context.problems.append(GraphQLError(str(error), extensions=extensions))
        return found.by_cell(self._question.group_by)


def _one(make: Callable[..., Made], table: pl.DataFrame) -> Made | None:
    """What a table of one row says; nothing where it is not wanted."""
    return make(**table.row(0, named=True)) if table.height else None


class _Explained:
    """A question of which only the plan was asked for."""

    def __init__(self, plan: QueryPlan) -> None:
        self.query_plan = plan


class PositionRequest(Deferred):
    """The question, still without its measures: those are what gets selected. Nothing older than
    `max_staleness` seconds is answered with."""

    def __init__(
        self, question: Question, context: RequestContext, max_staleness: float | None = None
    ) -> None:
        self._question = question
        self._context = context
        self._sources = replace(context.sources, max_staleness=max_staleness)

    async def resolve(self, selection: Selection, path: Path) -> Any:
        engine = self._context.engine
        asked = [selection.below(name) for name in ("rows", *_BESIDE[Beside.TOTALS])]
        measures = {to_snake_case(name) for below in asked for name in below.fields} & MEASURES.keys()
        measures |= {order.by for order in self._question.order_by} & MEASURES.keys()
        measures |= {"actual"} if "eliminated" in selection.fields else set()
        broken = "breaks" in selection.fields
        beside = frozenset(what for what, fields in _BESIDE.items() if fields & selection.fields.keys())
        question = replace(self._question, measures=frozenset(measures), breaks=broken, beside=beside)
        try:
            if self._context.plans is not None:
                self._context.plans[str(path.key)] = engine.explain(question)
                raise GraphQLError("explained, not answered", extensions={"code": "EXPLAINED"})
            if selection.fields.keys() <= {"queryPlan", "__typename"}:
                return _Explained(query_plan(engine.explain(question)))
            if not measures and not broken:
                question = replace(question, measures=usual(engine.scope))
            answer = await engine.ask(question, self._sources)
        except QuestionError as error:
            raise GraphQLError(error.message, extensions={"code": error.code}) from None
        self._report(answer, path)
        shown = {to_snake_case(name) for name in selection.below("rows").fields}
        named = tuple(d for d in question.group_by if d.column in shown)
        return _View(answer, question, named, self._context, self._sources)

    def _report(self, answer: Answer, path: Path) -> None:
        """One coded error per lost source and per missing rate, beside the data."""
        for report in answer.sources:
            if report.error is not None:
                extensions: dict[str, Any] = {"code": report.error.code, "source": report.name}
                if report.error.retry_after is not None:
                    extensions["retryAfter"] = round(report.error.retry_after)
                self._problem(str(report.error), extensions, path)
        for missing in answer.rates_missing:
            self._problem(str(missing), {"code": "RATE_MISSING"}, path)

    def _problem(self, message: str, extensions: dict[str, Any], path: Path) -> None:
        self._context.problems.append(GraphQLError(message, path=path.as_list(), extensions=extensions))
