"""Work that several callers wait for and none owns."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


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
