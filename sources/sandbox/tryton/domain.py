"""Domains: Tryton's search language, parsed from JSON and answered by set arithmetic.

::

    domain = [ ["AND" | "OR"], clause, … ]      an empty domain is everything
    clause = domain | [path, operator, value, model, …]
    operator = "=" "!=" "in" "not in" ">=" "<=" ">" "<"

A path follows relations by dots; for every reference field it crosses the clause names a model. What null
satisfies is as odd as on the real server, against which it was tried: in text it is the empty text, in a
list the empty list; elsewhere it satisfies "=" null and "in" with null, but no negation. A relation on the
way that is not there satisfies negations, unless null is asked for. Tryton's other operators (like,
child_of, where) are refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sources.sandbox.shelf import Rows, Shelf
from sources.sandbox.tryton.errors import ModelError, failure, unknown
from sources.sandbox.tryton.model import Field, Model, Type

Path = tuple[str, ...]
Models = Mapping[str, Model]
Key = tuple[Path, tuple[str, ...]]
"""A path with the models of the references it crosses, in their order."""

_ORDERED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">=": lambda found, asked: found >= asked,
    "<=": lambda found, asked: found <= asked,
    ">": lambda found, asked: found > asked,
    "<": lambda found, asked: found < asked,
}
_SUPPORTED: Final = frozenset(("=", "!=", "in", "not in", *_ORDERED))
_FOREIGN: Final = frozenset(
    f"{negation}{operator}"
    for negation in ("", "not ")
    for operator in ("like", "ilike", "where", "child_of", "parent_of")
)
_BLANK: Final[Mapping[Type, Any]] = {Type.CHAR: "", Type.TEXT: "", Type.ONE2MANY: 0, Type.MANY2MANY: 0}
"""What stands for null in fields where it is a value like any other."""

_LEAF: Final = 3
_DEPTH: Final = 50


@dataclass(frozen=True, slots=True)
class Clause:
    """`null`: null is among the values asked for, which themselves hold what stands for it."""

    key: Key
    operator: str
    asked: tuple[Any, ...]
    null: bool


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple["Domain", ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple["Domain", ...]


Domain = Clause | Every | Some


def parse(source: Any, target: Model, models: Models, depth: int = 0) -> Domain:
    """A domain from decoded JSON, checked against the model. Raises ModelError."""
    if depth > _DEPTH:
        raise failure("maximum recursion depth exceeded")
    if not isinstance(source, list):
        raise _invalid(source)
    if _is_leaf(source):
        return _clause(source, target, models)
    word, rest = (source[0], source[1:]) if source and source[0] in ("AND", "OR") else ("AND", source)
    parts = tuple(parse(part, target, models, depth + 1) for part in rest)
    return Some(parts) if word == "OR" and parts else Every(parts)


def _is_leaf(source: list[Any]) -> bool:
    return len(source) >= _LEAF and isinstance(source[0], str) and source[1] in (*_SUPPORTED, *_FOREIGN)


def _invalid(source: Any) -> ModelError:
    return failure(f"Invalid domain clause: {source!r}"[:200])


def _clause(source: list[Any], target: Model, models: Models) -> Clause:
    name, operator, value, *model = source
    if operator in _FOREIGN:
        raise failure(f"Operator {operator!r} is not served here")
    if not all(isinstance(part, str) for part in model):
        raise _invalid(source)
    key: Key = (tuple(name.split(".")), tuple(model))
    last = leaf(key, target, models)
    listed = operator in ("in", "not in")
    if listed and not isinstance(value, list):
        raise failure(f"'{type(value).__name__}' object is not iterable")
    asked = value if listed else [value]
    return Clause(key, operator, tuple(_typed(item, last) for item in asked), null=None in asked)


def leaf(key: Key, target: Model, models: Models) -> Field:
    """The field at the end of a path. Raises ModelError where the path leads nowhere."""
    path, via = key
    field = target.fields.get(path[0])
    if field is None:
        raise unknown(path[0])
    if not field.stored:
        raise failure(f"Missing search function on field '{field.name}' on model '{target.name}'")
    if len(path) == 1:
        return field
    if field.type is Type.REFERENCE and not via:
        raise failure("not enough values to unpack (expected 4, got 3)")
    relation = via[0] if field.type is Type.REFERENCE else field.relation
    if relation is None:
        raise failure(f"'{field.name}' of '{target.name}' has no relation")
    if relation not in models:
        raise unknown(relation)
    return leaf((path[1:], via[1:] if field.type is Type.REFERENCE else via), models[relation], models)


def _typed(value: Any, last: Field) -> Any:
    if isinstance(value, list | dict):
        raise _invalid(value)
    if value is not None and last.relation is not None and not isinstance(value, int):
        raise failure(f"Missing target field in operand of '{last.name}'")
    return _BLANK.get(last.type) if value is None else value


def reader(key: Key, target: Model, models: Models) -> Callable[[Any], tuple[Any, ...]]:
    """A function that reads all values at the end of a path: none where a relation is not there."""
    path, via = key
    field = target.fields[path[0]]
    if len(path) == 1:
        return _values(field)
    if field.type is Type.REFERENCE:
        inner = reader((path[1:], via[1:]), models[via[0]], models)
        return lambda record: _through(field.get(record), via[0], inner)
    deeper = reader((path[1:], via), models[field.relation or ""], models)
    if field.many:
        return lambda record: tuple(value for item in field.get(record) for value in deeper(item))
    return lambda record: () if (found := field.get(record)) is None else deeper(found)


def _through(link: Any, via: str, inner: Callable[[Any], tuple[Any, ...]]) -> tuple[Any, ...]:
    return inner(link[1]) if link is not None and link[0] == via else ()


def _values(field: Field) -> Callable[[Any], tuple[Any, ...]]:
    get = field.get
    if field.many:
        return lambda record: tuple(item.id for item in get(record)) or (_BLANK[field.type],)
    if field.type in _BLANK:
        return lambda record: (get(record) or _BLANK[field.type],)
    if field.type is Type.MANY2ONE:
        return lambda record: (None if (found := get(record)) is None else found.id,)
    if field.type is Type.REFERENCE:
        return lambda record: (None if (link := get(record)) is None else f"{link[0]},{link[1].id}",)
    return lambda record: (get(record),)


def select(domain: Domain, shelf: Shelf[Key, Any]) -> Rows:
    """The rows of `shelf`, whose columns are read by `reader`, inside the domain."""
    if isinstance(domain, Every):
        return frozenset.intersection(shelf.everything, *(select(part, shelf) for part in domain.parts))
    if isinstance(domain, Some):
        return frozenset.union(*(select(part, shelf) for part in domain.parts))
    operator, asked = domain.operator, domain.asked
    if operator in ("=", "in"):
        return shelf.equal(domain.key, asked)
    if operator in _ORDERED:
        return shelf.where(domain.key, lambda found: _compares(_ORDERED[operator], found, asked[0]))
    return _other(domain, shelf) if asked else shelf.everything


def _other(clause: Clause, shelf: Shelf[Key, Any]) -> Rows:
    """Rows with a value that is not asked for, or with no relation to it."""
    found = shelf.where(clause.key, lambda value: value is not None and value not in clause.asked)
    return found if clause.null else found | shelf.without(clause.key)


def _compares(test: Callable[[Any, Any], bool], found: Any, asked: Any) -> bool:
    try:
        return found is not None and asked is not None and test(found, asked)
    except TypeError:
        raise failure("operand has the wrong type") from None
