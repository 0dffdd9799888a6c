"""YAML into text, lists and mappings, with the place of every value.

Stricter than YAML on purpose. A scalar is the text that was written: `0010101101` keeps its zeros, `NO` is
Norway, `12:30` is no number of seconds. A key given twice is refused, since the second would win silently;
so are tags, merge keys and empty values. Anchors may be used; what they expand to is bounded.
"""

from typing import Any, Final

import yaml
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from gateway.config.problems import Data, Document, Path, Place, Problems
from gateway.config.text import shown

MAX_BYTES: Final = 1024 * 1024
"""Longer tables belong in CSV files."""
MAX_DEPTH: Final = 24
MAX_VALUES: Final = 100_000
"""Values after anchors are expanded."""


class _RefusedError(yaml.MarkedYAMLError):
    """Something YAML allows and a configuration does not; its message holds nothing of the file."""


class _Loader(yaml.BaseLoader):
    """Composes nodes of plain text; refuses depth, tags and unknown anchors before following them."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # its stubs leave it so
        if message := self._refusal(event, getattr(event, "anchor", None)):
            raise _RefusedError(problem=message, problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _refusal(self, event: Any, anchor: str | None) -> str:
        if self.depth >= MAX_DEPTH:
            return f"nested deeper than {MAX_DEPTH} levels"
        if getattr(event, "tag", None) is not None:
            return "tags (!…) are not accepted; put text that starts with ! in quotes"
        if isinstance(event, AliasEvent):
            known = anchor in self.anchors
            return "" if known else "names no anchor above; put text that starts with * in quotes"
        if anchor in self.anchors:
            return "an anchor of this name exists already; put text that starts with & in quotes"
        return ""


def load(content: bytes, file: str, problems: Problems) -> Document:
    """The file's data; what is wrong with it goes to `problems`. Never raises for what a file contains."""
    root = _composed(content, file, problems)
    reading = _Reading(file, problems)
    data = {} if root is None else reading.value(root, ())
    return Document(file, data, reading.places)


def _composed(content: bytes, file: str, problems: Problems) -> Node | None:
    if len(content) > MAX_BYTES:
        problems.broken(Place(file, 1), (), f"larger than {MAX_BYTES} bytes; keep long tables in CSV files")
        return None
    try:
        text = content.decode("utf-8-sig")
        node = _parsed(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.broken(Place(file, line), (), "not UTF-8 text")
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problems.broken(Place(file, line), (), f"character U+{error.character:04X} is not allowed in YAML")
    except yaml.MarkedYAMLError as error:
        problems.broken(_place(file, error.problem_mark or error.context_mark), (), _said(error))
    else:
        if node is None:
            problems.broken(Place(file, 1), (), "the file is empty")
        return node
    return None


def _parsed(text: str) -> Node | None:
    loader = _Loader(text)
    try:
        node: Node | None = loader.get_single_node()
    except (ValueError, OverflowError, IndexError) as error:
        problem = "not YAML: an escape or a directive is out of range"
        raise _RefusedError(problem=problem, problem_mark=loader.get_mark()) from error
    finally:
        loader.dispose()
    return node


def _place(file: str, mark: Any) -> Place:
    return Place(file, 1) if mark is None else Place(file, mark.line + 1, mark.column + 1)


def _said(error: yaml.MarkedYAMLError) -> str:
    """The parser's words without the text around them, which might be a credential."""
    if isinstance(error, _RefusedError):
        return str(error.problem)
    if error.problem is None or "tag handle" in error.problem:
        return "not YAML: malformed tag or directive"
    context = f"{error.context}, " if error.context else ""
    return f"not YAML: {context}{error.problem}"


class _Reading:
    """One walk over the nodes, anchors expanded, every value and its place noted."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.places: dict[Path, Place] = {}
        self.left = MAX_VALUES

    def value(self, node: Node, path: Path) -> Data:
        place = self.places.setdefault(path, _place(self.file, node.start_mark))
        self.left -= 1
        if self.left < 0 or len(path) > MAX_DEPTH:
            bound = f"{MAX_VALUES} values" if self.left < 0 else f"{MAX_DEPTH} levels"
            self.problems.broken(place, (), f"more than {bound} once its anchors are expanded")
            return ""
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return self.sequence(node, path)
        return self.scalar(node, path)

    def scalar(self, node: Node, path: Path) -> str:
        if isinstance(node, ScalarNode) and not node.value and node.style is None:
            self.problems.broken(self.places[path], path, "is empty; give it a value or leave the key out")
        return str(node.value)

    def sequence(self, node: SequenceNode, path: Path) -> tuple[Data, ...]:
        return tuple(self.value(item, (*path, index)) for index, item in enumerate(node.value))

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Data]:
        data: dict[str, Data] = {}
        for key, value in node.value:
            if (name := self.key(key, path)) is None:
                continue
            if name in data:
                first = self.places[*path, name].line
                place = _place(self.file, key.start_mark)
                self.problems.at(place, (*path, name), f"given twice; the first is on line {first}")
                continue
            self.places[*path, name] = _place(self.file, key.start_mark)
            data[name] = self.value(value, (*path, name))
        return data

    def key(self, node: Node, path: Path) -> str | None:
        place = _place(self.file, node.start_mark)
        if not isinstance(node, ScalarNode):
            self.problems.at(place, path, "a key is text, not a list or a mapping")
            return None
        if node.value == "<<" and node.style is None:
            self.problems.at(place, path, "merge keys (<<) are not accepted; repeat the values")
            return None
        if not node.value:
            self.problems.at(place, path, f"a key is text, not {shown(node.value)}")
            return None
        return str(node.value)
