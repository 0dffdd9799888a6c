"""The store in memory: bounded in bytes, free of the timers that aiocache leaves behind."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from sources.aspects.cache.memory import Memory


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def test_what_was_used_longest_ago_goes_first() -> None:
    """Room for 10 bytes: a (4) and b (4) are in, a is looked at, c (4) comes: b goes."""

    async def scene() -> None:
        store = Memory(10)
        await store.put("a", b"aaaa", 60)
        await store.put("b", b"bbbb", 60)
        await store.get("a")
        await store.put("c", b"cccc", 60)
        assert [await store.get(key) for key in "abc"] == [b"aaaa", None, b"cccc"]
        assert store.bytes == 8

    play(scene())


def test_ten_times_its_size_of_values_stays_within_the_bound() -> None:
    async def scene() -> None:
        store = Memory(1000)
        for number in range(100):
            await store.put(str(number), bytes(100), 60)
            assert store.bytes <= 1000
        held = [value for n in range(100) if (value := await store.get(str(n))) is not None]
        assert sum(map(len, held)) == store.bytes == 1000

    play(scene())


def test_a_value_larger_than_the_bound_is_not_kept_and_takes_its_older_self_along() -> None:
    async def scene() -> None:
        store = Memory(10)
        await store.put("a", b"old", 60)
        await store.put("a", bytes(11), 60)
        assert await store.get("a") is None
        assert store.bytes == 0

    play(scene())


def test_a_value_written_again_is_counted_once() -> None:
    async def scene() -> None:
        store = Memory(10)
        await store.put("a", b"1234", 60)
        await store.put("a", b"123456", 60)
        assert store.bytes == 6

    play(scene())


def test_what_its_time_has_taken_gives_its_room_back() -> None:
    async def scene() -> None:
        store = Memory(10)
        await store.put("a", b"1234", 0.01)
        await asyncio.sleep(0.1)
        assert await store.get("a") is None
        assert store.bytes == 0

    play(scene())


def test_a_timer_of_something_forgotten_deletes_nothing_later() -> None:
    """aiocache 0.12 `clear()` leaves the timers of what it clears; they delete what is written afterwards."""

    async def scene() -> None:
        store = Memory(100)
        await store.put("a", b"old", 0.05)
        await store.aclose()
        await store.put("a", b"new", 60)
        await asyncio.sleep(0.1)
        assert await store.get("a") == b"new"

    play(scene())


def test_two_stores_share_nothing() -> None:
    async def scene() -> None:
        one, other = Memory(10), Memory(10)
        await one.put("a", b"1", 60)
        assert await other.get("a") is None

    play(scene())
