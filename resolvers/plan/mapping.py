"""What a source's code is, and why: the rules that match it, and which of them decides on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from resolvers.plan.errors import QuestionError
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import INVALID, UNASSIGNED, UNMAPPED, CrosswalkRow, Dimension
from resolvers.semantics.model import Model
from resolvers.semantics.rules import Rule


class MappedBy(StrEnum):
    """How a code came to its member."""

    ROW = "ROW"
    ITSELF = "ITSELF"
    UNMAPPED = "UNMAPPED"
    INVALID = "INVALID"
    UNASSIGNED = "UNASSIGNED"


@dataclass(frozen=True, slots=True)
class Weighed:
    """One row of a rule, and whether it is valid on the day."""

    row: CrosswalkRow
    valid: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matches the codes; `why` it decides, or what keeps it from that."""

    rule: Rule
    rows: tuple[Weighed, ...]
    decides: bool
    why: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """`targets` are members with their weights, at least one; `matches` in the order in which rules are
    tried."""

    day: date
    by: MappedBy
    targets: tuple[tuple[str, Decimal], ...]
    matches: tuple[Match, ...]


def mapped(
    crosswalk: Crosswalk, model: Model, dimension: Dimension, codes: Mapping[Dimension, str], day: date | None
) -> Mapped:
    """What the codes of a row are in one dimension, by default today. Raises QuestionError."""
    if Dimension.PERIOD in (dimension, *codes):
        raise QuestionError("BAD_INPUT", "dimension: 'PERIOD' has no crosswalk; periods belong to calendars")
    on = day or model.today
    found = crosswalk.find(dimension, codes, on)
    first = None if found.member == INVALID else found.rule
    matches = _matches(crosswalk.matching(dimension, codes), first, on)
    deciding = next((match for match in matches if match.decides), None)
    if deciding is None:
        return Mapped(on, _by(found.member), ((found.member, Decimal(1)),), matches)
    rows = [weighed.row for weighed in deciding.rows if weighed.valid]
    targets = tuple((dict(row.targets)[dimension], row.weight) for row in rows)
    return Mapped(on, MappedBy.ROW, targets, matches)


def _by(member: str) -> MappedBy:
    known = {name: MappedBy(name) for name in (UNMAPPED, INVALID, UNASSIGNED)}
    return known.get(member, MappedBy.ITSELF)


def _matches(rules: list[Rule], deciding: Rule | None, day: date) -> tuple[Match, ...]:
    """Each rule with the first thing that puts it behind the one that decides."""
    matches = []
    for rule in rules:
        rows = tuple(Weighed(row, row.holds(day)) for row in rule.rows)
        if deciding is None or not any(weighed.valid for weighed in rows):
            why = f"no row of it is valid on {day}"
        elif rule is deciding:
            why = "the first of the rules that match and are valid"
        else:
            why = f"comes after the one that decides: {_behind(rule, deciding)}"
        matches.append(Match(rule, rows, rule is deciding, why))
    return tuple(matches)


def _behind(rule: Rule, first: Rule) -> str:
    ways = (
        "lower priority",
        "asks for fewer dimensions",
        "a pattern, not a code",
        "fewer literal characters",
    )
    pairs = zip(rule.rank, first.rank, ways, strict=True)
    return next((way for own, other, way in pairs if own < other), "stands later in the crosswalk")
