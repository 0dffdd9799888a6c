"""Ledger lines that concern nothing that was read change nothing that was made of it."""

from random import Random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from resolvers.plan.bind import bind
from resolvers.plan.compute import Early, Staged, staged
from resolvers.plan.engine import Engine
from resolvers.plan.execute import Collected
from resolvers.semantics.concern import concerned, words
from resolvers.semantics.rates import with_rates
from sources.spi.context import Context
from sources.spi.facts import Fact
from tests.laws.asking import Scene, law, scene
from tests.world import using

pytestmark = pytest.mark.slow
DOCUMENT = ["source", "legal_entity", "number"]


@law(12)
def test_a_ledger_document_that_concerns_nothing_changes_nothing(seed: int, size: int) -> None:
    """One that came last, after some orders, some invoices and all others: the parts are what they were, of
    every order and invoice."""
    drawn, rng = scene(seed, size), Random(seed)
    read = collected(drawn)
    share = rng.choice((0.2, 0.5, 1.0))
    for fact in (Fact.ORDER, Fact.INVOICE):
        read.frames[fact] = some(read.rows(fact), share, rng)
    vouchers = read.rows(Fact.VOUCHER)
    for fresh in vouchers.partition_by(DOCUMENT, maintain_order=True)[:20]:
        known = vouchers.join(fresh, on=DOCUMENT, how="anti", nulls_equal=True)
        if not concerned(fresh, words(known, read.rows(Fact.INVOICE), read.rows(Fact.ORDER))):
            before, after = (made(drawn, read, rows) for rows in (known, pl.concat([known, fresh])))
            assert_frame_equal(after.placed.parts, before.placed.parts, check_row_order=False)
            assert_frame_equal(after.unplaced, before.unplaced, check_row_order=False)
            assert lacking(after) == lacking(before)


def collected(drawn: Scene) -> Collected:
    """All that is read for the question."""

    async def run(engine: Engine) -> Collected:
        desk = engine.desk
        plan = desk.planner.plan(bind(drawn.question, engine.model))
        return await desk.executor.run(plan, Context.within(60))

    return using(drawn.world.model, *drawn.world.systems, do=run)


def made(drawn: Scene, read: Collected, vouchers: pl.DataFrame) -> Staged:
    """What becomes of the documents with these ledger lines."""
    model = with_rates(drawn.world.model, read.rows(Fact.EXCHANGE_RATE))
    rows = Collected({**read.frames, Fact.VOUCHER: vouchers})
    return staged(rows, bind(drawn.question, drawn.world.model), model, Early())


def lacking(of: Staged) -> list[str]:
    """The rates it would take."""
    return [str(rate) for rate in of.placed.rates_missing]


def some(frame: pl.DataFrame, share: float, rng: Random) -> pl.DataFrame:
    """About so many of the documents, whole."""
    found = frame.partition_by(DOCUMENT, maintain_order=True)
    return pl.concat([frame.clear(), *(each for each in found if rng.random() < share)])
