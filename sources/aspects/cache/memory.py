"""Envelopes in this process, bounded in bytes: what was used longest ago goes first.

aiocache keeps them and lets them go when their time is over; it has no bound of its own, so their sizes and
the order of their use are kept here. Without a timeout, which memory needs none of, a look costs a fifth.
"""

from collections import OrderedDict
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final

from aiocache import SimpleMemoryCache

_NONE: Final = 0
"""aiocache's word for no timeout."""


class Memory:
    """A store of at most `most_bytes`. What is larger than that by itself is not kept."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._kept = SimpleMemoryCache(timeout=_NONE)
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self.bytes = 0

    async def get(self, key: str) -> bytes | None:
        value: bytes | None = await self._kept.get(key)
        if value is None:
            self._forgotten(key)
        else:
            self._sizes.move_to_end(key)
        return value

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        self._forgotten(key)
        if len(value) > self.most_bytes or seconds <= 0:
            await self._kept.delete(key)
            return
        while self.bytes + len(value) > self.most_bytes:
            oldest = next(iter(self._sizes))
            await self._kept.delete(oldest)
            self._forgotten(oldest)
        await self._kept.set(key, value, ttl=seconds)
        self._sizes[key] = len(value)
        self.bytes += len(value)

    async def later(self, _key: str) -> None:
        """Nobody else puts anything here."""

    def turn(self, _key: str, _patience: float) -> AbstractAsyncContextManager[None]:
        """Those of this process read together anyway."""
        return nullcontext()

    async def aclose(self) -> None:
        """Forgets everything, one by one: aiocache's `clear` would leave timers that delete later values."""
        for key in list(self._sizes):
            await self._kept.delete(key)
            self._forgotten(key)

    def _forgotten(self, key: str) -> None:
        self.bytes -= self._sizes.pop(key, 0)
