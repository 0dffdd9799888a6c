"""The Valkey that replicas share: asked through aiocache, never waited for.

A command that fails, or takes longer than a second, gives what the caller has for that case. From then on
nobody asks, until a look every second finds Valkey back: one question pays for an outage, and no other.

aiocache's ways that are not used, each for a reason (`tests/aspects/test_aiocache.py`):

    its serializers     turn bytes into text, and fail on those that are none
    its time limit      5 s, and for each caller anew
    its connections     as many as there are callers, or an error
    `clear`             looks through all the keys of the server
    `close`             leaves connections open
    its locks           run out under their holder, and nobody waits for those of another process
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from aiocache import RedisCache
from aiocache.serializers import NullSerializer
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from sources.spi.settings import ValkeySettings

log = logging.getLogger("threefold.cache")

NAMESPACE: Final = "threefold:1:"
"""What all our keys begin with. The number changes with the meaning of what lies under them."""
PATIENCE: Final = 1.0
"""Seconds for one command."""
PAUSE: Final = 1.0
"""Seconds between two looks whether it is back."""
_CONNECTIONS: Final = 32
_ONCE_MORE: Final = 1
"""What was asked on a connection that the server has closed since is asked again on a new one."""
_NEVER: Final = 0
"""aiocache's word for no time limit: there is one around all that is asked."""

T = TypeVar("T")
U = TypeVar("U")


class Valkey:
    """One server. `away` while it does not answer."""

    def __init__(self, settings: ValkeySettings) -> None:
        self._where = f"{settings.host}:{settings.port}"
        password = settings.password
        self.cache: Any = RedisCache(
            endpoint=settings.host,
            port=settings.port,
            db=settings.database,
            password=password and password.reveal(),
            ssl=settings.tls,
            create_connection_timeout=PATIENCE,
            connection_pool_kwargs={
                "username": settings.username,
                "retry": Retry(NoBackoff(), _ONCE_MORE),
            },
            serializer=NullSerializer(encoding=None),
            timeout=_NEVER,
        )
        self.client: Redis = self.cache.client
        self._free = asyncio.Semaphore(_CONNECTIONS)
        self._looking: asyncio.Task[None] | None = None
        self._refusal = ""

    @property
    def away(self) -> bool:
        return self._looking is not None

    async def ask(self, command: Callable[[], Awaitable[T]], otherwise: U) -> T | U:
        """What the command gives, or `otherwise`."""
        async with self._free:
            if self.away:
                return otherwise
            try:
                async with asyncio.timeout(PATIENCE):
                    return await command()
            except ResponseError as error:
                self._refused(str(error))
            except (RedisError, OSError, TimeoutError) as error:
                self._lost(error)
        return otherwise

    async def aclose(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self.client.aclose(close_connection_pool=True)

    def _refused(self, message: str) -> None:
        """It is there and will not do that: out of memory, say. Said once for each reason."""
        if message != self._refusal:
            log.warning("Valkey at %s refuses: %s", self._where, message)
            self._refusal = message

    def _lost(self, error: Exception) -> None:
        if self._looking is None:
            reason = str(error) or f"no answer within {PATIENCE:g} s"
            log.warning("Valkey at %s cannot be used, each replica is on its own: %s", self._where, reason)
            self._looking = asyncio.ensure_future(self._until_back())

    async def _until_back(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            try:
                async with asyncio.timeout(PATIENCE):
                    await self.client.connection_pool.disconnect()  # what is left of the server before
                    await self.client.ping()
            except (RedisError, OSError, TimeoutError) as error:
                log.debug("Valkey at %s: %s", self._where, error)
                continue
            log.warning("Valkey at %s is back", self._where)
            self._looking = None
            return
