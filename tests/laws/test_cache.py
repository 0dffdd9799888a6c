"""What is kept changes no figure, whatever was asked before."""

from random import Random

import pytest
from polars.testing import assert_frame_equal

from resolvers.plan.answer import Answer
from resolvers.plan.bind import bind
from resolvers.plan.engine import Engine
from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Question
from sources.aspects.cache import Ages, Cached, Memory
from sources.spi.context import Context
from sources.spi.source import Source
from tests.laws.asking import figures, law
from tests.laws.questions import question
from tests.laws.worlds import World, world
from tests.world import ask, using

pytestmark = pytest.mark.slow


def _questions(small: World, seed: int) -> list[Question]:
    rng, found = Random(seed), list[Question]()
    while len(found) < 4:
        asked = question(rng, small.model)
        try:
            bind(asked, small.model)
        except QuestionError:
            continue
        found.append(asked)
    return found


@law(6)
def test_an_answer_from_what_is_kept_is_the_answer(seed: int, size: int) -> None:
    """Four questions one after the other, the later ones answered with what the earlier ones have read where
    that is enough: each as if it had been the first."""
    small = world(seed, size)
    asked = _questions(small, seed)

    def kept(source: Source) -> Source:
        return Cached(source, store, Ages(fresh=3600))

    async def one_after_the_other(engine: Engine) -> list[Answer]:
        engine.sources = {name: kept(source) for name, source in engine.sources.items()}
        again = Engine(small.model, engine.sources)
        return [await again.ask(each, Context.within(60)) for each in asked]

    store = Memory(100_000_000)
    answers = using(small.model, *small.systems, do=one_after_the_other)
    for each, got in zip(asked, answers, strict=True):
        expected = ask(small.model, *small.systems, question=each)
        assert figures(got) == figures(expected)
        assert_frame_equal(got.totals, expected.totals)
        assert_frame_equal(got.revenue_totals, expected.revenue_totals)
