"""Which members of a view are read, and what a page of its cells says. Pure.

``{"pages": ["Approved"], "columnCoordinates": [["Jan 26"], ["Feb 26"]],
"rows": [{"rowCoordinates": ["Sales"], "cells": ["64.6", "0"]}]}`` of a view with Versions on pages, Cost
Centers on rows and Time on columns is one record, for blank and zero cells are none:
``{"Versions": "Approved", "Cost Centers": "Sales", "Time": "Jan 26", "value": "64.6"}``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sources.dialects.grid_model import Dimension, View
from sources.dialects.grid_spec import VALUE, GridEntity, key
from sources.spi.errors import BadRequest, Malformed
from sources.spi.scan import Scan
from sources.transport.decode import Record
from sources.transport.rules import at

Patterns = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The members of one dimension that are read: those in `words` (None: any) that match `only` (None:
    all do) and not `skip`.
    """

    words: frozenset[str] | None = None
    only: re.Pattern[str] | None = None
    skip: re.Pattern[str] | None = None

    def admits(self, member: str) -> bool:
        return (
            (self.words is None or member in self.words)
            and (self.only is None or self.only.fullmatch(member) is not None)
            and (self.skip is None or self.skip.fullmatch(member) is None)
        )


def choices(
    source: str, entity: GridEntity, scan: Scan, view: View, served: Iterable[str]
) -> dict[str, Choice]:
    """The choice for every dimension of the view, by its name. `served` are the legal entities of the
    source, none meaning all.

    Raises BadRequest when the view lacks a dimension that is named, or has one that no column is read from
    and `only` does not choose from: its members would be mixed up.
    """
    only, skip = patterns(entity.only), patterns(entity.skip)
    names = {key(dimension.name): dimension.name for dimension in view.dimensions}
    read = {path for column in entity.columns.values() for path in column.from_} - {VALUE}
    if missing := {*read, *map(key, only), *map(key, skip)} - names.keys():
        known = f"it has {', '.join(names.values())}"
        raise BadRequest(source, f"the view has no dimension {', '.join(sorted(missing))}; {known}")
    if unread := [name for key_, name in names.items() if key_ not in read and name not in only]:
        problem = f"no column is read from {', '.join(unread)}"
        raise BadRequest(source, f"{problem}: say which member under 'only'")
    words = _words(entity, scan, frozenset(served))
    return {name: Choice(words.get(key_), only.get(name), skip.get(name)) for key_, name in names.items()}


def _words(entity: GridEntity, scan: Scan, served: frozenset[str]) -> dict[str, frozenset[str]]:
    """Members asked for, by the dimension's key; several predicates on one dimension must all hold."""
    words: dict[str, frozenset[str]] = {}
    for predicate in scan.where:
        column = entity.columns[predicate.column]
        said = frozenset(word for value in predicate.values for word in column.words(str(value)))
        for path in column.from_:
            words[path] = words.get(path, said) & said
    if served and (home := entity.columns.get("legal_entity")) is not None:
        for path in home.from_:
            words.setdefault(path, served)
    return words


def patterns(text: str) -> dict[str, re.Pattern[str]]:
    """``Dimension=A|B*; Another=C`` as patterns of whole names, by dimension."""
    found: dict[str, re.Pattern[str]] = {}
    for clause in filter(None, (part.strip() for part in text.split(";"))):
        dimension, equals, members = (part.strip() for part in clause.partition("="))
        if not equals or not dimension or not members:
            raise ValueError(f"{clause!r} is not 'Dimension=Member|Member'")
        texts = (re.escape(member.strip()).replace(r"\*", ".*") for member in members.split("|"))
        found[dimension] = re.compile("|".join(texts))
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """Reads one page of a view: `page` are the members chosen on its page axis, in order."""

    source: str
    view: View
    choices: Mapping[str, Choice]
    page: tuple[str, ...]

    def records(self, body: Any) -> list[Record]:
        """The cells that say something. Raises Malformed for a grid that is not this page of this view."""
        shown = self._coordinates(at(body, "pages") or [], self.view.pages)
        if shown != self.page:
            raise Malformed(self.source, "another page came than the one that was chosen")
        columns = self._columns(at(body, "columnCoordinates") or [])
        common = _named(self.view.pages, self.page)
        return [record for row in at(body, "rows") or [] for record in self._row(row, columns, common)]

    def _columns(self, listed: Any) -> list[dict[str, str] | None]:
        """The coordinates of every column, None for one that is not read."""
        columns = [self._coordinates(each, self.view.columns) for each in listed]
        admitted = [self._admits(self.view.columns, each) for each in columns]
        return [
            _named(self.view.columns, each) if keep else None
            for each, keep in zip(columns, admitted, strict=True)
        ]

    def _row(
        self, row: Any, columns: Sequence[dict[str, str] | None], common: Mapping[str, str]
    ) -> Iterator[Record]:
        members = self._coordinates(at(row, "rowCoordinates") or [], self.view.rows)
        cells = at(row, "cells")
        if not isinstance(cells, list) or len(cells) != len(columns):
            raise Malformed(self.source, "a row has not as many cells as the grid has columns")
        if any(cells) and self._admits(self.view.rows, members):
            here = {**common, **_named(self.view.rows, members)}
            for column, cell in zip(columns, cells, strict=True):
                if column is not None and _says(cell):
                    yield {**here, **column, VALUE: cell}

    def _coordinates(self, listed: Any, axis: Sequence[Dimension]) -> tuple[str, ...]:
        whole = isinstance(listed, list) and all(isinstance(member, str) for member in listed)
        if not whole or len(listed) != len(axis):
            raise Malformed(self.source, f"{len(axis)} coordinates were promised on an axis")
        return tuple(listed)

    def _admits(self, axis: Sequence[Dimension], members: Sequence[str]) -> bool:
        pairs = zip(axis, members, strict=True)
        return all(self.choices[dimension.name].admits(member) for dimension, member in pairs)


def _named(axis: Sequence[Dimension], members: Sequence[str]) -> dict[str, str]:
    return {key(dimension.name): member for dimension, member in zip(axis, members, strict=True)}


def _says(cell: Any) -> bool:
    """Whether a cell holds anything: blanks, and zeros however they are written, are the same as no cell."""
    return cell is not None and str(cell).strip("-0. ") != ""
