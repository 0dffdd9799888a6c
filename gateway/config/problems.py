"""What is wrong with a configuration, and where: `file:line: path: what is wrong and what would do`.

Problems are collected, not raised one by one, so that a file is corrected in one go. No message holds the
value of a credential.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.config.text import dotted

Data = str | tuple["Data", ...] | dict[str, "Data"]
"""What a file holds: text, lists and mappings. Nothing is ever guessed to be a number, a date or a flag."""

Path = tuple[str | int, ...]
"""The way to a value: keys of mappings and positions in lists, from the top of the file."""

Finding = tuple[Path, str]
"""Something wrong: at which path, and what."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: "
        return f"{where}{self.path}: {self.message}" if self.path else f"{where}{self.message}"


class ConfigurationError(Exception):
    """A configuration that cannot be used. `problems` are all of them, in the order of the lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Final = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Document:
    """A configuration file as text, lists and mappings, and the place of everything in it.

    `places` need not name every value: one without a place is where the nearest thing around it is.
    """

    file: str
    data: Data
    places: Mapping[Path, Place]

    def place(self, path: Path) -> Place:
        for length in range(len(path), -1, -1):
            if place := self.places.get(path[:length]):
                return place
        return Place(self.file, 1)

    def where(self, path: Path) -> str:
        """file:line, to point from one problem to what it is about."""
        place = self.place(path)
        return f"{place.file}:{place.line}"


class Problems:
    """The problems found so far. What is wrong below a path that is broken itself is not reported again."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[Problem, None] = {}
        self._broken: set[Path] = set()

    def at(self, place: Place, path: Path, message: str) -> None:
        problem = Problem(place.file, place.line, place.column, dotted(path), message)
        self._found.setdefault(problem)

    def broken(self, place: Place, path: Path, message: str) -> None:
        """A problem that makes everything at and below `path` meaningless."""
        if not self.hides(path):
            self.at(place, path, message)
            self._broken.add(path)

    def add(self, document: Document, findings: Iterable[Finding]) -> None:
        for path, message in findings:
            if not self.hides(path):
                self.at(document.place(path), path, message)

    def hides(self, path: Path) -> bool:
        return any(path[:length] in self._broken for length in range(len(path) + 1))

    def __bool__(self) -> bool:
        return bool(self._found)

    def sorted(self) -> tuple[Problem, ...]:
        """The main file's problems by line, then those of the tables it names."""
        return tuple(sorted(self._found, key=lambda problem: (problem.file != self._file, problem)))
