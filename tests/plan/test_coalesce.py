"""Equal scans in flight are one, and nobody's end is another's."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl
import pytest

from sources.aspects.coalesce import Coalesced
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, Unavailable
from sources.spi.facts import Fact
from sources.spi.scan import Accepted, Keys, Scan
from tests.plan.doubles import Around
from tests.world import System

NOW: Final = datetime(2026, 6, 30, tzinfo=UTC)
BATCH: Final = Batch(Fact.LEDGER, pl.DataFrame(), NOW, NOW, calls=1)


def scan(*keys: str) -> Accepted:
    return Accepted(Scan(Fact.LEDGER, ("id",), keys=Keys("id", keys)), "journal_lines", (), ())


class Gated(Around):
    """Answers when the gate opens; gives up when its caller's deadline is over."""

    def __init__(self) -> None:
        super().__init__(System("own", {}).source())
        self.gate = asyncio.Event()
        self.started = 0
        self.cancelled = 0

    async def run(self, _: Accepted, ctx: Context) -> Batch:
        self.started += 1
        try:
            ctx.remaining(self.name)
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return BATCH


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


async def settled() -> None:
    """Everything that can go on without the gate has gone on."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_hundred_equal_scans_are_one_call() -> None:
    async def scene() -> None:
        inner = Gated()
        source, ctx = Coalesced(inner), Context.within(30)
        callers = [asyncio.create_task(source.run(scan("a"), ctx)) for _ in range(100)]
        await settled()
        inner.gate.set()
        assert {id(batch) for batch in await asyncio.gather(*callers)} == {id(BATCH)}
        assert inner.started == 1

    play(scene())


def test_other_scans_are_others_and_so_is_the_next() -> None:
    async def scene() -> None:
        inner = Gated()
        source, ctx = Coalesced(inner), Context.within(30)
        inner.gate.set()
        await asyncio.gather(source.run(scan("a"), ctx), source.run(scan("b"), ctx))
        await source.run(scan("a"), ctx)
        assert inner.started == 3

    play(scene())


def test_a_caller_that_gives_up_takes_nobody_with_it() -> None:
    async def scene() -> None:
        inner = Gated()
        source, ctx = Coalesced(inner), Context.within(30)
        leader, follower = (asyncio.create_task(source.run(scan("a"), ctx)) for _ in range(2))
        await settled()
        leader.cancel()
        await settled()
        inner.gate.set()
        assert await follower is BATCH
        assert leader.cancelled()
        assert (inner.started, inner.cancelled) == (1, 0)

    play(scene())


def test_when_the_last_one_has_gone_the_work_is_cancelled() -> None:
    async def scene() -> None:
        inner = Gated()
        source, ctx = Coalesced(inner), Context.within(30)
        callers = [asyncio.create_task(source.run(scan("a"), ctx)) for _ in range(3)]
        await settled()
        for caller in callers:
            caller.cancel()
        await settled()
        assert inner.cancelled == 1
        inner.gate.set()
        assert await source.run(scan("a"), ctx) is BATCH

    play(scene())


def test_a_leader_out_of_time_does_not_fail_who_has_some_left() -> None:
    async def scene() -> None:
        inner = Gated()
        source = Coalesced(inner)
        late = Context(deadline=asyncio.get_running_loop().time() - 1)
        leader = asyncio.create_task(source.run(scan("a"), late))
        followers = [asyncio.create_task(source.run(scan("a"), Context.within(30))) for _ in range(3)]
        also_late = asyncio.create_task(source.run(scan("a"), late))
        await settled()
        inner.gate.set()
        assert await asyncio.gather(*followers) == [BATCH] * 3
        for task in (leader, also_late):
            with pytest.raises(DeadlineExceeded):
                await task
        assert inner.started == 2

    play(scene())


def test_a_failure_is_everybodys_and_is_not_kept() -> None:
    class Broken(Around):
        attempts = 0

        async def run(self, *_: object) -> Batch:
            self.attempts += 1
            await asyncio.sleep(0)
            raise Unavailable(self.name, "no")

    async def scene() -> None:
        inner = Broken(System("own", {}).source())
        source, ctx = Coalesced(inner), Context.within(30)
        callers = [source.run(scan("a"), ctx) for _ in range(3)]
        failures = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(failure) for failure in failures] == [Unavailable] * 3
        with pytest.raises(Unavailable):
            await source.run(scan("a"), ctx)
        assert inner.attempts == 2

    play(scene())


def test_who_comes_while_the_work_is_being_cancelled_gets_work_of_its_own() -> None:
    async def scene() -> None:
        inner = Gated()
        source, ctx = Coalesced(inner), Context.within(30)
        first = asyncio.create_task(source.run(scan("a"), ctx))
        await settled()
        first.cancel()
        await asyncio.sleep(0)
        second = asyncio.create_task(source.run(scan("a"), ctx))
        await settled()
        inner.gate.set()
        assert await second is BATCH

    play(scene())


def test_who_comes_right_after_a_leader_ran_out_of_time_starts_anew() -> None:
    """Between the end of the work and its being cleared away lies one turn of the loop."""

    async def scene() -> None:
        inner = Gated()
        inner.gate.set()
        source = Coalesced(inner)

        async def late(turns: int) -> Batch:
            for _ in range(turns):
                await asyncio.sleep(0)
            return await source.run(scan("a"), Context.within(2))

        past = Context(deadline=asyncio.get_running_loop().time() - 1)
        leader = asyncio.create_task(source.run(scan("a"), past))
        assert await asyncio.gather(*(late(turns) for turns in range(4))) == [BATCH] * 4
        with pytest.raises(DeadlineExceeded):
            await leader

    play(scene())
