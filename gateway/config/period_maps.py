"""Where periods of one calendar lie in another, where their days alone do not say so."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Self

from pydantic import Field, ValidationError, WithJsonSchema, model_validator

from gateway.config.base import Section
from gateway.config.calendars import CalendarSection, PeriodId, calendar
from gateway.config.problems import Data, Document, Finding, Path
from gateway.config.raw import find, text, texts
from gateway.config.scalars import Name, refused
from gateway.config.text import shown
from resolvers.semantics.calendar import PeriodMap


class PeriodRowSection(Section):
    """One line of a table of periods."""

    period: PeriodId
    """The period of the one calendar."""
    target: PeriodId
    """The period of the other that it lies in."""


class PeriodMapSection(Section):
    """Where periods of one calendar lie in another: in `periods` here or in a CSV file.

    A period without a row lies in the ordinary period that contains all its days.
    """

    from_: Name = Field(alias="from")
    """The calendar whose periods are placed."""
    to: Name
    """The calendar they are placed in."""
    periods: dict[PeriodId, PeriodId] = Field(default_factory=dict, min_length=1)
    """Period: the period of the other calendar it lies in."""
    csv: Annotated[tuple[PeriodRowSection, ...], Field(min_length=1), WithJsonSchema({"type": "string"})] = (
        Field(default_factory=tuple)
    )
    """Path of a CSV file, relative to this one, with the columns period and target."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.periods) == bool(self.csv):
            raise refused("must have either periods or csv")
        return self


def period_maps(sections: Iterable[PeriodMapSection], calendar_id: str) -> tuple[PeriodMap, ...]:
    """The maps of one calendar's periods."""
    return tuple(
        PeriodMap(s.to, (*s.periods.items(), *((row.period, row.target) for row in s.csv)))
        for s in sections
        if s.from_ == calendar_id
    )


def check(document: Document) -> Iterator[Finding]:
    """Maps from a calendar to itself or given twice, and periods that the calendars do not have."""
    known = dict(_calendars(document.data))
    first: dict[tuple[str | None, str | None], Path] = {}
    for path, entry in find(document.data, "periodMaps", "*"):
        source, target = text(entry, "from"), text(entry, "to")
        if source is not None and source == target:
            yield path, f"maps calendar {shown(source)} to itself"
        if (at := first.setdefault((source, target), path)) != path:
            yield path, f"maps the same calendars as {document.where(at)}"
        seen: dict[str, Path] = {}
        for where, period, to in _rows(path, entry):
            if seen.setdefault(period, where) != where:
                yield where, f"{shown(period)} has a row already ({document.where(seen[period])})"
            for id_, name in ((period, source), (to, target)):
                if name in known and id_ not in known[name]:
                    yield where, f"{shown(id_)} is no period of calendar {name}"


def _rows(path: Path, entry: Data) -> Iterator[tuple[Path, str, str]]:
    for at, to in texts(entry, "periods", "*"):
        yield (*path, *at), str(at[-1]), to
    for at, row in find(entry, "csv", "*"):
        period, target = text(row, "period"), text(row, "target")
        if period is not None and target is not None:
            yield (*path, *at), period, target


def _calendars(data: Data) -> Iterator[tuple[str, frozenset[str]]]:
    """The period ids of each calendar that is valid."""
    for _, section in find(data, "calendars", "*"):
        try:
            found = calendar(CalendarSection.model_validate(section))
        except ValidationError:
            continue
        yield found.id, frozenset(period.id for period in found.periods)
