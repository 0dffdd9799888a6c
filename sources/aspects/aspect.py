"""What every aspect is: a source before another one, which passes on what it does not change."""

from collections.abc import Mapping

from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import Fact, Sign
from sources.spi.scan import Accepted, Capability, Scan
from sources.spi.source import Health, Source


class Aspect:
    """The source behind it, unchanged."""

    def __init__(self, inner: Source) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def system(self) -> str:
        return self._inner.system

    @property
    def facts(self) -> Mapping[Fact, Capability]:
        return self._inner.facts

    def sign(self, fact: Fact) -> Sign:
        return self._inner.sign(fact)

    def accept(self, scan: Scan) -> Accepted:
        return self._inner.accept(scan)

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        return await self._inner.run(accepted, ctx)

    async def probe(self, ctx: Context) -> Health:
        return await self._inner.probe(ctx)

    def url(self, fact: Fact, document: Mapping[str, str | None]) -> str | None:
        return self._inner.url(fact, document)

    async def aclose(self) -> None:
        await self._inner.aclose()
