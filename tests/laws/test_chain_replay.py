"""A document that comes again counts once."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import DOCUMENT_FACTS, Fact
from sources.spi.scan import Accepted
from sources.spi.source import Source
from tests.laws.asking import figures, law, scene
from tests.plan.doubles import Around

pytestmark = pytest.mark.slow


class Replaying(Around):
    """Sends with every batch of documents all those of the fact that it has sent before."""

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self._sent: dict[tuple[Fact, tuple[str, ...]], pl.DataFrame] = {}

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        batch = await super().run(accepted, ctx)
        fact, frame = batch.fact, batch.frame
        if fact not in DOCUMENT_FACTS:
            return batch
        key = fact, tuple(frame.columns)
        every = pl.concat([frame, self._sent.get(key, frame.clear())]).unique(maintain_order=True)
        self._sent[key] = every
        return batch.with_frame(every)


@law(5)
def test_what_a_source_sends_again_changes_no_figure(seed: int, size: int) -> None:
    """In any later batch, whatever that was asked for. Within a batch a record is one row: so says the
    contract of a source, and it is for the dialect to keep. Budgets and ledgers are sums without identity,
    and rows of schedules and agreements have one only together with their period: they promise nothing
    here."""
    small = scene(seed, size)
    expected = small.answer()
    got = small.answer(around=Replaying)
    assert figures(got) == figures(expected)
    assert_frame_equal(got.totals, expected.totals)
    assert_frame_equal(got.revenue_totals, expected.revenue_totals)
