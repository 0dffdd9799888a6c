"""A batch is whole: callers that come while others still come are loaded together, however slow the loop."""

import asyncio

import pytest

from resolvers.graph import dataloader
from resolvers.graph.dataloader import Loader


def batches(arrivals: list[int]) -> list[int]:
    """The sizes of the batches of callers that come after so many ticks each."""
    sizes: list[int] = []

    async def load(keys: list[int]) -> list[int]:
        sizes.append(len(keys))
        return keys

    async def caller(loader: Loader[int, int], key: int, ticks: int) -> int:
        for _ in range(ticks):
            await asyncio.sleep(0)
        return await loader.load(key)

    async def scene() -> list[int]:
        loader = Loader(load, window=0)
        return await asyncio.gather(*(caller(loader, key, ticks) for key, ticks in enumerate(arrivals)))

    assert asyncio.run(scene()) == [*range(len(arrivals))]
    return sizes


@pytest.mark.parametrize("apart", [1, 2])
def test_callers_a_few_ticks_apart_are_one_batch(apart):
    assert batches([n * apart for n in range(50)]) == [50]


def test_a_quiet_moment_ends_a_batch():
    assert batches([0, 0, 0, 40, 40]) == [3, 2]


def test_an_endless_stream_starves_nobody(monkeypatch):
    monkeypatch.setattr(dataloader, "MOST_TICKS", 20)
    sizes = batches([*range(200)])
    assert sum(sizes) == 200
    assert len(sizes) > 2
