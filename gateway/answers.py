"""Answers that are given again: the same question, asked while it is being answered or soon after.

Equal requests in flight are one. What came is kept, as bytes, for as long as all that went into it is fresh;
so it is never older than its inputs. It is kept only once nothing in it was read for it any more, because it
says of its sources how they were read.
"""

import asyncio
import hashlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from opentelemetry.trace import get_current_span

from gateway.exports.spool import Spool
from gateway.outcome import Account
from sources.spi.batch import Freshness
from sources.spi.changes import Changes
from sources.spi.context import Read
from sources.spi.facts import Fact
from sources.spi.flight import Flights

_EACH: Final = 1024
"""Bytes that a response takes besides its body: its key, its place, itself."""
_READ: Final = 256
"""Bytes for each reading that went into it."""


class Given(StrEnum):
    """Where an answer was taken from."""

    KEPT = "kept"
    JOINED = "joined"
    """From an equal request that was under way."""
    MADE = "made"


@dataclass(frozen=True, slots=True)
class Answered:
    """A response. `age` and `fresh_for` are seconds at the time `at` of the event loop's clock; without
    `fresh_for` nobody may keep it. `settled`: nothing in it was read for this answer alone. `readings` say
    when each fact of each source in it was fetched, at the earliest; `tag` is the body's (RFC 9110, 8.8.3),
    `headers` what else is told of it."""

    body: bytes | Spool
    status: int
    at: float
    age: float = 0.0
    fresh_for: float | None = None
    settled: bool = False
    readings: tuple[tuple[str, Fact, datetime], ...] = ()
    tag: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    account: Account = field(default_factory=Account)

    @property
    def bytes(self) -> int:
        """What keeping it takes, as good as it can be told."""
        return _EACH + len(self.body) + _READ * len(self.readings)

    def aged(self, time: float) -> tuple[float, float | None]:
        """Its age and for how long it is fresh, some time later."""
        later = max(0.0, time - self.at)
        return self.age + later, None if self.fresh_for is None else max(0.0, self.fresh_for - later)


def judged(
    body: bytes | Spool,
    status: int,
    reads: list[Read],
    headers: tuple[tuple[str, str], ...] = (),
    *,
    account: Account,
    whole: bool,
) -> Answered:
    """A response with the freshness of what went into it; `whole`: no error, nothing missing."""
    time = asyncio.get_running_loop().time()
    age = max((read.age for read in reads), default=0.0)
    if not whole or not reads or any(read.freshness is Freshness.STALE for read in reads):
        return Answered(body, status, time, age, headers=headers, account=account)
    return Answered(
        body,
        status,
        time,
        age,
        fresh_for=min(read.fresh_for for read in reads),
        settled=all(read.freshness is Freshness.CACHED for read in reads),
        readings=_oldest(reads),
        tag=f'"{body.tag if isinstance(body, Spool) else hashlib.sha256(body).hexdigest()[:32]}"',
        headers=headers,
        account=account,
    )


def _oldest(reads: list[Read]) -> tuple[tuple[str, Fact, datetime], ...]:
    found: dict[tuple[str, Fact], datetime] = {}
    for read in reads:
        known = found.get((read.source, read.fact), read.fetched_at)
        found[read.source, read.fact] = min(known, read.fetched_at)
    return tuple((*what, at) for what, at in found.items())


class Answers:
    """Responses by what was asked, at most `most_bytes` of them; the least recently used go first. What has
    changed since it was read is not answered with."""

    def __init__(self, most_bytes: int, changes: Changes | None = None) -> None:
        self.most_bytes = most_bytes
        self._changes = changes or Changes()
        self.bytes = 0
        self._kept: OrderedDict[Hashable, Answered] = OrderedDict()
        self._flights = Flights[Answered]()
        self.given: Counter[Given] = Counter()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    async def of(
        self, key: Hashable, make: Callable[[], Coroutine[Any, Any, Answered]], *, no_cache: bool = False
    ) -> Answered:
        """The response kept for `key` or being made for it, else a new one."""
        if no_cache:
            self._note(Given.MADE)
            return self._taken(key, await make())
        kept = self.kept(key)
        if kept is not None:
            return kept
        mine: list[Given] = []

        def begun() -> Coroutine[Any, Any, Answered]:
            mine.append(Given.MADE)
            return self._made(key, make)

        try:
            return await self._flights.joined(key, begun)
        finally:
            self._note(*(mine or (Given.JOINED,)))

    def kept(self, key: Hashable) -> Answered | None:
        """The response kept for `key`, if it may still be given."""
        kept = self._kept.get(key)
        if kept is None or not kept.aged(asyncio.get_running_loop().time())[1] or self._changed(kept):
            return None
        self._kept.move_to_end(key)
        self._note(Given.KEPT)
        return kept

    def _note(self, given: Given) -> None:
        self.given[given] += 1
        get_current_span().set_attribute("threefold.answer", given)

    def _changed(self, kept: Answered) -> bool:
        return any(self._changes.since(*reading) for reading in kept.readings)

    async def _made(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, Answered]]) -> Answered:
        return self._taken(key, await make())

    def _taken(self, key: Hashable, answered: Answered) -> Answered:
        before = self._kept.pop(key, None)
        self.bytes -= 0 if before is None else before.bytes
        if answered.settled and answered.fresh_for and answered.bytes <= self.most_bytes:
            self._kept[key] = answered
            self.bytes += answered.bytes
            while self.bytes > self.most_bytes:
                _, oldest = self._kept.popitem(last=False)
                self.bytes -= oldest.bytes
        return answered
