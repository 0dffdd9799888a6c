"""Where envelopes are kept."""

from typing import Protocol


class Store(Protocol):
    """Bytes by key, for so many seconds. It may forget anything at any time; what it cannot do it leaves
    undone, since a cache that fails is a cache that is empty."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, seconds: float) -> None: ...

    async def aclose(self) -> None: ...
