"""The members a question's filters leave, period by period.

What is below a node depends on the day (see `semantics.hierarchy`): AS_POSTED, a cost centre that moved in
April is below one node until March and below another from April on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from resolvers.plan.errors import QuestionError, unknown_member
from resolvers.plan.question import Filter
from resolvers.semantics.calendar import Period
from resolvers.semantics.dimensions import RESERVED, Dimension, Hierarchy, HierarchyView
from resolvers.semantics.hierarchy import default, hierarchies, stretches
from resolvers.semantics.model import Model
from resolvers.semantics.tree import below

ByPeriod = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """From which days trees are looked at: of `periods`, in a view; `day` is the day asked about."""

    view: HierarchyView
    periods: tuple[Period, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Among:
    """The members allowed in some periods."""

    periods: tuple[str, ...]
    members: frozenset[str]


def filtered(
    where: Sequence[Filter], model: Model, seen: Seen
) -> tuple[dict[Dimension, frozenset[str]], dict[Dimension, tuple[Among, ...]]]:
    """The members each filtered dimension is left with, in any period; and, where they are not the same in
    all, those of each. Filters on the same dimension all apply. Raises QuestionError."""
    left: dict[Dimension, ByPeriod] = {}
    for filter_ in where:
        allowed = _allowed(filter_, model, seen)
        before = left.get(filter_.dimension, allowed)
        left[filter_.dimension] = {period: before[period] & members for period, members in allowed.items()}
    ever = {dimension: frozenset[str]().union(*found.values()) for dimension, found in left.items()}
    for dimension, members in ever.items():
        if not members:
            raise QuestionError(
                "CONTRADICTORY_FILTERS", f"where.{dimension.field}: its filters exclude each other"
            )
    return ever, {d: _grouped(found) for d, found in left.items() if len(set(found.values())) > 1}


def _grouped(found: ByPeriod) -> tuple[Among, ...]:
    groups: dict[frozenset[str], list[str]] = {}
    for period, members in found.items():
        groups.setdefault(members, []).append(period)
    return tuple(Among(tuple(periods), members) for members, periods in groups.items())


def _allowed(filter_: Filter, model: Model, seen: Seen) -> ByPeriod:
    field = f"where.{filter_.dimension.field}"
    for value in (*filter_.members, *filter_.descendants_of):
        check_member(field, value, filter_.dimension, model)
    if not filter_.members and not filter_.descendants_of:
        raise QuestionError("CONTRADICTORY_FILTERS", f"{field}: an empty list excludes everything")
    if filter_.hierarchy is not None and not filter_.descendants_of:
        raise without_nodes(field)
    tree = hierarchy(f"{field}.hierarchy", filter_.dimension, filter_.hierarchy, model)
    listed, found = frozenset(filter_.members), dict[str, frozenset[str]]()
    for stretch in stretches(tree, seen.view, seen.periods, seen.day):
        under = below(stretch.tree, filter_.descendants_of) if filter_.descendants_of else frozenset[str]()
        found |= dict.fromkeys(stretch.periods, listed | under)
    return found


def without_nodes(field: str) -> QuestionError:
    """The error for a hierarchy named where nothing is looked up in it."""
    return QuestionError(
        "BAD_INPUT", f"{field}.hierarchy: goes with descendantsOf; give nodes or leave it out"
    )


def members_of(filter_: Filter, model: Model) -> frozenset[str]:
    """The members a filter allows today, for what is asked without periods. Raises QuestionError."""
    seen = Seen(HierarchyView.RESTATED, model.calendars[model.calendar].periods[:1], model.today)
    return frozenset[str]().union(*_allowed(filter_, model, seen).values())


def check_member(field: str, value: str, dimension: Dimension, model: Model) -> None:
    """Raises QuestionError for a value that is no member of a closed dimension."""
    entity = dimension is Dimension.LEGAL_ENTITY
    known = frozenset(model.legal_entities if entity else model.members.get(dimension, {}))
    special = frozenset[str]() if entity else frozenset(RESERVED)
    if (entity or not model.is_open(dimension)) and value not in known | special:
        raise unknown_member(field, value, known)


def hierarchy(field: str, dimension: Dimension, name: str | None, model: Model) -> Hierarchy:
    """The hierarchy named, by default the dimension's first. Raises QuestionError."""
    if name is None:
        return default(model, dimension)
    known = {each.name: each for each in hierarchies(model, dimension)}
    if name not in known:
        accepted = f"it has {', '.join(known)}" if known else "it has none"
        raise QuestionError(
            "UNKNOWN_HIERARCHY", f"{field}: {name!r} is not a hierarchy of {dimension.value}; {accepted}"
        )
    return known[name]
