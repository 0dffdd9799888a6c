"""The sections that translate members of a source to canonical ones, and their rows wherever they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, WithJsonSchema, model_validator

from gateway.config.base import Section
from gateway.config.ids import TABLES, declared, missing
from gateway.config.members import DimensionName
from gateway.config.problems import Data, Document, Finding, Path
from gateway.config.raw import find, text, texts
from gateway.config.scalars import Member, Name, Text, refused
from gateway.config.text import shown
from resolvers.semantics.model import Dimension


class CrosswalkRowSection(Section):
    """One line of a crosswalk table."""

    system: Text | None = None
    """What the crosswalk's own `system` picks; without one, the name of a source."""
    dimension: DimensionName | None = None
    source: Text
    """The member as the source writes it."""
    target: Member
    """The canonical member."""


class CrosswalkSection(Section):
    """How one or several sources' members translate to canonical ones: in `rows` here or in a CSV file.

    A code without a row is itself where the dimension lists it, else UNMAPPED, inside every total.
    """

    source: Name | None = None
    """The source it applies to."""
    sources: tuple[Name, ...] = ()
    """The sources it applies to, where there are several."""
    dimension: DimensionName | None = None
    """Dimension of the rows; of a CSV file's lines, those that do not name theirs."""
    rows: dict[Text, Member] = Field(default_factory=dict, min_length=1)
    """The source's code: canonical member."""
    system: Text | None = None
    """Takes only those lines of the CSV file whose column `system` says so. Without it, that column names
    the source."""
    csv: Annotated[
        tuple[CrosswalkRowSection, ...],
        Field(min_length=1),
        WithJsonSchema({"type": "string"}),
    ] = Field(default_factory=tuple)
    """Path of a CSV file, relative to this one, with the columns system, dimension, source, target."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.rows) == bool(self.csv):
            raise refused("must have either rows or csv")
        if self.source and self.sources:
            raise refused("must have either source or sources")
        if self.rows and not (self.source or self.sources):
            raise refused("must say the source (or sources) its rows are for")
        if self.rows and not self.dimension:
            raise refused("must say the dimension its rows are for")
        if self.rows and self.system:
            raise refused("must not have a system, which picks lines of a CSV file")
        return self


@dataclass(frozen=True, slots=True)
class Translation:
    """One row for one source, as written, and where. None is what the row does not say."""

    path: Path
    source: str | None
    dimension: str | None
    member: str
    target: str


def translations(data: Data) -> Iterator[Translation]:
    """Every row of every crosswalk, once per source it applies to, whether or not all of it is valid."""
    for path, entry in find(data, "crosswalks", "*"):
        dimension = text(entry, "dimension")
        named = _named(entry)
        for at, target in texts(entry, "rows", "*"):
            for name in named:
                yield Translation((*path, *at), name, _upper(dimension), str(at[-1]), target)
        for at, row in find(entry, "csv", "*"):
            member, to = text(row, "source"), text(row, "target")
            if member is not None and to is not None:
                for source in _sources(row, text(entry, "system"), named):
                    spelt = text(row, "dimension") or dimension
                    yield Translation((*path, *at), source, _upper(spelt), member, to)


def _named(entry: Data) -> tuple[str, ...]:
    own = text(entry, "source")
    return (*((own,) if own else ()), *(name for _, name in texts(entry, "sources", "*")))


def _sources(row: Data, picked: str | None, named: tuple[str, ...]) -> tuple[str | None, ...]:
    """The sources a line of a table applies to: none when another system's lines are picked."""
    system = text(row, "system")
    if picked is not None and system != picked:
        return ()
    if picked is None and system is not None:
        return (system,)
    return named or (system,)


def _upper(word: str | None) -> str | None:
    return None if word is None else word.upper()


def check(document: Document) -> Iterator[Finding]:
    """Rows for no source or dimension, rows whose target does not exist, codes with two targets."""
    data = document.data
    known = {
        dimension: dict.fromkeys(name for _, name in declared(data, table))
        for dimension, table in TABLES.items()
    }
    for path, entry in find(data, "crosswalks", "*"):
        yield from _check_lines(path, entry, {name for _, name in declared(data, "sources")})
    first = _companies(data)
    for row in translations(data):
        if row.dimension in known:
            dimension = Dimension(row.dimension)
            yield from missing(row.path, row.target, known[dimension], TABLES[dimension])
        target, path = first.setdefault((row.source, row.dimension, row.member), (row.target, row.path))
        if path != row.path and (target != row.target or path[0] == row.path[0]):
            said = f"{shown(row.member)} of {row.source} is {shown(target)} already ({document.where(path)})"
            yield row.path, f"{said}; a code has one target"


def _check_lines(path: Path, entry: Data, sources: set[str]) -> Iterator[Finding]:
    """Whether every line of a crosswalk's table finds its source and its dimension; each gap once."""
    picked, named = text(entry, "system"), set(_named(entry))
    lines = [((*path, *at), row, text(row, "system")) for at, row in find(entry, "csv", "*")]
    if picked and lines and picked not in {system for _, _, system in lines}:
        yield (*path, "system"), f"{shown(picked)} is in no line of the CSV file"
    said: set[str] = set()
    for at, row, system in lines:
        lacking = ""
        if system is None and not named:
            lacking = "names no source: give the crosswalk a source, or its lines a system"
        elif picked is None and system is not None and system not in (named or sources):
            lacking = f"{shown(system)} is not its source; pick lines by system, and say for which source"
        elif picked in {None, system} and not (text(row, "dimension") or text(entry, "dimension")):
            lacking = "names no dimension: give one to the crosswalk or to its lines"
        if lacking and lacking not in said:
            yield at, lacking
            said.add(lacking)


def _companies(data: Data) -> dict[tuple[str | None, str | None, str], tuple[str, Path]]:
    """The company codes that sources give themselves: rows of every crosswalk have to agree with them."""
    return {
        (str(path[1]), str(Dimension.LEGAL_ENTITY), code): (str(path[-1]), path)
        for path, code in texts(data, "sources", "*", "entities", "*")
    }
