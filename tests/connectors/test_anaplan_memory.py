"""What was learnt about a model is kept, asked for once by all who wait, and never kept when it failed."""

import asyncio

import pytest

from sources.dialects.grid_model import Memory
from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, Unavailable


class Teller:
    """Answers with how often it was asked; the first `failures` times it fails."""

    def __init__(self, failures: int = 0) -> None:
        self.asked = 0
        self._failures = failures

    async def __call__(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        if self.asked <= self._failures:
            raise Unavailable("planning", "not now")
        return self.asked


def test_many_ask_and_one_is_sent() -> None:
    async def run() -> None:
        memory, tell = Memory[int]("planning", 60), Teller()
        answers = (memory.get("view", tell, Context.within(5)) for _ in range(20))
        assert set(await asyncio.gather(*answers)) == {1}
        assert await memory.get("other view", tell, Context.within(5)) == 2

    asyncio.run(run())


def test_what_is_old_is_asked_again() -> None:
    async def run() -> None:
        memory, tell = Memory[int]("planning", 0), Teller()
        assert [await memory.get("view", tell, Context.within(5)) for _ in range(3)] == [1, 2, 3]

    asyncio.run(run())


def test_a_failure_is_not_kept() -> None:
    async def run() -> None:
        memory, tell = Memory[int]("planning", 60), Teller(failures=1)
        with pytest.raises(Unavailable):
            await memory.get("view", tell, Context.within(5))
        assert await memory.get("view", tell, Context.within(5)) == 2

    asyncio.run(run())


def test_one_who_leaves_does_not_take_the_others_along() -> None:
    async def run() -> None:
        memory, gate = Memory[str]("planning", 60), asyncio.Event()

        async def slow() -> str:
            await gate.wait()
            return "shape"

        first = asyncio.create_task(memory.get("view", slow, Context.within(5)))
        second = asyncio.create_task(memory.get("view", slow, Context.within(5)))
        await asyncio.sleep(0)
        first.cancel()
        gate.set()
        assert await second == "shape"

    asyncio.run(run())


def test_waiting_ends_with_the_deadline() -> None:
    async def run() -> None:
        memory = Memory[str]("planning", 60)
        with pytest.raises(DeadlineExceeded):
            await memory.get("view", asyncio.Event().wait, Context.within(0.01))  # type: ignore[arg-type]

    asyncio.run(run())
