"""What crosswalk rows must not say together: too much of a code, two things of it, or what cannot be held."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from gateway.config.problems import Document, Finding, Path
from gateway.config.text import shown
from resolvers.semantics.dimensions import CrosswalkRow, Dimension
from resolvers.semantics.rules import Rule, is_pattern, rules_of, ties
from resolvers.semantics.shares import turns

Rows = Sequence[tuple[Path, CrosswalkRow]]
"""Rows and where they stand, in the order of the file."""
_DAY: Final = timedelta(days=1)


def faults(document: Document, rows: Rows) -> Iterator[Finding]:
    """Weights that do not add up to 1, ties, and what a dimension cannot have."""
    for path, row in rows:
        yield from _unfit(path, row)
    crosswalk = tuple(row for _, row in rows)
    for source in dict.fromkeys(row.source for row in crosswalk):
        rules = rules_of(source, crosswalk)
        for rule in rules:
            yield from _weighed(rule, rows, document)
        for one, other in ties(rules):
            first, second = sorted((one, other), key=lambda rule: rule.positions)
            path = rows[second.positions[0]][0]
            said = f"{asked(second.rows[0])} of {source} ties with {asked(first.rows[0])}"
            where = document.where(rows[first.positions[0]][0])
            yield (
                path,
                f"{said} ({where}): both can match a line, neither comes first; give one a priority",
            )


def taken(row: CrosswalkRow, target: str, where: str) -> str:
    """That a code has a target already."""
    said = f"{asked(row)} of {row.source} is {shown(target)} already ({where})"
    return f"{said}; a code has one target at a time, or several whose weights add up to 1"


def asked(row: CrosswalkRow) -> str:
    """What a row asks for, as people read it."""
    if len(row.conditions) == 1:
        return shown(row.conditions[0][1])
    return " with ".join(f"{dimension.column} {shown(code)}" for dimension, code in row.conditions)


def _unfit(path: Path, row: CrosswalkRow) -> Iterator[Finding]:
    """A company is known before anything else of a line is; a supplier is who an invoice is matched by."""
    if row.dimension in dict(row.beside):
        yield path, f"asks for {row.dimension} twice: as source, and by its name"
    if row.dimension in dict(row.also):
        yield path, f"has two targets in {row.dimension}"
    if row.dimension is Dimension.LEGAL_ENTITY:
        bounded = row.valid_from or row.valid_to or row.beside or row.also
        if bounded or row.weight != 1 or is_pattern(row.source_member):
            yield path, "a legal entity has whole codes, always: no pattern, weight, day or other dimension"
    if row.dimension is Dimension.SUPPLIER and row.weight != 1:
        yield path, f"weight: must be 1, not {row.weight}: invoices are matched by who the supplier is"


def _weighed(rule: Rule, rows: Rows, document: Document) -> Iterator[Finding]:
    """The first days on which a code's weights do not add up to 1."""
    for day in (date.min, *turns(rule.rows)):
        holding = rule.holding(day)
        weights = [rows[at][1].weight for at in holding]
        if not holding or sum(weights) == 1:
            continue
        first, row = rows[holding[0]]
        if len(holding) > 1 and all(weight == 1 for weight in weights):
            yield rows[holding[1]][0], taken(row, row.target, document.where(first))
        else:
            since = "" if day == date.min else f" from {day} on"
            total = sum(weights, Decimal(0))
            yield first, f"the weights of {asked(row)} of {row.source} add up to {total}{since}, not to 1"
        return


def uncovered(rows: Rows) -> Iterator[Finding]:
    """Days between two rows of a code that neither is valid on."""
    for (source, *_), positions in _by_code(rows).items():
        ordered = sorted(positions, key=lambda at: rows[at][1].valid_from or date.min)
        reached = rows[ordered[0]][1].valid_to or date.max
        for at in ordered[1:]:
            path, row = rows[at]
            begins = row.valid_from or date.min
            if reached < date.max and begins > reached + _DAY:
                days = f"{reached + _DAY} to {begins - _DAY}"
                yield (
                    path,
                    f"{asked(row)} of {source} has no row for {days}: INVALID, unless another matches",
                )
            reached = max(reached, row.valid_to or date.max)


def _by_code(rows: Rows) -> Mapping[tuple[object, ...], list[int]]:
    """The positions of the rows that ask for the same and speak of the same dimensions, whatever their
    priority."""
    found: dict[tuple[object, ...], list[int]] = {}
    for at, (_, row) in enumerate(rows):
        spoken = tuple(dimension for dimension, _ in row.targets)
        found.setdefault((row.source, row.conditions, spoken), []).append(at)
    return found
