"""Looking documents up by what other documents say of them: an order by its number, an invoice by its id."""

import asyncio
from collections.abc import Mapping, Sequence

import polars as pl

from resolvers.plan.normal import blank, normal
from resolvers.plan.plan import Node
from resolvers.plan.planner import Planner
from resolvers.semantics.model import Model
from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded
from sources.spi.facts import COLUMNS, Fact
from sources.spi.scan import Keys, Scan
from sources.spi.source import Source


async def look_up(
    fact: Fact,
    keys: Keys,
    entity: str,
    model: Model,
    sources: Mapping[str, Source],
    planner: Planner,
    ctx: Context,
) -> pl.DataFrame:
    """The rows of a fact whose `keys.column` is one of the values, in canonical terms, from every source that
    provides the fact for the entity and can look it up so. Raises SourceError."""
    able = [
        sources[p.source]
        for p in model.provisions
        if fact in p.facts and entity in p.entities and keys.column in sources[p.source].facts[fact].keys
    ]
    found = await asyncio.gather(*(_rows(s, fact, keys, entity, model, planner, ctx) for s in able))
    return pl.concat([blank(fact), *found])


async def _rows(
    source: Source, fact: Fact, keys: Keys, entity: str, model: Model, planner: Planner, ctx: Context
) -> pl.DataFrame:
    columns: Sequence[str] = [c for c in COLUMNS[fact] if c in source.facts[fact].columns]
    accepted = source.accept(Scan(fact, tuple(columns), keys=keys))
    node = Node(source.name, source.system, fact, (entity,), accepted.scan, accepted)
    try:
        async with asyncio.timeout(ctx.remaining(source.name)):
            batch = await source.run(accepted, ctx)
    except TimeoutError:
        raise DeadlineExceeded(source.name, "the deadline of the question ran out") from None
    return normal(batch, node, planner.crosswalk(source.name), model, model.calendars[model.calendar])
