"""The catalogue: what can be asked, without asking anyone. Measures, dimensions, periods."""

from dataclasses import dataclass

from resolvers.plan.errors import QuestionError, unknown_member
from resolvers.semantics.calendar import Calendar, Period
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.hierarchy import hierarchies, on
from resolvers.semantics.measures import MEASURES, Measure, beside, closure, facts
from resolvers.semantics.model import Model
from resolvers.semantics.tree import Tree, upwards
from sources.spi.facts import Fact


@dataclass(frozen=True, slots=True)
class MeasureEntry:
    """A measure with the facts it stands on, of a derived one those of the base measures behind it; and those
    that belong to it where a source has them."""

    measure: Measure
    needs: tuple[Fact, ...]
    also: tuple[Fact, ...]


def measures() -> tuple[MeasureEntry, ...]:
    """Every measure, in the order of the chain."""
    return tuple(
        MeasureEntry(measure, needs, tuple(fact for fact in beside(base) if fact not in needs))
        for name, measure in MEASURES.items()
        for base in (closure([name]),)
        for needs in (facts(base),)
    )


@dataclass(frozen=True, slots=True)
class Outline:
    """A tree of members: its name, its topmost nodes, how many members are in it, and how deep it is."""

    name: str
    roots: tuple[str, ...]
    members: int
    levels: int


def outlines(dimension: Dimension, model: Model) -> tuple[Outline, ...]:
    """The trees a dimension has, as they stand today, the default first."""
    return tuple(_outline(each.name, on(each, model.today)) for each in hierarchies(model, dimension))


def _outline(name: str, tree: Tree) -> Outline:
    inside = {*tree.keys(), *tree.values()}
    levels = max((len(upwards(tree, member)) for member in inside), default=0)
    return Outline(name, tuple(sorted(inside - tree.keys())), len(inside), levels)


def is_open(dimension: Dimension, model: Model) -> bool:
    """Whether codes outside the known members are members too. Legal entities and periods are configured."""
    fixed = dimension in (Dimension.LEGAL_ENTITY, Dimension.PERIOD)
    return not fixed and model.is_open(dimension)


def periods(
    calendar: str | None, fiscal_year: int | None, model: Model
) -> tuple[Calendar, tuple[Period, ...]]:
    """The periods of a calendar, of all its years or one, in order. Raises QuestionError."""
    id_ = model.calendar if calendar is None else calendar
    if id_ not in model.calendars:
        raise unknown_member("calendar", id_, model.calendars)
    found = model.calendars[id_]
    chosen = tuple(p for p in found.periods if fiscal_year in (None, p.fiscal_year))
    if not chosen:
        first, last = found.periods[0].fiscal_year, found.periods[-1].fiscal_year
        raise QuestionError(
            "PERIOD_OUTSIDE_CALENDAR",
            f"fiscalYear: {fiscal_year} is outside calendar {id_}: it has {first} to {last}",
        )
    return found, chosen


def count(dimension: Dimension, model: Model) -> int | None:
    """How many members a dimension has; None where any code is one."""
    if dimension is Dimension.PERIOD:
        return len(model.calendars[model.calendar].periods)
    if dimension is Dimension.LEGAL_ENTITY:
        return len(model.legal_entities)
    return None if is_open(dimension, model) else len(model.members[dimension])
