"""A shared number of places: first come, first served, and nobody's place is lost."""

import asyncio
from dataclasses import replace

import pytest

from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded
from sources.transport.limits import Accounts, Limiter


def test_no_more_than_allowed_run_and_in_order_of_arrival() -> None:
    async def scene() -> None:
        limiter, most, order = Limiter(3), 0, []

        async def work(number: int) -> None:
            nonlocal most
            async with limiter.slot("erp", Context.within(10)):
                order.append(number)
                most = max(most, limiter.running)
                await asyncio.sleep(0)

        await asyncio.gather(*(work(number) for number in range(20)))
        assert most == 3
        assert order == [*range(20)]
        assert limiter.running == 0

    asyncio.run(scene())


def test_waiting_ends_with_the_deadline() -> None:
    async def scene() -> None:
        limiter = Limiter(1)
        async with limiter.slot("erp", Context.within(10)):
            with pytest.raises(DeadlineExceeded, match="1 calls were running"):
                async with limiter.slot("erp", Context.within(0.02)):
                    raise AssertionError
        async with limiter.slot("erp", Context.within(1)):
            assert limiter.running == 1

    asyncio.run(scene())


def test_a_place_given_to_someone_who_left_goes_to_the_next() -> None:
    async def scene() -> None:
        limiter, served = Limiter(1), []

        async def work(name: str) -> None:
            async with limiter.slot("erp", Context.within(10)):
                served.append(name)

        first = limiter.slot("erp", Context.within(10))
        await first.__aenter__()
        leaver, stayer = asyncio.create_task(work("leaver")), asyncio.create_task(work("stayer"))
        await asyncio.sleep(0)
        await first.__aexit__(None, None, None)
        leaver.cancel()
        await stayer
        with pytest.raises(asyncio.CancelledError):
            await leaver
        assert served == ["stayer"]
        assert limiter.running == 0

    asyncio.run(scene())


def test_cancelled_waiters_leave_the_queue() -> None:
    async def scene() -> None:
        limiter = Limiter(1)

        async def work() -> None:
            async with limiter.slot("erp", Context.within(10)):
                await asyncio.sleep(0)

        async with limiter.slot("erp", Context.within(10)):
            waiting = [asyncio.create_task(work()) for _ in range(5)]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.wait_for(work(), 1)
        assert limiter.running == 0

    asyncio.run(scene())


def test_sources_of_one_account_share_the_smaller_bound() -> None:
    accounts = Accounts()
    assert accounts.limiter("acme", 8) is accounts.limiter("acme", 3)
    assert accounts.limiter("acme", 5).concurrency == 3
    assert accounts.limiter("acme2", 5).concurrency == 5


def test_principals_take_turns() -> None:
    """A dashboard asks a hundred things, then an analyst one: the analyst comes second, not last."""

    async def scene() -> list[str]:
        limiter, served = Limiter(1), list[str]()

        async def work(who: str) -> None:
            async with limiter.slot("erp", replace(Context.within(10), principal=who)):
                served.append(who)
                await asyncio.sleep(0)

        waiting = [asyncio.create_task(work("dashboard")) for _ in range(100)]
        await asyncio.sleep(0)
        await asyncio.gather(*waiting, work("analyst"))
        return served

    assert asyncio.run(scene()).index("analyst") <= 4


def test_asked_for_fewer_calls_half_as_many_run_and_more_again_when_it_goes_well() -> None:
    limiter = Limiter(8)
    limiter.narrow()
    assert limiter.allowed == 4
    limiter.narrow()
    limiter.narrow()
    limiter.narrow()
    assert limiter.allowed == 1
    for _ in range(100):
        limiter.widen()
    assert limiter.allowed == 8


def test_no_more_calls_a_second_than_allowed_after_the_first_second_s_worth() -> None:
    """Ten a second: the first ten at once, the others a tenth of a second apart."""

    async def scene() -> list[float]:
        began = asyncio.get_running_loop().time()
        limiter, at = Limiter(100, rate=10), list[float]()

        async def work() -> None:
            async with limiter.slot("erp", Context.within(10)):
                at.append(asyncio.get_running_loop().time() - began)

        await asyncio.gather(*(work() for _ in range(13)))
        return at

    at = asyncio.run(scene())
    assert all(time >= number / 10 - 0.01 for number, time in enumerate(at[10:], start=1))


def test_a_rate_that_leaves_no_time_is_said_at_once() -> None:
    async def scene() -> None:
        limiter = Limiter(100, rate=1)
        async with limiter.slot("erp", Context.within(10)):
            with pytest.raises(DeadlineExceeded, match="1 calls a second leave no time"):
                async with limiter.slot("erp", Context.within(0.5)):
                    raise AssertionError
        assert limiter.running == 0

    asyncio.run(scene())
