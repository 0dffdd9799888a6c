"""How many calls one vendor account carries at a time, whatever number of sources share it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded


class Limiter:
    """First come, first served; a caller whose deadline passes leaves the queue."""

    def __init__(self, concurrency: int) -> None:
        self.concurrency = concurrency
        self._running = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def running(self) -> int:
        return self._running

    @asynccontextmanager
    async def slot(self, source: str, ctx: Context) -> AsyncIterator[None]:
        """A place among the running calls. Raises DeadlineExceeded when none comes free in time."""
        await self._enter(source, ctx)
        try:
            yield
        finally:
            self._running -= 1
            self._wake()

    async def _enter(self, source: str, ctx: Context) -> None:
        left = ctx.remaining(source)
        if self._running < self.concurrency and not self._queue:
            self._running += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(left):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            self._leave(turn)
            if isinstance(error, TimeoutError):
                message = f"{self.concurrency} calls were running all the time the question had"
                raise DeadlineExceeded(source, message) from None
            raise

    def _leave(self, turn: "asyncio.Future[None]") -> None:
        """A place given in the very tick its owner went away goes to the next in line."""
        if not turn.cancelled():
            self._running -= 1
            self._wake()
        elif turn in self._queue:
            self._queue.remove(turn)

    def _wake(self) -> None:
        while self._queue and self._running < self.concurrency:
            turn = self._queue.popleft()
            if not turn.done():
                self._running += 1
                turn.set_result(None)


class Accounts:
    """The limiters by account; the smallest bound asked for an account holds for everybody on it."""

    def __init__(self) -> None:
        self._limiters: dict[str, Limiter] = {}

    def limiter(self, account: str, concurrency: int) -> Limiter:
        limiter = self._limiters.setdefault(account, Limiter(concurrency))
        limiter.concurrency = min(limiter.concurrency, concurrency)
        return limiter
