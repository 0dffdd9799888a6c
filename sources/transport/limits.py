"""How much one vendor account carries, whatever number of sources share it: calls at a time, calls a second.

Who waits is served in turn: first come, first served for each principal, and principals one after the other,
so that a dashboard with a hundred panels does not keep an analyst waiting. When the system asks for fewer
calls, half as many run at a time; each call that goes well allows a little more again.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded


class Limiter:
    """At most `concurrency` calls at a time and, with a `rate`, as many a second; a second's worth may come
    at once. A caller whose deadline passes leaves the queue."""

    def __init__(
        self, concurrency: int, rate: float | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self.concurrency = concurrency
        self.rate = rate
        self._clock = clock
        self._allowed = float(concurrency)
        self._running = 0
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._due = 0.0

    @property
    def running(self) -> int:
        return self._running

    @property
    def waiting(self) -> int:
        return sum(map(len, self._queues.values()))

    @property
    def allowed(self) -> int:
        """Calls that may run at a time now."""
        return max(1, min(self.concurrency, int(self._allowed)))

    def narrow(self) -> None:
        """The system asks for fewer calls."""
        self._allowed = max(1.0, min(self._allowed, self.concurrency) / 2)

    def widen(self) -> None:
        """A call went well."""
        self._allowed = min(float(self.concurrency), self._allowed + 1 / self._allowed)

    @asynccontextmanager
    async def slot(self, source: str, ctx: Context) -> AsyncIterator[None]:
        """A place among the running calls. Raises DeadlineExceeded when none comes free in time."""
        await self._enter(source, ctx)
        try:
            await self._pace(source, ctx)
            yield
        finally:
            self._running -= 1
            self._wake()

    async def _pace(self, source: str, ctx: Context) -> None:
        """Waits for the next call's time: each takes its share of a second (GCRA)."""
        if self.rate is None:
            return
        now = self._clock()
        due = max(self._due, now - 1.0 + 1 / self.rate)
        wait = due - now
        if wait >= ctx.remaining(source):
            raise DeadlineExceeded(source, f"{self.rate:g} calls a second leave no time for this one")
        self._due = due + 1 / self.rate
        if wait > 0:
            await asyncio.sleep(wait)

    async def _enter(self, source: str, ctx: Context) -> None:
        left = ctx.remaining(source)
        if self._running < self.allowed and not self._queues:
            self._running += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(ctx.principal, deque()).append(turn)
        try:
            async with asyncio.timeout(left):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            self._leave(turn, ctx.principal)
            if isinstance(error, TimeoutError):
                message = f"{self.allowed} calls were running all the time the question had"
                raise DeadlineExceeded(source, message) from None
            raise

    def _leave(self, turn: "asyncio.Future[None]", principal: str) -> None:
        """A place given in the very tick its owner went away goes to the next in line."""
        if not turn.cancelled():
            self._running -= 1
            self._wake()
            return
        queue = self._queues.get(principal)
        if queue is not None and turn in queue:
            queue.remove(turn)
            if not queue:
                del self._queues[principal]

    def _wake(self) -> None:
        while self._queues and self._running < self.allowed:
            principal, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[principal] = queue
            if not turn.done():
                self._running += 1
                turn.set_result(None)


class Accounts:
    """The limiters by account; the smallest bound asked for an account holds for everybody on it."""

    def __init__(self) -> None:
        self._limiters: dict[str, Limiter] = {}

    def limiter(self, account: str, concurrency: int, rate: float | None = None) -> Limiter:
        limiter = self._limiters.setdefault(account, Limiter(concurrency))
        limiter.concurrency = min(limiter.concurrency, concurrency)
        limiter.rate = min(filter(None, (limiter.rate, rate)), default=None)
        return limiter
