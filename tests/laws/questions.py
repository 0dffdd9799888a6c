"""Random questions, and the same question as the oracle reads it: worked out here a second time."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from random import Random
from typing import Final

from resolvers.plan.question import Filter, Question, Span
from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.measures import MEASURES
from resolvers.semantics.model import Model
from tests.laws.oracle import BUDGETS, Ask
from tests.laws.oracle_company import Company, Policy
from tests.laws.oracle_compared import FORECASTS

ALL: Final = frozenset(MEASURES)
FILTERED: Final = (
    Dimension.LEGAL_ENTITY,
    Dimension.ACCOUNT,
    Dimension.COST_CENTER,
    Dimension.PROJECT,
    Dimension.SUPPLIER,
)
_OPEN: Final = {Dimension.SUPPLIER: ("S1", "S2", "S3", "UNASSIGNED")}


def question(rng: Random, model: Model) -> Question:
    """Any grouping, filters, time and currency that a model can be asked about."""
    dimensions = rng.sample(list(Dimension), rng.choice((0, 1, 1, 2, 2, 3, 6)))
    where = tuple(_filter(rng, model, d) for d in rng.sample(FILTERED, rng.choice((0, 0, 1, 1, 2))))
    classes = None
    if rng.random() < 0.5:
        classes = tuple(rng.sample(list(AccountClass)[:3], rng.randint(1, 3)))
    return Question(
        ALL,
        tuple(dimensions),
        where,
        classes,
        _span(rng),
        currency=rng.choice((None, None, "USD", "EUR", "JPY")),
        as_of=rng.choice((None, None, date(2025, 11, 15), date(2026, 3, 31))),
        limit=100_000,
    )


def _filter(rng: Random, model: Model, dimension: Dimension) -> Filter:
    if dimension is Dimension.LEGAL_ENTITY:
        known = sorted(model.legal_entities)
    else:
        known = [*sorted(model.members.get(dimension, {})), "UNMAPPED", "UNASSIGNED"]
    known = [*_OPEN.get(dimension, known)]
    listed = tuple(rng.sample(known, min(len(known), rng.randint(1, 3))))
    roots = ("EAST", "WEST", "ALL", "A1")
    if dimension is Dimension.COST_CENTER and rng.random() < 0.5:
        return Filter(dimension, listed[:1] if rng.random() < 0.3 else (), (rng.choice(roots),))
    return Filter(dimension, listed)


def _span(rng: Random) -> Span:
    year, month = rng.choice((2025, 2026)), rng.randint(1, 12)
    period = f"{year}-P{month:02d}"
    kind = rng.choice(("year", "range", "window", "window", "everything"))
    if kind == "year":
        return Span(fiscal_year=year)
    if kind == "window":
        return Span(window=rng.choice(list(Window)), through=period)
    first = "2025-P01" if kind == "everything" else rng.choice(("2025-P04", "2025-P10", period))
    return Span(first=first, last="2026-P12")


def company(model: Model) -> Company:
    """What the oracle must be told about the company."""
    group = model.calendars[model.calendar].periods
    return Company(
        currencies={id_: entity.currency for id_, entity in model.legal_entities.items()},
        kinds={id_: m.kind.value for id_, m in model.members[Dimension.ACCOUNT].items() if m.kind},
        days={p.id: (p.start, p.end) for p in group},
        ordinary=[p.id for p in group if not p.adjustment],
        years={p.id: p.fiscal_year for p in group},
        calendars={
            id_: {p.id: (p.start, p.end) for p in model.calendars[entity.calendar].periods}
            for id_, entity in model.legal_entities.items()
            if entity.calendar != model.calendar
        },
        rates={(r.currency, r.to, r.fiscal_year): Fraction(r.rate) for r in model.rates},
        listed={d.column: frozenset(members) for d, members in model.members.items() if members},
        without={"supplier": (*BUDGETS.values(), *FORECASTS)},
        policies={
            id_: Policy(
                entity.policy.grni_in_ledger,
                entity.policy.blanket.value,
                entity.policy.commitment_date.value,
                entity.policy.tax.value,
            )
            for id_, entity in model.legal_entities.items()
        },
        today=model.today,
        maps={
            id_: dict(said.periods)
            for id_, entity in model.legal_entities.items()
            for said in model.calendars[entity.calendar].maps
            if said.to == model.calendar
        },
    )


def ask(question: Question, model: Model) -> Ask:
    """The question in the oracle's terms."""
    where = {f.dimension.column: _allowed(f, model) for f in question.where}
    entities = where.get("legal_entity", frozenset(model.legal_entities))
    spend = {AccountClass.EXPENSE, AccountClass.CAPEX}
    classes = frozenset(question.classes or spend)
    if question.classes is None and "account" in where:
        classes = frozenset(AccountClass) - {AccountClass.BALANCE_SHEET}
    ledgers = {model.legal_entities[entity].currency for entity in _served(entities, where, model)}
    common = ledgers.pop() if len(ledgers) == 1 else model.reporting_currency
    return Ask(
        entities=entities,
        periods=frozenset(_periods(question.span, model)),
        classes=frozenset(kind.value for kind in classes),
        unlisted=bool(classes & spend),
        currency=question.currency or common,
        where=where,
        as_of=question.as_of,
        forecast=model.forecast,
    )


def _served(entities: Iterable[str], where: dict[str, frozenset[str]], model: Model) -> set[str]:
    """The entities that could have figures, which decides what currency they have in common."""
    served = set(entities)
    for dimension in (Dimension.COST_CENTER, Dimension.PROJECT):
        members = model.members[dimension]
        asked = where.get(dimension.column, frozenset())
        nodes = {member.parent for member in members.values()}
        owners = {members[m].legal_entity if m in members else None for m in asked - nodes}
        if owners and None not in owners:
            served &= owners
    return served


def _allowed(filter_: Filter, model: Model) -> frozenset[str]:
    allowed = set(filter_.members)
    members = model.members.get(filter_.dimension, {})
    for id_ in members:
        node: str | None = id_
        while node is not None and node not in filter_.descendants_of:
            node = members[node].parent
        if node is not None:
            allowed.add(id_)
    return frozenset(allowed)


def _periods(span: Span, model: Model) -> list[str]:
    """Years of twelve months and a closing period."""
    every = [p.id for p in model.calendars[model.calendar].periods]
    if span.first and span.last:
        return every[every.index(span.first) : every.index(span.last) + 1]
    if span.through is None:
        return [id_ for id_ in every if id_.startswith(str(span.fiscal_year or model.today.year))]
    year = [id_ for id_ in every if id_[:4] == span.through[:4]]
    upto = every[: every.index(span.through) + 1]
    month = int(span.through[-2:])
    quarter = year[(month - 1) // 3 * 3 : month]
    return {
        Window.FY: year,
        Window.YTD: [id_ for id_ in upto if id_ in year],
        Window.PTD: [span.through],
        Window.QTD: quarter,
        Window.ITD: upto,
    }[span.window or Window.YTD]
