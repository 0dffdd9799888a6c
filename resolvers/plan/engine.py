"""The engine: one question in, one answer out.

    bind → plan → execute → compute → tables

`explain` stops after the plan and calls nobody.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import polars as pl

from resolvers.plan.answer import Answer, Drilldown, mapping_gaps, source_reports
from resolvers.plan.bind import Bound, bind
from resolvers.plan.breaks import breaks
from resolvers.plan.compute import Computed, Early, compute, pieces
from resolvers.plan.documents import Listed, listed
from resolvers.plan.execute import Collected, Executor, Outcome
from resolvers.plan.explain import PlanReport, explained
from resolvers.plan.finding import Finder
from resolvers.plan.foretelling import listing_plan, trace_plan
from resolvers.plan.listing import Listing
from resolvers.plan.members import MemberBook
from resolvers.plan.missing import Lost, gaps
from resolvers.plan.plan import Plan
from resolvers.plan.planner import Planner
from resolvers.plan.question import Question
from resolvers.plan.table import Gaps, cells, total
from resolvers.plan.trace import Beginning, Trace, traced
from resolvers.semantics.measures import MEASURES, MEMOS
from resolvers.semantics.model import Dimension, Model
from sources.spi.context import Context
from sources.spi.facts import Fact, Sign
from sources.spi.scan import Keys
from sources.spi.source import Source


@dataclass(frozen=True, slots=True)
class _Desk:
    """What plans and runs questions over one state of the model."""

    model: Model
    planner: Planner
    executor: Executor
    finder: Finder


@dataclass(frozen=True, slots=True)
class _Work:
    """A question on its way: planned, run and computed."""

    model: Model
    bound: Bound
    plan: Plan
    collected: Collected
    computed: Computed
    strays: Collected = field(default_factory=Collected)

    @property
    def outcomes(self) -> list[Outcome]:
        return [*self.collected.outcomes, *self.strays.outcomes]


class Engine:
    """Answers questions over one model and its sources. Holds no answer, only the names of members."""

    def __init__(
        self,
        model: Model,
        sources: Mapping[str, Source],
        *,
        max_ages: Mapping[str, float] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.sources = sources
        self._max_ages = max_ages or {}
        self._now = now
        self._members = MemberBook(model, sources, self._max_ages)
        self._current = self._desk(model)
        self._signs: dict[str, dict[Fact, Sign]] = {
            name: {fact: source.sign(fact) for fact in source.facts} for name, source in sources.items()
        }

    @property
    def model(self) -> Model:
        """The model as far as its members are known by now."""
        return self._current.model

    def explain(self, question: Question) -> PlanReport:
        """The plan, without calling anyone. A question that selects no measure is planned for all."""
        if not question.measures and not question.breaks:
            question = replace(question, measures=frozenset(MEASURES) - frozenset(MEMOS))
        planner, bound = self._current.planner, bind(question, self.model)
        plan = planner.plan(bound)
        return explained(plan.beside(planner.strays(bound)) if question.breaks else plan)

    async def ask(self, question: Question, ctx: Context) -> Answer:
        """The answer, with whatever could be had. Raises QuestionError for a question that makes no sense."""
        work = await self._worked(question, ctx, documents=False)
        needed = work.computed.needs_receipts
        unknown, lost = gaps(work.plan, work.collected.outcomes, needed, self.sources, work.model)
        return await asyncio.to_thread(self._answer, work, unknown, lost)

    async def documents(self, question: Question, ctx: Context) -> Drilldown:
        """The parts behind the question's cells, line by line, each with its document, and what was lost on
        the way: a second reading can fail where the first did not."""
        work = await self._worked(replace(question, breaks=False), ctx, documents=True)
        errors = {error.source: error for o in work.collected.outcomes if (error := o.error) is not None}
        return Drilldown(work.computed.parts, tuple(errors.values()))

    async def look_up(self, fact: Fact, keys: Keys, entity: str, ctx: Context) -> pl.DataFrame:
        """The documents of one legal entity that other documents name. Raises SourceError."""
        return await self._current.finder.find(fact, keys, entity, ctx)

    async def list_documents(self, listing: Listing, ctx: Context) -> Listed:
        """A page of documents, with whatever could be had. Raises QuestionError for a listing that makes no
        sense."""
        await self.known((f.dimension for f in listing.where), ctx)
        return await listed(listing, self._current.finder, ctx)

    def explain_documents(self, asked: Listing | Beginning, ctx: Context) -> PlanReport:
        """How documents would be listed or traced, without calling anyone. Raises QuestionError."""
        finder = self._current.finder
        if isinstance(asked, Beginning):
            return trace_plan(asked, finder)
        return listing_plan(asked, finder, ctx)

    async def trace(self, start: Beginning, ctx: Context) -> Trace:
        """A document and all it hangs together with. Raises QuestionError where there is no such document,
        SourceError where it cannot be read."""
        return await traced(start, self._current.finder, ctx)

    async def known(self, dimensions: Iterable[Dimension], ctx: Context) -> Model:
        """The model with the members of those dimensions, as fresh as their sources say."""
        model = await self._members.read(dimensions, ctx)
        if model is not self._current.model:
            self._current = self._desk(model)
        return model

    async def _worked(self, question: Question, ctx: Context, *, documents: bool) -> _Work:
        touched = (*question.group_by, *(f.dimension for f in question.where))
        model = await self.known(touched, ctx)
        desk = self._current
        bound = bind(question, model)
        plan = desk.planner.plan(bound, documents=documents)
        early = Early()
        ahead = pieces(early, bound, model, self._signs)
        collected = await desk.executor.run(plan, ctx, ahead=ahead)
        computed = await asyncio.to_thread(compute, collected, bound, model, self._signs, early)
        if not bound.question.breaks:
            return _Work(model, bound, plan, collected, computed)
        aside = desk.planner.strays(bound)
        strays = await desk.executor.run(aside, ctx, {Fact.ORDER: collected.rows(Fact.ORDER)})
        return _Work(model, bound, plan.beside(aside), collected, computed, strays)

    def _desk(self, model: Model) -> _Desk:
        planner = Planner(model, self.sources)
        executor = Executor(model, self.sources, planner)
        return _Desk(model, planner, executor, Finder(model, self.sources, planner))

    def _answer(self, work: _Work, unknown: Gaps, lost: tuple[Lost, ...]) -> Answer:
        bound = work.bound
        parts = work.computed.parts.filter(pl.col("measure").is_in(bound.base))
        everything = cells(parts, bound, unknown, work.model)
        read = (work.collected, work.strays, work.computed)
        broken = bound.question.breaks
        found = breaks(*read, unknown, work.model, bound, self._signs) if broken else ()
        page = everything.slice(bound.question.offset, bound.question.limit)
        return Answer(
            bound=bound,
            rows=page,
            totals=total(parts, bound, unknown, revenue=False),
            revenue_totals=total(parts, bound, unknown, revenue=True),
            total_rows=everything.height,
            truncated=bound.question.offset + page.height < everything.height,
            missing=lost,
            rates_missing=work.computed.rates_missing,
            gaps=mapping_gaps(parts, bound.currency),
            sources=source_reports(work.outcomes, self._now(), self._max_ages),
            plan=explained(work.plan, work.outcomes),
            notes=_notes(unknown),
            breaks=found,
        )


def _notes(unknown: Gaps) -> tuple[str, ...]:
    ways = (
        (unknown.absent, "grouped by; null in rows, present in totals"),
        (unknown.blind, "filtered by; null"),
    )
    return tuple(
        f"{measure}: the source of {', '.join(sorted(entities))} does not carry every dimension {what}"
        for found, what in ways
        for measure, entities in found.items()
    )
