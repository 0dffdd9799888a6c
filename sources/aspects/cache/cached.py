"""Batches kept for the time their source is configured for, and no longer.

    age of the fetch    ≤ fresh                      kept: CACHED, no call
                        ≤ fresh + revalidate         kept: STALE, and a new one is fetched behind it
                        else                         fetched; where that fails, STALE up to fresh + on_error
                                                     with the error beside it

A question may tighten the bounds, never loosen them: nothing older than its `max_staleness` is answered with.
The age that counts here is that of the fetch, since a fetch cannot be fresher than its source; the age of the
data itself travels with the batch.

Equal fetches at the same time are one, in this process and, as far as the store reaches, in all: they take
turns, and who finds at his turn what another has brought meanwhile takes that.
"""

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

from sources.aspects.aspect import Aspect
from sources.aspects.cache.covering import covers, family
from sources.aspects.cache.envelope import opened, sealed
from sources.aspects.cache.store import Store
from sources.spi.batch import Batch, Freshness
from sources.spi.changes import Changes
from sources.spi.context import Context, Read
from sources.spi.errors import Broken, DeadlineExceeded, Retryable, SourceError
from sources.spi.flight import Flights
from sources.spi.scan import Accepted
from sources.spi.source import Source

log = logging.getLogger("threefold.cache")

_MOST_RELATIVES: Final = 32
"""Scans of one family that are remembered, to answer narrower ones."""
_PATIENCE: Final = 0.8
"""The part of the time left that a caller waits for fresh data when there is stale data to answer with."""
_TURN: Final = 0.5
"""The part of the time left that a caller waits for another to fetch; the rest is for fetching it himself."""


@dataclass(frozen=True, slots=True)
class Ages:
    """Seconds: how long a batch is fresh; how much longer it may be answered with while a new one is fetched;
    how much longer when fetching fails. `refresh` is what fetching behind an answer may take."""

    fresh: float
    revalidate: float = 0.0
    on_error: float = 0.0
    refresh: float = 60.0

    @property
    def kept(self) -> float:
        return self.fresh + max(self.revalidate, self.on_error)


class Cached(Aspect):
    """A source that keeps what it has read in `store`. `fingerprint` stands for everything besides the scan
    that decides what comes back: address, account, mapping. What has changed since it was read, as `changes`
    has it, is not answered with, not even when the system is down."""

    def __init__(
        self,
        inner: Source,
        store: Store,
        ages: Ages,
        fingerprint: str = "",
        changes: Changes | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(inner)
        self._store = store
        self._ages = ages
        self._fingerprint = fingerprint
        self._changes = changes or Changes()
        self._now = now
        self._flights = Flights[Batch]()
        self._relatives: dict[tuple[object, ...], OrderedDict[str, Accepted]] = {}
        self._refreshing: dict[str, asyncio.Task[None]] = {}

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        batch = await self._answered(accepted, ctx)
        age = max(0.0, (self._now() - batch.fetched_at).total_seconds())
        fresh_for = max(0.0, self._fresh(ctx) - age)
        ctx.reads.append(Read(self.name, batch.fact, batch.fetched_at, age, fresh_for, batch.freshness))
        return batch

    async def _answered(self, accepted: Accepted, ctx: Context) -> Batch:
        key = self._key(accepted)
        held = None if ctx.no_cache else await self._held(key, accepted)
        if held is None:
            return await self._fetched(key, accepted, ctx)
        age = (self._now() - held.fetched_at).total_seconds()
        if self._within(age, 0.0, ctx):
            return held
        if self._within(age, self._ages.revalidate, ctx):
            self._refresh(key, accepted)
            return replace(held, freshness=Freshness.STALE)
        if self._within(age, self._ages.on_error, ctx):
            return await self._fetched_or(held, key, accepted, ctx)
        return await self._fetched(key, accepted, ctx)

    async def _fetched_or(self, held: Batch, key: str, accepted: Accepted, ctx: Context) -> Batch:
        """What can be fetched in most of the time left; else what is held, and why."""
        failure: SourceError
        try:
            async with asyncio.timeout(ctx.remaining(self.name) * _PATIENCE):
                return await self._fetched(key, accepted, ctx)
        except (Retryable, Broken) as error:
            failure = error
        except TimeoutError:
            failure = DeadlineExceeded(self.name, "no fresh answer in the time the question had")
        return replace(held, freshness=Freshness.STALE, error=failure)

    async def aclose(self) -> None:
        for task in self._refreshing.values():
            task.cancel()
        await asyncio.gather(*self._refreshing.values(), return_exceptions=True)
        await super().aclose()

    def _fresh(self, ctx: Context, more: float = 0.0) -> float:
        bound = self._ages.fresh + more
        return bound if ctx.max_staleness is None else min(bound, ctx.max_staleness)

    def _within(self, age: float, more: float, ctx: Context) -> bool:
        return age <= self._fresh(ctx, more)

    async def _fetched(self, key: str, accepted: Accepted, ctx: Context) -> Batch:
        """Read, or brought by another who read it at the same time."""
        changing = self._changes.since(self.name, accepted.scan.fact, self._now())
        if ctx.no_cache or changing or self._fresh(ctx) <= 0:
            return await self._read(key, accepted, ctx)
        work = partial(self._in_turn, key, accepted, ctx)
        return await self._flights.within((key, ctx.max_staleness), work, ctx, self.name)

    async def _in_turn(self, key: str, accepted: Accepted, ctx: Context) -> Batch:
        async with self._store.turn(key, ctx.remaining(self.name) * _TURN):
            brought = self._current(await self._store.later(key))
            if brought is not None:
                age = (self._now() - brought.fetched_at).total_seconds()
                if self._within(age, 0.0, ctx):
                    return brought
            return await self._read(key, accepted, ctx)

    async def _read(self, key: str, accepted: Accepted, ctx: Context) -> Batch:
        batch = await super().run(accepted, ctx)
        if batch.freshness is Freshness.LIVE:
            await self._store.put(key, await asyncio.to_thread(sealed, batch), self._ages.kept)
            relatives = self._relatives.setdefault(family(accepted), OrderedDict())
            relatives[key] = accepted
            relatives.move_to_end(key)
            while len(relatives) > _MOST_RELATIVES:
                relatives.popitem(last=False)
        return batch

    async def _held(self, key: str, accepted: Accepted) -> Batch | None:
        """The youngest batch kept of this scan, or of one that holds all of its rows."""
        relatives = self._relatives.get(family(accepted)) or OrderedDict[str, Accepted]()
        wider = (other for other, scan in relatives.items() if other != key and covers(scan, accepted))
        for each in (key, *reversed(list(wider))):
            if (batch := self._current(await self._store.get(each))) is not None:
                return batch
        return None

    def _current(self, envelope: bytes | None) -> Batch | None:
        """What is in the envelope, unless it has changed since."""
        batch = None if envelope is None else opened(envelope)
        if batch is None or self._changes.since(self.name, batch.fact, batch.fetched_at):
            return None
        return batch

    def _refresh(self, key: str, accepted: Accepted) -> None:
        """Fetches behind an answer, once at a time for each scan."""
        if key not in self._refreshing:
            task = asyncio.ensure_future(self._refreshed(key, accepted))
            self._refreshing[key] = task
            task.add_done_callback(lambda _: self._refreshing.pop(key, None))

    async def _refreshed(self, key: str, accepted: Accepted) -> None:
        try:
            await self._fetched(key, accepted, Context.within(self._ages.refresh))
        except SourceError as error:
            log.warning("%s could not be read behind an answer: %s", self.name, error)

    def _key(self, accepted: Accepted) -> str:
        scan = accepted.scan
        told = (
            self.name,
            self._fingerprint,
            accepted.entity,
            scan.fact,
            sorted(scan.columns),
            sorted((p.column, p.op, sorted(map(repr, p.values))) for p in accepted.pushed),
            sorted(scan.group_by) if scan.group_by is not None else None,
            sorted(scan.measures),
            scan.as_of,
            accepted.as_of,
            (scan.keys.column, sorted(set(scan.keys.values))) if scan.keys else None,
            scan.limit,
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()
