"""What a document costs, by the sizes and weights in the schema: an estimate before anybody is called.

The cost of a selection is the sum of its fields; a field costs its weight and its objects, times the size of
its list. Like the shape of a document it is told in linear time: each fragment is priced once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    get_operation_ast,
    is_composite_type,
)
from strawberry.types.field import StrawberryField

from gateway.shape import MOST, fragments_of, in_order
from resolvers.graph.costs import SIZE, Cost, ListSize

_INTROSPECTED: Final = "types"
"""The list of introspection whose size is known: all types of the schema."""


@dataclass(slots=True)
class _Price:
    """What a selection set costs. `sized` are its lists by name, because the field above may say how long
    they are: what one item costs, and what the list costs where nothing is said."""

    fixed: int = 0
    sized: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, other: "_Price") -> None:
        self.fixed = min(self.fixed + other.fixed, MOST)
        for name, (item, usual) in other.sized.items():
            before = self.sized.get(name, (0, 0))
            self.sized[name] = min(before[0] + item, MOST), min(before[1] + usual, MOST)

    def total(self, sizes: Mapping[str, int]) -> int:
        lists = (item * sizes[n] if n in sizes else usual for n, (item, usual) in self.sized.items())
        return min(self.fixed + sum(lists), MOST)


def cost(
    schema: GraphQLSchema, document: DocumentNode, operation: str | None, given: Mapping[str, Any]
) -> int:
    """The cost of one operation of a valid document with the variables given for it; 0 where there is no such
    operation, which its execution will say."""
    found = get_operation_ast(document, operation)
    root = schema.get_root_type(found.operation) if found else None
    if found is None or root is None:
        return 0
    pricing = _Pricing(schema, {**_defaults(found), **given})
    fragments = fragments_of(document)
    for name in in_order(fragments):
        on = schema.get_type(fragments[name].type_condition.name.value)
        pricing.fragments[name] = pricing.level(fragments[name].selection_set, on)
    return pricing.level(found.selection_set, root).total({})


class _Pricing:
    def __init__(self, schema: GraphQLSchema, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = variables
        self.fragments: dict[str, _Price] = {}

    def level(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> _Price:
        found = _Price()
        for selection in selections.selections:
            found.add(self._selection(selection, parent))
        return found

    def _selection(self, selection: Node, parent: GraphQLNamedType | None) -> _Price:
        if isinstance(selection, FragmentSpreadNode):
            return self.fragments.get(selection.name.value, _Price())
        if isinstance(selection, InlineFragmentNode):
            on = selection.type_condition
            return self.level(selection.selection_set, self._schema.get_type(on.name.value) if on else parent)
        if not isinstance(selection, FieldNode) or not is_composite_type(parent):
            return _Price()
        definition = self._schema.get_field(parent, selection.name.value)
        return _Price() if definition is None else self._field(selection, definition)

    def _field(self, node: FieldNode, definition: GraphQLField) -> _Price:
        named = get_named_type(definition.type)
        size, weight = _directives(definition)
        asked = self._asked(node, definition, size) if size else None
        below = self.level(node.selection_set, named) if node.selection_set else _Price()
        sizes = {} if asked is None or size is None else dict.fromkeys(size.sized_fields or (), asked)
        each = (1 if is_composite_type(named) else 0) + below.total(sizes)
        if not isinstance(get_nullable_type(definition.type), GraphQLList):
            return _Price(weight + each)
        name = node.name.value
        if asked is not None and not sizes:
            return _Price(weight + each * asked)
        usual = len(self._schema.type_map) if name == _INTROSPECTED else SIZE
        return _Price(weight, {name: (each, each * usual)})

    def _asked(self, node: FieldNode, definition: GraphQLField, size: ListSize) -> int | None:
        """How many items the field's slicing arguments ask for, or how many are assumed."""
        found = (self._value(node, definition, name) for name in size.slicing_arguments or ())
        counts = [each for each in found if isinstance(each, int)]
        return min(max(0, *counts), MOST) if counts else size.assumed_size or None

    def _value(self, node: FieldNode, definition: GraphQLField, name: str) -> Any:
        usual = definition.args[name].default_value if name in definition.args else None
        given = next((each.value for each in node.arguments or () if each.name.value == name), None)
        if isinstance(given, VariableNode):
            value = self._variables.get(given.name.value)
            return value if isinstance(value, int) else usual
        return int(given.value) if isinstance(given, IntValueNode) else usual


def _directives(definition: GraphQLField) -> tuple[ListSize | None, int]:
    """What the schema says of a field: the size of its lists, and its weight."""
    ours = definition.extensions.get("strawberry-definition")
    directives = ours.directives if isinstance(ours, StrawberryField) else ()
    size = next((each for each in directives if isinstance(each, ListSize)), None)
    return size, sum(int(each.weight) for each in directives if isinstance(each, Cost))


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """The defaults of an operation's variables that are whole numbers."""
    return {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }
