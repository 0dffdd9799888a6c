"""What every law needs: a random world and a question about it, from one number."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from resolvers.plan.answer import Answer
from resolvers.plan.bind import bind
from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Question
from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import SPEND, AccountClass, Dimension
from resolvers.semantics.measures import BASE
from sources.spi.source import Source
from tests.laws.oracle import BUDGETS
from tests.laws.oracle_compared import FORECASTS
from tests.laws.questions import question
from tests.laws.worlds import World, world
from tests.world import ask

Figures = dict[tuple[str | None, ...], dict[str, Any]]
WALK: Final = int(os.environ.get("THREEFOLD_LAWS", "1"))
"""How many times further than in an ordinary run; beyond 1, along a new road each time."""


def law(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test that holds for every `seed` (of a world and a question) and `size` (of the world)."""

    def decorated(test: Callable[..., None]) -> Callable[..., None]:
        walk = settings(
            max_examples=examples * WALK,
            derandomize=WALK == 1,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            phases=[Phase.explicit, Phase.generate],
            report_multiple_bugs=False,
        )
        return walk(given(seed=st.integers(0, 1_000_000), size=st.integers(1, 5))(test))

    return decorated


@dataclass(frozen=True)
class Scene:
    """One world, one question, and whatever stands between them."""

    world: World
    question: Question

    def answer(
        self, question: Question | None = None, around: Callable[[Source], Source] | None = None
    ) -> Answer:
        systems = self.world.systems
        if around is not None:
            systems = tuple(replace(system, around=around) for system in systems)
        return ask(self.world.model, *systems, question=question or self.question)


def scene(seed: int, size: int) -> Scene:
    """A world and a question it has an answer to."""
    small, rng = world(seed, size), Random(seed)
    while True:
        asked = question(rng, small.model)
        try:
            bind(asked, small.model)
        except QuestionError:
            continue
        return Scene(small, asked)


def told(asked: Question) -> tuple[str, ...]:
    """The base measures whose facts have every dimension asked about (a budget has no supplier), and every
    year (there is none before the first)."""
    dimensions = (*asked.group_by, *(f.dimension for f in asked.where))
    without = {*BUDGETS.values(), *FORECASTS} if Dimension.SUPPLIER in dimensions else set()
    span = asked.span
    first = span.first or ("" if span.window is Window.ITD else span.through or str(span.fiscal_year))
    if not first.startswith("2026"):
        without.add("prior_year_actual")
    return tuple(name for name in BASE if name not in without)


def one_sided(asked: Question) -> Question:
    """The question about spend alone, or revenue alone, where no cell hides the other side."""
    revenue = asked.classes is not None and AccountClass.REVENUE in asked.classes
    where = tuple(f for f in asked.where if f.dimension is not Dimension.ACCOUNT)
    return replace(asked, where=where, classes=(AccountClass.REVENUE,) if revenue else SPEND)


def figures(answer: Answer, *measures: str) -> Figures:
    """The rows by the members they are grouped by."""
    columns = [dimension.column for dimension in answer.bound.question.group_by]
    named = measures or (*BASE, "budget", "consumed", "consumed_known", "available", "consumed_percent")
    return {
        tuple(row[column] for column in columns): {name: row[name] for name in named}
        for row in answer.rows.iter_rows(named=True)
    }
