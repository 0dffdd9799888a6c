"""How large a document is once its fragments are written out, told in time linear in its text.

Ten fragments that spread each other twice are a thousand fields, a hundred are more than there are atoms.
Each definition is therefore read once, and what it comes to is added up wherever it is spread.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)

MOST: Final = 10**12
"""Where counting ends: numbers that nobody accepts need not be exact."""
Fragments: TypeAlias = Mapping[str, FragmentDefinitionNode]


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a document: its tokens and, over all of its operations, its nodes (fields, arguments, values,
    directives, fragments). Of its largest operation: how deep its fields are nested, the most fields beside
    each other, its aliases, directives and root fields."""

    tokens: int
    nodes: int
    depth: int
    breadth: int
    aliases: int
    directives: int
    root_fields: int


@dataclass(frozen=True, slots=True)
class _Sum:
    """What a selection set comes to; `fields` are those of its first level."""

    fields: int = 0
    nodes: int = 0
    depth: int = 0
    breadth: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "_Sum") -> "_Sum":
        return _Sum(
            min(self.fields + other.fields, MOST),
            min(self.nodes + other.nodes, MOST),
            max(self.depth, other.depth),
            max(self.breadth, other.breadth),
            min(self.aliases + other.aliases, MOST),
            min(self.directives + other.directives, MOST),
        )


class Surveyor:
    """Measures one document. `visited` counts the selections it has looked at."""

    def __init__(self, document: DocumentNode) -> None:
        self._document = document
        self._fragments: dict[str, _Sum] = {}
        self.visited = 0

    def shape(self) -> Shape:
        fragments = fragments_of(self._document)
        for name in in_order(fragments):
            self._fragments[name] = self._level(fragments[name].selection_set)
        operations = [
            self._operation(each)
            for each in self._document.definitions
            if isinstance(each, OperationDefinitionNode)
        ]
        return Shape(
            tokens=self._document.token_count,
            nodes=min(sum(each.nodes for each in operations), MOST),
            depth=max((each.depth for each in operations), default=0),
            breadth=max((each.breadth for each in operations), default=0),
            aliases=max((each.aliases for each in operations), default=0),
            directives=max((each.directives for each in operations), default=0),
            root_fields=max((each.fields for each in operations), default=0),
        )

    def _operation(self, operation: OperationDefinitionNode) -> _Sum:
        own = _Sum(nodes=_nodes([*(operation.variable_definitions or ()), *(operation.directives or ())]))
        return own.beside(self._level(operation.selection_set))

    def _level(self, selections: SelectionSetNode) -> _Sum:
        """A whole selection set, as deep as it goes; the parser bounds how deep that is."""
        found = _Sum()
        for selection in selections.selections:
            self.visited += 1
            found = found.beside(self._selection(selection))
        return found.beside(_Sum(breadth=found.fields))

    def _selection(self, selection: Node) -> _Sum:
        directives = getattr(selection, "directives", None) or ()
        own = _Sum(nodes=1 + _nodes(directives), directives=len(directives))
        if isinstance(selection, FragmentSpreadNode):
            return own.beside(self._fragments.get(selection.name.value, _Sum()))
        if isinstance(selection, InlineFragmentNode):
            return own.beside(self._level(selection.selection_set))
        if not isinstance(selection, FieldNode):
            return own
        below = self._level(selection.selection_set) if selection.selection_set else _Sum()
        inside = _Sum(
            nodes=below.nodes + _nodes(selection.arguments or ()),
            depth=below.depth + 1,
            breadth=below.breadth,
            aliases=below.aliases,
            directives=below.directives,
        )
        return own.beside(inside).beside(_Sum(fields=1, aliases=1 if selection.alias else 0))


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }


def in_order(fragments: Fragments) -> Iterator[str]:
    """The names of fragments, each after those that it spreads; a spread that closes a circle counts for
    nothing, because validation refuses it. Without recursion: a chain may be as long as the document."""
    spreads = {name: list(_spreads(fragment.selection_set)) for name, fragment in fragments.items()}
    begun: set[str] = set()
    for start in fragments:
        if start in begun:
            continue
        begun.add(start)
        path = [(start, iter(spreads[start]))]
        while path:
            name, following = path[-1]
            below = next((each for each in following if each in fragments and each not in begun), None)
            if below is None:
                path.pop()
                yield name
            else:
                begun.add(below)
                path.append((below, iter(spreads[below])))


def _spreads(selections: SelectionSetNode) -> Iterator[str]:
    """The names of the fragments spread anywhere within a selection set."""
    waiting = [selections]
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FragmentSpreadNode):
                yield selection.name.value
            elif inner := getattr(selection, "selection_set", None):
                waiting.append(inner)


def _nodes(nodes: Iterable[Node]) -> int:
    """How many arguments, values and directives these are, with all that stands in them."""
    waiting, found = list(nodes), 0
    while waiting:
        node = waiting.pop()
        found += 1
        for key in ("arguments", "directives", "values", "fields"):
            waiting.extend(getattr(node, key, None) or ())
        for key in ("value", "default_value"):
            inner = getattr(node, key, None)
            if isinstance(inner, Node):
                waiting.append(inner)
    return found
