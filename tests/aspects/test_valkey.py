"""Valkey may be there, be dead, hang or refuse: a question notices none of it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from sources.aspects.cache.valkey import Valkey
from sources.spi.settings import ValkeySettings
from tests.aspects.valkeys import Connected, Server


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


async def said(valkey: Valkey, key: str = "a") -> Any:
    return await valkey.ask(lambda: valkey.client.get(key), "nothing")


async def back(valkey: Valkey) -> None:
    for _ in range(500):
        if not valkey.away:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


def test_a_dead_one_is_left_alone_until_it_is_back(server, caplog):
    async def scene() -> None:
        async with Connected(server.settings) as valkey:
            assert await said(valkey) is None
            server.kill()
            assert await said(valkey) == "nothing"
            assert valkey.away
            asked = []
            assert await valkey.ask(lambda: asked.append(1), "nothing") == "nothing"
            assert asked == []
            server.start()
            await back(valkey)
            assert await said(valkey) is None

    play(scene())
    told = [record.message for record in caplog.records if record.name == "threefold.cache"]
    assert len(told) == 2
    assert "each replica is on its own" in told[0]
    assert "is back" in told[1]


def test_one_that_hangs_keeps_one_question_waiting_and_no_other(server):
    async def scene() -> None:
        async with Connected(server.settings) as valkey:
            await said(valkey)
            server.freeze()
            assert await said(valkey) == "nothing"
            assert valkey.away
            assert await asyncio.gather(*(said(valkey) for _ in range(100))) == ["nothing"] * 100
            server.thaw()
            await back(valkey)

    play(scene())


def test_what_it_refuses_does_not_make_it_dead(caplog):
    """It has no memory left: it takes nothing more in, and still says what it has. That is said once."""

    async def scene() -> None:
        with Server("--maxmemory", "1mb", "--maxmemory-policy", "noeviction") as full:
            async with Connected(full.settings) as valkey:
                for _ in range(2):
                    put = await valkey.ask(lambda: valkey.client.set("a", bytes(4_000_000)), "refused")
                    again = await valkey.ask(lambda: valkey.client.set("b", b"1"), "refused")
                    assert "refused" in (put, again)
                assert not valkey.away
                assert await said(valkey, "c") is None

    play(scene())
    assert [r.message for r in caplog.records if "refuses" in r.message] == [caplog.records[0].message]


def test_a_wrong_password_is_said_and_shown_nowhere(caplog):
    async def scene() -> None:
        with Server("--requirepass", "right-one") as closed:
            async with Connected(closed.with_password("wrong-one")) as valkey:
                assert await said(valkey) == "nothing"
            async with Connected(closed.with_password("right-one")) as valkey:
                assert await said(valkey) is None
            assert "right-one" not in repr(closed.with_password("right-one"))

    caplog.set_level(logging.DEBUG)
    play(scene())
    assert "wrong-one" not in caplog.text
    assert "right-one" not in caplog.text


def test_more_callers_than_connections_wait_for_one(server):
    async def scene() -> None:
        async with Connected(server.settings) as valkey:
            assert await asyncio.gather(*(said(valkey) for _ in range(300))) == [None] * 300
            clients = await valkey.ask(valkey.client.client_list, [])
            assert len(clients) <= 32

    play(scene())


def test_connections_of_before_are_no_harm_when_it_is_back(server, caplog):
    """20 connections were open when it died and came back at once: 20 new ones, and no second outage."""

    async def scene() -> None:
        async with Connected(server.settings) as valkey:
            await asyncio.gather(*(said(valkey) for _ in range(20)))
            server.kill()
            server.start()
            assert await asyncio.gather(*(said(valkey) for _ in range(20))) == [None] * 20
            server.kill()
            assert await said(valkey) == "nothing"
            server.start()
            await back(valkey)
            assert await asyncio.gather(*(said(valkey) for _ in range(20))) == [None] * 20

    play(scene())
    told = [record.message for record in caplog.records if record.name == "threefold.cache"]
    assert len(told) == 2


def test_nobody_there_from_the_start():
    async def scene() -> None:
        async with Connected(ValkeySettings("127.0.0.1", 1)) as valkey:
            assert await said(valkey) == "nothing"

    play(scene())
