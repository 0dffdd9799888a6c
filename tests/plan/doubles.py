"""Sources that stand before another one and do something to it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import SourceError, Unavailable
from sources.spi.facts import Fact, Sign
from sources.spi.scan import Accepted, Capability, Scan
from sources.spi.source import Health, Source
from sources.spi.standing import Standing


class Around:
    """The source behind it, unchanged."""

    def __init__(self, inner: Source) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def system(self) -> str:
        return self.inner.system

    @property
    def facts(self) -> Mapping[Fact, Capability]:
        return self.inner.facts

    def sign(self, fact: Fact) -> Sign:
        return self.inner.sign(fact)

    def accept(self, scan: Scan) -> Accepted:
        return self.inner.accept(scan)

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        return await self.inner.run(accepted, ctx)

    async def probe(self, ctx: Context) -> Health:
        return await self.inner.probe(ctx)

    def standing(self) -> Standing:
        return self.inner.standing()

    def url(self, fact: Fact, document: Mapping[str, str | None]) -> str | None:
        return self.inner.url(fact, document)

    async def aclose(self) -> None:
        await self.inner.aclose()


class Recording(Around):
    """Remembers the scans it was asked to run."""

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self.runs: list[Accepted] = []

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        self.runs.append(accepted)
        return await super().run(accepted, ctx)


class Failing(Around):
    """Fails to run scans of some facts."""

    def __init__(self, inner: Source, *facts: Fact, error: SourceError | None = None) -> None:
        super().__init__(inner)
        self._failing = facts
        self._error = error or Unavailable(inner.name, "connection refused")

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        if accepted.scan.fact in self._failing:
            raise self._error
        return await super().run(accepted, ctx)


class Stuck(Around):
    """Never answers scans of one fact."""

    def __init__(self, inner: Source, fact: Fact) -> None:
        super().__init__(inner)
        self._fact = fact

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        if accepted.scan.fact is self._fact:
            await asyncio.Event().wait()
        return await super().run(accepted, ctx)


class Narrow(Around):
    """Has another idea of what it can do with one fact."""

    def __init__(self, inner: Source, fact: Fact, change: Callable[[Capability], Capability]) -> None:
        super().__init__(inner)
        self._facts = {**inner.facts, fact: change(inner.facts[fact])}

    @property
    def facts(self) -> Mapping[Fact, Capability]:
        return self._facts


def without(*columns: str) -> Callable[[Capability], Capability]:
    """A capability that lacks columns."""
    return lambda able: replace(able, columns=able.columns - set(columns))


def only_keys(*keys: str) -> Callable[[Capability], Capability]:
    """A capability that looks up by these keys alone."""
    return lambda able: replace(able, keys={key: able.keys[key] for key in keys})
