"""`$filter` of OData V2: a tokenizer, a recursive-descent parser and the set arithmetic behind it.

::

    or      = and { "or" and }
    and     = term { "and" term }
    term    = "(" or ")" | property operator literal
    operator= "eq" | "ne" | "gt" | "ge" | "lt" | "le"
    literal = 'it''s' | 12.5m | datetime'2026-01-31T00:00:00' | true | false | null

Anything else (functions, arithmetic, `not`, properties on both sides) is refused as SAP refuses it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from sources.sandbox.sap.edm import Edm, EntitySet, Property
from sources.sandbox.sap.errors import GatewayError
from sources.sandbox.shelf import Rows, Shelf

Value = str | Decimal | date | datetime | bool | None
_DEPTH: Final = 50


@dataclass(frozen=True, slots=True)
class Compare:
    property: str
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple["Filter", ...]


Filter = Compare | Every | Some

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<moment>datetimeoffset'[^']*')
    | (?P<date>datetime'[^']*')
    | (?P<string>'(?:[^']|'')*')
    | (?P<number>-?\d+(?:\.\d+)?[mM]?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_/]*)
    | (?P<paren>[()])
    )""",
    re.VERBOSE,
)
_LITERALS: Final = {
    Edm.STRING: "string",
    Edm.DECIMAL: "number",
    Edm.DATE: "date",
    Edm.MOMENT: "moment",
    Edm.FLAG: "word",
}
_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "gt": lambda found, asked: found > asked,
    "ge": lambda found, asked: found >= asked,
    "lt": lambda found, asked: found < asked,
    "le": lambda found, asked: found <= asked,
}
_OPERATORS: Final = frozenset(("eq", "ne", *_TESTS))


def parse(source: str, target: EntitySet) -> Filter:
    """The filter, checked against the set's type. Raises GatewayError (400) for anything SAP would refuse."""
    parser = _Parser(_tokens(source), target)
    result = parser.either()
    parser.finish()
    return result


def select(condition: Filter, shelf: Shelf[str, Any]) -> Rows:
    """The rows of `shelf` (whose columns are property names) that satisfy the filter. A null or initial
    date is outside every range; it satisfies only ``eq null`` and ``ne`` something.
    """
    if isinstance(condition, Every):
        return frozenset.intersection(*(select(part, shelf) for part in condition.parts))
    if isinstance(condition, Some):
        return frozenset.union(*(select(part, shelf) for part in condition.parts))
    name, asked = condition.property, condition.value
    if condition.operator == "eq":
        return shelf.equal(name, (asked,))
    if condition.operator == "ne":
        return shelf.everything - shelf.equal(name, (asked,))
    test = _TESTS[condition.operator]
    return shelf.where(name, lambda found: found is not None and asked is not None and test(found, asked))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(source: str) -> list[_Token]:
    tokens: list[_Token] = []
    position, end = 0, len(source.rstrip())
    while position < end:
        match = _TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            raise GatewayError(f"Invalid token '{source[position:end].strip()[:20]}' at position {position}")
        tokens.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[_Token], target: EntitySet) -> None:
        self._tokens = tokens
        self._target = target
        self._next = 0
        self._depth = 0

    def either(self) -> Filter:
        return self._chain("or", self._both, Some)

    def _both(self) -> Filter:
        return self._chain("and", self._term, Every)

    def _chain(
        self, word: str, part: Callable[[], Filter], make: Callable[[tuple[Filter, ...]], Filter]
    ) -> Filter:
        parts = [part()]
        while self._accept("word", word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else make(tuple(parts))

    def _term(self) -> Filter:
        if not self._accept("paren", "("):
            return self._comparison()
        self._depth += 1
        if self._depth > _DEPTH:
            raise GatewayError("The filter expression is nested too deeply")
        inside = self.either()
        self._depth -= 1
        if not self._accept("paren", ")"):
            raise self._unexpected()
        return inside

    def _comparison(self) -> Filter:
        prop = self._property()
        operator = self._take("word")
        if operator.text not in _OPERATORS:
            raise GatewayError(f"Invalid token '{operator.text}' at position {operator.at}")
        return Compare(prop.name, operator.text, self._literal(prop))

    def _property(self) -> Property:
        token = self._take("word")
        prop = self._target.properties.get(token.text)
        if prop is None:
            raise GatewayError(f"Property {token.text} not found in type {self._target.type}")
        if not prop.filterable:
            raise GatewayError(f"Property {token.text} of type {self._target.type} is not filterable")
        return prop

    def _literal(self, prop: Property) -> Value:
        token = self._take(None)
        if token.kind == "word" and token.text == "null":
            return None
        if token.kind != _LITERALS[prop.type]:
            raise GatewayError(f"Invalid literal {token.text} for property {prop.name} of type {prop.type}")
        try:
            return _READ[prop.type](token.text)
        except (ValueError, KeyError):
            raise GatewayError(f"Malformed literal {token.text} at position {token.at}") from None

    def finish(self) -> None:
        if self._next < len(self._tokens):
            raise self._unexpected()

    def _accept(self, kind: str, text: str) -> bool:
        if self._next < len(self._tokens):
            token = self._tokens[self._next]
            if token.kind == kind and token.text == text:
                self._next += 1
                return True
        return False

    def _take(self, kind: str | None) -> _Token:
        if self._next >= len(self._tokens) or kind not in (None, self._tokens[self._next].kind):
            raise self._unexpected()
        self._next += 1
        return self._tokens[self._next - 1]

    def _unexpected(self) -> GatewayError:
        if self._next >= len(self._tokens):
            return GatewayError("Unexpected end of the filter expression")
        token = self._tokens[self._next]
        return GatewayError(f"Invalid token '{token.text}' at position {token.at}")


def _quoted(literal: str) -> str:
    return literal.split("'", 1)[1][:-1]


def _day(literal: str) -> date:
    moment = datetime.fromisoformat(_quoted(literal))
    if moment.tzinfo is not None:
        raise ValueError(literal)
    return moment.date()


def _instant(literal: str) -> datetime:
    return datetime.fromisoformat(_quoted(literal)).astimezone(UTC)


_READ: Final[Mapping[Edm, Callable[[str], Value]]] = {
    Edm.STRING: lambda literal: _quoted(literal).replace("''", "'"),
    Edm.DECIMAL: lambda literal: Decimal(literal.rstrip("mM")),
    Edm.DATE: _day,
    Edm.MOMENT: _instant,
    Edm.FLAG: lambda literal: {"true": True, "false": False}[literal],
}
