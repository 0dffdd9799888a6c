"""The members of a dimension, searched, filtered and paged: what can be asked about at all.

They come in the order of their ids, and a cursor holds the id its page ended with, so that a member that
appears or goes moves no other from one page to the next.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from resolvers.plan.catalogue import is_open
from resolvers.plan.errors import QuestionError, unknown_member
from resolvers.plan.membership import hierarchy, members_of, without_nodes
from resolvers.plan.question import Filter
from resolvers.semantics.dimensions import AccountClass, Dimension, Member
from resolvers.semantics.hierarchy import hierarchies, nodes, on
from resolvers.semantics.model import Model
from resolvers.semantics.tree import below, upwards
from sources.spi.errors import SourceError

MOST: Final = 1000
"""Members per page."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Members whose id, code or name contains `search`, whatever its case; `entities` filters by the legal
    entities they may hold figures of, `classes` accounts by theirs, `below` by the nodes above them (nodes
    included)."""

    dimension: Dimension
    search: str = ""
    entities: Filter | None = None
    classes: tuple[AccountClass, ...] | None = None
    below: Filter | None = None
    first: int = 50
    after: str | None = None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A page: members with their cursors; `total` are those on all pages, `more` says whether any follow;
    `open`: codes outside the list are members too; `lost` the systems whose members could not be read, so
    that theirs are missing, or as they were last."""

    members: tuple[Member, ...]
    cursors: tuple[str, ...]
    total: int
    more: bool
    open: bool
    lost: tuple[SourceError, ...]


def listed(dimension: Dimension, model: Model) -> Mapping[str, Member]:
    """The members of a dimension that are known by now. A legal entity is one, arranged in a tree or not."""
    known = model.members.get(dimension, {})
    if dimension is not Dimension.LEGAL_ENTITY:
        return known
    entities = model.legal_entities.items()
    return {
        id_: known.get(id_) or Member(id_, entity.name, id_, legal_entity=id_) for id_, entity in entities
    }


def sane(asked: Directory) -> None:
    """Raises QuestionError for what makes no sense, before anybody is asked."""
    if not 0 <= asked.first <= MOST:
        raise QuestionError("LIMIT_EXCEEDED", f"first: {asked.first} is not accepted; give 0 to {MOST}")
    nodes_of = None if asked.below is None else asked.below.descendants_of
    if asked.below is not None and asked.below.hierarchy is not None and not nodes_of:
        raise without_nodes("where")
    for name, values in (("descendantsOf", nodes_of), ("accountClass", asked.classes)):
        if values is not None and not values:
            raise QuestionError("CONTRADICTORY_FILTERS", f"where.{name}: an empty list excludes everything")
    _position(asked)


def page(asked: Directory, model: Model, lost: tuple[SourceError, ...]) -> MemberPage:
    """Raises QuestionError for members that are unknown."""
    found = sorted(_found(asked, model, lost), key=lambda member: member.id)
    last = _position(asked)
    rest = found if last is None else [member for member in found if member.id > last]
    shown = tuple(rest[: asked.first])
    cursors = tuple(_cursor(asked.dimension, member.id) for member in shown)
    return MemberPage(
        shown, cursors, len(found), len(rest) > len(shown), is_open(asked.dimension, model), lost
    )


def _found(asked: Directory, model: Model, lost: tuple[SourceError, ...]) -> list[Member]:
    members = listed(asked.dimension, model)
    allowed = set(members)
    if asked.below is not None:
        above = asked.below.descendants_of
        unknown = [id_ for id_ in above if id_ not in members]
        if unknown and not lost:
            raise unknown_member("where.descendantsOf", unknown[0], members)
        tree = hierarchy("where.hierarchy", asked.dimension, asked.below.hierarchy, model)
        allowed &= below(on(tree, model.today), above)
    if asked.entities is not None:
        allowed &= _standing(asked.dimension, members, members_of(asked.entities, model), model)
    words = asked.search.strip().casefold()
    return [
        member
        for id_ in allowed
        if (member := members[id_])
        and (asked.classes is None or member.kind in asked.classes)
        and any(words in text.casefold() for text in (member.id, member.code, member.name))
    ]


def _standing(
    dimension: Dimension, members: Mapping[str, Member], entities: frozenset[str], model: Model
) -> set[str]:
    """The members that may hold figures of the entities: their own, leaves that are nobody's in particular,
    and the nodes above either in any tree."""
    inner = nodes(model, dimension)
    own = (m.id for m in members.values() if m.legal_entity in entities)
    shared = (m.id for m in members.values() if m.legal_entity is None and m.id not in inner)
    holding = {*own, *shared}
    trees = [on(each, model.today) for each in hierarchies(model, dimension)]
    above = {node for tree in trees for member in holding for node in upwards(tree, member)}
    found = holding | (above & members.keys())
    return {id_ for id_ in found if members[id_].legal_entity in (None, *entities)}


def _cursor(dimension: Dimension, id_: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([dimension.value, id_]).encode()).decode()


def _position(asked: Directory) -> str | None:
    """The id a page begins after."""
    if asked.after is None:
        return None
    try:
        held: Any = json.loads(base64.urlsafe_b64decode(asked.after.encode()))
    except (ValueError, binascii.Error):
        held = None
    match held:
        case [asked.dimension.value, str(id_)]:
            return id_
    raise QuestionError("BAD_INPUT", "after: not a cursor of this list; give an endCursor of an earlier page")
