"""Law 7: what somebody sees is what there is, filtered; whatever their roles, whatever the question."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Filter, Question
from resolvers.semantics.access import Scope, view
from resolvers.semantics.model import RESERVED, Dimension
from sources.spi.context import Context
from tests.laws.asking import Scene, law, scene, told
from tests.laws.scopes import grants, lets_through
from tests.world import using

pytestmark = pytest.mark.slow

PLACES = (Dimension.LEGAL_ENTITY, Dimension.COST_CENTER, Dimension.PROJECT)
Cells = dict[tuple[Any, ...], dict[str, Any]]


def answer(of: Scene, question: Question, scope: Scope | None) -> Answer | None:
    """The answer for somebody with a scope; None where they are told that nothing of it is theirs."""
    try:
        return using(
            of.world.model,
            *of.world.systems,
            do=lambda engine: engine.scoped(scope).ask(question, Context.within(30)),
        )
    except QuestionError as error:
        if error.code != "CONTRADICTORY_FILTERS":
            raise
        return None


def known(of: Scene, question: Question, scope: Scope) -> Question:
    """The question without the filters that name what may not be known. They are refused as if it were not
    there: see `test_what_may_not_be_known_is_unknown`."""
    seen = view(scope, of.world.model).model

    def knows(asked: Filter) -> bool:
        members = {*seen.members.get(asked.dimension, {}), *RESERVED}
        if asked.dimension is Dimension.LEGAL_ENTITY:
            members = set(seen.legal_entities)
        free = asked.dimension is not Dimension.LEGAL_ENTITY and seen.is_open(asked.dimension)
        return free or {*asked.members, *asked.descendants_of} <= members

    return replace(question, where=tuple(each for each in question.where if knows(each)))


def fine(question: Question) -> Question:
    """The same question by place, in one currency."""
    group_by = (*PLACES, *(d for d in question.group_by if d not in PLACES))
    return replace(question, group_by=group_by, currency=question.currency or "USD")


def cells(found: Answer | None, question: Question, measures: tuple[str, ...]) -> Cells:
    rows = [] if found is None else found.rows.iter_rows(named=True)
    keys = [d.column for d in question.group_by]
    return {tuple(row[k] for k in keys): {m: row[m] for m in measures} for row in rows}


def nothing(figures: dict[str, Any]) -> bool:
    return all(value is None or value == 0 for value in figures.values())


@law(25)
def test_figures(seed: int, size: int) -> None:
    able, scope = scene(seed, size), grants(Random(f"{seed} roles"))
    asked = fine(known(able, able.question, scope))
    measures = told(replace(asked, group_by=tuple({*asked.group_by, *PLACES})))
    whole, seen = answer(able, asked, None), answer(able, asked, scope)
    assert whole is not None
    mine = lets_through(scope)
    keys = [d.column for d in asked.group_by]
    expected = {
        cell: figures
        for cell, figures in cells(whole, asked, measures).items()
        if mine(dict(zip(keys, cell, strict=True)))
    }
    got = cells(seen, asked, measures)
    assert {c: f for c, f in got.items() if not nothing(f)} == {
        c: f for c, f in expected.items() if not nothing(f)
    }
    if seen is not None and not seen.bound.restricted:
        assert len(got) == len(cells(whole, asked, measures))
