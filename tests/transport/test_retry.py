"""How long to wait before asking again, and when not to."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sources.spi.context import Context
from sources.spi.errors import BadRequest, RateLimited, SourceError, Unavailable
from sources.transport.breaker import CircuitOpen
from sources.transport.budget import RetryBudget
from sources.transport.retry import Retry, retry_after

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def waits(
    failures: list[SourceError], *, chance: Callable[[], float] = lambda: 1.0, seconds: float = 1000
) -> tuple[list[float], object]:
    """The waits between attempts, and what came of it."""

    async def scene() -> tuple[list[float], object]:
        slept: list[float] = []

        async def sleep(wait: float) -> None:
            slept.append(wait)

        left = iter(failures)

        async def call() -> str:
            for failure in left:
                raise failure
            return "answer"

        try:
            found: object = await Retry(sleep=sleep, chance=chance).run(call, Context.within(seconds), "erp")
        except SourceError as error:
            found = error
        return slept, found

    return asyncio.run(scene())


def test_waits_grow_and_are_capped_by_the_last_attempt() -> None:
    slept, found = waits([Unavailable("erp", "down")] * 4)
    assert slept == [0.4, 0.8, 1.6]
    assert isinstance(found, Unavailable)


def test_jitter_is_full() -> None:
    slept, found = waits([Unavailable("erp", "down")] * 2, chance=lambda: 0.25)
    assert slept == [0.1, 0.2]
    assert found == "answer"


def test_the_source_decides_when_it_says_so() -> None:
    assert waits([RateLimited("erp", "slow", retry_after=9.0)])[0] == [9.0]


def test_no_wait_outlives_the_deadline() -> None:
    error = RateLimited("erp", "slow", retry_after=9.0)
    assert waits([error], seconds=8) == ([], error)


def test_what_will_never_succeed_is_not_tried_again() -> None:
    error = BadRequest("erp", "wrong")
    assert waits([error]) == ([], error)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 31 Jan 2026 12:00:30 GMT", 30.0),
        ("Sat, 31 Jan 2026 11:00:00 GMT", 0.0),
        ("31 Jan 2026 12:00:07", 7.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_holds_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


def test_no_header_is_no_wish() -> None:
    assert retry_after({}) is None


def test_a_budget_bounds_all_repetitions_together() -> None:
    """A system that answers nobody: of 100 calls the first ten have repetitions for all, then one in five."""

    async def scene() -> int:
        asked = 0

        async def call() -> str:
            nonlocal asked
            asked += 1
            raise Unavailable("erp", "down")

        async def sleep(_: float) -> None:
            pass

        budget, retry = RetryBudget(), Retry(sleep=sleep)
        for _ in range(100):
            with pytest.raises(Unavailable):
                await retry.run(call, Context.within(1000), "erp", budget)
        return asked

    assert asyncio.run(scene()) <= 100 + 10 + 20


def test_nobody_is_asked_again_behind_an_open_breaker() -> None:
    slept, found = waits([CircuitOpen("erp", "is not asked")])
    assert slept == []
    assert isinstance(found, CircuitOpen)
