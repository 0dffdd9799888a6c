"""The loader beside Strawberry's own: what goes wrong there, and does not here."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from strawberry.dataloader import DataLoader

from resolvers.graph.dataloader import LoadCancelledError, Loader

Load = Callable[[list[int]], Awaitable[Sequence[int | BaseException]]]


class Upstream:
    """Doubles numbers, remembering the batches it was asked for; slow, failing or cancelled on demand."""

    def __init__(self, *, fails: int = 0, seconds: float = 0.0) -> None:
        self.batches: list[list[int]] = []
        self.fails = fails
        self.seconds = seconds
        self.entered = asyncio.Event()

    async def load(self, keys: list[int]) -> list[int | BaseException]:
        self.batches.append(list(keys))
        self.entered.set()
        await asyncio.sleep(self.seconds)
        if self.fails > 0:
            self.fails -= 1
            raise RuntimeError("upstream")
        return [key * 2 for key in keys]


def _later(loader: DataLoader[int, int], key: int, ticks: int) -> Awaitable[int]:
    async def load() -> int:
        for _ in range(ticks):
            await asyncio.sleep(0)
        return await loader.load(key)

    return load()


def test_callers_on_different_ticks_share_a_batch() -> None:
    async def batches(make: Callable[[Load], DataLoader[int, int]]) -> int:
        upstream = Upstream()
        loader = make(upstream.load)
        assert await asyncio.gather(*(_later(loader, key, key) for key in range(6))) == [0, 2, 4, 6, 8, 10]
        return len(upstream.batches)

    assert asyncio.run(batches(DataLoader)) > 1
    assert asyncio.run(batches(Loader)) == 1


def test_a_caller_that_gives_up_leaves_the_others_their_answer() -> None:
    async def other(make: Callable[[Load], DataLoader[int, int]]) -> object:
        upstream = Upstream(seconds=0.02)
        loader = make(upstream.load)

        async def waiting() -> int:
            return await loader.load(1)

        first, second = asyncio.create_task(waiting()), asyncio.create_task(waiting())
        await upstream.entered.wait()
        first.cancel()
        return (await asyncio.gather(second, return_exceptions=True))[0]

    assert isinstance(asyncio.run(other(DataLoader)), asyncio.CancelledError)
    assert asyncio.run(other(Loader)) == 2


def test_a_failure_is_forgotten() -> None:
    async def second(make: Callable[[Load], DataLoader[int, int]]) -> object:
        loader = make(Upstream(fails=1).load)
        with pytest.raises(RuntimeError):
            await loader.load(1)
        return (await asyncio.gather(loader.load(1), return_exceptions=True))[0]

    assert isinstance(asyncio.run(second(DataLoader)), RuntimeError)
    assert asyncio.run(second(Loader)) == 2


def test_a_cancelled_load_is_an_error_and_not_a_wait_for_ever() -> None:
    async def outcome(make: Callable[[Load], DataLoader[int, int]]) -> object:
        async def cancelled(keys: list[int]) -> list[int | BaseException]:
            raise asyncio.CancelledError

        loading = asyncio.ensure_future(make(cancelled).load(1))
        done, _ = await asyncio.wait({loading}, timeout=0.2)
        if not done:
            loading.cancel()
            return "hangs"
        return loading.exception()

    assert asyncio.run(outcome(DataLoader)) == "hangs"
    assert isinstance(asyncio.run(outcome(Loader)), LoadCancelledError)


def test_one_key_can_fail_alone_and_is_asked_again() -> None:
    async def scene() -> None:
        answers: list[Sequence[int | BaseException]] = [[1, KeyError("two")], [22]]

        async def load(keys: list[int]) -> Sequence[int | BaseException]:
            return answers.pop(0)

        loader: Loader[int, int] = Loader(load)
        one, two = await asyncio.gather(loader.load(1), loader.load(2), return_exceptions=True)
        assert one == 1
        assert isinstance(two, KeyError)
        assert await loader.load(2) == 22
        assert await loader.load(1) == 1

    asyncio.run(scene())


def test_batches_are_no_larger_than_asked_for() -> None:
    async def scene() -> list[int]:
        upstream = Upstream()
        loader: Loader[int, int] = Loader(upstream.load, max_batch_size=4)
        await loader.load_many(range(10))
        return [len(batch) for batch in upstream.batches]

    assert asyncio.run(scene()) == [4, 4, 2]
