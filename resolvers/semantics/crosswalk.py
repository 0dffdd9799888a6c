"""Members: from a source's codes to canonical ids and back.

The first rule that matches and holds on the day says which member a code is (`rules`). A code that only rules
of other days match is INVALID. A code without any rule is, in a closed dimension (one with listed members),
itself when it is listed, else UNMAPPED; in an open dimension every code is its own member. No value at all is
UNASSIGNED. Codes of legal entities are fixed where a source is configured; another code is not ours.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from resolvers.semantics.dimensions import (
    INVALID,
    MEMBERSHIP,
    RESERVED,
    UNASSIGNED,
    UNMAPPED,
    UNTRANSLATED,
    CrosswalkRow,
    Dimension,
)
from resolvers.semantics.model import Model
from resolvers.semantics.rules import Book, Codes, Rule, is_pattern, rules_of
from resolvers.semantics.shares import stand_in, turns


@dataclass(frozen=True, slots=True)
class Found:
    """What a source's codes are in one dimension: a member, or a stand-in for several, and the rule that
    says so, if one does."""

    member: str
    rule: Rule | None = None


class Crosswalk:
    """The mapping of one source: its codes to canonical members, and canonical members to its codes."""

    def __init__(self, model: Model, source: str) -> None:
        self.source = source
        self._model = model
        self._companies = {
            code: entity
            for provision in model.provisions
            if provision.source == source
            for entity, code in provision.entities.items()
        }
        every = rules_of(source, model.crosswalk)
        self._rules = {d: [rule for rule in every if d in rule.speaks_of] for d in MEMBERSHIP}
        self._books = {dimension: Book(rules) for dimension, rules in self._rules.items()}
        self._own = {d: _own(d, rules) for d, rules in self._rules.items()}
        self._turns = {
            d: turns([row for rule in rules for row in rule.rows]) for d, rules in self._rules.items()
        }
        self._shared = {
            dimension for dimension, rules in self._rules.items() if any(rule.is_shared for rule in rules)
        }
        self._asked = {(rule.asks, rule.speaks_of) for rule in every}
        self._itself = {d: self._unmoved(d) for d in MEMBERSHIP}
        self._direct = {d: self._written(d) for d in MEMBERSHIP if self.is_plain(d)}

    def _unmoved(self, dimension: Dimension) -> Collection[str]:
        """Listed members that no rule moves."""
        if any(is_pattern(code) for rule in self._rules[dimension] for _, code in rule.conditions):
            return frozenset()
        moved = self._companies if dimension is Dimension.LEGAL_ENTITY else self._own[dimension]
        return self._model.members.get(dimension, {}).keys() - moved.keys() - set(RESERVED)

    def _written(self, dimension: Dimension) -> dict[str | None, str]:
        """What each code with a row is, in a plain dimension; nothing where patterns have a say."""
        own = self._own[dimension]
        if len(own) != len(self._rules[dimension]):
            return {}
        return {
            code: _to(first.rows[0], dimension) if len(first.rows) == 1 else self.member(dimension, code)
            for code, (first, *_) in own.items()
        }

    def find(self, dimension: Dimension, codes: Codes, day: date | None) -> Found:
        """What the codes of a row are on a day; without one, only what they always are."""
        code = codes.get(dimension) or None
        if dimension is Dimension.LEGAL_ENTITY and code in self._companies:
            return Found(self._companies[code])
        expired: Rule | None = None
        for rule in self._books[dimension].matching(codes):
            if holding := rule.holding(day):
                if (several := stand_in(holding)) in self._model.shares:
                    return Found(several, rule)
                return Found(_to(self._model.crosswalk[holding[0]], dimension), rule)
            expired = expired or rule
        if expired is not None:
            return Found(INVALID, expired)
        return Found(self._without_rule(dimension, code))

    def _without_rule(self, dimension: Dimension, code: str | None) -> str:
        if code is None:
            return UNASSIGNED
        if dimension is Dimension.LEGAL_ENTITY:
            return UNMAPPED
        known = self._model.members.get(dimension, {})
        return code if code in known or self._model.is_open(dimension) else UNMAPPED

    def member(self, dimension: Dimension, code: str | None, day: date | None = None) -> str:
        """What one code alone is."""
        return self.find(dimension, {dimension: code}, day).member

    def matching(self, dimension: Dimension, codes: Codes) -> list[Rule]:
        """The rules that match the codes, whatever the day, the first to be tried first."""
        return list(self._books[dimension].matching(codes))

    def is_plain(self, dimension: Dimension) -> bool:
        """Whether a code alone says its member: whatever the day and the row's other codes."""
        return not self._turns[dimension] and not self.beside(dimension)

    def beside(self, dimension: Dimension) -> frozenset[Dimension]:
        """The other dimensions whose codes have a say in a member."""
        asked = {d for rule in self._rules[dimension] for d in rule.asks}
        return frozenset(asked - {dimension})

    def turns(self, dimension: Dimension) -> tuple[date, ...]:
        """The days on which another set of rows begins to hold, in order."""
        return tuple(self._turns[dimension])

    def is_shared(self, dimension: Dimension) -> bool:
        """Whether a code of the dimension can be several members at a time."""
        return dimension in self._shared

    def derived(self, columns: Collection[str]) -> frozenset[Dimension]:
        """The dimensions that codes of these columns can say something of."""
        able = (spoken for asks, spoken in self._asked if all(d.column in columns for d in asks))
        return frozenset(dimension for spoken in able for dimension in spoken)

    def changed(self, dimension: Dimension, codes: Iterable[str | None]) -> dict[str | None, str]:
        """The codes of a plain dimension that are not their own canonical member, and what each one is."""
        direct = self._direct[dimension]
        members = {
            code: direct.get(code) or self.member(dimension, code)
            for code in set(codes) - set(self._itself[dimension])
        }
        return {code: member for code, member in members.items() if member != code or member in UNTRANSLATED}

    def codes(self, dimension: Dimension, members: Iterable[str]) -> tuple[str, ...] | None:
        """The source's codes that can be one of the canonical members, whatever the day: what a filter pushes
        down. None when the members cannot be written as codes (a pattern, another dimension's codes,
        UNMAPPED, UNASSIGNED, INVALID), so that the filter must stay here."""
        wanted = set(members)
        if wanted & set(RESERVED) or any(
            _speaks(rule, dimension, wanted) and not _by_code(rule, dimension)
            for rule in self._rules[dimension]
        ):
            return None
        return self.known_codes(dimension, wanted)

    def known_codes(self, dimension: Dimension, members: Iterable[str]) -> tuple[str, ...]:
        """The codes that can be one of the members, as far as they are written out: those that only a
        pattern or other dimensions' codes lead from are not among them."""
        wanted = set(members) - set(RESERVED)
        if dimension is Dimension.LEGAL_ENTITY:
            rows = {code for code, rules in self._own[dimension].items() if _any(rules, dimension, wanted)}
            companies = {code for code, entity in self._companies.items() if entity in wanted}
            return tuple(sorted(companies | (rows - self._companies.keys())))
        own = self._own[dimension]
        mapped = {code for code, rules in own.items() if _any(rules, dimension, wanted)}
        return tuple(sorted(mapped | (wanted - own.keys())))


def _own(dimension: Dimension, rules: Iterable[Rule]) -> Mapping[str, list[Rule]]:
    """The rules that ask for one code of the dimension and nothing else, by that code."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if _by_code(rule, dimension):
            found.setdefault(rule.conditions[0][1], []).append(rule)
    return found


def _by_code(rule: Rule, dimension: Dimension) -> bool:
    return rule.asks == (dimension,) and rule.exact


def _speaks(rule: Rule, dimension: Dimension, wanted: Collection[str]) -> bool:
    """Whether a rule leads to one of the members."""
    return any(_to(row, dimension) in wanted for row in rule.rows)


def _to(row: CrosswalkRow, dimension: Dimension) -> str:
    """The member a row has for the dimension, one of those it speaks of."""
    return row.target if row.dimension is dimension else dict(row.also)[dimension]


def _any(rules: Iterable[Rule], dimension: Dimension, wanted: Collection[str]) -> bool:
    return any(_speaks(rule, dimension, wanted) for rule in rules)


def companies(model: Model) -> dict[tuple[str, str], str]:
    """The legal entity behind each (source, company code): of those a source serves, and of those it only
    names."""
    named = {
        (row.source, row.source_member): row.target
        for row in model.crosswalk
        if row.dimension is Dimension.LEGAL_ENTITY
    }
    served = {
        (provision.source, code): entity
        for provision in model.provisions
        for entity, code in provision.entities.items()
    }
    return named | served
