"""The same document without the pages it does not ask for: an export is all there is, not a page of it."""

from collections.abc import Mapping
from typing import Any

from graphql import ArgumentNode, DocumentNode, FieldNode, IntValueNode, NameNode, Visitor, visit

from resolvers.graph.flat import Table


def unpaged(document: DocumentNode, table: Table, most: Mapping[str, int]) -> DocumentNode:
    """`document` with lists of `table` as long as may be, where it says nothing of that; `most` is how long,
    by the argument that says it."""
    wanted = {
        id(node): (each.paging, most[each.paging])
        for each in table.lists
        if each.paging is not None and each.paging in most and each.asked is None
        for node in each.nodes
    }
    longer: DocumentNode = visit(document, _Longer(wanted)) if wanted else document
    return longer


class _Longer(Visitor):
    """Adds an argument to fields that are known by their identity."""

    def __init__(self, wanted: Mapping[int, tuple[str, int]]) -> None:
        super().__init__()
        self._wanted = wanted

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        if id(node) not in self._wanted:
            return None
        name, most = self._wanted[id(node)]
        argument = ArgumentNode(name=NameNode(value=name), value=IntValueNode(value=str(most)))
        given = {key: getattr(node, key) for key in node.keys}
        return FieldNode(**{**given, "arguments": (*(node.arguments or ()), argument)})
