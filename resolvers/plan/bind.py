"""Binding: a question's names become members, periods and one currency, or a clear error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from resolvers.plan.admission import admitted, known
from resolvers.plan.errors import QuestionError, unknown_member
from resolvers.plan.membership import Among, Seen, filtered
from resolvers.plan.question import Question, Span
from resolvers.plan.rollup import Rolled, roll_ups
from resolvers.semantics.access import Permit
from resolvers.semantics.calendar import (
    PERIOD_MISSING,
    Calendar,
    DateBasis,
    Period,
    Window,
    between,
    period_at,
    window,
)
from resolvers.semantics.currency import is_currency
from resolvers.semantics.dimensions import RESERVED, SPEND, AccountClass, Dimension
from resolvers.semantics.entities import Policy
from resolvers.semantics.hierarchy import nodes
from resolvers.semantics.measures import BROKEN, closure
from resolvers.semantics.model import Model
from resolvers.semantics.placement import Timeframe, beside
from resolvers.semantics.shares import standing_for
from sources.spi.facts import Fact


@dataclass(frozen=True, slots=True)
class Bound:
    """A question that can be planned. `base` are the base measures behind the selected ones, `needed` these
    and what else has to be computed to answer. `entities` can have figures; `consolidated` are those whose
    postings with each other are taken off, which may be more. `members` holds the allowed members of each
    filtered dimension, in any period; `among` those of each period, where they differ; `rolled` what the
    members of a rolled-up dimension are shown as; `as_of` is None when the present is meant; `policies` are
    the entities', as the question assumes them; `classes` are the account classes in scope, `unlisted` says
    whether accounts outside the chart (UNMAPPED, INVALID) are too. `stand_ins` are what stands for several
    members, some of them allowed, of each filtered dimension; `stand_in_accounts` those of accounts some of
    which are of a class in scope. `years` gives each period's fiscal year. `permits` are the grants of which
    one has to let a row through; without any, everything may be seen. `restricted`: some may be held back."""

    question: Question
    base: tuple[str, ...]
    needed: tuple[str, ...]
    entities: tuple[str, ...]
    consolidated: tuple[str, ...]
    members: Mapping[Dimension, frozenset[str]]
    classes: frozenset[AccountClass]
    unlisted: bool
    calendar: Calendar
    periods: tuple[Period, ...]
    currency: str
    as_of: date | None
    policies: Mapping[str, Policy]
    years: Mapping[str, int]
    among: Mapping[Dimension, tuple[Among, ...]] = field(default_factory=dict)
    rolled: Rolled = field(default_factory=dict)
    stand_ins: Mapping[Dimension, frozenset[str]] = field(default_factory=dict)
    stand_in_accounts: frozenset[str] = frozenset()
    permits: tuple[Permit, ...] = ()
    restricted: bool = False

    @property
    def time(self) -> Timeframe:
        """What of time is asked about."""
        by_document = self.question.date_basis is DateBasis.DOCUMENT
        asked = self.question
        return Timeframe(self.calendar, self.periods, asked.adjustments, by_document, asked.known_at)

    @property
    def window(self) -> tuple[str, ...]:
        """The periods asked about, and the members beside them, as rows and parts have them."""
        known = {period.id for period in self.calendar.periods}
        return (*(p.id for p in self.periods), PERIOD_MISSING, *(y for y in self.years if y not in known))


def bind(question: Question, model: Model) -> Bound:
    calendar = _calendar(question, model)
    _check_known_at(question.known_at, model.today)
    periods = _asked(question, calendar, model.today)
    seen = Seen(question.hierarchy_view, periods, question.as_of or model.today)
    visible = known(question, model)
    asked, among = filtered(question.where, visible, seen)
    admission = admitted(question, asked, model)
    members = admission.members
    entities = _entities(members, model)
    classes, unlisted = _classes(question, members, model)
    if question.limit < 0 or question.offset < 0:
        raise QuestionError("BAD_INPUT", "limit and offset: must not be negative")
    if question.limit > model.max_rows:
        raise QuestionError(
            "LIMIT_EXCEEDED",
            f"limit: {question.limit} is over the cap; at most {model.max_rows} rows are accepted",
        )
    _check_owner(question.policy.commitment_owner, visible)
    if question.as_of is not None and question.as_of > model.today:
        raise QuestionError("BAD_INPUT", f"asOf: {question.as_of} is in the future; today is {model.today}")
    _check_known_at(question.known_at, model.today)
    periods = _asked(question, calendar, model.today)
    return Bound(
        question=question,
        base=closure(question.measures),
        needed=closure(question.measures | (BROKEN if question.breaks else frozenset())),
        entities=entities,
        consolidated=_consolidated(question, members, model),
        members=members,
        classes=classes,
        unlisted=unlisted,
        calendar=calendar,
        periods=periods,
        currency=_currency(question, entities, model),
        as_of=question.as_of if question.as_of is not None and question.as_of < model.today else None,
        policies={e: question.policy.applied(model.legal_entities[e].policy) for e in entities},
        years=_years(calendar, periods, model),
        among=among,
        rolled=roll_ups(question, visible, seen),
        stand_ins=stand_ins(admission.limits, model),
        stand_in_accounts=standing_for(model.shares, Dimension.ACCOUNT.column, _classed(classes, model)),
        permits=admission.permits,
        restricted=admission.restricted,
    )


def stand_ins(
    members: Mapping[Dimension, frozenset[str]], model: Model
) -> Mapping[Dimension, frozenset[str]]:
    """What stands for several members, one of them among the given, by dimension."""
    return {d: standing_for(model.shares, d.column, some) for d, some in members.items() if model.shares}


def _classed(classes: frozenset[AccountClass], model: Model) -> list[str]:
    listed = model.members.get(Dimension.ACCOUNT, {}).values()
    return [member.id for member in listed if member.kind in classes] if model.shares else []


def _check_known_at(instant: datetime | None, today: date) -> None:
    if instant is None:
        return
    if instant.tzinfo is None:
        raise QuestionError(
            "BAD_INPUT", f"knownAt: {instant.isoformat()} has no offset; write {instant.isoformat()}Z for UTC"
        )
    if instant.astimezone(UTC).date() > today:
        raise QuestionError("BAD_INPUT", f"knownAt: {instant.isoformat()} is in the future; today is {today}")


def _calendar(question: Question, model: Model) -> Calendar:
    name = question.calendar if question.calendar is not None else model.calendar
    if name not in model.calendars:
        raise unknown_member("calendar", name, model.calendars)
    return model.calendars[name]


def _years(calendar: Calendar, periods: tuple[Period, ...], model: Model) -> Mapping[str, int]:
    """The fiscal year of each period, and of the members beside them: of years, in anyone's calendar, that
    have days in common with the periods asked about."""
    first, last = min(p.start for p in periods), max(p.end for p in periods)
    years = {
        period.fiscal_year
        for known in model.calendars.values()
        for period in known.periods
        if period.start <= last and first <= period.end
    }
    return {period.id: period.fiscal_year for period in calendar.periods} | beside(sorted(years))


def _check_owner(owner: str | None, model: Model) -> None:
    known = sorted({p.source for p in model.provisions if Fact.ORDER in p.facts})
    if owner is not None and owner not in known:
        holding = ", ".join(known) or "no source"
        raise QuestionError(
            "BAD_INPUT", f"policy.commitmentOwner: {owner!r} holds no purchase orders; accepted: {holding}"
        )


def _entities(members: Mapping[Dimension, frozenset[str]], model: Model) -> tuple[str, ...]:
    """The entities that can have figures: those asked for, cut to the owners of the cost centres and
    projects asked for. A leaf without an owner may belong to any of them."""
    entities = set(members.get(Dimension.LEGAL_ENTITY, frozenset(model.legal_entities)))
    asked = set(entities)
    for dimension in (Dimension.COST_CENTER, Dimension.PROJECT):
        if dimension in members:
            listed = model.members.get(dimension, {})
            leaves = members[dimension] - nodes(model, dimension)
            owners = {listed[m].legal_entity if m in listed else None for m in leaves}
            if leaves and None not in owners:
                entities &= owners
    if not entities:
        raise QuestionError(
            "CONTRADICTORY_FILTERS",
            f"where: none of the cost centres or projects asked for belongs to {', '.join(sorted(asked))}",
        )
    return tuple(sorted(entities))


def _consolidated(
    question: Question, members: Mapping[Dimension, frozenset[str]], model: Model
) -> tuple[str, ...]:
    """The entities whose postings with each other are taken off: whatever else is asked for of them, so that
    a filter shows a slice of the same consolidation."""
    if not question.eliminate:
        return ()
    return tuple(sorted(members.get(Dimension.LEGAL_ENTITY, frozenset(model.legal_entities))))


def _classes(
    question: Question, members: Mapping[Dimension, frozenset[str]], model: Model
) -> tuple[frozenset[AccountClass], bool]:
    chosen = question.classes
    if chosen is not None and not chosen:
        raise QuestionError("CONTRADICTORY_FILTERS", "where.accountClass: an empty list excludes everything")
    listed = model.members.get(Dimension.ACCOUNT, {})
    if Dimension.ACCOUNT in members:
        asked = {kind for m in members[Dimension.ACCOUNT] if m in listed and (kind := listed[m].kind)}
        asked -= {AccountClass.BALANCE_SHEET}
        scope = frozenset(chosen) if chosen is not None else frozenset(asked)
        outside = bool(members[Dimension.ACCOUNT] & set(RESERVED)) or not listed
        unlisted = outside and (chosen is None or bool(scope & set(SPEND)))
        if not asked & scope and not unlisted:
            raise QuestionError(
                "CONTRADICTORY_FILTERS",
                "where.account: none of the accounts asked for is of class "
                f"{', '.join(sorted(scope)) or 'EXPENSE, REVENUE or CAPEX'}",
            )
        return scope or frozenset(SPEND), unlisted
    scope = frozenset(chosen) if chosen is not None else frozenset(SPEND)
    return scope, bool(scope & set(SPEND))


def _asked(question: Question, calendar: Calendar, today: date) -> tuple[Period, ...]:
    periods = _periods(question.span, calendar, today)
    kept = tuple(period for period in periods if question.adjustments or not period.adjustment)
    if not kept:
        raise QuestionError(
            "CONTRADICTORY_FILTERS",
            f"includeAdjustmentPeriods: false leaves nothing of {', '.join(period.id for period in periods)}",
        )
    return kept


def _periods(span: Span, calendar: Calendar, today: date) -> tuple[Period, ...]:
    if span.first is not None or span.last is not None:
        return _range(span, calendar)
    if span.through is not None:
        through = _period(calendar, span.through, "period.through")
        if span.fiscal_year is not None and through.fiscal_year != span.fiscal_year:
            raise QuestionError(
                "CONTRADICTORY_FILTERS", f"period: {through.id} is not in fiscal year {span.fiscal_year}"
            )
        return window(calendar, span.window or Window.YTD, through)
    year = span.fiscal_year
    current = period_at(calendar, today)
    if year is None:
        if current is None:
            raise _outside(calendar, f"period: today, {today}, is outside")
        year = current.fiscal_year
    periods = [p for p in calendar.periods if p.fiscal_year == year]
    if not periods:
        raise _outside(calendar, f"period.fiscalYear: {year} is outside")
    if span.window in (None, Window.FY):
        return tuple(periods)
    within = current if current is not None and current.fiscal_year == year else None
    ordinary = [p for p in periods if not p.adjustment]
    return window(calendar, span.window or Window.FY, within or ordinary[-1])


def _range(span: Span, calendar: Calendar) -> tuple[Period, ...]:
    if span.fiscal_year is not None or span.window is not None or span.through is not None:
        raise QuestionError(
            "BAD_INPUT", "period: give either from and to, or fiscalYear, window and through; not both"
        )
    if span.first is None or span.last is None:
        raise QuestionError("BAD_INPUT", "period: from and to go together")
    periods = between(
        calendar, _period(calendar, span.first, "period.from"), _period(calendar, span.last, "period.to")
    )
    if not periods:
        raise QuestionError("CONTRADICTORY_FILTERS", f"period: {span.first} comes after {span.last}")
    return periods


def _period(calendar: Calendar, id_: str, field: str) -> Period:
    found = next((p for p in calendar.periods if p.id == id_), None)
    if found is None:
        raise _outside(calendar, f"{field}: {id_!r} is not in")
    return found


def _outside(calendar: Calendar, what: str) -> QuestionError:
    return QuestionError(
        "PERIOD_OUTSIDE_CALENDAR",
        f"{what} calendar {calendar.id}: it has {calendar.periods[0].id} to {calendar.periods[-1].id}",
    )


def _currency(question: Question, entities: tuple[str, ...], model: Model) -> str:
    """The one asked for, else the ledgers' common currency, else the reporting currency."""
    if question.currency is not None:
        if not is_currency(question.currency):
            raise QuestionError(
                "UNKNOWN_CURRENCY",
                f"currency: {question.currency!r} is not an ISO 4217 code such as EUR or USD",
            )
        return question.currency
    ledgers = {model.legal_entities[entity].currency for entity in entities}
    return ledgers.pop() if len(ledgers) == 1 else model.reporting_currency
