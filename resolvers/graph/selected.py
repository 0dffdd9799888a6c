"""What a document selects, level by level, before it is executed: values, and lists that hold more of them.

Fragments, aliases, @skip and @include hold, and a fragment is read once per selection, as execution does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSkipDirective,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_object_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values

from resolvers.graph.costs import size_of

Keys = tuple[str, ...]


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    DECIMAL = "decimal"
    INTEGER = "integer"
    REAL = "real"
    TRUTH = "truth"
    DAY = "day"
    INSTANT = "instant"
    LIST = "list"
    """Values, written as JSON."""


_KINDS: Final = {
    "Decimal": Kind.DECIMAL,
    "Int": Kind.INTEGER,
    "Float": Kind.REAL,
    "Boolean": Kind.TRUTH,
    "Date": Kind.DAY,
    "DateTime": Kind.INSTANT,
}


@dataclass(frozen=True, slots=True)
class Many:
    """A list that is selected: `keys` lead there from the item around it; `edges` are those of a connection.
    `paging` is the argument that says how long it is, if there is one, of the fields `nodes`; `asked` is what
    the document gives for it."""

    keys: Keys
    edges: bool
    level: "Level"
    nodes: tuple[FieldNode, ...]
    paging: str | None = None
    asked: int | None = None


@dataclass(slots=True)
class Level:
    """What is selected of one item: its values, and the lists in it."""

    values: list[tuple[Keys, Kind]] = field(default_factory=list)
    lists: list[Many] = field(default_factory=list)


_Selected = tuple[GraphQLNamedType, FieldNode]
_Set = tuple[GraphQLNamedType, SelectionSetNode]


@dataclass(frozen=True, slots=True)
class _Field:
    definition: GraphQLField
    nodes: tuple[FieldNode, ...]

    @property
    def name(self) -> str:
        return self.nodes[0].name.value


class Reading:
    """One document, as its variables make it."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def level(self, sets: Sequence[_Set]) -> Level:
        found = Level()
        self._into(found, sets, (), None)
        return found

    def _into(self, level: Level, sets: Sequence[_Set], before: Keys, above: "_Field | None") -> None:
        for key, selected in self._collected(sets).items():
            parent, node = selected[0]
            # What something is selected from is composite; the collected sets do not say so in their types.
            definition = self._schema.get_field(parent, node.name.value)  # type: ignore[arg-type]
            if definition is None:
                continue
            at = _Field(definition, tuple(each for _, each in selected))
            named, keys = get_named_type(definition.type), (*before, key)
            many = is_list_type(get_nullable_type(definition.type))
            below = [(named, each.selection_set) for each in at.nodes if each.selection_set]
            if not below:
                kind = Kind.LIST if many else _KINDS.get(named.name, Kind.TEXT)
                level.values.append((keys, kind))
            elif many:
                level.lists.append(self._many(keys, self.level(below), at, above))
            else:
                self._into(level, below, keys, at)

    def _many(self, keys: Keys, level: Level, at: "_Field", above: "_Field | None") -> Many:
        item = get_named_type(at.definition.type)
        edges = is_object_type(item) and {"cursor", "node"} <= item.fields.keys() and len(keys) > 1
        for each, own in ((at, True), (above, False)):
            size = size_of(each.definition) if each else None
            names = (size.slicing_arguments or ()) if size else ()
            if each and size and names and (own or at.name in (size.sized_fields or ())):
                given = any(argument.name.value == names[0] for argument in each.nodes[0].arguments or ())
                values = get_argument_values(each.definition, each.nodes[0], self._variables)
                asked = values.get(names[0]) if given else None
                return Many(keys, edges, level, each.nodes, names[0], asked)
        return Many(keys, edges, level, at.nodes)

    def _collected(self, sets: Sequence[_Set]) -> dict[str, list[_Selected]]:
        """Fields by response name; a fragment is read once, as execution does."""
        found: dict[str, list[_Selected]] = {}
        seen: set[str] = set()
        for parent, selections in sets:
            self._collect(parent, selections, found, seen)
        return found

    def _collect(
        self,
        parent: GraphQLNamedType,
        selections: SelectionSetNode,
        found: dict[str, list[_Selected]],
        seen: set[str],
    ) -> None:
        for each in selections.selections:
            if not self._included(each):
                continue
            if isinstance(each, FieldNode):
                key = each.alias.value if each.alias else each.name.value
                found.setdefault(key, []).append((parent, each))
                continue
            fragment: Any = each
            if isinstance(each, FragmentSpreadNode):
                if each.name.value in seen:
                    continue
                seen.add(each.name.value)
                fragment = self._fragments[each.name.value]
            condition = fragment.type_condition
            on = self._schema.get_type(condition.name.value) if condition else parent
            self._collect(on or parent, fragment.selection_set, found, seen)

    def _included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))
