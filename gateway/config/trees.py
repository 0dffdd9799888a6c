"""Trees of members: who is below whom, from the members' own parents and from the hierarchies."""

from collections.abc import Iterator
from typing import Final

from gateway.config.ids import TABLES, declared, missing
from gateway.config.problems import Data, Document, Finding, Path
from gateway.config.raw import find, text
from gateway.config.text import shown
from resolvers.semantics.model import Dimension

_SHOWN: Final = 8


def parents(data: Data, dimension: Dimension) -> dict[str, tuple[str, Path]]:
    """Everybody's parent in one dimension; the first where several are given."""
    found: dict[str, tuple[str, Path]] = {}
    for child, parent, path in _edges(data, dimension):
        found.setdefault(child, (parent, path))
    return found


def _edges(data: Data, dimension: Dimension) -> Iterator[tuple[str, str, Path]]:
    for path, row in find(data, TABLES[dimension], "*"):
        if (child := text(row, "id")) and (parent := text(row, "parent")):
            yield child, parent, (*path, "parent")
    for path, row in _listed(data, dimension):
        if (child := text(row, "child")) and (parent := text(row, "parent")):
            yield child, parent, path


def _listed(data: Data, dimension: Dimension) -> Iterator[tuple[Path, Data]]:
    """The edges that hierarchies list for a dimension."""
    for path, tree in find(data, "hierarchies", "*"):
        if (text(tree, "dimension") or "").upper() == dimension:
            yield from (((*path, *at), row) for at, row in find(tree, "edges", "*"))


def check(document: Document) -> Iterator[Finding]:
    """Edges to nobody, members with two parents, circles, and accounts that count as nothing."""
    for dimension in TABLES:
        yield from _check_nodes(document.data, dimension)
        yield from _check_single(document, dimension)
        yield from _check_circles(document.data, dimension)
    yield from _check_classes(document.data)


def _check_nodes(data: Data, dimension: Dimension) -> Iterator[Finding]:
    section = TABLES[dimension]
    known = dict.fromkeys(name for _, name in declared(data, section))
    for path, row in _listed(data, dimension):
        if not known:
            yield (section,), f"must list the members that hierarchies order by {dimension}"
            return
        for end in ("child", "parent"):
            if name := text(row, end):
                yield from missing((*path, end), name, known, section)


def _check_single(document: Document, dimension: Dimension) -> Iterator[Finding]:
    first = parents(document.data, dimension)
    for child, parent, path in _edges(document.data, dimension):
        before, at = first[child]
        if before != parent:
            said = f"{shown(child)} has the parent {shown(before)} already ({document.where(at)})"
            yield path, f"{said}; a member has one"


def _check_circles(data: Data, dimension: Dimension) -> Iterator[Finding]:
    above = parents(data, dimension)
    done: set[str] = set()
    for start in above:
        walk: dict[str, None] = {}
        node = start
        while node in above and node not in done and node not in walk:
            walk[node] = None
            node = above[node][0]
        if node in walk:
            nodes = list(walk)
            circle = nodes[nodes.index(node) :]
            said = " → ".join([*circle[:_SHOWN], *(["…"] if len(circle) > _SHOWN else []), node])
            yield above[node][1], f"is a circle: {said}"
        done.update(walk)


def _check_classes(data: Data) -> Iterator[Finding]:
    nodes = {parent for parent, _ in parents(data, Dimension.ACCOUNT).values()}
    for path, row in find(data, "accounts", "*"):
        name = text(row, "id")
        if name and name not in nodes and isinstance(row, dict) and "class" not in row:
            yield (*path, "class"), f"is required for {shown(name)}, which no account is below"
