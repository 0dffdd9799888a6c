"""Tables that stand in CSV files, read as if their rows stood in the configuration.

UTF-8, with or without a byte order mark; a header line of key names; every cell is text, an empty one is
absent. A row's place is its line in that file, so that what is wrong with it is reported there.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Final

from gateway.config.base import Section
from gateway.config.calendars import PeriodSection
from gateway.config.crosswalks import CrosswalkRowSection
from gateway.config.materiality import MaterialitySection
from gateway.config.members import (
    AccountSection,
    CostCenterSection,
    EdgeSection,
    LegalEntitySection,
    ProjectSection,
    SupplierSection,
)
from gateway.config.period_maps import PeriodRowSection
from gateway.config.problems import Data, Document, Path, Place, Problems
from gateway.config.rates import RateSection, SpotRateSection
from gateway.config.raw import find, text, texts
from gateway.config.text import shown

MAX_BYTES: Final = 64 * 1024 * 1024

_TABLES: Final[tuple[tuple[tuple[str, ...], type[Section]], ...]] = (
    (("legalEntities",), LegalEntitySection),
    (("accounts",), AccountSection),
    (("costCenters",), CostCenterSection),
    (("projects",), ProjectSection),
    (("suppliers",), SupplierSection),
    (("rates",), RateSection),
    (("materiality",), MaterialitySection),
    (("spotRates",), SpotRateSection),
    (("calendars", "*", "periods"), PeriodSection),
    (("hierarchies", "*", "edges"), EdgeSection),
)


def expanded(document: Document, base: FilePath, problems: Problems) -> Document:
    """The document with the rows of its CSV files in place of their names, which are relative to `base`."""
    reading = _Reading(document, base, problems)
    for pattern, section in _TABLES:
        for path, found in find(document.data, *pattern):
            if not isinstance(found, tuple):
                reading.refer(path, found, section)
    for path, name in texts(document.data, "crosswalks", "*", "csv"):
        reading.rows(path, name, CrosswalkRowSection, frozenset())
    for path, name in texts(document.data, "periodMaps", "*", "csv"):
        reading.rows(path, name, PeriodRowSection, frozenset())
    data = document.data
    for path, rows in reading.found.items():
        data = _put(data, path, rows)
    return replace(document, data=data, places={**document.places, **reading.places})


def _put(data: Data, path: Path, value: Data) -> Data:
    if not path:
        return value
    if isinstance(data, dict):
        return {key: _put(item, path[1:], value) if key == path[0] else item for key, item in data.items()}
    return tuple(_put(item, path[1:], value) if at == path[0] else item for at, item in enumerate(data))


class _BrokenError(Exception):
    """A table that cannot be used as a whole, and the line that says why."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class _Reading:
    """The tables read so far. Nothing of a table that is broken as a whole is used or complained about."""

    def __init__(self, document: Document, base: FilePath, problems: Problems) -> None:
        self.document = document
        self.base = base
        self.problems = problems
        self.found: dict[Path, tuple[Data, ...]] = {}
        self.places: dict[Path, Place] = {}

    def refer(self, path: Path, reference: Data, section: type[Section]) -> None:
        name = text(reference, "csv")
        ignored = reference.get("ignore", ()) if isinstance(reference, dict) else ()
        whole = isinstance(reference, dict) and not reference.keys() - {"csv", "ignore"}
        if name is not None and whole and isinstance(ignored, tuple):
            self.rows(path, name, section, frozenset(str(column) for column in ignored))
        else:
            self.found[path] = ()
            place = self.document.place(path)
            self.problems.broken(place, path, "must be a list or {csv: PATH, ignore: [COLUMN]}")

    def rows(self, path: Path, name: str, section: type[Section], ignored: frozenset[str]) -> None:
        self.found[path] = ()
        file = str(self.base / name)
        try:
            content = _content(self.base / name)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a path"
            self.problems.broken(self.document.place(path), path, f"cannot read {shown(name)}: {reason}")
            return
        self.places[path] = self.document.place(path)
        try:
            rows = list(self.lines(path, file, _decoded(content), _Header(section, ignored)))
        except _BrokenError as error:
            self.problems.broken(Place(file, error.line), path, str(error))
            return
        for index, (line, _) in enumerate(rows):
            self.places[*path, index] = Place(file, line)
        self.found[path] = tuple(row for _, row in rows)

    def lines(self, path: Path, file: str, content: str, header: "_Header") -> Iterator[tuple[int, Data]]:
        reader = csv.reader(io.StringIO(content, newline=""), strict=True)
        line = 1
        try:
            for cells in reader:
                if not header.names:
                    header.read(line, cells)
                elif len(cells) == len(header.names):
                    yield line, header.row(cells)
                elif cells:
                    message = f"has {len(cells)} cells where the header has {len(header.names)}"
                    self.problems.at(Place(file, line), path, message)
                line = reader.line_num + 1
        except csv.Error as error:
            raise _BrokenError(line, f"is not CSV: {error}") from None
        if not header.names:
            raise _BrokenError(1, "is empty; its first line names the columns")


def _content(path: FilePath) -> bytes:
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise OSError(None, f"larger than {MAX_BYTES} bytes")
    return content


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _BrokenError(content.count(b"\n", 0, error.start) + 1, "is not UTF-8 text") from None


class _Header:
    """The columns of one table: names from its first line, checked against the keys its rows may have."""

    def __init__(self, section: type[Section], ignored: frozenset[str]) -> None:
        self.names: list[str] = []
        self._ignored = ignored
        self._known = {field.alias or name: field for name, field in section.model_fields.items()}

    def read(self, line: int, names: list[str]) -> None:
        unknown = [name for name in names if name not in self._known and name not in self._ignored]
        missing = [name for name, field in self._known.items() if field.is_required() and name not in names]
        twice = [name for name in names if names.count(name) > 1]
        known = ", ".join(self._known)
        if unknown:
            named = ", ".join(shown(name) for name in unknown)
            raise _BrokenError(line, f"has columns {named}, not among {known}; ignore may name them")
        if missing:
            raise _BrokenError(line, f"has no column {missing[0]}; it may have {known}")
        if twice:
            raise _BrokenError(line, f"has two columns {shown(twice[0])}")
        self.names = names

    def row(self, cells: list[str]) -> dict[str, Data]:
        pairs = zip(self.names, cells, strict=True)
        return {name: cell for name, cell in pairs if cell and name not in self._ignored}
