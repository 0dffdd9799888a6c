"""Two replicas at one Valkey: what one has read answers the other, and nothing of it can do harm."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from sources.aspects.cache import Memory, Shared, Valkey
from sources.aspects.cache import leases as leasing
from sources.aspects.cache import shared as sharing
from sources.aspects.cache.shared import packed, unpacked
from tests.aspects.valkeys import Connected, Server


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


@dataclass
class Pair:
    """Two stores of two processes."""

    server: Server
    opened: list[Valkey] = field(default_factory=list)

    def store(self, most: int = 1_000_000) -> Shared:
        self.opened.append(Valkey(self.server.settings))
        return Shared(Memory(most), self.opened[-1])

    async def __aenter__(self) -> tuple[Shared, Shared]:
        return self.store(), self.store()

    async def __aexit__(self, *_: object) -> None:
        for each in self.opened:
            await each.aclose()


def test_what_one_puts_the_other_gets(server):
    async def scene() -> None:
        async with Pair(server) as (one, other):
            assert await other.get("a") is None
            await one.put("a", b"rows" * 1000, 60)
            assert await other.get("a") == b"rows" * 1000

    play(scene())


def test_it_is_kept_no_longer_than_stated_by_anybody(server):
    """Put for 0.4 s and fetched by the other, in whose memory it does not begin anew."""

    async def scene() -> None:
        async with Pair(server) as (one, other):
            await one.put("a", b"rows", 0.4)
            assert await other.get("a") == b"rows"
            await asyncio.sleep(0.6)
            assert [await one.get("a"), await other.get("a")] == [None, None]

    play(scene())


def test_what_is_in_front_is_not_fetched_again_and_what_came_later_is_found_when_asked_for(server):
    async def scene() -> None:
        async with Pair(server) as (one, other):
            await one.put("a", b"old", 60)
            await other.get("a")
            await one.put("a", b"new", 60)
            assert await other.get("a") == b"old"
            assert await other.later("a") == b"new"
            assert await other.get("a") == b"new"

    play(scene())


def test_many_that_want_the_same_fetch_it_once(server):
    async def scene() -> None:
        pair = Pair(server)
        async with pair as (one, _):
            await one.put("a", b"rows", 60)
            third = pair.store()
            assert await asyncio.gather(*(third.get("a") for _ in range(200))) == [b"rows"] * 200
            calls = await pair.opened[0].client.info("commandstats")
            assert calls["cmdstat_get"]["calls"] == 1

    play(scene())


def test_without_valkey_each_has_its_own(server):
    async def scene() -> None:
        async with Pair(server) as (one, other):
            server.kill()
            await one.put("a", b"rows", 60)
            assert await one.get("a") == b"rows"
            assert await other.get("a") is None
            async with one.turn("a", 10), other.turn("a", 10):
                pass

    play(scene())


@pytest.mark.parametrize("value", [b"", b"short", b"rows" * 10_000, bytes(range(256))])
def test_what_is_sent_is_what_comes_and_smaller_where_it_pays(value):
    assert unpacked(packed(value)) == value
    assert len(packed(value)) <= len(value) + 1


@pytest.mark.parametrize("sent", [b"", b"x", b"d", b"dnonsense", packed(b"rows" * 10_000)[:-3]])
def test_what_is_not_ours_is_not_there(sent):
    assert unpacked(sent) is None


def test_what_would_not_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(sharing, "_MOST_INFLATED", 1000)
    assert unpacked(packed(bytes(1000))) == bytes(1000)
    assert unpacked(packed(bytes(1001))) is None


def test_strangers_under_our_keys_are_passed_over(server):
    async def scene() -> None:
        async with Pair(server) as (one, _), Connected(server.settings) as valkey:
            await valkey.client.set("threefold:1:batch:a", b"\x80\x04pickle", px=60_000)
            await valkey.client.set("threefold:1:batch:b", packed(b"for ever"))
            await valkey.client.hset("threefold:1:batch:c", "a", "b")
            assert [await one.get(key) for key in "abc"] == [None, None, None]
            assert not valkey.away

    play(scene())


def test_what_is_too_large_to_send_is_kept_here_only(server, monkeypatch):
    monkeypatch.setattr(sharing, "MOST_BYTES", 100)

    async def scene() -> None:
        async with Pair(server) as (one, other):
            incompressible = bytes(range(256))
            await one.put("a", incompressible, 60)
            assert await one.get("a") == incompressible
            assert await other.get("a") is None

    play(scene())


def test_a_dead_holder_is_waited_for_a_few_seconds_only(server, monkeypatch):
    """Somebody took the lease and died; the next one has it when it has run out."""
    monkeypatch.setattr(leasing, "LASTS", 400)

    async def scene() -> None:
        async with Pair(server) as (one, _), Connected(server.settings) as valkey:
            await valkey.client.set("threefold:1:lease:a", "of the dead", px=400)
            async with one.turn("a", 30):
                assert await valkey.client.get("threefold:1:lease:a") not in (None, b"of the dead")
            assert await valkey.client.get("threefold:1:lease:a") is None

    play(scene())


def test_a_living_holder_keeps_it_for_as_long_as_it_works(server, monkeypatch):
    monkeypatch.setattr(leasing, "LASTS", 300)
    monkeypatch.setattr(leasing, "_RENEWED", 0.05)

    async def scene() -> None:
        order = []
        async with Pair(server) as (one, other):

            async def second() -> None:
                async with other.turn("a", 30):
                    order.append("second")

            async with one.turn("a", 30):
                task = asyncio.ensure_future(second())
                await asyncio.sleep(1)
                order.append("first")
            await task
            assert order == ["first", "second"]

    play(scene())


def test_who_has_waited_long_enough_goes_on_without(server):
    """And gives back nothing that is not his."""

    async def scene() -> None:
        async with Pair(server) as (one, _), Connected(server.settings) as valkey:
            await valkey.client.set("threefold:1:lease:a", "of another", px=60_000)
            async with one.turn("a", 0.1):
                pass
            held = await valkey.ask(partial(valkey.client.get, "threefold:1:lease:a"), None)
            assert held == b"of another"

    play(scene())
