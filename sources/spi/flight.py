"""Work that several callers wait for and none owns."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, T]]


class Flight(Generic[T]):
    """One piece of work and the number of callers waiting for it.

    It runs in a task of its own, so that a caller that gives up does not take the others' answer with it.
    When the last caller has gone, it is cancelled.
    """

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self.task = asyncio.ensure_future(work)
        self._waiting = 0
        self._abandoned = False

    @property
    def open(self) -> bool:
        """Whether it can still be joined: neither over nor being cancelled."""
        return not self._abandoned and not self.task.done()

    async def join(self) -> T:
        self._waiting += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self._waiting -= 1
            if self._waiting == 0 and not self.task.done():
                self._abandoned = True
                self.task.cancel()


class Flights(Generic[T]):
    """Work by what it is about: equal work at the same time is one."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, Flight[T]] = {}

    async def joined(self, key: Hashable, work: Work[T]) -> T:
        """What comes of the work for `key` that is under way, or is begun with this."""
        flight = self._under_way.get(key)
        return await (flight.join() if flight is not None and flight.open else self.begun(key, work))

    async def within(self, key: Hashable, work: Work[T], ctx: Context, source: str) -> T:
        """The same, within the time of `ctx`: a flight may end for want of its leader's time, while this
        caller has some left."""
        while (flight := self._under_way.get(key)) is not None and flight.open:
            try:
                return await flight.join()
            except DeadlineExceeded:
                ctx.remaining(source)
        return await self.begun(key, work)

    async def begun(self, key: Hashable, work: Work[T]) -> T:
        """What comes of new work, which others may join; what it replaces is joined no more."""
        flight = Flight(work())
        self._under_way[key] = flight

        def clear(_: asyncio.Future[T]) -> None:
            if self._under_way.get(key) is flight:
                del self._under_way[key]

        flight.task.add_done_callback(clear)
        return await flight.join()
