"""What somebody may see: grants, and what of a company's members they leave.

A grant is what one role lets see; who has several roles sees what any of them lets see, and who has none sees
nothing. A grant limits rows by dimension: a row is let through by one grant, or not at all, so that two roles
together open no more than each opens by itself.

    finance-us   legal entity US01                    US01 ✓   DE01/OPS ✓   DE01/SALES ✗
    operations   cost centres below OPS

What is not let through does not exist: members outside are unknown (`View.model`), in filters, in lists and
in what is said of errors.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from resolvers.semantics.dimensions import Dimension, Hierarchy, Member
from resolvers.semantics.hierarchy import default, on
from resolvers.semantics.model import Model, Provision
from resolvers.semantics.tree import below
from sources.spi.facts import Fact

PLACES: Final = (Dimension.COST_CENTER, Dimension.PROJECT)
"""The dimensions, besides legal entities, that grants limit."""
HIDDEN: Final = "***"
"""What stands in the place of a masked name."""
Allowed = Mapping[Dimension, frozenset[str]]


class Mask(StrEnum):
    """An attribute of members that a grant does not show."""

    SUPPLIER_NAME = "supplier.name"
    COST_CENTER_NAME = "costCenter.name"
    COST_CENTER_OWNER = "costCenter.owner"
    PROJECT_NAME = "project.name"
    PROJECT_OWNER = "project.owner"


_OF: Final = {
    Dimension.SUPPLIER: (Mask.SUPPLIER_NAME, None),
    Dimension.COST_CENTER: (Mask.COST_CENTER_NAME, Mask.COST_CENTER_OWNER),
    Dimension.PROJECT: (Mask.PROJECT_NAME, Mask.PROJECT_OWNER),
}
"""What masks the name and the owner of a dimension's members."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Members of a dimension: those listed, and those below nodes (nodes included), in the dimension's
    default hierarchy as it stands today, whichever day a question is about."""

    dimension: Dimension
    listed: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role lets see: `rows` that every reach lets through, `measures` and `documents` (None: all),
    without what is `masked`."""

    role: str
    rows: tuple[Reach, ...] = ()
    measures: frozenset[str] | None = None
    documents: frozenset[Fact] | None = None
    masked: frozenset[Mask] = frozenset()

    def shows(self, fact: Fact) -> bool:
        """Whether documents of a kind may be seen: a voucher is a document of the ledger."""
        kind = Fact.LEDGER if fact is Fact.VOUCHER else fact
        return self.documents is None or kind in self.documents

    def measures_all(self, measures: Iterable[str]) -> bool:
        return self.measures is None or frozenset(measures) <= self.measures


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see: what any of the grants lets see."""

    grants: tuple[Grant, ...] = ()

    def allowing(self, measures: Iterable[str]) -> "Scope":
        """The grants that let all of the measures be seen, for figures that are made of others too."""
        wanted = frozenset(measures)
        able = (grant for grant in self.grants if grant.measures_all(wanted))
        return Scope(tuple(replace(grant, measures=None) for grant in able))

    def showing(self, fact: Fact) -> "Scope":
        """The grants that let documents of a kind be seen, whatever measures."""
        able = (grant for grant in self.grants if grant.shows(fact))
        return Scope(tuple(replace(grant, measures=None) for grant in able))

    def wholly(self) -> "Scope":
        """The grants for whole legal entities: those that limit nothing else."""
        entity = {Dimension.LEGAL_ENTITY}
        return Scope(tuple(g for g in self.grants if {reach.dimension for reach in g.rows} <= entity))


@dataclass(frozen=True, slots=True)
class Permit:
    """A grant on a model: the members it lets through, of each dimension that it limits."""

    grant: Grant
    members: Allowed = field(default_factory=dict)

    def covers(self, asked: Allowed) -> bool:
        """Whether all of what is asked about is let through; a dimension that is not in it is asked about
        whole."""
        return all(d in asked and asked[d] <= allowed for d, allowed in self.members.items())

    def touches(self, asked: Allowed) -> bool:
        """Whether anything of what is asked about may be let through."""
        return all(d not in asked or asked[d] & allowed for d, allowed in self.members.items())


@dataclass(frozen=True, slots=True)
class View:
    """A scope on a model. `model` is what may be known of it."""

    permits: tuple[Permit, ...]
    model: Model

    @property
    def limited(self) -> bool:
        """Whether there are rows that may not be seen."""
        return not any(not permit.members for permit in self.permits)

    def covers(self, asked: Allowed) -> bool:
        return any(permit.covers(asked) for permit in self.permits)

    def showing(self, fact: Fact) -> list[Permit]:
        return [permit for permit in self.permits if permit.grant.shows(fact)]


def view(scope: Scope, model: Model) -> View:
    """The scope on the model as far as its members are known. Remembered."""
    return _view(scope, _Same(model))


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A model, known by identity: comparing two would take as long as making a view."""

    model: Model

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.model is other.model

    def __hash__(self) -> int:
        return id(self.model)


@lru_cache(maxsize=64)
def _view(scope: Scope, same: _Same) -> View:
    model = same.model
    permits = tuple(Permit(grant, _members(grant, model)) for grant in scope.grants)
    return View(permits, _known(model, permits))


def _members(grant: Grant, model: Model) -> Allowed:
    found: dict[Dimension, frozenset[str]] = {}
    for reach in grant.rows:
        tree = on(default(model, reach.dimension), model.today)
        members = frozenset(reach.listed) | below(tree, reach.below)
        found[reach.dimension] = found.get(reach.dimension, members) & members
    return {d: m for d, m in found.items() if d is not Dimension.LEGAL_ENTITY or m < {*model.legal_entities}}


def union(permits: Iterable[Permit]) -> dict[Dimension, frozenset[str]]:
    """The members that any of the permits lets through, of the dimensions that all of them limit."""
    every = [permit.members for permit in permits]
    limited = set[Dimension]().union(*every).intersection(*every) if every else set()
    return {d: frozenset[str]().union(*(members[d] for members in every)) for d in limited}


def _known(model: Model, permits: tuple[Permit, ...]) -> Model:
    """The model without the members that no permit lets through, and without what all leave masked."""
    if not permits:
        entities, allowed = frozenset[str](), dict.fromkeys((*PLACES, Dimension.SUPPLIER), frozenset[str]())
    else:
        allowed = union(permits)
        entities = allowed.get(Dimension.LEGAL_ENTITY, frozenset(model.legal_entities))
    masked = frozenset[Mask]().union(*(permit.grant.masked for permit in permits))
    members = dict(model.members)
    for dimension in (Dimension.LEGAL_ENTITY, *PLACES, Dimension.SUPPLIER):
        listed = model.members.get(dimension, {}).values()
        own = allowed.get(dimension)
        kept = [m for m in listed if (own is None or m.id in own) and m.legal_entity in (None, *entities)]
        shown = {m.id for m in kept}
        members[dimension] = {m.id: _shown(m, shown, masked, dimension) for m in kept}
    return replace(
        model,
        legal_entities={id_: e for id_, e in model.legal_entities.items() if id_ in entities},
        members=members,
        hierarchies={
            d: found
            if members.get(d, {}).keys() == model.members.get(d, {}).keys()
            else _pruned(found, members[d])
            for d, found in model.hierarchies.items()
        },
        open=frozenset(d for d in Dimension if model.is_open(d)) - allowed.keys(),
        provisions=tuple(_provision(p, entities) for p in model.provisions if entities & p.entities.keys()),
    )


def _shown(member: Member, shown: set[str], masked: frozenset[Mask], dimension: Dimension) -> Member:
    name, owner = _OF.get(dimension, (None, None))
    return replace(
        member,
        parent=member.parent if member.parent in shown else None,
        name=HIDDEN if name in masked else member.name,
        owner=None if owner in masked else member.owner,
    )


def _pruned(found: tuple[Hierarchy, ...], members: Mapping[str, Member]) -> tuple[Hierarchy, ...]:
    return tuple(
        replace(each, edges=tuple(e for e in each.edges if e.child in members and e.parent in members))
        for each in found
    )


def _provision(provision: Provision, entities: frozenset[str]) -> Provision:
    return replace(provision, entities={e: code for e, code in provision.entities.items() if e in entities})
