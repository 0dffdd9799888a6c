"""Two replicas that read the same system: once for both, and never again what has changed."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from sources.aspects.cache import APART, Ages, Cached, Memory, Shared, Told, Valkey
from sources.spi.batch import Batch, Freshness
from sources.spi.changes import Changes
from sources.spi.context import Context
from sources.spi.errors import SourceError, Unavailable
from sources.spi.facts import Fact
from sources.spi.scan import Accepted
from tests.aspects.test_cached import NOON, Clock, Counting, scan
from tests.aspects.valkeys import Connected, Server

AGES = Ages(fresh=60, on_error=600)


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


class Slow(Counting):
    """A system that takes a while, and refuses while it is `failing`."""

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        await asyncio.sleep(0.2)
        return await super().run(accepted, ctx)


class Replica:
    """A gateway's cache of one system, whose clock is `ahead` by so many seconds."""

    def __init__(self, server: Server, system: Counting, ahead: float = 0.0) -> None:
        self.clock, self._ahead = system.clock, timedelta(seconds=ahead)
        self.changes = Changes(APART)
        self.valkey = Valkey(server.settings)
        self.told = Told(self.valkey, self.changes, self.now)
        store = Shared(Memory(1_000_000), self.valkey)
        self.source = Cached(system, store, AGES, changes=self.changes, now=self.now)

    def now(self):
        return self.clock.now + self._ahead

    async def ask(self, **how: Any) -> tuple[str, Freshness]:
        ctx = Context.within(10)
        for name, value in how.items():
            setattr(ctx, name, value)
        batch = await self.source.run(scan(), ctx)
        return batch.frame["id"][0], batch.freshness

    async def hears(self) -> None:
        """Of a change of the ledger, from the system itself."""
        self.changes.say("own", [Fact.LEDGER], self.now())
        await self.told.tell("own", [Fact.LEDGER], self.now())

    def knows(self) -> bool:
        return self.changes.since("own", Fact.LEDGER, NOON - timedelta(days=1))


async def until(true: Any) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


def test_what_all_ask_for_at_once_is_read_once(server):
    async def scene() -> None:
        system = Slow(Clock())
        replicas = [Replica(server, system) for _ in range(3)]
        answers = await asyncio.gather(*(each.ask() for each in replicas for _ in range(50)))
        assert {number for number, _ in answers} == {"1"}
        assert system.asked == 1
        for each in replicas:
            await each.valkey.aclose()

    play(scene())


def test_who_wants_it_younger_reads_it_again_and_the_others_have_that_too(server):
    async def scene() -> None:
        system = Counting(Clock())
        one, other = Replica(server, system), Replica(server, system)
        await one.ask()
        system.clock.pass_(30)
        assert await other.ask(max_staleness=10) == ("2", Freshness.LIVE)
        assert await one.ask(max_staleness=10) == ("2", Freshness.CACHED)
        assert await one.ask(no_cache=True) == ("3", Freshness.LIVE)
        await one.valkey.aclose()
        await other.valkey.aclose()

    play(scene())


def test_a_failure_of_one_is_not_the_failure_of_the_other(server):
    """The first to have his turn fails; the next tries himself and does not wait for what will not come."""

    async def scene() -> None:
        system = Slow(Clock())
        system.failing = Unavailable("own", "connection refused")
        one, other = Replica(server, system), Replica(server, system)

        async def healed() -> None:
            await until(lambda: system.asked)
            system.failing = None

        told = await asyncio.gather(one.ask(), other.ask(), healed(), return_exceptions=True)
        assert sorted(isinstance(each, SourceError) for each in told[:2]) == [False, True]
        assert system.asked == 2
        await one.valkey.aclose()
        await other.valkey.aclose()

    play(scene())


def test_who_gives_up_lets_the_next_one_have_it(server):
    """The question whose turn it was is called off: its lease does not have to run out."""

    async def scene() -> None:
        system = Slow(Clock())
        one, other = Replica(server, system), Replica(server, system)
        first = asyncio.ensure_future(one.ask())
        await asyncio.sleep(0.1)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await until(lambda: not one.source._flights._under_way)
        assert await one.valkey.ask(partial(one.valkey.client.keys, "threefold:1:lease:*"), None) == []
        assert await other.ask() == ("1", Freshness.LIVE)
        await one.valkey.aclose()
        await other.valkey.aclose()

    play(scene())


@pytest.mark.parametrize("ahead", [-4.0, 0.0, 4.0])
def test_what_one_hears_all_know(server, ahead):
    """One hears that the ledger has changed. The other has read it 1 s before that, by a clock that is 4 s
    ahead or behind: it is not answered with any more, nor is what lies in Valkey."""

    async def scene() -> None:
        system = Counting(Clock())
        one, other = Replica(server, system), Replica(server, system, ahead)
        await one.told.begin()
        await other.told.begin()
        await other.ask()
        system.clock.pass_(1)
        await one.hears()
        await until(other.knows)
        assert (await one.ask())[0] == "2"
        assert (await other.ask())[0] != "1"
        system.clock.pass_(11)
        again = (await one.ask())[0]
        assert await one.ask() == (again, Freshness.CACHED)
        await one.told.aclose()
        await other.told.aclose()

    play(scene())


def test_a_replica_that_comes_later_knows_what_changed_before(server):
    async def scene() -> None:
        system = Counting(Clock())
        one = Replica(server, system)
        await one.ask()
        system.clock.pass_(1)
        await one.hears()
        late = Replica(server, system)
        await late.told.begin()
        assert await late.ask() == ("2", Freshness.LIVE)
        await one.told.aclose()
        await late.told.aclose()

    play(scene())


def test_what_could_not_be_told_is_told_when_valkey_is_back(server):
    async def scene() -> None:
        system = Counting(Clock())
        one, other = Replica(server, system), Replica(server, system)
        await one.told.begin()
        await other.told.begin()
        server.kill()
        await one.hears()
        assert not other.knows()
        server.start()
        await until(other.knows)
        await one.told.aclose()
        await other.told.aclose()

    play(scene())


def test_a_message_comes_to_all_of_them_once(server):
    async def scene() -> None:
        system = Counting(Clock())
        one, other = Replica(server, system), Replica(server, system)
        assert await one.told.first("ledger:5257a8", 600)
        assert not await other.told.first("ledger:5257a8", 600)
        assert await other.told.first("ledger:77", 600)
        server.kill()
        assert await other.told.first("ledger:78", 600)
        await one.told.aclose()
        await other.told.aclose()

    play(scene())


def test_what_nobody_understands_is_passed_over(server):
    """Of a later version, or of somebody else: the rest is heard all the same."""

    async def scene() -> None:
        system = Counting(Clock())
        async with Connected(server.settings) as valkey:
            strange = {
                "own|NEW_FACT": "2026-06-30",
                "own": "",
                "\xff": "\xff",
                "own|LEDGER": NOON.isoformat(),
            }
            await valkey.client.hset("threefold:1:changes", mapping=strange)
            one = Replica(server, system)
            await one.told.begin()
            assert one.knows()
            await one.told.aclose()

    play(scene())
