"""Equal scans in flight are one: followers wait for the leader's batch instead of calling again."""

from functools import partial

from sources.aspects.aspect import Aspect
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.flight import Flights
from sources.spi.scan import Accepted
from sources.spi.source import Source


class Coalesced(Aspect):
    """A source that runs one scan at a time of each kind. A caller that wants no cache joins no scan that
    began before it came."""

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self._flights = Flights[Batch]()

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        work = partial(self._inner.run, accepted, ctx)
        if ctx.no_cache:
            return await self._flights.begun(accepted, work)
        return await self._flights.within(accepted, work, ctx, self.name)
