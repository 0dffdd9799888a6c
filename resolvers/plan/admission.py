"""What of a question may be answered: members and measures that the one who asks may see.

Rows are cut like those of a filter, before anything is summed: the members of each dimension are narrowed to
what some grant lets through (which is what sources are asked for), and every row has to be let through by one
of the grants as a whole (`scope.in_place`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Question
from resolvers.semantics.access import Permit, Scope, View, union, view
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.measures import BROKEN, USUAL
from resolvers.semantics.model import Model

Members = dict[Dimension, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Admitted:
    """`permits` are the grants that a question is answered by; none where everything may be seen.
    `restricted`: rows that it asks about may have been held back."""

    permits: tuple[Permit, ...] = ()
    restricted: bool = False
    members: Members = field(default_factory=dict)

    @property
    def limits(self) -> Members:
        """The members allowed of every dimension that filters or grants limit."""
        found = dict(self.members)
        for dimension in {d for permit in self.permits for d in permit.members} - found.keys():
            some = (permit.members.get(dimension, frozenset()) for permit in self.permits)
            found[dimension] = frozenset[str]().union(*some)
        return found


def known(question: Question, model: Model) -> Model:
    """The model as far as the one who asks may know it: what is not in it does not exist."""
    return model if question.scope is None else view(question.scope, model).model


def admitted(question: Question, members: Members, model: Model) -> Admitted:
    """`members` are those of the question's filters. Raises QuestionError where nothing may be seen."""
    if question.scope is None:
        return Admitted(members=members)
    able = _able(view(question.scope, model), _needed(question))
    fitting = tuple(permit for permit in able if permit.touches(members))
    if not fitting:
        raise QuestionError("CONTRADICTORY_FILTERS", "where: nothing of what you may see is left")
    narrowed = {d: members.get(d, allowed) & allowed for d, allowed in union(fitting).items()}
    restricted = not any(permit.covers(members) for permit in fitting)
    return Admitted(fitting, restricted, {**members, **narrowed})


def _needed(question: Question) -> frozenset[str]:
    return question.measures | (BROKEN if question.breaks else frozenset())


def _able(seen: View, measures: frozenset[str]) -> list[Permit]:
    """The grants that let all the measures be seen: a figure of one is never shown by another."""
    if not seen.permits:
        raise QuestionError("FORBIDDEN", "none of your roles lets you see figures")
    able = [permit for permit in seen.permits if permit.grant.measures_all(measures)]
    if not able:
        raise forbidden(measures, (permit.grant.measures for permit in seen.permits))
    return able


def forbidden(measures: frozenset[str], allowed: Iterable[frozenset[str] | None]) -> QuestionError:
    """Why nobody lets the measures be seen: what no role has, or what no role has together."""
    ever = frozenset[str]().union(*(each or frozenset() for each in allowed))
    lacking = measures - ever
    named = ", ".join(sorted(_field(name) for name in lacking or measures))
    how = "" if lacking else " together"
    return QuestionError("FORBIDDEN_MEASURE", f"{named}: none of your roles lets you see this{how}")


def usual(scope: Scope | None) -> frozenset[str]:
    """What a question is about that names no measure: of one's first role that lets any be seen."""
    for grant in scope.grants if scope is not None else ():
        if grant.measures is not None and grant.measures & USUAL:
            return grant.measures & USUAL
        if grant.measures is None:
            return USUAL
    return USUAL


def _field(measure: str) -> str:
    """A measure by the name of its field: ``priorYearActual``."""
    first, *rest = measure.split("_")
    return first + "".join(word.capitalize() for word in rest)
