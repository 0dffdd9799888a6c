"""One request's loaders: documents that other documents name, looked up in batches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from resolvers.graph.dataloader import Loader
from resolvers.plan.engine import Engine
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Keys

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """What a document says of another: the legal entity and the number (or id) it gives."""

    entity: str
    value: str


class Loaders:
    """Orders by number, invoices by id; None where no source has the document."""

    def __init__(self, engine: Engine, ctx: Context) -> None:
        self.orders = Loader(_by(engine, ctx, Fact.ORDER, "number"))
        self.invoices = Loader(_by(engine, ctx, Fact.INVOICE, "id"))


def _by(engine: Engine, ctx: Context, fact: Fact, column: str) -> Callable[[list[Key]], Any]:
    async def load(keys: list[Key]) -> Sequence[Row | BaseException | None]:
        found: dict[Key, Row | BaseException] = {}
        for entity in sorted({key.entity for key in keys}):
            wanted = [key for key in keys if key.entity == entity]
            try:
                rows = await engine.look_up(fact, Keys(column, tuple(k.value for k in wanted)), entity, ctx)
            except SourceError as error:
                found |= dict.fromkeys(wanted, error)
                continue
            for row in rows.iter_rows(named=True):
                found.setdefault(Key(entity, row[column]), row)
        return [found.get(key) for key in keys]

    return load
