"""Ways of aiocache 0.12 in one process that are not used, each with what goes wrong on it and right on ours.

Should one of these tests fail after an upgrade, aiocache has changed and may be used more plainly.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from aiocache import RedisCache, SimpleMemoryCache, cached, cached_stampede

from sources.aspects.cache import Ages, Cached, Memory, Shared
from sources.spi.context import Context
from sources.spi.errors import Unavailable
from tests.aspects.test_cached import Clock, Counting, scan
from tests.aspects.valkeys import Connected


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def test_its_clear_leaves_timers_that_delete_what_comes_after():
    async def scene() -> None:
        naive = SimpleMemoryCache()
        await naive.set("a", "old", ttl=0.05)
        await naive.clear()
        await naive.set("a", "new")
        await asyncio.sleep(0.2)
        assert await naive.get("a") is None
        ours = Memory(100)
        await ours.put("a", b"old", 0.05)
        await ours.aclose()
        await ours.put("a", b"new", 60)
        await asyncio.sleep(0.2)
        assert await ours.get("a") == b"new"

    play(scene())


def test_its_decorator_never_keeps_nothing():
    """What has no rows is asked for again and again; a batch without rows is kept like any other."""

    async def scene() -> None:
        asked = 0

        @cached(cache=SimpleMemoryCache, key="nothing", namespace="never")
        async def nothing() -> None:
            nonlocal asked
            asked += 1

        for _ in range(5):
            await nothing()
        assert asked == 5
        system = Empty(Clock())
        ours = Cached(system, Memory(10_000), Ages(fresh=60), now=lambda: system.clock.now)
        for _ in range(5):
            batch = await ours.run(scan(), Context.within(10))
            assert batch.frame.is_empty()
        assert system.asked == 1

    play(scene())


class Empty(Counting):
    """A system without a row."""

    async def run(self, accepted, ctx):
        batch = await super().run(accepted, ctx)
        return batch.with_frame(batch.frame.clear())


def test_its_stampede_lock_lets_all_load_when_the_loader_fails():
    """100 callers at once of what fails: 100 loads there; here one, whose failure is everybody's."""

    async def scene() -> None:
        asked = 0

        @cached_stampede(lease=2, cache=SimpleMemoryCache, key="failing", namespace="stampede")
        async def failing() -> None:
            nonlocal asked
            asked += 1
            await asyncio.sleep(0.01)
            raise Unavailable("own", "down")

        await asyncio.gather(*(failing() for _ in range(100)), return_exceptions=True)
        assert asked == 100
        system = Failing(Clock())
        ours = Cached(system, Memory(10_000), Ages(fresh=60), now=lambda: system.clock.now)
        asking = (ours.run(scan(), Context.within(10)) for _ in range(100))
        failures = await asyncio.gather(*asking, return_exceptions=True)
        assert {type(failure) for failure in failures} == {Unavailable}
        assert system.asked == 1

    play(scene())


class Failing(Counting):
    """A system that is down, and takes a moment to say so."""

    async def run(self, *_):
        self.asked += 1
        await asyncio.sleep(0.01)
        raise Unavailable("own", "down")


def test_its_memory_has_no_bound():
    """A megabyte and no end to it there; here as much as there is room for."""

    async def scene() -> None:
        naive, ours = SimpleMemoryCache(), Memory(10_000)
        for n in range(1000):
            await naive.set(str(n), bytes(1000))
            await ours.put(str(n), bytes(1000), 60)
        assert sum([await naive.exists(str(n)) for n in range(1000)]) == 1000
        assert sum([await ours.get(str(n)) is not None for n in range(1000)]) == 10
        await naive.clear()

    play(scene())


def test_its_clear_of_one_name_takes_along_those_that_begin_alike(server):
    """`acme` and `acme2`: here nothing is cleared by name, what is ours goes key by key."""

    async def scene() -> None:
        where = {"endpoint": "127.0.0.1", "port": server.port}
        acme, acme2 = RedisCache(namespace="acme", **where), RedisCache(namespace="acme2", **where)
        await acme2.set("a", "theirs")
        await acme.clear()
        assert await acme2.get("a") is None
        async with Connected(server.settings) as one, Connected(server.settings) as other:
            await Shared(Memory(100), other).put("key2", b"theirs", 60)
            store = Shared(Memory(100), one)
            await store.put("key", b"ours", 60)
            await store.aclose()
            assert await Shared(Memory(0), other).get("key2") == b"theirs"
        for each in (acme, acme2):
            await each.client.aclose(close_connection_pool=True)

    play(scene())


def test_it_times_each_look_into_memory_and_ours_does_not(monkeypatch):
    """A look through `wait_for` costs five times one without."""
    timed = []
    wait_for = asyncio.wait_for

    async def counting(work: Any, seconds: float) -> Any:
        timed.append(seconds)
        return await wait_for(work, seconds)

    monkeypatch.setattr(asyncio, "wait_for", counting)

    async def scene() -> None:
        await SimpleMemoryCache().get("a")
        assert timed == [5]
        await Memory(100).get("a")
        assert timed == [5]

    play(scene())
