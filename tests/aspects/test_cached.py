"""What is kept answers for as long as it may, and says what it is."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import polars as pl
import pytest

from sources.aspects.cache import Ages, Cached, Memory
from sources.spi.batch import Batch, Freshness
from sources.spi.context import Context
from sources.spi.errors import Malformed, SourceError, Unauthorized, Unavailable
from sources.spi.facts import Fact
from sources.spi.scan import Accepted, Keys, Op, Predicate, Scan
from sources.spi.source import Source
from tests.plan.doubles import Around
from tests.world import System

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
AGES: Final = Ages(fresh=60, revalidate=30, on_error=600)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Counting(Around):
    """Answers with the number of times it was asked, as data of the moment it was asked."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(System("own", {}).source())
        self.clock = clock
        self.asked = 0
        self.failing: SourceError | None = None
        self.slow = False

    async def run(self, accepted: Accepted, _: Context) -> Batch:
        self.asked += 1
        if self.slow:
            await asyncio.sleep(30)
        if self.failing is not None:
            raise self.failing
        frame = pl.DataFrame({"id": [str(self.asked)]})
        return Batch(accepted.scan.fact, frame, self.clock.now, self.clock.now, calls=1)


def scan(*centers: str, key: str | None = None) -> Accepted:
    keys = Keys("id", (key,)) if key else None
    pushed = (Predicate("cost_center", Op.IN, centers),) if centers else ()
    return Accepted(Scan(Fact.LEDGER, ("id",), keys=keys), "journal_lines", pushed, ())


class Scene:
    def __init__(self, ages: Ages = AGES) -> None:
        self.clock = Clock()
        self.inner = Counting(self.clock)
        self.store = Memory(1_000_000)
        self.source = self.before(self.inner, ages)

    def before(self, inner: Source, ages: Ages = AGES, fingerprint: str = "") -> Cached:
        return Cached(inner, self.store, ages, fingerprint, now=self.clock)

    async def ask(self, accepted: Accepted | None = None, **how: Any) -> tuple[str, Freshness]:
        batch = await self.source.run(accepted or scan(), replace(Context.within(10), **how))
        return batch.frame["id"][0], batch.freshness

    async def settled(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0.001)


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def test_within_its_age_it_is_kept_and_then_read_again() -> None:
    async def scene() -> None:
        world = Scene(Ages(fresh=60))
        assert await world.ask() == ("1", Freshness.LIVE)
        world.clock.pass_(60)
        assert await world.ask() == ("1", Freshness.CACHED)
        world.clock.pass_(1)
        assert await world.ask() == ("2", Freshness.LIVE)

    play(scene())


def test_a_little_later_the_old_one_answers_while_the_new_one_is_fetched() -> None:
    async def scene() -> None:
        world = Scene()
        await world.ask()
        world.clock.pass_(61)
        assert await world.ask() == ("1", Freshness.STALE)
        assert await world.ask() == ("1", Freshness.STALE)
        await world.settled()
        assert world.inner.asked == 2
        assert await world.ask() == ("2", Freshness.CACHED)

    play(scene())


def test_when_the_system_is_down_the_old_one_answers_and_says_why() -> None:
    async def scene() -> None:
        world = Scene(Ages(fresh=60, on_error=600))
        await world.ask()
        world.inner.failing = Unavailable("own", "connection refused")
        world.clock.pass_(660)
        batch = await world.source.run(scan(), Context.within(10))
        assert (batch.frame["id"][0], batch.freshness) == ("1", Freshness.STALE)
        assert batch.error is world.inner.failing
        assert batch.fetched_at == NOON
        world.clock.pass_(1)
        with pytest.raises(Unavailable):
            await world.ask()

    play(scene())


def test_an_answer_that_cannot_be_trusted_is_a_failure_too() -> None:
    async def scene() -> None:
        world = Scene(Ages(fresh=60, on_error=600))
        await world.ask()
        world.inner.failing = Malformed("own", "the reply is not JSON")
        world.clock.pass_(61)
        assert await world.ask() == ("1", Freshness.STALE)

    play(scene())


def test_who_may_not_read_any_more_gets_nothing_that_is_kept() -> None:
    """Credentials that were withdrawn must not go on working from the cache."""

    async def scene() -> None:
        world = Scene(Ages(fresh=60, on_error=600))
        await world.ask()
        world.inner.failing = Unauthorized("own", "rejected the credentials")
        world.clock.pass_(61)
        with pytest.raises(Unauthorized):
            await world.ask()

    play(scene())


def test_a_system_that_hangs_leaves_time_to_answer_with_the_old_one() -> None:
    async def scene() -> None:
        world = Scene(Ages(fresh=60, on_error=600))
        await world.ask()
        world.clock.pass_(61)
        world.inner.slow = True
        batch = await world.source.run(scan(), Context.within(0.05))
        assert batch.freshness is Freshness.STALE
        assert batch.error is not None
        assert batch.error.code == "SOURCE_TIMEOUT"

    play(scene())


def test_a_question_may_want_it_younger_but_never_older() -> None:
    async def scene() -> None:
        world = Scene()
        await world.ask()
        world.clock.pass_(20)
        assert await world.ask(max_staleness=30) == ("1", Freshness.CACHED)
        assert await world.ask(max_staleness=10) == ("2", Freshness.LIVE)
        world.clock.pass_(700)
        assert await world.ask(max_staleness=10_000) == ("3", Freshness.LIVE)

    play(scene())


def test_a_bound_of_the_question_holds_for_stale_answers_too() -> None:
    async def scene() -> None:
        world = Scene()
        await world.ask()
        world.clock.pass_(65)
        world.inner.failing = Unavailable("own", "connection refused")
        assert await world.ask(max_staleness=70) == ("1", Freshness.STALE)
        with pytest.raises(Unavailable):
            await world.ask(max_staleness=64)

    play(scene())


def test_no_cache_reads_again_and_what_it_read_is_kept() -> None:
    async def scene() -> None:
        world = Scene()
        await world.ask()
        assert await world.ask(no_cache=True) == ("2", Freshness.LIVE)
        assert await world.ask() == ("2", Freshness.CACHED)

    play(scene())


def test_a_wider_batch_answers_a_narrower_scan_and_not_the_other_way_round() -> None:
    async def scene() -> None:
        world = Scene()
        await world.ask(scan("C1", "C2"))
        assert await world.ask(scan("C2")) == ("1", Freshness.CACHED)
        assert await world.ask(scan("C2", "C3")) == ("2", Freshness.LIVE)
        assert await world.ask(scan("C1", key="7")) == ("3", Freshness.LIVE)

    play(scene())


def test_what_other_settings_have_read_is_not_ours() -> None:
    async def scene() -> None:
        world = Scene()
        await world.ask()
        other = world.before(world.inner, fingerprint="another account")
        batch = await other.run(scan(), Context.within(10))
        assert batch.freshness is Freshness.LIVE

    play(scene())


def test_a_failure_is_never_kept() -> None:
    async def scene() -> None:
        world = Scene()
        world.inner.failing = Unavailable("own", "connection refused")
        with pytest.raises(Unavailable):
            await world.ask()
        world.inner.failing = None
        assert await world.ask() == ("2", Freshness.LIVE)

    play(scene())
