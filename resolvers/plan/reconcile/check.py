"""From a question to an answer: bound, read ledger currency by ledger currency, judged, translated."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from resolvers.plan.bind import Bound, bind
from resolvers.plan.engine import Engine
from resolvers.plan.errors import QuestionError
from resolvers.plan.explain import PlanReport, explained
from resolvers.plan.plan import Plan
from resolvers.plan.question import Question
from resolvers.plan.reconcile.answer import Line, Reconciliation
from resolvers.plan.reconcile.judging import Judge, losses
from resolvers.plan.reconcile.pairs import PAIRS, Pair
from resolvers.plan.reconcile.question import Asked, Tolerance
from resolvers.plan.reconcile.translating import translated
from resolvers.semantics.access import Scope
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model
from resolvers.semantics.rates import RateMissing, RateType, rate_book
from sources.spi.context import Context
from sources.spi.facts import Fact


async def check(engine: Engine, asked: Asked, ctx: Context) -> Reconciliation:
    """Both sides of a kind of pair, what explains their difference, and what is left. Raises QuestionError
    for a question that makes no sense."""
    pair = PAIRS[asked.kind]
    engine = _whole(engine, pair)
    await engine.known((f.dimension for f in asked.where), ctx)
    desk = engine.desk
    whole = _bound(asked, pair, engine)
    bounds = _apart(whole, pair, desk.model)
    found = await asyncio.gather(*(pair.read(bound, desk, ctx) for bound in bounds))
    outcomes = [outcome for each in found for outcome in each.outcomes]
    lost = tuple(loss for each in found for loss in losses(pair, each, desk))
    judge = Judge(desk.model, asked.tolerance)
    lines = [
        line
        for bound, each in zip(bounds, found, strict=True)
        for line in judge.lines(each, bound.currency, lost)
    ]
    shown, rates_missing = _translated(lines, whole, desk.model)
    return Reconciliation(
        kind=asked.kind,
        currency=whole.currency,
        lines=tuple(_documented(line, engine.scope) for line in shown),
        entities=tuple(sorted({entity for each in found for entity in each.entities})),
        losses=lost,
        rates_missing=rates_missing,
        notes=tuple(note for each in found for note in each.notes),
        sources=engine.reports(outcomes),
        plan=explained(_together([each.plan for each in found]), outcomes),
        day=whole.as_of or desk.model.today,
        restricted=whole.restricted,
    )


def explain(engine: Engine, asked: Asked) -> PlanReport:
    """How it would be answered, without calling anyone. Raises QuestionError."""
    pair = PAIRS[asked.kind]
    engine = _whole(engine, pair)
    desk = engine.desk
    bounds = _apart(_bound(asked, pair, engine), pair, desk.model)
    return explained(_together([plan for bound in bounds for plan in pair.plans(bound, desk)]))


def _together(plans: Sequence[Plan]) -> Plan:
    first, *others = plans
    for other in others:
        first = first.beside(other)
    return first


def _whole(engine: Engine, pair: Pair) -> Engine:
    """The engine for who may see whole legal entities: a side is all that an entity has. Raises
    QuestionError."""
    able = engine.allowing(pair.measures)
    if able.scope is None:
        return able
    whole = able.scope.wholly()
    if not whole.grants:
        raise QuestionError(
            "FORBIDDEN", "reconcile: compares whole legal entities; none of your roles shows one"
        )
    return able.scoped(whole)


def _documented(line: Line, scope: Scope | None) -> Line:
    """The line with those documents of its items that may be seen."""
    if scope is None:
        return line
    kinds = {fact.value for fact in Fact if any(grant.shows(fact) for grant in scope.grants)}
    items = (
        replace(item, documents=tuple(paper for paper in item.documents if paper["fact"] in kinds))
        for item in line.items
    )
    return replace(line, items=tuple(items))


def _bound(asked: Asked, pair: Pair, engine: Engine) -> Bound:
    accepted = ", ".join(d.field for d in Dimension if d in pair.dimensions)
    for filter_ in asked.where:
        if filter_.dimension not in pair.dimensions:
            raise QuestionError(
                "BAD_INPUT",
                f"where.{filter_.dimension.field}: {asked.kind} cannot be cut by it; accepted: {accepted}",
            )
    if asked.classes is not None and Dimension.ACCOUNT not in pair.dimensions:
        raise QuestionError(
            "BAD_INPUT", f"where.accountClass: {asked.kind} cannot be cut by it; accepted: {accepted}"
        )
    model = engine.desk.model
    _check(asked.tolerance, model)
    question = Question(
        pair.measures,
        where=asked.where,
        classes=asked.classes,
        span=asked.span,
        currency=asked.currency,
        as_of=asked.as_of,
        scope=engine.scope,
    )
    return bind(question, model)


def _check(asked: Tolerance, model: Model) -> None:
    for name, value in (("absolute", asked.absolute), ("percent", asked.percent)):
        if value is not None and not (value.is_finite() and value >= 0):
            raise QuestionError("BAD_INPUT", f"materiality.{name}: {value} is not accepted; give 0 or more")
    known = sorted({rule.materiality.tier for rule in model.materiality if rule.materiality.tier})
    if asked.tier is not None and asked.tier not in known:
        accepted = f"accepted: {', '.join(known)}" if known else "no tier is configured"
        raise QuestionError("BAD_INPUT", f"materiality.tier: {asked.tier!r} is not configured; {accepted}")


def _apart(whole: Bound, pair: Pair, model: Model) -> list[Bound]:
    """The question ledger currency by ledger currency: nothing is translated before it is compared."""
    if pair.across:
        return [whole]
    groups: dict[str, list[str]] = {}
    for entity in whole.entities:
        groups.setdefault(model.legal_entities[entity].currency, []).append(entity)
    return [replace(whole, entities=tuple(some), currency=currency) for currency, some in groups.items()]


def _translated(
    lines: Iterable[Line], whole: Bound, model: Model
) -> tuple[tuple[Line, ...], tuple[RateMissing, ...]]:
    to, last, day = whole.currency, whole.periods[-1].id, whole.as_of or model.today
    book = rate_book(model, whole.calendar, whole.question.version, day)
    shown, missing = [], dict[str, RateMissing]()
    for line in lines:
        rate = book.rate(RateType.BUDGET, line.currency, to, last)
        if rate is None:
            missing[line.currency] = book.missing(RateType.BUDGET, line.currency, to, last)
        shown.append(translated(line, to, rate))
    ordered = sorted(shown, key=lambda each: (each.legal_entity, each.partner or "", each.account or ""))
    return tuple(ordered), tuple(missing.values())
