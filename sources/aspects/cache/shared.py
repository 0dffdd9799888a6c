"""Envelopes in two tiers: in this process, and behind that in a Valkey that all replicas share.

What one replica has read answers the others; what they ask for at the same time is read once. Whatever Valkey
does not do (it is away, full, or slow) is done by each replica for itself.
"""

import asyncio
import zlib
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Final

from sources.aspects.cache.leases import Leases
from sources.aspects.cache.memory import Memory
from sources.aspects.cache.valkey import NAMESPACE, Valkey
from sources.spi.flight import Flights

MOST_BYTES: Final = 32 * 1024 * 1024
"""The largest envelope that is shared, as it is sent; a larger one takes longer than a command may."""
_MOST_INFLATED: Final = 512 * 1024 * 1024
_PLAIN: Final = b"p"
_DEFLATED: Final = b"d"
_WORTH_IT: Final = 0.9
"""What is not smaller than this part of itself is sent as it is."""


class Shared:
    """A store over `front` and `valkey`, neither of which is anybody else's."""

    def __init__(self, front: Memory, valkey: Valkey) -> None:
        self._front = front
        self._valkey = valkey
        self._leases = Leases(valkey)
        self._looks = Flights[bytes | None]()

    async def get(self, key: str) -> bytes | None:
        held = await self._front.get(key)
        if held is not None or self._valkey.away:
            return held
        return await self._looks.joined(key, partial(self.later, key))

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        await self._front.put(key, value, seconds)
        if seconds <= 0 or self._valkey.away:
            return
        sent = await asyncio.to_thread(packed, value)
        if len(sent) <= MOST_BYTES:
            await self._valkey.ask(
                partial(self._valkey.cache.set, _name(key), sent, ttl=float(seconds)), None
            )

    async def later(self, key: str) -> bytes | None:
        """What lies behind, put in front for the time it has left."""
        sent: bytes | None = await self._valkey.ask(partial(self._valkey.cache.get, _name(key)), None)
        if sent is None:
            return None
        left: Any = await self._valkey.ask(partial(self._valkey.client.pttl, _name(key)), 0)
        value = await asyncio.to_thread(unpacked, sent)
        if value is None or left <= 0:
            return None
        await self._front.put(key, value, left / 1000)
        return value

    def turn(self, key: str, patience: float) -> AbstractAsyncContextManager[None]:
        return self._leases.turn(key, patience)

    async def aclose(self) -> None:
        await self._front.aclose()


def packed(value: bytes) -> bytes:
    """As it is sent: smaller, where that pays."""
    small = zlib.compress(value, 1)
    return _DEFLATED + small if len(small) < len(value) * _WORTH_IT else _PLAIN + value


def unpacked(sent: bytes) -> bytes | None:
    """What was packed; None where it is not ours, was cut short or would not end."""
    kind, rest = sent[:1], sent[1:]
    if kind == _PLAIN:
        return rest
    inflate = zlib.decompressobj()
    try:
        value = inflate.decompress(rest, _MOST_INFLATED) if kind == _DEFLATED else None
    except zlib.error:
        return None
    return value if inflate.eof else None


def _name(key: str) -> str:
    return f"{NAMESPACE}batch:{key}"
