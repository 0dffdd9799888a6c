"""Questions to `budgetPosition`, and what of them the schema has no words for.

The schema itself is asked, so that a case is answered as soon as the gateway can answer it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    get_named_type,
    validate_input_value,
)
from pydantic.alias_generators import to_snake

from resolvers.graph.schema import build

ROOT: Final = "budgetPosition"


class NotBuiltError(Exception):
    """The question cannot be asked: `reasons` name what the gateway has no word or place for."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Question:
    """`arguments` as JSON; `select` is the fields wanted of each part of the answer, such as `rows`."""

    arguments: Mapping[str, Any]
    select: Mapping[str, Sequence[str]]

    def unknown_arguments(self) -> list[str]:
        """What the schema does not accept, with its own reason."""
        known = _root().args
        reasons: list[str] = []
        for name, value in self.arguments.items():
            if name not in known:
                reasons.append(f"the argument `{name}` is not built")
                continue

            def refused(error: Exception, path: object, name: str = name) -> None:
                reasons.append(f"the argument `{name}`: {error}")

            validate_input_value(value, known[name].type, refused, hide_suggestions=True)
        return reasons

    def unknown_fields(self) -> list[str]:
        parts = _fields(_root())
        return [
            f"the measure {name} is not built" if part in parts else f"`{part}` is not built"
            for part, names in self.select.items()
            for name in (names if part in parts else names[:1])
            if part not in parts or name not in _fields(parts[part])
        ]

    def text(self) -> str:
        """The operation, without the fields the schema does not have."""
        known, parts = _root().args, _fields(_root())
        declared = ", ".join(f"${name}: {known[name].type}" for name in self.arguments)
        passed = ", ".join(f"{name}: ${name}" for name in self.arguments)
        selected = " ".join(
            f"{part} {{ {' '.join(kept)} }}"
            for part, names in self.select.items()
            if part in parts and (kept := [n for n in dict.fromkeys(names) if n in _fields(parts[part])])
        )
        return f"query({declared}) {{ {ROOT}({passed}) {{ completeness {selected} }} }}"


def enum_name(name: str) -> str:
    """A dimension's name as the schema's enumerations write it: `costCenter` → `COST_CENTER`."""
    return to_snake(name).upper()


def known_measure(name: str) -> bool:
    """Whether rows have such a field."""
    return name in _fields(_fields(_root())["rows"])


@cache
def _schema() -> GraphQLSchema:
    return build_client_schema(build().introspect())  # type: ignore[arg-type]


def _root() -> GraphQLField:
    query = _schema().query_type
    assert query is not None
    root: GraphQLField = query.fields[ROOT]
    return root


def _fields(field: GraphQLField) -> Mapping[str, GraphQLField]:
    named = get_named_type(field.type)
    return named.fields if isinstance(named, GraphQLObjectType) else {}
