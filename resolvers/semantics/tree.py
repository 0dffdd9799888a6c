"""Trees of members on one day: who is below whom."""

from collections.abc import Collection, Iterable, Mapping

from resolvers.semantics.dimensions import Member

Tree = Mapping[str, str]
"""Everybody's parent; who is on top is in no key."""


def below(tree: Tree, roots: Iterable[str]) -> frozenset[str]:
    """The roots and everything below them."""
    children: dict[str, list[str]] = {}
    for child, parent in tree.items():
        children.setdefault(parent, []).append(child)
    found: set[str] = set()
    pending = list(roots)
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending.extend(children.get(node, ()))
    return frozenset(found)


def descendants(members: Mapping[str, Member], roots: Iterable[str]) -> frozenset[str]:
    """The roots and everything below them, as the members' own parents say."""
    return below({m.id: m.parent for m in members.values() if m.parent is not None}, roots)


def upwards(tree: Tree, member: str) -> tuple[str, ...]:
    """The member and the nodes above it, nearest first. A tree that bites its tail ends where it repeats."""
    path = [member]
    while (above := tree.get(path[-1])) is not None and above not in path:
        path.append(above)
    return tuple(path)


def at_level(tree: Tree, member: str, level: int) -> str:
    """The node above a member at a level, 0 being the top; itself where it stands no lower than that."""
    path = upwards(tree, member)
    return path[max(0, len(path) - 1 - level)]


def nearest(tree: Tree, member: str, nodes: Collection[str]) -> str:
    """The first of the nodes on the way up from a member, which may be one; itself where there is none."""
    return next((above for above in upwards(tree, member) if above in nodes), member)
