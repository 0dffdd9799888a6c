"""Turns across replicas: who holds the lease of a key reads it, the others wait.

A lease is a key of its own in Valkey that holds a random token and runs out after a few seconds. While its
holder works it is renewed, so it lasts as long as the work and hardly longer than the holder. It is given
back by who has its token only, so that a holder who was too slow takes nobody else's away.

Without Valkey there are no turns: everybody reads.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from secrets import token_hex
from typing import Any, Final

from sources.aspects.cache.valkey import NAMESPACE, Valkey

LASTS: Final = 5000
"""Milliseconds after which the lease of a dead holder is free."""
_RENEWED: Final = LASTS / 1000 / 4
_LOOK_AGAIN: Final = 0.04
"""Seconds between two looks of one who waits."""
_RENEW: Final = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
return 0
"""
_GIVE_BACK: Final = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""


class Leases:
    """The leases of one Valkey."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey

    @asynccontextmanager
    async def turn(self, key: str, patience: float) -> AsyncIterator[None]:
        """Begins when the lease of `key` is ours, nobody knows whose it is, or after `patience` seconds."""
        name, token = f"{NAMESPACE}lease:{key}", token_hex(16)
        if not await self._won(name, token, patience):
            yield
            return
        renewing = asyncio.ensure_future(self._renewed(name, token))
        try:
            yield
        finally:
            renewing.cancel()
            await self._run(_GIVE_BACK, name, token)

    async def _won(self, name: str, token: str, patience: float) -> bool:
        time = asyncio.get_running_loop().time
        until = time() + patience
        take = partial(self._valkey.client.set, name, token, nx=True, px=LASTS)
        unknown = object()
        while (taken := await self._valkey.ask(take, unknown)) is not unknown:
            if taken:
                return True
            if time() >= until:
                return False
            await asyncio.sleep(_LOOK_AGAIN)
        return False

    async def _renewed(self, name: str, token: str) -> None:
        while True:
            await asyncio.sleep(_RENEWED)
            await self._run(_RENEW, name, token, str(LASTS))

    async def _run(self, script: str, name: str, *arguments: str) -> None:
        command: Any = partial(self._valkey.client.eval, script, 1, name, *arguments)
        await self._valkey.ask(command, None)
