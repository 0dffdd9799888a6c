"""Answers that are given again: the same question, asked while it is being answered or soon after.

Equal requests in flight are one. What came is kept, as bytes, for as long as all that went into it is fresh;
so it is never older than its inputs. It is kept only once nothing in it was read for it any more, because it
says of its sources how they were read.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, replace
from typing import Any

from sources.spi.batch import Freshness
from sources.spi.changes import Changes
from sources.spi.context import Read
from sources.spi.flight import Flights


@dataclass(frozen=True, slots=True)
class Answered:
    """A response. `age` and `fresh_for` are seconds at the time `at` of the event loop's clock; without
    `fresh_for` nobody may keep it. `settled`: nothing in it was read for this answer alone. `reads` are what
    went into it."""

    body: bytes
    status: int
    at: float
    age: float = 0.0
    fresh_for: float | None = None
    settled: bool = False
    reads: tuple[Read, ...] = ()

    def now(self, time: float) -> "Answered":
        """The same response some time later."""
        later = max(0.0, time - self.at)
        left = None if self.fresh_for is None else max(0.0, self.fresh_for - later)
        return replace(self, at=time, age=self.age + later, fresh_for=left)


def judged(body: bytes, status: int, reads: list[Read], *, whole: bool) -> Answered:
    """A response with the freshness of what went into it; `whole`: no error, nothing missing."""
    time = asyncio.get_running_loop().time()
    age = max((read.age for read in reads), default=0.0)
    if not whole or not reads or any(read.freshness is Freshness.STALE for read in reads):
        return Answered(body, status, time, age)
    return Answered(
        body,
        status,
        time,
        age,
        fresh_for=min(read.fresh_for for read in reads),
        settled=all(read.freshness is Freshness.CACHED for read in reads),
        reads=tuple(reads),
    )


class Answers:
    """Responses by what was asked, at most `most_bytes` of them; the least recently used go first. What has
    changed since it was read is not answered with."""

    def __init__(self, most_bytes: int, changes: Changes | None = None) -> None:
        self.most_bytes = most_bytes
        self._changes = changes or Changes()
        self.bytes = 0
        self._kept: OrderedDict[Hashable, Answered] = OrderedDict()
        self._flights = Flights[Answered]()

    async def of(
        self, key: Hashable, make: Callable[[], Coroutine[Any, Any, Answered]], *, no_cache: bool = False
    ) -> Answered:
        """The response kept for `key` or being made for it, else a new one."""
        if no_cache:
            return self._taken(key, await make())
        time = asyncio.get_running_loop().time()
        kept = self._kept.get(key)
        if kept is not None and (later := kept.now(time)).fresh_for and not self._changed(kept):
            self._kept.move_to_end(key)
            return later
        return await self._flights.joined(key, lambda: self._made(key, make))

    def _changed(self, kept: Answered) -> bool:
        return any(self._changes.since(read.source, read.fact, read.fetched_at) for read in kept.reads)

    async def _made(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, Answered]]) -> Answered:
        return self._taken(key, await make())

    def _taken(self, key: Hashable, answered: Answered) -> Answered:
        before = self._kept.pop(key, None)
        self.bytes -= 0 if before is None else len(before.body)
        if answered.settled and answered.fresh_for and len(answered.body) <= self.most_bytes:
            self._kept[key] = answered
            self.bytes += len(answered.body)
            while self.bytes > self.most_bytes:
                _, oldest = self._kept.popitem(last=False)
                self.bytes -= len(oldest.body)
        return answered
