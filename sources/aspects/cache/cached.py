"""Batches kept for the time their source is configured for, and no longer.

    age of the fetch    ≤ fresh                      kept: CACHED, no call
                        ≤ fresh + revalidate         kept: STALE, and a new one is fetched behind it
                        else                         fetched; where that fails, STALE up to fresh + on_error
                                                     with the error beside it, unless it is that we may not

A question may tighten the bounds, never loosen them: nothing older than its `max_staleness` is answered with.
The age that counts here is that of the fetch, since a fetch cannot be fresher than its source; the age of the
data itself travels with the batch.

Equal fetches at the same time are one, in this process and, as far as the store reaches, in all: they take
turns, and who finds at his turn what another has brought meanwhile takes that.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final

from sources.aspects.aspect import Aspect
from sources.aspects.cache.covering import Relatives
from sources.aspects.cache.envelope import opened, sealed
from sources.aspects.cache.store import Store
from sources.spi.batch import Batch, Freshness
from sources.spi.changes import Changes
from sources.spi.context import Context, Read
from sources.spi.errors import DeadlineExceeded, Forbidden, SourceError, Unauthorized
from sources.spi.flight import Flights
from sources.spi.scan import Accepted
from sources.spi.source import Source

log = logging.getLogger("threefold.cache")

_MOST_TRIED: Final = 8
"""Batches of wider scans that are looked for."""
_APART: Final = timedelta(seconds=5)
"""How far clocks may be apart."""
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
        self._relatives = Relatives()
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
        """What can be fetched in most of the time left; else what is held, and why. Where the source was lost
        to the question before, the time that is left is for others."""
        if self.name not in ctx.lost:
            try:
                async with asyncio.timeout(ctx.remaining(self.name) * _PATIENCE):
                    return await self._fetched(key, accepted, ctx)
            except (Unauthorized, Forbidden):
                raise
            except SourceError as error:
                ctx.lost[self.name] = error
            except TimeoutError:
                message = "no fresh answer in the time the question had"
                ctx.lost[self.name] = DeadlineExceeded(self.name, message)
        return replace(held, freshness=Freshness.STALE, error=ctx.lost[self.name])

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
            self._relatives.read(key, accepted)
        return batch

    async def _held(self, key: str, accepted: Accepted) -> Batch | None:
        """A fresh batch kept of this scan, or of one that holds all its rows; else the youngest there is."""
        youngest: Batch | None = None
        for each in (key, *islice(self._relatives.wider(key, accepted), _MOST_TRIED)):
            batch = self._current(await self._store.get(each))
            if batch is None or (youngest is not None and batch.fetched_at <= youngest.fetched_at):
                continue
            youngest = batch
            if (self._now() - batch.fetched_at).total_seconds() <= self._ages.fresh:
                break
        return youngest

    def _current(self, envelope: bytes | None) -> Batch | None:
        """What is in the envelope, unless it has changed since, or was put there by a clock far ahead of
        ours: how old that is nobody knows."""
        batch = None if envelope is None else opened(envelope)
        if batch is None or batch.fetched_at > self._now() + _APART:
            return None
        return None if self._changes.since(self.name, batch.fact, batch.fetched_at) else batch

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
