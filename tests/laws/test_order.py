"""Law 8: the order of documents, pages and retries never matters."""

from dataclasses import replace
from random import Random

import pytest
from polars.testing import assert_frame_equal

from resolvers.plan.bind import bind
from resolvers.plan.compute import compute
from resolvers.plan.engine import Engine
from resolvers.plan.execute import Executor
from resolvers.plan.planner import FLOWS, Planner
from sources.spi.context import Context
from tests.laws.asking import figures, law, scene
from tests.world import System, using

pytestmark = pytest.mark.slow


def shuffled(system: System, rng: Random) -> System:
    """The same documents in another order, on pages of another size."""
    collections = {name: rng.sample(rows, len(rows)) for name, rows in system.collections.items()}
    return replace(system, collections=collections, page_size=rng.choice((1, 5, 50)))


@law(10)
def test_order_and_pages_do_not_matter(seed: int, size: int) -> None:
    small = scene(seed, min(size, 3))
    rng = Random(seed)
    other = replace(small.world, systems=tuple(shuffled(system, rng) for system in small.world.systems))
    expected, got = small.answer(), replace(small, world=other).answer()
    assert figures(got) == figures(expected)
    assert got.rows["cell_id"].to_list() == expected.rows["cell_id"].to_list()
    assert_frame_equal(got.totals, expected.totals)


@law(8)
def test_what_is_read_twice_counts_once(seed: int, size: int) -> None:
    """Every look-up of documents made a second time, as retries and overlapping look-ups do."""
    small = scene(seed, size)

    async def twice(engine: Engine) -> None:
        bound = bind(small.question, engine.model)
        planner = Planner(engine.model, engine.sources)
        executor = Executor(engine.model, engine.sources, planner)
        plan = planner.plan(bound)
        again = tuple((*w, *(node for node in w if node.fact not in FLOWS)) for w in plan.waves)
        signs = {n: {fact: s.sign(fact) for fact in s.facts} for n, s in engine.sources.items()}
        once, doubled = [
            compute(await executor.run(each, Context.within(30)), bound, engine.model, signs).parts
            for each in (plan, replace(plan, waves=again))
        ]
        assert_frame_equal(doubled, once, check_row_order=False)

    using(small.world.model, *small.world.systems, do=twice)
