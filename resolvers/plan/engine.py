"""The engine: one question in, one answer out.

    bind → plan → execute → compute → tables

`explain` stops after the plan and calls nobody.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import polars as pl

from resolvers.plan.admission import forbidden, usual
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
from resolvers.plan.guard import Guard
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
from resolvers.plan.withholding import drilldown, of_measures, provided_to, seen_of, shown_to, trace_of
from resolvers.semantics.access import Scope, View, view
from resolvers.semantics.control import CONTROLLING
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import BUDGET_TYPES, closure
from resolvers.semantics.model import Model
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


@dataclass(slots=True)
class _Kept:
    """What an engine and those made of it for some scope have in common."""

    members: MemberBook
    current: Desk


class Engine:
    """Answers questions over one model and its sources. Holds no answer, only the names of members. Made for
    a `scope`, it answers with what may be seen in it, and knows of nothing else."""

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
        self._signs: dict[str, dict[Fact, Sign]] = {
            name: {fact: source.sign(fact) for fact in source.facts} for name, source in sources.items()
        }
        self._kept = _Kept(MemberBook(model, sources, self._max_ages), self._desk(model))
        self.scope: Scope | None = None

    def scoped(self, scope: Scope | None) -> "Engine":
        """The same engine for somebody who may see a scope; None: everything."""
        made = copy(self)
        made.scope = scope
        return made

    def allowing(self, measures: Iterable[str]) -> "Engine":
        """The same engine with the grants that let all the measures be seen, for figures that are made of
        others too. Raises QuestionError where there is none."""
        if self.scope is None:
            return self
        able = self.scope.allowing(measures)
        if not able.grants:
            raise forbidden(frozenset(measures), (grant.measures for grant in self.scope.grants))
        return self.scoped(able)

    @property
    def model(self) -> Model:
        """The model as far as its members are known by now, and may be."""
        seen = self.view
        return self.desk.model if seen is None else seen.model

    @property
    def view(self) -> View | None:
        """What may be seen, where that is not everything."""
        return None if self.scope is None else view(self.scope, self.desk.model)

    @property
    def desk(self) -> Desk:
        """What plans and runs questions over the model as it is known by now, whoever asks."""
        return self._kept.current

    def reports(self, outcomes: Iterable[Outcome]) -> tuple[SourceReport, ...]:
        """How the sources behind some outcomes took part."""
        return source_reports(outcomes, self._now(), self._max_ages)

    def explain(self, question: Question) -> PlanReport:
        """The plan, without calling anyone. A question that selects no measure is planned for all."""
        if not question.measures and not question.breaks:
            question = replace(question, measures=usual(self.scope))
        model, planner = self.desk.model, self.desk.planner
        bound = bind(replace(question, scope=self.scope), model)
        plan = planner.plan(bound)
        for reading in compared(bound, model).readings:
            plan = plan.alongside(planned(reading, planner, self.sources, documents=False))
        return explained(plan.beside(planner.strays(bound)) if question.breaks else plan)

    async def ask(self, question: Question, ctx: Context) -> Answer:
        """The answer, with whatever could be had. Raises QuestionError for a question that makes no sense."""
        work = await self._worked(question, ctx, documents=False)
        needed = work.computed.needs_receipts
        planner = self.desk.planner
        found, why = gaps(work.plan, work.collected.outcomes, needed, planner, work.model)
        unknown, lost = with_gaps(found, why, work.asked, work.beside, planner, work.model)
        return await asyncio.to_thread(self._answer, work, unknown, lost)

    async def documents(self, question: Question, ctx: Context) -> Drilldown:
        """The parts behind the question's cells, line by line, each with its document, and what was lost on
        the way: a second reading can fail where the first did not."""
        work = await self._worked(replace(question, breaks=False), ctx, documents=True)
        errors = {error.source: error for o in work.outcomes if (error := o.error) is not None}
        found = Drilldown(work.computed.parts, tuple(errors.values()), work.bound.rolled)
        return found if self.view is None else drilldown(found, self.view, work.bound)

    async def look_up(self, fact: Fact, keys: Keys, entity: str, ctx: Context) -> pl.DataFrame:
        """The documents of one legal entity that other documents name. Raises SourceError."""
        finder, guard = self.desk.finder, self._guard(ctx)
        if guard is None:
            return await finder.find(fact, keys, entity, ctx)
        if entity not in self.model.legal_entities or not guard.view.showing(fact):
            return finder.nothing(fact)
        return await guard.rows(fact, await finder.find(fact, keys, entity, ctx))

    async def matches(self, asked: Sequence[Asked], ctx: Context) -> list[Matched]:
        """The matches of documents of one kind, each in the place of what asked for it."""
        found, guard = await matches(asked, self.desk.finder, ctx), self._guard(ctx)
        return found if guard is None else [await seen_of(each, guard) for each in found]

    async def list_documents(self, listing: Listing, ctx: Context) -> Listed:
        """A page of documents, with whatever could be had. Raises QuestionError for a listing that makes no
        sense."""
        await self._known((*(f.dimension for f in listing.where), *self._limited), ctx)
        asked = shown_to(listing, self.scope)
        guard = (
            None if asked.scope is None else Guard(view(asked.scope, self.desk.model), self.desk.finder, ctx)
        )
        return await listed(asked, self.desk.finder, ctx, guard)

    def explain_documents(self, asked: Listing | Beginning, ctx: Context) -> PlanReport:
        """How documents would be listed or traced, without calling anyone. Raises QuestionError."""
        finder = self.desk.finder
        if isinstance(asked, Beginning):
            return trace_plan(self._beginning(asked), finder)
        return listing_plan(shown_to(asked, self.scope), finder, ctx)

    async def list_members(self, asked: Directory, ctx: Context) -> MemberPage:
        """A page of the members of a dimension, with whatever could be had. Raises QuestionError for a list
        that makes no sense."""
        sane(asked)
        model = await self.known((asked.dimension,), ctx)
        return await asyncio.to_thread(page, asked, model, self._kept.members.lost(asked.dimension))

    def explain_members(self, asked: Directory) -> PlanReport:
        """How members would be listed, without calling anyone. Raises QuestionError."""
        sane(asked)
        return members_plan(asked.dimension, self._kept.members.sources(asked.dimension))

    def systems(self) -> tuple[SystemCard, ...]:
        """The sources as they are configured, without calling any."""
        every = cards(self.sources, self.model, self._max_ages)
        return every if self.scope is None else tuple(card for card in every if card.entities)

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
        await self._known(self._limited, ctx)
        guard = self._guard(ctx)
        found = await traced(self._beginning(start), self.desk.finder, ctx, guard)
        return found if guard is None else await trace_of(found, guard)

    def mapped(
        self, source: str, dimension: Dimension, codes: Mapping[Dimension, str], day: date | None
    ) -> Mapped:
        """What a source's codes are in one dimension on a day, and why. Raises QuestionError."""
        if self.view is not None and self.view.limited:
            raise QuestionError("FORBIDDEN", "crosswalk: shows everybody's codes; none of your roles does")
        if source not in self.sources:
            known = ", ".join(sorted(self.sources))
            raise QuestionError("BAD_INPUT", f"source: {source!r} is not configured; there are {known}")
        return mapped(self.desk.planner.crosswalk(source), self.model, dimension, codes, day)

    async def known(self, dimensions: Iterable[Dimension], ctx: Context) -> Model:
        """The model with the members of those dimensions, as fresh as their sources say, and as far as they
        may be known."""
        await self._known((*dimensions, *self._limited), ctx)
        return self.model

    async def _known(self, dimensions: Iterable[Dimension], ctx: Context) -> Model:
        """The same, whoever asks."""
        model = await self._kept.members.read(dimensions, ctx)
        if model is not self.desk.model:
            self._kept.current = self._desk(model)
        return model

    @property
    def _limited(self) -> set[Dimension]:
        """The dimensions whose trees say what may be seen."""
        grants = self.scope.grants if self.scope is not None else ()
        return {reach.dimension for grant in grants for reach in grant.rows}

    def _guard(self, ctx: Context) -> Guard | None:
        return None if self.view is None else Guard(self.view, self.desk.finder, ctx)

    def _beginning(self, start: Beginning) -> Beginning:
        """Where a trace begins, for who may know the place. Raises QuestionError."""
        return start if self.view is None else provided_to(start, self.view, self.systems())

    async def rated(self, ctx: Context) -> Model:
        """The model with the exchange rates that its sources have, as far as they can be read."""
        desk = self.desk
        if not any(Fact.EXCHANGE_RATE in provision.facts for provision in desk.model.provisions):
            return self.model
        plan = desk.planner.rates(bind(Question(frozenset()), desk.model))
        collected = await desk.executor.run(plan, ctx)
        return with_rates(self.model, collected.rows(Fact.EXCHANGE_RATE))

    async def _worked(self, question: Question, ctx: Context, *, documents: bool) -> _Work:
        question = replace(question, scope=self.scope)
        touched = [*question.group_by, *(f.dimension for f in question.where), *self._limited]
        if {*BUDGET_TYPES.values()} & {*closure(question.measures)}:
            touched += CONTROLLING
        model = await self._known(touched, ctx)
        desk = self.desk
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
        told = parts if self.view is None else of_measures(parts, bound)
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
            gaps=mapping_gaps(told, bound.currency) if mapping else nothing,
            coverage=coverage(told, bound.currency) if mapping else nothing,
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
        if mute := self.desk.planner.without_partners(bound):
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
