"""What a budget or a ledger is grouped by when it is read: as coarsely as its mapping and currency allow.

A source groups by its own codes, and its groups are grouped here once more by members. That is the same only
where every row of a group is mapped alike, so the groups carry what the mapping looks at:

    each code is one member          the codes asked about, and the account, which says its class
    … depending on other codes       those codes too
    … depending on the day           the date too
    a code is several members        the finest balance, for it is split as a whole and rounded once
    another currency is asked for    the finest balance, for it is translated as a whole and rounded once
"""

from collections.abc import Iterable
from typing import Final

from resolvers.plan.bind import Bound
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model
from sources.spi.facts import COLUMNS, Fact
from sources.spi.scan import Capability, Guarantee, Op

GRAIN: Final = ("legal_entity", "account", "cost_center", "project", "period", "currency")
"""The finest balance of a flow: what is rounded as one amount when it has to be translated or split."""
PARTNER: Final = "intercompany_partner"
_LEAST: Final = ("legal_entity", "account", "period", "currency")
_STATES: Final = ("type", "status", "scenario", "version")


def is_whole(
    crosswalk: Crosswalk, bound: Bound, model: Model, entities: Iterable[str], also: Iterable[Dimension] = ()
) -> bool:
    """Whether balances have to be read whole: because they are translated, or split over several members."""
    foreign = any(model.legal_entities[entity].currency != bound.currency for entity in entities)
    return foreign or any(crosswalk.is_shared(d) for d in _named(_closed(_asked(bound, also), crosswalk)))


def groups(
    fact: Fact,
    capability: Capability,
    crosswalk: Crosswalk,
    bound: Bound,
    also: Iterable[Dimension] = (),
    *,
    whole: bool,
) -> tuple[str, ...]:
    """The columns of one fact at one source. `also` are dimensions it is grouped by, whatever was asked;
    `whole` is `is_whole`."""
    asked = _asked(bound, also)
    wanted = _closed((*GRAIN, *asked) if whole else asked, crosswalk)
    if fact is Fact.LEDGER and bound.consolidated:
        wanted |= dict.fromkeys((*GRAIN, PARTNER))
    by_period = capability.filters.get(("period", Op.IN), Guarantee.NEVER) is not Guarantee.NEVER
    by_day = fact is not Fact.BUDGET and any(crosswalk.turns(d) for d in _named(wanted))
    if by_day or not by_period:  # rows may lack a period, and then go by their date
        wanted["date"] = None
    able = capability.columns & COLUMNS[fact].keys()
    return tuple(column for column in (*wanted, *_STATES) if column in able)


def _asked(bound: Bound, also: Iterable[Dimension]) -> tuple[str, ...]:
    dimensions = (*bound.question.group_by, *bound.members, *also)
    return (*_LEAST, *(d.column for d in dimensions if d is not Dimension.PERIOD))


def _named(columns: Iterable[str]) -> list[Dimension]:
    known = {dimension.column: dimension for dimension in Dimension if dimension is not Dimension.PERIOD}
    return [known[column] for column in columns if column in known]


def _closed(columns: Iterable[str], crosswalk: Crosswalk) -> dict[str, None]:
    """The columns, and those of every dimension that has a say in their members."""
    wanted = dict.fromkeys(columns)
    pending = _named(wanted)
    while pending:
        for beside in sorted(crosswalk.beside(pending.pop())):
            if beside.column not in wanted:
                wanted[beside.column] = None
                pending.append(beside)
    return wanted
