"""Equal scans in flight are one: followers wait for the leader's batch instead of calling again."""

import asyncio

from sources.aspects.aspect import Aspect
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded
from sources.spi.scan import Accepted
from sources.spi.source import Source


class Coalesced(Aspect):
    """A source that runs one scan at a time of each kind.

    The work belongs to no caller: it runs in a task of its own, so that a caller that gives up does not take
    the others' answer with it. When the last caller has gone, the work is cancelled. A caller that wants no
    cache joins no scan that began before it came.
    """

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self._flights: dict[Accepted, _Flight] = {}

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        while not ctx.no_cache and (flight := self._flights.get(accepted)) is not None and flight.open:
            try:
                return await flight.join()
            except DeadlineExceeded:
                ctx.remaining(self.name)  # the leader ran out of time; this caller may have some left
        return await self._begin(accepted, ctx).join()

    def _begin(self, accepted: Accepted, ctx: Context) -> "_Flight":
        """A new flight; what it replaces is over, though perhaps not yet cleared away."""
        flight = _Flight(asyncio.ensure_future(self._inner.run(accepted, ctx)))
        self._flights[accepted] = flight

        def clear(_: asyncio.Future[Batch]) -> None:
            if self._flights.get(accepted) is flight:
                del self._flights[accepted]

        flight.task.add_done_callback(clear)
        return flight


class _Flight:
    """One running scan and the number of callers waiting for it."""

    def __init__(self, task: asyncio.Future[Batch]) -> None:
        self.task = task
        self._waiting = 0
        self._abandoned = False

    @property
    def open(self) -> bool:
        """Whether it can still be joined: neither over nor being cancelled."""
        return not self._abandoned and not self.task.done()

    async def join(self) -> Batch:
        self._waiting += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self._waiting -= 1
            if self._waiting == 0 and not self.task.done():
                self._abandoned = True
                self.task.cancel()
