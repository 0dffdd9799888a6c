"""The engine: one question in, one answer out.

    bind → plan → execute → compute → tables

`explain` stops after the plan and calls nobody.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import polars as pl

from resolvers.plan.answer import Answer, Drilldown, SourceReport, source_reports
from resolvers.plan.bind import Bound, bind
from resolvers.plan.breaks import breaks
from resolvers.plan.comparatives import Compared, Reading, compared, labelled, planned, with_gaps
from resolvers.plan.compute import Computed, Early, compute, flows
from resolvers.plan.consolidation import summed
from resolvers.plan.coverage import coverage, mapping_gaps
from resolvers.plan.directory import Directory, MemberPage, page, sane
from resolvers.plan.documents import Listed, listed
from resolvers.plan.early import pieces
from resolvers.plan.errors import QuestionError
from resolvers.plan.execute import Collected, Executor, Outcome
from resolvers.plan.explain import PlanReport, explained
from resolvers.plan.finding import Finder
from resolvers.plan.foretelling import listing_plan, members_plan, trace_plan
from resolvers.plan.listing import Listing
from resolvers.plan.mapping import Mapped, mapped
from resolvers.plan.matches import Asked, matches
from resolvers.plan.matches import Outcome as Matched
from resolvers.plan.members import MemberBook
from resolvers.plan.missing import Lost, gaps
from resolvers.plan.plan import Plan
from resolvers.plan.planner import Planner
from resolvers.plan.question import Beside, Question
from resolvers.plan.systems import Condition, SystemCard, cards, condition, health
from resolvers.plan.table import Gaps, cells, totals
from resolvers.plan.trace import Beginning, Trace, traced
from resolvers.semantics.control import CONTROLLING
from resolvers.semantics.measures import BUDGET_TYPES, USUAL, closure
from resolvers.semantics.model import Dimension, Model
from resolvers.semantics.rates import with_rates
from sources.spi.context import Context
from sources.spi.facts import Fact, Sign
from sources.spi.scan import Keys
from sources.spi.source import Health, Source


@dataclass(frozen=True, slots=True)
class Desk:
    """What plans and runs questions over one state of the model. `signs`: how each source signs a fact."""

    model: Model
    planner: Planner
    executor: Executor
    finder: Finder
    signs: dict[str, dict[Fact, Sign]]


@dataclass(frozen=True, slots=True)
class _Work:
    """A question on its way: planned, run and computed."""

    model: Model
    bound: Bound
    plan: Plan
    collected: Collected
    computed: Computed
    strays: Collected = field(default_factory=Collected)
    asked: Compared = field(default_factory=Compared)
    beside: tuple[tuple[Reading, Plan, Collected], ...] = ()

    @property
    def outcomes(self) -> list[Outcome]:
        apart = (outcome for _, _, collected in self.beside for outcome in collected.outcomes)
        return [*self.collected.outcomes, *apart, *self.strays.outcomes]


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
        self._signs: dict[str, dict[Fact, Sign]] = {
            name: {fact: source.sign(fact) for fact in source.facts} for name, source in sources.items()
        }
        self._current = self._desk(model)

    @property
    def model(self) -> Model:
        """The model as far as its members are known by now."""
        return self._current.model

    @property
    def desk(self) -> Desk:
        """What plans and runs questions over the model as it is known by now."""
        return self._current

    def reports(self, outcomes: Iterable[Outcome]) -> tuple[SourceReport, ...]:
        """How the sources behind some outcomes took part."""
        return source_reports(outcomes, self._now(), self._max_ages)

    def explain(self, question: Question) -> PlanReport:
        """The plan, without calling anyone. A question that selects no measure is planned for all."""
        if not question.measures and not question.breaks:
            question = replace(question, measures=USUAL)
        planner, bound = self._current.planner, bind(question, self.model)
        plan = planner.plan(bound)
        for reading in compared(bound, self.model).readings:
            plan = plan.alongside(planned(reading, planner, self.sources, documents=False))
        return explained(plan.beside(planner.strays(bound)) if question.breaks else plan)

    async def ask(self, question: Question, ctx: Context) -> Answer:
        """The answer, with whatever could be had. Raises QuestionError for a question that makes no sense."""
        work = await self._worked(question, ctx, documents=False)
        needed = work.computed.needs_receipts
        planner = self._current.planner
        found, why = gaps(work.plan, work.collected.outcomes, needed, planner, work.model)
        unknown, lost = with_gaps(found, why, work.asked, work.beside, planner, work.model)
        return await asyncio.to_thread(self._answer, work, unknown, lost)

    async def documents(self, question: Question, ctx: Context) -> Drilldown:
        """The parts behind the question's cells, line by line, each with its document, and what was lost on
        the way: a second reading can fail where the first did not."""
        work = await self._worked(replace(question, breaks=False), ctx, documents=True)
        errors = {error.source: error for o in work.outcomes if (error := o.error) is not None}
        return Drilldown(work.computed.parts, tuple(errors.values()), work.bound.rolled)

    async def look_up(self, fact: Fact, keys: Keys, entity: str, ctx: Context) -> pl.DataFrame:
        """The documents of one legal entity that other documents name. Raises SourceError."""
        return await self._current.finder.find(fact, keys, entity, ctx)

    async def matches(self, asked: Sequence[Asked], ctx: Context) -> list[Matched]:
        """The matches of documents of one kind, each in the place of what asked for it."""
        return await matches(asked, self._current.finder, ctx)

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

    async def list_members(self, asked: Directory, ctx: Context) -> MemberPage:
        """A page of the members of a dimension, with whatever could be had. Raises QuestionError for a list
        that makes no sense."""
        sane(asked)
        model = await self.known((asked.dimension,), ctx)
        return await asyncio.to_thread(page, asked, model, self._members.lost(asked.dimension))

    def explain_members(self, asked: Directory) -> PlanReport:
        """How members would be listed, without calling anyone. Raises QuestionError."""
        sane(asked)
        return members_plan(asked.dimension, self._members.sources(asked.dimension))

    def systems(self) -> tuple[SystemCard, ...]:
        """The sources as they are configured, without calling any."""
        return cards(self.sources, self.model, self._max_ages)

    def conditions(self) -> dict[str, Condition]:
        """How the sources do now, by name, without calling any."""
        now = self._now()
        return {name: condition(source, now) for name, source in self.sources.items()}

    async def probe(self, name: str, ctx: Context) -> Health:
        """Whether a source answers, within the deadline; a failure is an answer too."""
        return await health(self.sources[name], ctx)

    async def trace(self, start: Beginning, ctx: Context) -> Trace:
        """A document and all it hangs together with. Raises QuestionError where there is no such document,
        SourceError where it cannot be read."""
        return await traced(start, self._current.finder, ctx)

    def mapped(
        self, source: str, dimension: Dimension, codes: Mapping[Dimension, str], day: date | None
    ) -> Mapped:
        """What a source's codes are in one dimension on a day, and why. Raises QuestionError."""
        if source not in self.sources:
            known = ", ".join(sorted(self.sources))
            raise QuestionError("BAD_INPUT", f"source: {source!r} is not configured; there are {known}")
        return mapped(self._current.planner.crosswalk(source), self.model, dimension, codes, day)

    async def known(self, dimensions: Iterable[Dimension], ctx: Context) -> Model:
        """The model with the members of those dimensions, as fresh as their sources say."""
        model = await self._members.read(dimensions, ctx)
        if model is not self._current.model:
            self._current = self._desk(model)
        return model

    async def rated(self, ctx: Context) -> Model:
        """The model with the exchange rates that its sources have, as far as they can be read."""
        desk = self._current
        if not any(Fact.EXCHANGE_RATE in provision.facts for provision in desk.model.provisions):
            return desk.model
        plan = desk.planner.rates(bind(Question(frozenset()), desk.model))
        collected = await desk.executor.run(plan, ctx)
        return with_rates(desk.model, collected.rows(Fact.EXCHANGE_RATE))

    async def _worked(self, question: Question, ctx: Context, *, documents: bool) -> _Work:
        touched = [*question.group_by, *(f.dimension for f in question.where)]
        if {*BUDGET_TYPES.values()} & {*closure(question.measures)}:
            touched += CONTROLLING
        model = await self.known(touched, ctx)
        desk = self._current
        bound = bind(question, model)
        plan = desk.planner.plan(bound, documents=documents)
        asked = compared(bound, model)
        apart = [(r, planned(r, desk.planner, self.sources, documents=documents)) for r in asked.readings]
        early = Early()
        main = desk.executor.run(plan, ctx, ahead=pieces(early, plan, model, self._signs))
        collected, *others = await asyncio.gather(main, *(desk.executor.run(each, ctx) for _, each in apart))
        model = early.rated or with_rates(model, collected.rows(Fact.EXCHANGE_RATE))
        beside = tuple((*one, read) for one, read in zip(apart, others, strict=True))
        computed = await asyncio.to_thread(self._computed, collected, beside, bound, model, early)
        for _, each in apart:
            plan = plan.alongside(each)
        work = _Work(model, bound, plan, collected, computed, asked=asked, beside=beside)
        if not bound.question.breaks:
            return work
        aside = desk.planner.strays(bound)
        strays = await desk.executor.run(aside, ctx, {Fact.ORDER: collected.rows(Fact.ORDER)})
        return replace(work, plan=plan.beside(aside), strays=strays)

    def _computed(
        self,
        collected: Collected,
        beside: tuple[tuple[Reading, Plan, Collected], ...],
        bound: Bound,
        model: Model,
        early: Early,
    ) -> Computed:
        parts = [
            labelled(flows(read, reading.bound, model, self._signs)[reading.fact], reading, bound)
            for reading, _, read in beside
        ]
        return compute(collected, bound, model, self._signs, parts, early)

    def _desk(self, model: Model) -> Desk:
        planner = Planner(model, self.sources)
        executor = Executor(model, self.sources, planner)
        return Desk(model, planner, executor, Finder(model, self.sources, planner), self._signs)

    def _answer(self, work: _Work, unknown: Gaps, lost: tuple[Lost, ...]) -> Answer:
        bound = work.bound
        parts = work.computed.parts.filter(pl.col("measure").is_in(bound.base))
        everything = cells(parts, bound, unknown, work.model)
        read = (work.collected, work.strays, work.computed)
        broken = bound.question.breaks
        found = breaks(*read, unknown, work.model, bound, self._signs) if broken else ()
        shown = everything.slice(bound.question.offset, bound.question.limit)
        nothing, beside = pl.DataFrame(), bound.question.beside
        mapping = Beside.MAPPING in beside
        spend, revenue, left = (
            totals(parts, bound, unknown) if Beside.TOTALS in beside else (nothing, nothing, nothing)
        )
        return Answer(
            bound=bound,
            rows=shown,
            totals=spend,
            revenue_totals=revenue,
            net=left,
            eliminated=summed(parts, bound, unknown) if bound.consolidated else None,
            total_rows=everything.height,
            truncated=bound.question.offset + shown.height < everything.height,
            missing=lost,
            rates_missing=work.computed.rates_missing,
            gaps=mapping_gaps(parts, bound.currency) if mapping else nothing,
            coverage=coverage(parts, bound.currency) if mapping else nothing,
            sources=self.reports(work.outcomes),
            plan=explained(work.plan, work.outcomes),
            notes=(
                *_notes(unknown),
                *_control_notes(parts),
                *self._consolidated(bound),
                *work.asked.notes,
                *work.computed.notes,
            ),
            breaks=found,
        )

    def _consolidated(self, bound: Bound) -> Iterator[str]:
        """What a reader of consolidated figures should know."""
        if bound.consolidated:
            yield "eliminateIntercompany: takes off actuals; budgets and commitments do not name a partner"
        if mute := self._current.planner.without_partners(bound):
            yield f"eliminateIntercompany: the ledger of {', '.join(mute)} does not name partners"


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


def _control_notes(parts: pl.DataFrame) -> tuple[str, ...]:
    controlled = parts.filter(pl.col("less").is_not_null())
    if controlled.is_empty():
        return ()
    return ("budget: nodes have budgets of their own; their rows show what is not distributed below them",)
