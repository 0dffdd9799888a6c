"""Strawberry's DataLoader, made safe to cancel, to fail, and to call from different moments.

As it comes, a caller that gives up cancels the others waiting for the same key; a load that is cancelled
leaves its waiters hanging; a failure stays cached; and callers a moment apart are loaded in batches of their
own. Here each caller waits behind a shield, a cancelled load is an error, failures are forgotten, and a
window gathers callers until none has come for some ticks of the loop: a busy loop makes no smaller batches.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from strawberry.dataloader import DataLoader

K = TypeVar("K")
T = TypeVar("T")

QUIET: Final = 3
"""Ticks without a new caller after which a batch is taken to be whole."""
MOST_TICKS: Final = 1000
"""Ticks after which a batch goes, whoever else may come."""


class LoadCancelledError(Exception):
    """The load that several callers were waiting for was cancelled."""


class Loader(DataLoader[K, T]):
    """Loads values by key, each once. `load` gets at most `max_batch_size` keys and returns as many values,
    an exception in the place of each that failed. `window` is how many seconds callers are gathered for at
    least."""

    def __init__(
        self,
        load: Callable[[list[K]], Awaitable[Sequence[T | BaseException]]],
        *,
        max_batch_size: int | None = None,
        window: float = 0.002,
    ) -> None:
        self._load_all = load
        self._window = window
        self._gate: asyncio.Task[None] | None = None
        self._callers = 0
        super().__init__(load_fn=self._uncancelled, max_batch_size=max_batch_size)

    def load(self, key: K) -> Awaitable[T]:
        return self._waited(key)

    async def _waited(self, key: K) -> T:
        self._callers += 1
        if self._gate is None:
            self._gate = asyncio.create_task(self._opened())
        await asyncio.shield(self._gate)
        future = asyncio.ensure_future(super().load(key))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            future.add_done_callback(_retrieved)
            raise
        except BaseException:
            self._forget(key, future)
            raise

    async def _opened(self) -> None:
        await asyncio.sleep(self._window)
        quiet = 0
        for _ in range(MOST_TICKS):
            before = self._callers
            await asyncio.sleep(0)
            quiet = quiet + 1 if self._callers == before else 0
            if quiet == QUIET:
                break
        self._gate = None

    def _forget(self, key: K, future: asyncio.Future[T]) -> None:
        if self.cache_map.get(key) is future:
            self.clear(key)

    async def _uncancelled(self, keys: list[K]) -> Sequence[T | BaseException]:
        try:
            return await self._load_all(keys)
        except asyncio.CancelledError:
            raise LoadCancelledError("the load was cancelled") from None


def _retrieved(future: asyncio.Future[T]) -> None:
    """A failure nobody waits for any more is not a warning."""
    if not future.cancelled():
        future.exception()
