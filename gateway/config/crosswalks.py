"""The sections that translate members of a source to canonical ones, and their rows wherever they stand."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field, ValidationError, WithJsonSchema, model_validator

from gateway.config.base import Section
from gateway.config.crosswalk_faults import faults, taken
from gateway.config.ids import TABLES, declared, missing
from gateway.config.members import DimensionName
from gateway.config.problems import Data, Document, Finding, Path
from gateway.config.raw import find, text, texts
from gateway.config.scalars import Count, Day, Member, Name, PositiveDecimal, Text, refused
from gateway.config.text import shown
from resolvers.semantics.dimensions import MEMBERSHIP, CrosswalkRow, Dimension

_ALSO: Final = (Dimension.ACCOUNT, Dimension.COST_CENTER, Dimension.PROJECT)
"""The dimensions a line can speak of beside its own."""


class CrosswalkRowSection(Section):
    """One line of a crosswalk."""

    system: Text | None = None
    """What the crosswalk's own `system` picks; without one, the name of a source."""
    dimension: DimensionName | None = None
    """Dimension of `source` and `target`."""
    source: Text | None = None
    """The member as the source writes it; `*` stands for any run of characters. Left out where only codes of
    other dimensions matter."""
    target: Member
    """The canonical member."""
    weight: PositiveDecimal = Decimal(1)
    """Share of every amount on the code; the weights of a code add up to 1 on every day."""
    valid_from: Day | None = None
    """First day it is valid."""
    valid_to: Day | None = None
    """Last day it is valid, included."""
    priority: Count = 0
    """The highest wins where several lines match a code."""
    legal_entity: Text | None = None
    """The source's company code, or a pattern, that its line must have too."""
    account: Text | None = None
    """The source's account, or a pattern, that its line must have too."""
    cost_center: Text | None = None
    """The source's cost centre, or a pattern, that its line must have too."""
    project: Text | None = None
    """The source's project, or a pattern, that its line must have too."""
    supplier: Text | None = None
    """The source's supplier, or a pattern, that its line must have too."""
    target_account: Member | None = None
    """The canonical account it stands for as well."""
    target_cost_center: Member | None = None
    """The canonical cost centre it stands for as well."""
    target_project: Member | None = None
    """The canonical project it stands for as well."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise refused(f"must be valid from a day on or before validTo ({self.valid_to})")
        if self.source is None and not self.beside:
            raise refused("must have a source, or a code of another dimension")
        return self

    @property
    def beside(self) -> dict[Dimension, str]:
        """The codes it asks for beside its own."""
        given = {dimension: getattr(self, dimension.column) for dimension in MEMBERSHIP}
        return {dimension: code for dimension, code in given.items() if code is not None}

    @property
    def also(self) -> dict[Dimension, str]:
        """The members it stands for beside its own."""
        given = {dimension: getattr(self, f"target_{dimension.column}") for dimension in _ALSO}
        return {dimension: member for dimension, member in given.items() if member is not None}


class CrosswalkSection(Section):
    """How one or several sources' members translate to canonical ones: in `rows` or `lines` here or in a CSV
    file.

    A code without a row is itself where the dimension lists it, else UNMAPPED, inside every total. A code
    whose rows are all of other days is INVALID, inside every total as well.
    """

    source: Name | None = None
    """The source it applies to."""
    sources: tuple[Name, ...] = ()
    """The sources it applies to, where there are several."""
    dimension: DimensionName | None = None
    """Dimension of the rows; of a CSV file's lines, those that do not name theirs."""
    rows: dict[Text, Member] = Field(default_factory=dict, min_length=1)
    """The source's code, or a pattern: canonical member."""
    lines: Annotated[tuple[CrosswalkRowSection, ...], Field(min_length=1)] = Field(default_factory=tuple)
    """Rows that say more than that: weights, days, priorities, codes of several dimensions."""
    system: Text | None = None
    """Takes only those lines of the CSV file whose column `system` says so. Without it, that column names
    the source."""
    csv: Annotated[
        tuple[CrosswalkRowSection, ...],
        Field(min_length=1),
        WithJsonSchema({"type": "string"}),
    ] = Field(default_factory=tuple)
    """Path of a CSV file, relative to this one, with the columns system, dimension, source, target, and the
    others that a line may have."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if [bool(self.rows), bool(self.lines), bool(self.csv)].count(True) != 1:
            raise refused("must have either rows or lines or csv")
        if self.source and self.sources:
            raise refused("must have either source or sources")
        if not self.csv and not (self.source or self.sources):
            raise refused("must say the source (or sources) its rows are for")
        if self.rows and not self.dimension:
            raise refused("must say the dimension its rows are for")
        if not self.csv and self.system:
            raise refused("must not have a system, which picks lines of a CSV file")
        return self


def translations(data: Data) -> Iterator[tuple[Path, CrosswalkRow]]:
    """Every row of every crosswalk and where it stands, once per source it applies to. What is not valid as
    written, or says neither source nor dimension, is passed over."""
    for path, entry in find(data, "crosswalks", "*"):
        dimension, named = _dimension(text(entry, "dimension")), _named(entry)
        if dimension is not None:
            for at, target in texts(entry, "rows", "*"):
                for name in named:
                    yield (*path, *at), CrosswalkRow(name, dimension, str(at[-1]), target)
        for at, line in (*find(entry, "lines", "*"), *find(entry, "csv", "*")):
            row = _valid(line)
            own = row.dimension or dimension if row else None
            if row is None or own is None:
                continue
            for source in _sources(line, text(entry, "system"), named):
                if source is not None:
                    yield (*path, *at), _row(source, own, row)


def _dimension(written: str | None) -> Dimension | None:
    known = {str(dimension): dimension for dimension in MEMBERSHIP}
    return known.get(written.upper()) if written is not None else None


def _valid(line: Data) -> CrosswalkRowSection | None:
    try:
        return CrosswalkRowSection.model_validate(line)
    except ValidationError:
        return None


def _row(source: str, dimension: Dimension, row: CrosswalkRowSection) -> CrosswalkRow:
    return CrosswalkRow(
        source,
        dimension,
        row.source or "",
        row.target,
        row.weight,
        row.valid_from,
        row.valid_to,
        row.priority,
        tuple(row.beside.items()),
        tuple(row.also.items()),
    )


def _named(entry: Data) -> tuple[str, ...]:
    own = text(entry, "source")
    others = (name for _, name in texts(entry, "sources", "*"))
    return tuple(dict.fromkeys((*((own,) if own else ()), *others)))


def _sources(row: Data, picked: str | None, named: tuple[str, ...]) -> tuple[str | None, ...]:
    """The sources a line of a table applies to: none when another system's lines are picked."""
    system = text(row, "system")
    if picked is not None and system != picked:
        return ()
    if picked is None and system is not None:
        return (system,)
    return named or (system,)


def check(document: Document) -> Iterator[Finding]:
    """Rows for no source or dimension, rows whose target does not exist, and rows that contradict others."""
    data = document.data
    known = {
        dimension: dict.fromkeys(name for _, name in declared(data, table))
        for dimension, table in TABLES.items()
    }
    for path, entry in find(data, "crosswalks", "*"):
        yield from _check_lines(path, entry, {name for _, name in declared(data, "sources")})
    rows = list(translations(data))
    companies = _companies(data)
    for path, row in rows:
        for dimension, target in row.targets:
            yield from missing(path, target, known[dimension], TABLES[dimension])
        entity, at = companies.get((row.source, row.source_member), (row.target, path))
        if row.dimension is Dimension.LEGAL_ENTITY and entity != row.target:
            yield path, taken(row, entity, document.where(at))
    yield from faults(document, rows)


def _check_lines(path: Path, entry: Data, sources: set[str]) -> Iterator[Finding]:
    """Whether every line of a crosswalk's table finds its source and its dimension; each gap once."""
    picked, named = text(entry, "system"), set(_named(entry))
    written = (*find(entry, "lines", "*"), *find(entry, "csv", "*"))
    lines = [((*path, *at), row, text(row, "system")) for at, row in written]
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


def _companies(data: Data) -> dict[tuple[str, str], tuple[str, Path]]:
    """The company codes that sources give themselves: rows of every crosswalk have to agree with them."""
    return {
        (str(path[1]), code): (str(path[-1]), path)
        for path, code in texts(data, "sources", "*", "entities", "*")
    }
