"""A document that comes again counts once."""

from collections.abc import Callable

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import FLOWS, Fact
from sources.spi.scan import Accepted
from sources.spi.source import Source
from tests.laws.asking import Scene, figures, law, scene
from tests.plan.doubles import Around

pytestmark = pytest.mark.slow


class Replaying(Around):
    """Sends with every batch of records all those of the fact that it has sent before."""

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self._sent: dict[tuple[Fact, tuple[str, ...]], pl.DataFrame] = {}

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        batch = await super().run(accepted, ctx)
        fact, frame = batch.fact, batch.frame
        if fact in FLOWS or "id" not in frame.columns:
            return batch
        key = fact, tuple(frame.columns)
        every = pl.concat([frame, self._sent.get(key, frame.clear())]).unique(maintain_order=True)
        self._sent[key] = every
        return batch.with_frame(every)


class Stuttering(Around):
    """Sends every record that is no sum twice in one batch, as pages that shift under a reader do."""

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        batch = await super().run(accepted, ctx)
        if batch.fact in FLOWS or "id" not in batch.frame.columns:
            return batch
        return batch.with_frame(pl.concat([batch.frame, batch.frame.reverse()]))


@law(5)
def test_what_a_source_sends_again_changes_no_figure(seed: int, size: int) -> None:
    """In any later batch, whatever that was asked for. Budgets and ledgers are sums without identity: they
    promise nothing here."""
    _same(scene(seed, size), Replaying)


@law(5)
def test_what_a_source_sends_twice_in_one_batch_changes_no_figure(seed: int, size: int) -> None:
    _same(scene(seed, size), Stuttering)


def _same(small: Scene, around: Callable[[Source], Around]) -> None:
    expected = small.answer()
    got = small.answer(around=around)
    assert figures(got) == figures(expected)
    assert_frame_equal(got.totals, expected.totals)
    assert_frame_equal(got.revenue_totals, expected.revenue_totals)
