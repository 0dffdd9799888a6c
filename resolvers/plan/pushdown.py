"""What a filter looks like at a source: canonical members as the source's codes, periods as it has them.

A predicate here is an offer. What the source cannot do exactly is filtered again in the engine, which
filters every part anyway: pushing down changes the cost, never the answer.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from resolvers.plan.bind import Bound
from resolvers.plan.control import members_read, periods_read
from resolvers.plan.periods import POSTED
from resolvers.semantics.calendar import Calendar
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import Dimension, Member
from resolvers.semantics.entities import CommitmentDate
from resolvers.semantics.model import Model
from resolvers.semantics.placement import places
from sources.spi.facts import COLUMNS, Fact
from sources.spi.scan import Capability, Guarantee, Op, Predicate

MOST_VALUES: Final = 100
"""A longer list costs more to send than it saves."""


def predicates(
    fact: Fact,
    capability: Capability,
    crosswalk: Crosswalk,
    bound: Bound,
    model: Model,
    entities: Sequence[str],
) -> tuple[Predicate, ...]:
    """The filters of the question worth offering for one fact."""
    offers = [_in(Dimension.LEGAL_ENTITY.column, crosswalk.codes(Dimension.LEGAL_ENTITY, entities))]
    if fact is not Fact.VOUCHER:
        offers += [
            _in(d.column, crosswalk.codes(d, members))
            for d, members in _restrictions(fact, bound, model, entities).items()
        ]
    homes = [model.home(crosswalk.source, entity) for entity in entities]
    offers += _time(fact, capability, bound, model, homes, entities)
    if fact is Fact.BUDGET:
        offers += [_in("scenario", (bound.question.scenario,)), _in("version", (bound.question.version,))]
    if fact is Fact.REQUISITION:
        pending = ("PENDING",) if "pending_pre_commitment" in bound.needed else ()
        offers.append(_in("status", ("APPROVED", *pending)))
    return tuple(p for p in offers if p is not None and p.column in capability.columns)


def kept(fact: Fact, carried: AbstractSet[str], crosswalk: Crosswalk, bound: Bound) -> tuple[Predicate, ...]:
    """The filters that cannot be written in the source's codes (a pattern leads there, or codes of several
    dimensions together; or no code at all is asked for): what they are about is fetched and filtered here.
    `carried` are the columns that the source's rows can have."""
    return tuple(
        Predicate(d.column, Op.IN, tuple(sorted(members)))
        for d, members in bound.members.items()
        if d not in (Dimension.LEGAL_ENTITY, Dimension.PERIOD)
        and d.column in carried & COLUMNS[fact].keys()
        and crosswalk.codes(d, members) is None
    )


def _in(column: str, values: Sequence[str] | None) -> Predicate | None:
    if not values or len(values) > MOST_VALUES:
        return None
    return Predicate(column, Op.IN, tuple(sorted(values)))


def _restrictions(
    fact: Fact, bound: Bound, model: Model, entities: Sequence[str]
) -> Mapping[Dimension, frozenset[str]]:
    """Filtered dimensions, without members of other entities, and, where only listed accounts are in scope,
    the accounts of those classes. A node's budget is told by those below it."""
    found: dict[Dimension, frozenset[str]] = {
        d: _of(entities, m, model.members.get(d, {}))
        for d, m in _asked(fact, bound, model).items()
        if d not in (Dimension.LEGAL_ENTITY, Dimension.PERIOD)
    }
    if Dimension.ACCOUNT not in found and not bound.unlisted:
        listed = model.members[Dimension.ACCOUNT].values()
        found[Dimension.ACCOUNT] = frozenset(m.id for m in listed if m.kind in bound.classes)
    return found


def _asked(fact: Fact, bound: Bound, model: Model) -> Mapping[Dimension, frozenset[str]]:
    if fact is not Fact.BUDGET:
        return bound.members
    return {d: members_read(d, members, bound, model) for d, members in bound.members.items()}


def _of(entities: Sequence[str], asked: frozenset[str], listed: Mapping[str, Member]) -> frozenset[str]:
    elsewhere = {m for m in asked if m in listed and listed[m].legal_entity not in (None, *entities)}
    return asked - elsewhere


def _time(
    fact: Fact,
    capability: Capability,
    bound: Bound,
    model: Model,
    homes: Sequence[Calendar],
    entities: Sequence[str],
) -> list[Predicate | None]:
    """Periods in the calendars that the source states them in, where the fact carries its own: a date may
    lie outside its period then, so no date is sent. Otherwise the days the window spans, unless the policy
    goes by another date, which may be absent. By document, a ledger line of any period may be meant, and
    neither is sent."""
    if bound.time.by_document and fact in POSTED:
        return []
    if "period" in capability.columns:
        if capability.filters.get(("period", Op.IN), Guarantee.NEVER) is Guarantee.NEVER:
            return []
        beyond = periods_read(bound, model) if fact is Fact.BUDGET else ()
        wanted = {*bound.window, *(period.id for period in beyond)}
        local: set[str] = set()
        for home in homes:
            local |= {id_ for id_, target in places(home, bound.time).items() if target in wanted}
        return [_in("period", tuple(local))]
    otherwise = any(bound.policies[e].commitment_date is not CommitmentDate.BUDGET_DATE for e in entities)
    if "date" not in capability.columns or fact is Fact.BUDGET or (fact is Fact.ORDER and otherwise):
        return []
    first, last = min(p.start for p in bound.periods), max(p.end for p in bound.periods)
    return [Predicate("date", Op.GE, (first,)), Predicate("date", Op.LE, (last,))]
