"""What a listing offers a source to filter: canonical members as its codes, days and periods as it has them.

As with figures, an offer changes the cost and never the answer: every row is filtered here again.
"""

from collections.abc import Sequence
from typing import Final

from resolvers.plan.listing import PLACES, Sought
from resolvers.plan.papers import STANDS
from resolvers.plan.pushdown import MOST_VALUES
from resolvers.semantics.calendar import Calendar, translation
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model
from sources.spi.facts import Fact
from sources.spi.scan import Capability, Guarantee, Op, Predicate

NARROWING: Final = frozenset(("account", "cost_center", "project", "date", "period"))
"""Columns of distributions: filtered by one of them, a document comes with some of its lines only."""


def offers(
    fact: Fact,
    asked: Sought,
    capability: Capability,
    crosswalk: Crosswalk,
    model: Model,
    entities: Sequence[str],
) -> tuple[Predicate, ...]:
    """The filters worth offering for the listing's own fact."""
    listing = asked.listing
    given = [
        *_placed(asked, crosswalk, entities),
        _in("number", listing.numbers),
        _in("status", listing.statuses) if fact not in STANDS else None,
        *_timed(asked, capability, model, [model.home(crosswalk.source, each) for each in entities]),
    ]
    return tuple(p for p in given if p is not None and p.column in capability.columns)


def places(
    asked: Sought, capability: Capability, crosswalk: Crosswalk, entities: Sequence[str]
) -> tuple[Predicate, ...]:
    """The filters on members alone: for the orders behind receipts and invoices, whenever placed."""
    given = _placed(asked, crosswalk, entities)
    return tuple(p for p in given if p is not None and p.column in capability.columns)


def _placed(asked: Sought, crosswalk: Crosswalk, entities: Sequence[str]) -> list[Predicate | None]:
    filtered = [d for d in PLACES if d in asked.members]
    return [
        _in("legal_entity", crosswalk.codes(Dimension.LEGAL_ENTITY, entities)),
        *(_in(d.column, crosswalk.codes(d, asked.members[d])) for d in filtered),
    ]


def _in(column: str, values: Sequence[str] | None) -> Predicate | None:
    if not values or len(values) > MOST_VALUES:
        return None
    return Predicate(column, Op.IN, tuple(sorted(values)))


def _timed(
    asked: Sought, capability: Capability, model: Model, homes: Sequence[Calendar]
) -> list[Predicate | None]:
    """Days where days are asked for. Periods as the source has them; where it has none, their days."""
    listing = asked.listing
    since, until = listing.since, listing.until
    if asked.periods is not None:
        if "period" in capability.columns:
            able = capability.filters.get(("period", Op.IN), Guarantee.NEVER) is not Guarantee.NEVER
            return [_in("period", _local(asked, model, homes))] if able else []
        since = min(period.start for period in asked.periods)
        until = max(period.end for period in asked.periods)
    return [
        Predicate("date", Op.GE, (since,)) if since else None,
        Predicate("date", Op.LE, (until,)) if until else None,
    ]


def _local(asked: Sought, model: Model, homes: Sequence[Calendar]) -> tuple[str, ...]:
    ids = {period.id for period in asked.periods or ()}
    group = model.calendars[model.calendar]
    local: set[str] = set()
    for home in homes:
        local |= {id_ for id_, target in translation(home, group).items() if target in ids}
    return tuple(sorted(local))
