"""A shared number of places: first come, first served, and nobody's place is lost."""

import asyncio

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
