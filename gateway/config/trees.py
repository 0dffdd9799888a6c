"""Hierarchies over members: who is below whom and when, from members' own parents and from the sections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gateway.config.ids import TABLES, declared, missing
from gateway.config.problems import Data, Document, Finding, Path
from gateway.config.raw import find, text
from gateway.config.text import shown
from resolvers.semantics.dimensions import Dimension, Edge, Hierarchy
from resolvers.semantics.hierarchy import DEFAULT, changes, on
from resolvers.semantics.tree import Tree

_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A hierarchy as it stands in the file: its edges, each with where it is said."""

    name: str
    rows: list[tuple[Edge, Path]]
    marked: list[Path]
    """Where it is said to be the default."""

    def hierarchy(self, dimension: Dimension) -> Hierarchy:
        return Hierarchy(dimension, self.name, tuple(edge for edge, _ in self.rows))

    @property
    def by_child(self) -> Mapping[str, list[tuple[Edge, Path]]]:
        """Everybody's edges, as they follow each other in time."""
        found: dict[str, list[tuple[Edge, Path]]] = {}
        for edge, path in sorted(self.rows, key=lambda row: row[0].since or date.min):
            found.setdefault(edge.child, []).append((edge, path))
        return found


def hierarchies(data: Data, dimension: Dimension) -> tuple[Hierarchy, ...]:
    """The hierarchies of a dimension, the default first: the one marked, else that of members' parents."""
    found = [drawn for drawn in _drawn(data, dimension) if drawn.rows]
    return tuple(drawn.hierarchy(dimension) for drawn in sorted(found, key=lambda each: not each.marked))


def _drawn(data: Data, dimension: Dimension) -> list[_Drawn]:
    """Members' parents and sections without a name make one hierarchy, the others one each."""
    found = {DEFAULT: _Drawn(DEFAULT, [], [])}
    for path, row in find(data, TABLES[dimension], "*"):
        if (child := text(row, "id")) and (parent := text(row, "parent")):
            found[DEFAULT].rows.append((Edge(child, parent), (*path, "parent")))
    for path, tree in _sections(data, dimension):
        name = text(tree, "name") or DEFAULT
        drawn = found.setdefault(name, _Drawn(name, [], []))
        drawn.rows.extend((edge, (*path, *at)) for at, row in find(tree, "edges", "*") for edge in _edge(row))
        if text(tree, "default") == "true":
            drawn.marked.append((*path, "default"))
    return list(found.values())


def _sections(data: Data, dimension: Dimension) -> Iterator[tuple[Path, Data]]:
    for path, tree in find(data, "hierarchies", "*"):
        if (text(tree, "dimension") or "").upper() == dimension:
            yield path, tree


def _edge(row: Data) -> Iterator[Edge]:
    """The edge of a row; none where something is left out or is no day, which is found elsewhere."""
    child, parent = text(row, "child"), text(row, "parent")
    if child and parent:
        try:
            since, until = (
                date.fromisoformat(day) if (day := text(row, at)) else None for at in ("from", "to")
            )
        except ValueError:
            return
        yield Edge(child, parent, since, until)


def check(document: Document) -> Iterator[Finding]:
    """Edges to nobody, members with two parents or between parents, circles, names given twice, and accounts
    that count as nothing."""
    for dimension in TABLES:
        drawn = _drawn(document.data, dimension)
        yield from _check_nodes(document.data, dimension)
        yield from _check_names(document, dimension, drawn)
        for each in drawn:
            yield from _check_days(each)
            yield from _check_single(document, each)
            yield from _check_gaps(each)
            yield from _check_circles(each, dimension)
    yield from _check_classes(document.data)


def _check_nodes(data: Data, dimension: Dimension) -> Iterator[Finding]:
    section = TABLES[dimension]
    known = dict.fromkeys(name for _, name in declared(data, section))
    for path, tree in _sections(data, dimension):
        for at, row in find(tree, "edges", "*"):
            if not known:
                yield (section,), f"must list the members that hierarchies order by {dimension}"
                return
            for end in ("child", "parent"):
                if name := text(row, end):
                    yield from missing((*path, *at, end), name, known, section)


def _check_names(document: Document, dimension: Dimension, drawn: list[_Drawn]) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for path, tree in _sections(document.data, dimension):
        name = text(tree, "name")
        if name in first:
            at = document.where(first[name])
            yield (*path, "name"), f"{shown(name)} of {dimension} is given twice; the first is {at}"
        if name is not None:
            first.setdefault(name, (*path, "name"))
    marked = [path for each in drawn for path in each.marked]
    for path in marked[1:]:
        yield path, f"{dimension} has a default already ({document.where(marked[0])}); a dimension has one"


def _check_days(drawn: _Drawn) -> Iterator[Finding]:
    for edge, path in drawn.rows:
        if edge.since and edge.until and edge.until < edge.since:
            yield (*path, "to"), f"must not be before from, {edge.since}, and is {edge.until}"


def _check_single(document: Document, drawn: _Drawn) -> Iterator[Finding]:
    """Members with two parents on one day, told at the one the file says last."""
    place = {path: index for index, (_, path) in enumerate(drawn.rows)}
    for rows in drawn.by_child.values():
        for index, one in enumerate(rows):
            for other in rows[index + 1 :]:
                day = max(one[0].since or date.min, other[0].since or date.min)
                if one[0].parent != other[0].parent and one[0].holds(day) and other[0].holds(day):
                    (edge, at), (_, path) = sorted((one, other), key=lambda row: place[row[1]])
                    when = "" if day == date.min else f" on {day}"
                    said = f"{shown(edge.child)} has the parent {shown(edge.parent)} already{when}"
                    yield path, f"{said} ({document.where(at)}); a member has one"


def _check_gaps(drawn: _Drawn) -> Iterator[Finding]:
    """Members that are below nobody between two parents."""
    for rows in drawn.by_child.values():
        last = rows[0][0].until
        for edge, path in rows[1:]:
            if last is not None and edge.since is not None and edge.since > last + timedelta(days=1):
                free = f"{last + timedelta(days=1)} through {edge.since - timedelta(days=1)}"
                yield (*path, "from"), f"leaves {shown(edge.child)} below nobody from {free}; close the gap"
            last = None if last is None or edge.until is None else max(last, edge.until)


def _check_circles(drawn: _Drawn, dimension: Dimension) -> Iterator[Finding]:
    """Circles on any day, each told once, at one of its edges."""
    told: set[frozenset[str]] = set()
    tree = drawn.hierarchy(dimension)
    for day in (date.min, *changes(tree)):
        for circle in _circles(on(tree, day)):
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                at = next(path for edge, path in drawn.rows if edge.child == circle[0] and edge.holds(day))
                when = "" if day == date.min else f" on {day}"
                nodes = [*circle[:_SHOWN], *(["…"] if len(circle) > _SHOWN else []), circle[0]]
                yield at, f"is a circle{when}: {' → '.join(nodes)}"


def _circles(above: Tree) -> Iterator[list[str]]:
    """The members of each circle, upwards."""
    done: set[str] = set()
    for start in above:
        walk: dict[str, None] = {}
        node = start
        while node in above and node not in done and node not in walk:
            walk[node] = None
            node = above[node]
        if node in walk:
            nodes = list(walk)
            yield nodes[nodes.index(node) :]
        done.update(walk)


def _check_classes(data: Data) -> Iterator[Finding]:
    nodes = {edge.parent for each in hierarchies(data, Dimension.ACCOUNT) for edge in each.edges}
    for path, row in find(data, "accounts", "*"):
        name = text(row, "id")
        if name and name not in nodes and isinstance(row, dict) and "class" not in row:
            yield (*path, "class"), f"is required for {shown(name)}, which no account is below"
