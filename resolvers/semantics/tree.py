"""Trees of members: who is below whom."""

from collections.abc import Iterable, Mapping

from resolvers.semantics.model import Member


def descendants(members: Mapping[str, Member], roots: Iterable[str]) -> frozenset[str]:
    """The roots and everything below them."""
    children: dict[str, list[str]] = {}
    for member in members.values():
        if member.parent is not None:
            children.setdefault(member.parent, []).append(member.id)
    found: set[str] = set()
    pending = list(roots)
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending.extend(children.get(node, ()))
    return frozenset(found)
