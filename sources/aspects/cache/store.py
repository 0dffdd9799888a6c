"""Where envelopes are kept."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Store(Protocol):
    """Bytes by key, for so many seconds. It may forget anything at any time; what it cannot do it leaves
    undone, since a cache that fails is a cache that is empty."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, seconds: float) -> None: ...

    async def later(self, key: str) -> bytes | None:
        """What others have put there, maybe after what `get` gives."""

    def turn(self, key: str, patience: float) -> AbstractAsyncContextManager[None]:
        """Makes those who want to read the same take turns: who comes later waits until the one before has
        put it there, or has given up, or for `patience` seconds."""

    async def aclose(self) -> None: ...
