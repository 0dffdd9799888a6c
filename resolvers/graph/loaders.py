"""One request's loaders: documents that other documents name, looked up in batches."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resolvers.graph.dataloader import Loader
from resolvers.plan.engine import Engine
from resolvers.plan.matches import Asked, Match
from resolvers.semantics.dimensions import MEMBERSHIP
from resolvers.semantics.model import Model
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Keys
from sources.spi.source import Health

Row = Mapping[str, Any]
Rows = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """What a document says of another: the legal entity and the number (or id) it gives."""

    entity: str
    value: str


class Loaders:
    """Rows of documents by a column they are named by. Each batch is one look-up per legal entity, which the
    source splits to what one call of it takes."""

    def __init__(self, engine: Engine, ctx: Context) -> None:
        self._engine = engine
        self._ctx = ctx
        self._loaders: dict[tuple[Fact, str], Loader[Key, Rows | None]] = {}
        self._matches: dict[Fact, Loader[Asked, tuple[Match, ...] | None]] = {}
        self._health: Loader[str, Health] | None = None
        self._model: asyncio.Task[Model] | None = None

    def rows(self, fact: Fact, column: str, entity: str, value: str) -> Awaitable[Rows | None]:
        """The rows whose `column` is the value, at the first source that has any; none where no document
        says so, None where nobody could know. Raises SourceError."""
        loader = self._loaders.get((fact, column))
        if loader is None:
            loader = self._loaders[fact, column] = Loader(_by(self._engine, self._ctx, fact, column))
        return loader.load(Key(entity, value))

    def matches(self, asked: Asked) -> Awaitable[tuple[Match, ...] | None]:
        """What an invoice or a ledger line matches; None where nobody could know. Raises SourceError, and
        QuestionError where more hangs on it than is followed."""
        loader = self._matches.get(asked.fact)
        if loader is None:

            async def load(batch: list[Asked]) -> Sequence[tuple[Match, ...] | BaseException | None]:
                return await self._engine.matches(batch, self._ctx)

            loader = self._matches[asked.fact] = Loader(load)
        return loader.load(asked)

    def health(self, source: str) -> Awaitable[Health]:
        """Whether a source answers; each is called once, all at the same time."""
        if self._health is None:

            async def load(names: list[str]) -> Sequence[Health]:
                return await asyncio.gather(*(self._engine.probe(name, self._ctx) for name in names))

            self._health = Loader(load)
        return self._health.load(source)

    async def model(self) -> Model:
        """The model with the names of all members; those that live in sources are read once."""
        if self._model is None:
            self._model = asyncio.ensure_future(self._engine.known(MEMBERSHIP, self._ctx))
        return await asyncio.shield(self._model)


def _by(
    engine: Engine, ctx: Context, fact: Fact, column: str
) -> Callable[[list[Key]], Awaitable[Sequence[Rows | BaseException | None]]]:
    async def load(keys: list[Key]) -> Sequence[Rows | BaseException | None]:
        entities = sorted({key.entity for key in keys})
        found = await asyncio.gather(*(one(entity, keys) for entity in entities))
        known = {key: value for part in found for key, value in part.items()}
        return [known[key] for key in keys]

    async def one(entity: str, keys: list[Key]) -> dict[Key, Rows | BaseException | None]:
        wanted = [key for key in keys if key.entity == entity]
        try:
            rows = await engine.look_up(fact, Keys(column, tuple(k.value for k in wanted)), entity, ctx)
        except SourceError as error:
            return dict.fromkeys(wanted, error)
        named: dict[str, list[Row]] = {}
        for row in rows.iter_rows(named=True):
            some = named.setdefault(row[column], [row])
            if some[0] is not row and row["source"] == some[0]["source"]:
                some.append(row)
        absent = () if _known(engine.model, fact, entity) else None
        return {key: tuple(named[key.value]) if key.value in named else absent for key in wanted}

    return load


def _known(model: Model, fact: Fact, entity: str) -> bool:
    """Whether a document that is not found is not there: somebody has the entity's, or it has none."""
    provided = any(fact in p.facts and entity in p.entities for p in model.provisions)
    return provided or fact in model.legal_entities[entity].unused
