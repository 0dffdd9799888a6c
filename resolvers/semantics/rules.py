"""Rules: crosswalk rows that ask for the same, which codes they match, and which of them comes first.

    higher priority  →  more dimensions asked for  →  exact before pattern  →  more literal characters

A rule that holds on no day asked about is passed over; that two of equal rank match the same is a fault of
the configuration, found when it is read. Null is matched by nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Final

from resolvers.semantics.dimensions import CrosswalkRow, Dimension
from resolvers.semantics.shares import turns, ways

ANY: Final = "*"
"""Any run of characters in a pattern, none included."""
Codes = Mapping[Dimension, str | None]
"""A source's codes by dimension."""
Rank = tuple[int, int, bool, int]
"""Priority, dimensions asked for, whether all of them exactly, literal characters: the greatest wins."""


def is_pattern(code: str) -> bool:
    return ANY in code


def literal(pattern: str) -> int:
    """How many characters of a pattern stand for themselves."""
    return len(pattern) - pattern.count(ANY)


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a code matches, from the first character to the last."""
    written = re.compile(".*".join(map(re.escape, pattern.split(ANY))), re.DOTALL)
    return lambda code: written.fullmatch(code) is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """The rows of one source that ask for the same codes, at the same priority, and speak of the same
    dimensions. `positions` are theirs in the crosswalk."""

    conditions: tuple[tuple[Dimension, str], ...]
    priority: int
    speaks_of: tuple[Dimension, ...]
    positions: tuple[int, ...]
    rows: tuple[CrosswalkRow, ...]
    asks: tuple[Dimension, ...]
    rank: Rank

    @property
    def exact(self) -> bool:
        """Whether it asks for whole codes only."""
        return self.rank[2]

    @property
    def is_shared(self) -> bool:
        """Whether several of its rows hold at a time."""
        return len(self.rows) > 1 and any(
            len(self.holding(day)) > 1 for day in (None, date.min, *turns(self.rows))
        )

    def holding(self, day: date | None) -> tuple[int, ...]:
        """The positions of its rows that are valid on the day."""
        return tuple(at for at, row in zip(self.positions, self.rows, strict=True) if row.holds(day))


@lru_cache(maxsize=32)
def rules_of(source: str, crosswalk: tuple[CrosswalkRow, ...]) -> tuple[Rule, ...]:
    """The rules of one source, the first to be tried first, equal ones in the order of the crosswalk. They
    are kept, because a model is made anew whenever its members are read, and its crosswalk stays the same."""
    own = ((at, row) for at, row in enumerate(crosswalk) if row.source == source)
    found = [
        Rule(
            conditions,
            priority,
            spoken,
            tuple(positions),
            tuple(crosswalk[at] for at in positions),
            tuple(dimension for dimension, _ in conditions),
            _rank(priority, [code for _, code in conditions]),
        )
        for (_, conditions, priority, spoken), positions in ways(own).items()
    ]
    return tuple(sorted(found, key=lambda rule: rule.rank, reverse=True))


def _rank(priority: int, codes: Sequence[str]) -> Rank:
    exact = not any(map(is_pattern, codes))
    return priority, len(codes), exact, sum(map(literal, codes))


@dataclass(slots=True)
class Book:
    """The rules that speak of one dimension, found by the codes they ask for."""

    rules: Sequence[Rule]
    _exact: dict[tuple[Dimension, ...], dict[tuple[str | None, ...], list[int]]] = field(init=False)
    _patterned: list[tuple[int, list[tuple[Dimension, Callable[[str], bool]]]]] = field(init=False)

    def __post_init__(self) -> None:
        self._exact, self._patterned = {}, []
        for number, rule in enumerate(self.rules):
            if rule.exact:
                codes = tuple(code for _, code in rule.conditions)
                self._exact.setdefault(rule.asks, {}).setdefault(codes, []).append(number)
            else:
                self._patterned.append((number, [(d, matcher(code)) for d, code in rule.conditions]))

    def matching(self, codes: Codes) -> Iterator[Rule]:
        """The rules that match, whatever the day, the first to be tried first."""
        found = [
            number
            for asks, by_codes in self._exact.items()
            for number in by_codes.get(tuple(codes.get(d) or None for d in asks), ())
        ]
        for number, tests in self._patterned:
            given = [(test, codes.get(dimension)) for dimension, test in tests]
            if all(code and test(code) for test, code in given):
                found.append(number)
        return (self.rules[number] for number in sorted(found))


def meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns.

    ``10*`` and ``*01`` meet in 1001, ``10*`` and ``2*`` nowhere.
    """
    reached = {(0, 0)}
    pending = [(0, 0)]
    while pending:
        a, b = pending.pop()
        if a == len(one) and b == len(other):
            return True
        for step in _steps(one[a : a + 1], other[b : b + 1], a, b):
            if step not in reached:
                reached.add(step)
                pending.append(step)
    return False


def _steps(one: str, other: str, a: int, b: int) -> Iterator[tuple[int, int]]:
    """Where two patterns can both stand next: a star takes what the other has, or nothing."""
    if one == ANY:
        yield a + 1, b
        if other:
            yield a, b + 1
    if other == ANY:
        yield a, b + 1
        if one:
            yield a + 1, b
    if one and one == other:
        yield a + 1, b + 1


def ties(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Pairs of one source's rules of equal rank that can match the same row on the same day and speak of the
    same dimension. Exact rules that ask for other codes of the same dimensions never do."""
    alike: dict[Rank, list[Rule]] = {}
    for rule in rules:
        alike.setdefault(rule.rank, []).append(rule)
    for some in alike.values():
        by_asked: dict[tuple[Dimension, ...], list[Rule]] = {}
        for rule in some:
            by_asked.setdefault(rule.asks, []).append(rule)
        for group in by_asked.values():
            yield from _inside(group)
        for one, other in combinations(by_asked, 2):
            yield from _across(by_asked[one], by_asked[other], [d for d in one if d in other])


def _inside(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Ties among rules that ask for the same dimensions."""
    if rules[0].exact:
        same: dict[tuple[tuple[Dimension, str], ...], list[Rule]] = {}
        for rule in rules:
            same.setdefault(rule.conditions, []).append(rule)
        for some in same.values():
            yield from (pair for pair in combinations(some, 2) if _clash(*pair))
        return
    yield from (pair for pair in combinations(rules, 2) if _clash(*pair))


def _across(
    ones: Sequence[Rule], others: Sequence[Rule], shared: Sequence[Dimension]
) -> Iterator[tuple[Rule, Rule]]:
    """Ties among rules that ask for different dimensions: only those of the same codes where both ask
    exactly."""
    if not ones[0].exact:
        yield from ((one, other) for one in ones for other in others if _clash(one, other))
        return
    table: dict[tuple[str, ...], list[Rule]] = {}
    for other in others:
        table.setdefault(_codes(other, shared), []).append(other)
    for one in ones:
        yield from ((one, other) for other in table.get(_codes(one, shared), ()) if _clash(one, other))


def _codes(rule: Rule, dimensions: Sequence[Dimension]) -> tuple[str, ...]:
    return tuple(code for dimension, code in rule.conditions if dimension in dimensions)


def _clash(one: Rule, other: Rule) -> bool:
    if not set(one.speaks_of) & set(other.speaks_of):
        return False
    theirs = dict(other.conditions)
    if not all(meet(code, theirs[d]) for d, code in one.conditions if d in theirs):
        return False
    return any(_overlap(a, b) for a in one.rows for b in other.rows)


def _overlap(one: CrosswalkRow, other: CrosswalkRow) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_to or date.max, other.valid_to or date.max)
