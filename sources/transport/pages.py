"""All pages of one read: concurrently where the total is known, one after the other where it is not.

Calls made for n rows in pages of p:

    the first page states the total     max(1, ⌈n/p⌉)
    the total has to be counted         1 when n < p, else 1 + ⌈n/p⌉
    by offset until a short page        ⌊n/p⌋ + 1: only an empty page tells that a full one was the last
    by next link                        as many as the source has pages

A page seen twice, or more of anything than the bounds allow, is an error: a partial answer never passes for
a whole one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from sources.spi.context import Context
from sources.spi.errors import Malformed, OverLimit, SourceError, Unavailable
from sources.spi.settings import Limits
from sources.transport.channel import Channel
from sources.transport.decode import Record
from sources.transport.message import Call, Reply

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """What a dialect reads from one reply: the records, the total over all pages and the call of the next
    page where the reply states them.
    """

    records: Sequence[Record]
    total: int | None = None
    next: Call | None = None


@dataclass(slots=True)
class Pages:
    """All records in page order, the requests they took, and when the first of them was sent."""

    records: list[Record] = field(default_factory=list)
    calls: int = 0
    sent_at: datetime | None = None


Read = Callable[[Reply], Page]


class Pager:
    """Reads all pages through `channel` within `limits`; `read` turns one reply into one page. Pages are
    `distinct` where every record shows a key of its own: then one seen twice is an error.
    """

    def __init__(
        self, channel: Channel, limits: Limits, read: Read, ctx: Context, *, distinct: bool = True
    ) -> None:
        self._channel = channel
        self._limits = limits
        self._read = read
        self._ctx = ctx
        self._distinct = distinct
        self._bytes = 0
        self._rows = 0
        self._seen: set[int] = set()
        self.result = Pages()

    async def one(self, call: Call) -> Pages:
        """The single page of a source that does not page."""
        page = await self._page(call)
        self._keep(page)
        return self.result

    async def links(self, first: Call) -> Pages:
        """Page after page, as each names the next."""
        call: Call | None = first
        visited: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        while call is not None:
            if (here := (call.path, call.params)) in visited:
                raise Malformed(self._channel.source, "the pages lead round in a circle")
            visited.add(here)
            self._bound_pages(len(visited))
            page = await self._page(call)
            self._keep(page)
            call = page.next
        return self.result

    async def until_short(self, at: Callable[[int], Call], size: int) -> Pages:
        """Page after page by offset, until one has fewer than `size` records. `at` makes the call that
        starts after so many records.
        """
        while True:
            page = await self._page(at(self._rows))
            self._keep(page)
            if len(page.records) < size:
                return self.result
            self._bound_pages(self._rows // size + 1)

    async def by_total(self, at: Callable[[int], Call], size: int, workers: int) -> Pages:
        """The first page tells the total; the others are then read together, `workers` at a time.

        A source that serves pages smaller than asked is read on by its own page size. Records that do not
        add up to the total mean that the data moved under the read: it can be asked again.
        """
        first = await self._page(at(0))
        total, length = first.total, len(first.records)
        if total is None:
            raise Malformed(self._channel.source, "the first page does not state the total")
        self._keep(first)
        if length >= total:
            return self._whole(total)
        if length == 0:
            raise Malformed(self._channel.source, f"an empty page where {total} records are announced")
        return await self._others(at, min(size, length), total, workers)

    async def counted(self, at: Callable[[int], Call], count: Call, size: int, workers: int) -> Pages:
        """The first page, if it is not full; else `count` tells the total, then the others are read."""
        first = await self._page(at(0))
        self._keep(first)
        if len(first.records) < size:
            return self.result
        total = (await self._page(count)).total
        if total is None:
            raise Malformed(self._channel.source, "the count does not state the total")
        return await self._others(at, size, total, workers)

    async def _others(self, at: Callable[[int], Call], size: int, total: int, workers: int) -> Pages:
        """The pages after the first."""
        self._bound_rows(total)
        offsets = range(size, total, size)
        self._bound_pages(len(offsets) + 1)
        for page in await together((partial(self._page, at(offset)) for offset in offsets), workers):
            self._keep(page)
        return self._whole(total)

    def _whole(self, total: int) -> Pages:
        if self._rows != total:
            raise Unavailable(self._channel.source, f"{self._rows} records came where {total} were announced")
        return self.result

    async def _page(self, call: Call) -> Page:
        reply = await self._channel.send(call, self._ctx)
        self.result.calls += reply.attempts
        if self.result.sent_at is None or reply.sent_at < self.result.sent_at:
            self.result.sent_at = reply.sent_at
        self._bytes += len(reply.body)
        if self._bytes > self._limits.max_bytes:
            raise OverLimit(self._channel.source, f"answers of more than {self._limits.max_bytes} bytes")
        if reply.empty:
            return Page((), 0)
        page = self._read(reply)
        if page.records and self._distinct:
            self._once(hash(reply.body))
        return page

    def _once(self, fingerprint: int) -> None:
        if fingerprint in self._seen:
            raise Malformed(self._channel.source, "the same page came twice")
        self._seen.add(fingerprint)

    def _keep(self, page: Page) -> None:
        self._bound_rows(self._rows + len(page.records))
        self._rows += len(page.records)
        self.result.records.extend(page.records)

    def _bound_rows(self, rows: int) -> None:
        if rows > self._limits.max_rows:
            raise OverLimit(self._channel.source, f"more than {self._limits.max_rows} rows")

    def _bound_pages(self, pages: int) -> None:
        if pages > self._limits.max_pages:
            raise OverLimit(self._channel.source, f"more than {self._limits.max_pages} pages")


async def together(jobs: Iterable[Callable[[], Awaitable[T]]], workers: int) -> list[T]:
    """The results of `jobs` in order, at most `workers` running. The first error ends the others and is
    raised as itself; nothing is left running or un-awaited.
    """
    asked = list(jobs)
    if len(asked) == 1:
        return [await asked[0]()]
    queue = enumerate(asked)
    results: dict[int, T] = {}

    async def work() -> None:
        for index, job in queue:
            results[index] = await job()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(workers, len(asked))):
                group.create_task(work())
    except BaseExceptionGroup as failed:
        raise _first(failed) from None
    return [results[index] for index in sorted(results)]


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    leaves = list(_leaves(failed))
    return next((leaf for leaf in leaves if isinstance(leaf, SourceError)), leaves[0])


def _leaves(error: BaseException) -> Iterable[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]
