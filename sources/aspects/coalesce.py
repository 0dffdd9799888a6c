"""Equal scans in flight are one: followers wait for the leader's batch instead of calling again."""

import asyncio

from sources.aspects.aspect import Aspect
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded
from sources.spi.flight import Flight
from sources.spi.scan import Accepted
from sources.spi.source import Source


class Coalesced(Aspect):
    """A source that runs one scan at a time of each kind. A caller that wants no cache joins no scan that
    began before it came."""

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self._flights: dict[Accepted, Flight[Batch]] = {}

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        while not ctx.no_cache and (flight := self._flights.get(accepted)) is not None and flight.open:
            try:
                return await flight.join()
            except DeadlineExceeded:
                ctx.remaining(self.name)  # the leader ran out of time; this caller may have some left
        return await self._begin(accepted, ctx).join()

    def _begin(self, accepted: Accepted, ctx: Context) -> Flight[Batch]:
        """A new flight; what it replaces is over, though perhaps not yet cleared away."""
        flight = Flight(super().run(accepted, ctx))
        self._flights[accepted] = flight

        def clear(_: asyncio.Future[Batch]) -> None:
            if self._flights.get(accepted) is flight:
                del self._flights[accepted]

        flight.task.add_done_callback(clear)
        return flight
