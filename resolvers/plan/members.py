"""Members that live in the systems: names, owners and parents of dimensions no list was configured for.

Rows of a code follow each other in time: all its parents are kept, as edges of a hierarchy. Members are read
when a question first touches the dimension and kept for as long as their source says its data may be old.
They name and arrange what is found; the dimension stays open, so a code they do not know is its own member.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import INVALID, Dimension, Edge, Hierarchy, Member
from resolvers.semantics.hierarchy import DEFAULT, on
from resolvers.semantics.model import Model
from resolvers.semantics.shares import is_stand_in
from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, SourceError
from sources.spi.facts import COLUMNS, Fact
from sources.spi.scan import Accepted, Scan
from sources.spi.source import Source

FACTS: Final = {Dimension.COST_CENTER: Fact.COST_CENTER, Dimension.SUPPLIER: Fact.SUPPLIER}


@dataclass(slots=True)
class _Held:
    """One source's members of one dimension and the edges between them, and until when they hold in the event
    loop's clock."""

    members: Mapping[str, Member]
    edges: tuple[Edge, ...]
    until: float


class MemberBook:
    """The model, with the members of open dimensions filled in from the sources that have them."""

    def __init__(self, model: Model, sources: Mapping[str, Source], max_ages: Mapping[str, float]) -> None:
        self.model = model
        self._max_ages = max_ages
        self._held: dict[tuple[Dimension, str], _Held] = {}
        self._lost: dict[tuple[Dimension, str], SourceError] = {}
        self._lock = asyncio.Lock()
        self._sources = {
            dimension: [s for s in sources.values() if fact in s.facts]
            for dimension, fact in FACTS.items()
            if not model.members.get(dimension)
        }

    async def read(self, dimensions: Iterable[Dimension], ctx: Context) -> Model:
        """The model with those dimensions' members as fresh as their sources say. What cannot be read keeps
        its last members, or its codes for names."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            due = [
                (dimension, source)
                for dimension in dict.fromkeys(dimensions)
                for source in self._sources.get(dimension, ())
                if (held := self._held.get((dimension, source.name))) is None or held.until < now
            ]
            if due and any(await asyncio.gather(*(self._renewed(d, s, ctx) for d, s in due))):
                self.model = self._filled()
        return self.model

    def sources(self, dimension: Dimension) -> tuple[Source, ...]:
        """The sources that the members of a dimension live in; none where they are configured."""
        return tuple(self._sources.get(dimension, ()))

    def lost(self, dimension: Dimension) -> tuple[SourceError, ...]:
        """Why sources could not be read the last time: their members are missing, or as they were before."""
        return tuple(error for (of, _), error in self._lost.items() if of is dimension)

    async def _renewed(self, dimension: Dimension, source: Source, ctx: Context) -> bool:
        try:
            async with asyncio.timeout(ctx.remaining(source.name)):
                batch = await source.run(accepted(dimension, source), ctx)
        except (SourceError, TimeoutError) as error:
            late = DeadlineExceeded(source.name, "the deadline of the question ran out")
            self._lost[dimension, source.name] = error if isinstance(error, SourceError) else late
            return False
        self._lost.pop((dimension, source.name), None)
        crosswalk = Crosswalk(self.model, source.name)
        members, edges = _read(batch.frame, dimension, crosswalk, self.model)
        until = asyncio.get_running_loop().time() + self._max_ages.get(source.name, 60.0)
        self._held[dimension, source.name] = _Held(members, edges, until)
        return True

    def _filled(self) -> Model:
        members, hierarchies = dict(self.model.members), dict(self.model.hierarchies)
        for dimension in self._sources:
            found = [held for (d, _), held in self._held.items() if d is dimension]
            edges = tuple(edge for held in found for edge in held.edges)
            hierarchies[dimension] = (Hierarchy(dimension, DEFAULT, edges),) if edges else ()
            members[dimension] = {id_: member for held in found for id_, member in held.members.items()}
        return replace(self.model, members=members, hierarchies=hierarchies, open=frozenset(self._sources))


def accepted(dimension: Dimension, source: Source) -> Accepted:
    """What a source would do to tell all members of a dimension. Raises SourceError where it refuses."""
    fact = FACTS[dimension]
    return source.accept(Scan(fact, tuple(c for c in COLUMNS[fact] if c in source.facts[fact].columns)))


def _read(
    frame: pl.DataFrame, dimension: Dimension, crosswalk: Crosswalk, model: Model
) -> tuple[dict[str, Member], tuple[Edge, ...]]:
    """Members as they are today (later rows of a code winning), or were last; and everybody's parents over
    time. In canonical ids; a code that is several members today, or none, describes no member."""

    def named(written: str | None) -> str | None:
        member = crosswalk.member(dimension, written, model.today) if written else None
        return None if member == INVALID or is_stand_in(member) else member

    members: dict[str, Member] = {}
    edges: list[Edge] = []
    for row in sorted(frame.iter_rows(named=True), key=lambda row: _rank(row, model.today)):
        id_, parent = named(row["code"]), named(row.get("parent"))
        if id_ is None:
            continue
        if parent is not None:
            edges.append(Edge(id_, parent, row.get("valid_from"), row.get("valid_to")))
        company = crosswalk.member(Dimension.LEGAL_ENTITY, row.get("legal_entity"))
        members[id_] = Member(
            id=id_,
            name=row.get("name") or row["code"],
            code=row["code"],
            legal_entity=company if company in model.legal_entities else None,
            owner=row.get("owner"),
        )
    above = on(Hierarchy(dimension, DEFAULT, tuple(edges)), model.today)
    return {id_: replace(member, parent=above.get(id_)) for id_, member in members.items()}, tuple(edges)


def _rank(row: Mapping[str, Any], today: date) -> tuple[bool, date]:
    """What is valid today comes last; of the rest, what ended last."""
    since, until = row.get("valid_from") or date.min, row.get("valid_to") or date.max
    return since <= today <= until, min(until, today)
