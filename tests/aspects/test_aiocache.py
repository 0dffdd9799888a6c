"""Ways of aiocache 0.12 that are not used, each with what goes wrong on it and right on ours.

Should one of these tests fail after an upgrade, aiocache has changed and may be used more plainly.
"""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any

import pytest
from aiocache import RedisCache, SimpleMemoryCache, cached, cached_stampede
from aiocache.lock import RedLock

from sources.aspects.cache import Memory, Shared
from sources.aspects.cache.leases import Leases
from tests.aspects.valkeys import Connected

BYTES = bytes(range(256))


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


async def closed(cache: RedisCache) -> None:
    await cache.client.aclose(close_connection_pool=True)


def test_its_redis_cache_takes_no_bytes(server):
    async def scene() -> None:
        naive = RedisCache(endpoint="127.0.0.1", port=server.port)
        with pytest.raises(TypeError, match="not JSON serializable"):
            await naive.set("a", BYTES)
        await closed(naive)
        async with Connected(server.settings) as valkey:
            await Shared(Memory(0), valkey).put("a", BYTES, 60)
            assert await Shared(Memory(0), valkey).get("a") == BYTES

    play(scene())


def test_its_decorators_let_everybody_load_at_once(server):
    """100 at the same time are 100 loads; with the stampede lock as well, once the lease is shorter than the
    load. Our lease lasts as long as its holder works."""

    async def loads(decorated: Any) -> int:
        count = 0

        @decorated
        async def load() -> int:
            nonlocal count
            count += 1
            await asyncio.sleep(0.1)
            return count

        await asyncio.gather(*(load() for _ in range(100)))
        return count

    async def ours() -> int:
        count = 0
        async with Connected(server.settings) as valkey:
            stores = [Shared(Memory(1000), valkey) for _ in range(3)]

            async def load(store: Shared) -> None:
                nonlocal count
                async with store.turn("a", 10):
                    if await store.later("a") is None:
                        count += 1
                        await asyncio.sleep(0.1)
                        await store.put("a", b"1", 60)

            await asyncio.gather(*(load(store) for store in stores for _ in range(4)))
        return count

    async def scene() -> None:
        assert await loads(cached(cache=SimpleMemoryCache, key="a")) == 100
        short = cached_stampede(lease=0.01, cache=SimpleMemoryCache, key="b", namespace="short")
        assert await loads(short) > 1
        assert await ours() == 1

    play(scene())


def test_its_lock_does_not_wait_for_another_process(server):
    """A lock that another process holds is not known here: RedLock goes on after its lease, or at once."""

    async def scene() -> None:
        naive = RedisCache(endpoint="127.0.0.1", port=server.port)
        async with Connected(server.settings) as valkey:
            taken = await valkey.client.set("a-lock", "somebody else", px=60_000)
            assert taken
            async with asyncio.timeout(5), RedLock(naive, "a", lease=0.05):
                assert await valkey.client.get("a-lock") == b"somebody else"
            waited = []

            async def other() -> None:
                async with Leases(valkey).turn("a", 10):
                    waited.append("done")

            async with Leases(valkey).turn("a", 10):
                task = asyncio.ensure_future(other())
                await asyncio.sleep(0.2)
                assert waited == []
            await task
            assert waited == ["done"]
        await closed(naive)

    play(scene())


def test_its_clear_takes_others_along_and_ours_takes_nobody(server):
    """`clear` without a namespace empties the whole database, other people's keys among it."""

    async def scene() -> None:
        naive = RedisCache(endpoint="127.0.0.1", port=server.port)
        async with Connected(server.settings) as valkey:
            await valkey.client.set("somebody", b"else")
            store = Shared(Memory(1000), valkey)
            await store.put("a", BYTES, 60)
            await store.aclose()
            assert await valkey.client.get("somebody") == b"else"
            assert await store.get("a") == BYTES
            await naive.clear()
            assert await valkey.client.get("somebody") is None
        await closed(naive)

    play(scene())


def test_it_has_an_error_for_a_time_that_is_nearly_over(server):
    """Less than a millisecond left is an invalid time for Valkey; what we keep is then not kept."""

    async def scene() -> None:
        naive = RedisCache(endpoint="127.0.0.1", port=server.port)
        with pytest.raises(Exception, match="invalid expire time"):
            await naive.set("a", "text", ttl=0.0001)
        await closed(naive)
        async with Connected(server.settings) as valkey:
            store = Shared(Memory(1000), valkey)
            await store.put("a", BYTES, 0.0001)
            assert not valkey.away
            assert await valkey.ask(partial(valkey.client.exists, "threefold:1:batch:a"), None) == 0

    play(scene())
