"""Members that live in the systems: names, owners and parents of dimensions no list was configured for.

They are read when a question first touches the dimension and kept for as long as their source says its data
may be old. They name and arrange what is found; the dimension stays open, so a code they do not know is still
its own member.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.model import INVALID, Dimension, Member, Model
from resolvers.semantics.shares import is_stand_in
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import COLUMNS, Fact
from sources.spi.scan import Scan
from sources.spi.source import Source

FACTS: Final = {Dimension.COST_CENTER: Fact.COST_CENTER, Dimension.SUPPLIER: Fact.SUPPLIER}


@dataclass(slots=True)
class _Held:
    """One source's members of one dimension, and until when they hold in the event loop's clock."""

    members: Mapping[str, Member]
    until: float


class MemberBook:
    """The model, with the members of open dimensions filled in from the sources that have them."""

    def __init__(self, model: Model, sources: Mapping[str, Source], max_ages: Mapping[str, float]) -> None:
        self.model = model
        self._max_ages = max_ages
        self._held: dict[tuple[Dimension, str], _Held] = {}
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

    async def _renewed(self, dimension: Dimension, source: Source, ctx: Context) -> bool:
        fact = FACTS[dimension]
        columns = tuple(c for c in COLUMNS[fact] if c in source.facts[fact].columns)
        try:
            async with asyncio.timeout(ctx.remaining(source.name)):
                batch = await source.run(source.accept(Scan(fact, columns)), ctx)
        except (SourceError, TimeoutError):
            return False
        crosswalk = Crosswalk(self.model, source.name)
        members = {m.id: m for m in _members(batch.frame, dimension, crosswalk, self.model)}
        until = asyncio.get_running_loop().time() + self._max_ages.get(source.name, 60.0)
        self._held[dimension, source.name] = _Held(members, until)
        return True

    def _filled(self) -> Model:
        members = dict(self.model.members)
        for dimension in self._sources:
            found = [held.members for (d, _), held in self._held.items() if d is dimension]
            members[dimension] = {id_: member for known in found for id_, member in known.items()}
        return replace(self.model, members=members, open=frozenset(self._sources))


def _members(
    frame: pl.DataFrame, dimension: Dimension, crosswalk: Crosswalk, model: Model
) -> Iterable[Member]:
    """Members valid today, later rows of a code winning; codes and parents in canonical ids. A code that is
    several members today, or none, describes no member."""

    def named(written: str | None) -> str | None:
        member = crosswalk.member(dimension, written, model.today) if written else None
        return None if member == INVALID or is_stand_in(member) else member

    for row in frame.iter_rows(named=True):
        code, since, until = row["code"], row.get("valid_from"), row.get("valid_to")
        if code is None or (since and since > model.today) or (until and until < model.today):
            continue
        id_, entity = named(code), row.get("legal_entity")
        if id_ is None:
            continue
        company = crosswalk.member(Dimension.LEGAL_ENTITY, entity)
        yield Member(
            id=id_,
            name=row.get("name") or code,
            code=code,
            parent=named(row.get("parent")),
            legal_entity=company if company in model.legal_entities else None,
            owner=row.get("owner"),
        )
