"""Reading documents: scans of one fact at one source, and look-ups by what other documents say of them.

Every row comes back in canonical terms (`normal`) with what it is worth (`papers`). A source that cannot look
up by a column is offered it as a filter, and what it does not filter is filtered here.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from resolvers.plan.normal import blank, normal
from resolvers.plan.papers import with_worth
from resolvers.plan.plan import Node
from resolvers.plan.planner import Planner
from resolvers.plan.pushdown import MOST_VALUES
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model
from resolvers.semantics.placement import Timeframe
from sources.spi.context import Context
from sources.spi.errors import Broken, DeadlineExceeded, SourceError
from sources.spi.facts import COLUMNS, Fact, Sign
from sources.spi.scan import Accepted, Guarantee, Keys, Op, Predicate, Scan
from sources.spi.source import Source

log: Final = logging.getLogger("threefold")


class Finder:
    """Reads documents of one model's sources."""

    def __init__(self, model: Model, sources: Mapping[str, Source], planner: Planner) -> None:
        self.model = model
        self.sources = sources
        self.planner = planner

    def providers(self, fact: Fact, entity: str) -> list[Source]:
        """The sources that provide the fact for the entity; the first is the one its figures come from."""
        serving = (p for p in self.model.provisions if fact in p.facts and entity in p.entities)
        return [self.sources[p.source] for p in serving]

    def tells(self, source: Source, fact: Fact) -> bool:
        """Whether the source says whose its documents are; else only the keys they are found by do."""
        served = {e for p in self.model.provisions if p.source == source.name for e in p.entities}
        return "legal_entity" in source.facts[fact].columns or len(served) == 1

    def accept(
        self, source: Source, fact: Fact, where: tuple[Predicate, ...], keys: Keys | None = None
    ) -> Accepted:
        """What the source would do. Raises SourceError where it refuses."""
        able = source.facts[fact].columns
        return source.accept(Scan(fact, tuple(c for c in COLUMNS[fact] if c in able), where, keys=keys))

    async def read(
        self, source: Source, fact: Fact, entities: Sequence[str], accepted: Accepted, ctx: Context
    ) -> pl.DataFrame:
        """The rows of an accepted scan for some legal entities. Raises SourceError."""
        node = Node(source.name, source.system, fact, tuple(entities), accepted.scan, accepted)
        try:
            async with asyncio.timeout(ctx.remaining(source.name)):
                batch = await source.run(accepted, ctx)
        except TimeoutError:
            raise DeadlineExceeded(source.name, "the deadline of the question ran out") from None
        except SourceError:
            raise
        except Exception:
            log.exception("source %s failed unexpectedly", source.name)
            raise Broken(source.name, "failed in a way it should not; see the log") from None
        crosswalk = self.planner.crosswalk(source.name)
        time = Timeframe(self.model.calendars[self.model.calendar])
        rows = await asyncio.to_thread(normal, batch, node, crosswalk, self.model, time)
        sign = source.sign(fact) if fact in (Fact.BUDGET, Fact.LEDGER, Fact.VOUCHER) else Sign.NATURAL
        return with_worth(fact, rows, sign, self.model)

    async def find(self, fact: Fact, keys: Keys, entity: str, ctx: Context) -> pl.DataFrame:
        """The rows of a fact of one legal entity whose `keys.column` is one of the values, the entity's first
        source first. Raises SourceError where any of its sources fails."""
        able = [s for s in self.providers(fact, entity) if keys.column in s.facts[fact].columns]
        found = await asyncio.gather(*(self.find_at(source, fact, keys, (entity,), ctx) for source in able))
        return pl.concat([self.nothing(fact), *found])

    async def find_at(
        self, source: Source, fact: Fact, keys: Keys, entities: Sequence[str], ctx: Context
    ) -> pl.DataFrame:
        """The same at one source, for several legal entities where it says whose its documents are."""
        ways = self._ways(source, fact, keys, entities)
        asked = [self.accept(source, fact, where, some) for where, some in ways]
        rows = await asyncio.gather(*(self.read(source, fact, entities, each, ctx) for each in asked))
        return pl.concat([self.nothing(fact), *rows]).filter(pl.col(keys.column).is_in(keys.values))

    def _ways(
        self, source: Source, fact: Fact, keys: Keys, entities: Sequence[str]
    ) -> Iterator[tuple[tuple[Predicate, ...], Keys | None]]:
        """By key; else by filter, a list of values at a time; else everything, once."""
        able, column = source.facts[fact], keys.column
        values = tuple(sorted(set(keys.values)))
        ours = self.owned(source, fact, entities)
        if column in able.keys:
            yield (), Keys(column, values)
        elif able.filters.get((column, Op.IN), Guarantee.NEVER) is Guarantee.NEVER:
            yield ours, None
        else:
            for start in range(0, len(values), MOST_VALUES):
                yield (*ours, Predicate(column, Op.IN, values[start : start + MOST_VALUES])), None

    def owned(self, source: Source, fact: Fact, entities: Sequence[str]) -> tuple[Predicate, ...]:
        """The filter on legal entities, in the source's codes, where it says whose its documents are."""
        codes = self.planner.crosswalk(source.name).codes(Dimension.LEGAL_ENTITY, entities)
        told = codes and "legal_entity" in source.facts[fact].columns
        return (Predicate("legal_entity", Op.IN, codes),) if told and codes else ()

    def nothing(self, fact: Fact) -> pl.DataFrame:
        """No rows of a fact, in the shape `read` gives them."""
        return with_worth(fact, blank(fact), Sign.NATURAL, self.model)
