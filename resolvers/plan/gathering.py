"""Gathering what a listing asks for: which source is read for which entities, and what could not be had.

Invoices and receipts stand where the order behind them says. Asked for by cost centre, they are looked up by
the numbers of the orders that have a line there, whenever those were placed.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from resolvers.plan.finding import Finder
from resolvers.plan.listing import Sought, wanted
from resolvers.plan.offers import NARROWING, offers, places
from resolvers.plan.papers import STANDS
from resolvers.semantics.dimensions import Dimension
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Accepted, Keys
from sources.spi.source import Source

_AT: Final = ("legal_entity", "po", "po_line")
_BEHIND: Final = (Fact.RECEIPT, Fact.INVOICE)
_ROW: Final = ("source", "legal_entity", "id", "number", "line", "dist", "po", "po_line")


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing, and why. `source` None: none is configured; `error` is set where one failed."""

    entities: tuple[str, ...]
    source: str | None
    code: str
    message: str
    error: SourceError | None = None


@dataclass(slots=True)
class Gathering:
    """One listing at work. `gaps` fills as sources are lost; `narrowed` are the sources whose documents came
    with some of their lines only."""

    finder: Finder
    asked: Sought
    ctx: Context
    gaps: list[Gap] = field(default_factory=list)
    narrowed: set[str] = field(default_factory=set)

    async def rows(self) -> pl.DataFrame:
        """Every row the listing is about."""
        fact = self.asked.listing.fact
        reading = [self._at(source, entities) for source, entities in self.served(fact, self.asked.entities)]
        found = await asyncio.gather(*reading)
        whole = pl.concat([self.finder.nothing(fact), *found])
        if fact not in _BEHIND:
            return whole
        return whole.unique([c for c in _ROW if c in whole.columns], keep="first", maintain_order=True)

    async def tried(
        self, reading: Coroutine[Any, Any, pl.DataFrame], fact: Fact, source: str, entities: Sequence[str]
    ) -> pl.DataFrame | None:
        """What was read; None, and a gap, where the source failed."""
        try:
            return await reading
        except SourceError as error:
            self.gaps.append(Gap(tuple(entities), source, error.code, f"{fact}: {error.message}", error))
            return None

    def served(self, fact: Fact, entities: Iterable[str]) -> list[tuple[Source, tuple[str, ...]]]:
        """The source of each entity, and a gap for those without one that has not decided to have none."""
        served: dict[str, list[str]] = {}
        for entity in entities:
            providers = self.finder.providers(fact, entity)
            if providers:
                served.setdefault(providers[0].name, []).append(entity)
            elif fact not in self.finder.model.legal_entities[entity].unused:
                message = f"no source is configured to provide {fact} for {entity}"
                self.gaps.append(Gap((entity,), None, "NOT_PROVIDED", message))
        return [(self.finder.sources[name], tuple(those)) for name, those in served.items()]

    def roads(self, source: Source) -> tuple[bool, bool]:
        """Whether the source is asked for the documents themselves, and whether for those of the orders that
        stand where documents are asked for."""
        fact, places = self.asked.listing.fact, self.asked.places
        direct = fact is not Fact.RECEIPT or (self.finder.tells(source, fact) and not places)
        elsewhere = fact is Fact.INVOICE and bool(places.keys() - {Dimension.SUPPLIER})
        return direct, elsewhere or not direct

    async def _at(self, source: Source, entities: tuple[str, ...]) -> pl.DataFrame:
        direct, behind = self.roads(source)
        ways = [self._scanned(source, entities)] if direct else []
        ways += [self._behind(source, entity) for entity in entities] if behind else []
        return pl.concat([self.finder.nothing(self.asked.listing.fact), *await asyncio.gather(*ways)])

    def accepted(self, source: Source, entities: tuple[str, ...]) -> Accepted:
        """What the source would do for the documents themselves. Raises SourceError where it refuses."""
        fact, finder = self.asked.listing.fact, self.finder
        crosswalk = finder.planner.crosswalk(source.name)
        where = offers(fact, self.asked, source.facts[fact], crosswalk, finder.model, entities)
        return finder.accept(source, fact, where)

    def orders(self, source: Source, entities: tuple[str, ...]) -> Accepted:
        """What the source would do for the orders behind them. Raises SourceError where it refuses."""
        crosswalk = self.finder.planner.crosswalk(source.name)
        where = places(self.asked, source.facts[Fact.ORDER], crosswalk, entities)
        return self.finder.accept(source, Fact.ORDER, where)

    async def _scanned(self, source: Source, entities: tuple[str, ...]) -> pl.DataFrame:
        fact = self.asked.listing.fact
        self._carries(source, fact, entities)
        rows = await self.tried(self._read(source, entities), fact, source.name, entities)
        found = self.finder.nothing(fact) if rows is None else rows
        return wanted(found, self.asked, STANDS.get(fact))

    async def _read(self, source: Source, entities: tuple[str, ...]) -> pl.DataFrame:
        accepted = self.accepted(source, entities)
        if any(predicate.column in NARROWING for predicate in accepted.pushed):
            self.narrowed.add(source.name)
        return await self.finder.read(source, self.asked.listing.fact, entities, accepted, self.ctx)

    def _carries(self, source: Source, fact: Fact, entities: tuple[str, ...]) -> None:
        """A source that never says what is filtered by has documents nobody can place: a gap, not nothing."""
        carried = self.finder.planner.carries(source.name, fact)
        absent = [d for d in self.asked.places if d.column not in carried]
        if absent:
            names = ", ".join(dimension.value for dimension in absent)
            message = f"{fact}: {source.name} does not say the {names} of its documents"
            self.gaps.append(Gap(entities, source.name, "DIMENSION_ABSENT", message))

    async def _behind(self, source: Source, entity: str) -> pl.DataFrame:
        """The documents of one entity that name an order line where they are asked for."""
        fact, finder = self.asked.listing.fact, self.finder
        self.narrowed.add(source.name)
        lines = await self._order_lines(entity)
        numbers = tuple(lines["number"].unique().drop_nulls().sort())
        if not numbers:
            return finder.nothing(fact)
        reading = finder.find_at(source, fact, Keys("po", numbers), (entity,), self.ctx)
        rows = await self.tried(reading, fact, source.name, (entity,))
        if rows is None:
            return finder.nothing(fact)
        targets = lines.select("legal_entity", "dist", po="number", po_line="line")
        named = pl.col("po_dist") if "po_dist" in rows.columns else pl.lit(None, pl.String)
        pairs = rows.with_row_index("_row").join(targets, on=_AT, suffix="_of_order")
        dist = "dist_of_order" if "dist_of_order" in pairs.columns else "dist"
        hits = pairs.filter(named.is_null() | (named == pl.col(dist)))["_row"].unique()
        there = rows.with_row_index("_row").filter(pl.col("_row").is_in(hits.implode())).drop("_row")
        return wanted(there, self._anywhere(), STANDS.get(fact))

    async def _order_lines(self, entity: str) -> pl.DataFrame:
        """The rows of its orders that stand where documents are asked for."""
        found = [self.finder.nothing(Fact.ORDER)]
        for source, entities in self.served(Fact.ORDER, (entity,)):
            self._carries(source, Fact.ORDER, entities)
            rows = await self.tried(self._orders(source, entities), Fact.ORDER, source.name, entities)
            found += [] if rows is None else [rows]
        placed = replace(
            self.asked,
            periods=None,
            listing=replace(self.asked.listing, numbers=None, statuses=None, since=None, until=None),
        )
        return wanted(pl.concat(found), placed, None)

    async def _orders(self, source: Source, entities: tuple[str, ...]) -> pl.DataFrame:
        accepted = self.orders(source, entities)
        return await self.finder.read(source, Fact.ORDER, entities, accepted, self.ctx)

    def _anywhere(self) -> Sought:
        """What is asked, wherever a document itself says it stands."""
        members: Mapping[Dimension, frozenset[str]] = {
            d: m for d, m in self.asked.members.items() if d is Dimension.LEGAL_ENTITY
        }
        return replace(self.asked, members=members)
