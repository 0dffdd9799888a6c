"""Law 7: what somebody sees is what there is, filtered; whatever their roles, whatever the question."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.engine import Engine
from resolvers.plan.errors import QuestionError
from resolvers.plan.listing import Listing
from resolvers.plan.papers import Paper
from resolvers.plan.question import Filter, Question
from resolvers.plan.trace import Beginning, Start
from resolvers.semantics.access import Scope, view
from resolvers.semantics.dimensions import RESERVED, Dimension
from sources.spi.context import Context
from sources.spi.facts import Fact
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


FACTS = (Fact.REQUISITION, Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.LEDGER, Fact.BUDGET)
EVER = date(2000, 1, 1)


async def listed(engine: Engine, fact: Fact) -> list[Paper]:
    found = await engine.list_documents(Listing(fact, since=EVER, first=1000), Context.within(60))
    assert not found.more
    assert found.gaps == ()
    return list(found.papers)


async def ordered(engine: Engine) -> list[Paper]:
    """All orders, also those without a date, by the numbers that worlds give them."""
    numbers = tuple(f"PO{n}" for n in range(100))
    return list(
        (
            await engine.list_documents(Listing(Fact.ORDER, numbers=numbers, first=1000), Context.within(60))
        ).papers
    )


def places(row: Mapping[str, Any], orders: list[Paper]) -> list[dict[str, str | None]]:
    """Where a line stands: as it says, else as the order lines do that it names. Where a receipt
    stands, whose order nobody knows, nobody knows."""
    own = {name: row.get(name) or "UNASSIGNED" for name in ("cost_center", "project")}
    named = [
        line
        for order in orders
        for line in order.rows
        if row.get("po") is not None
        and (line["legal_entity"], line["number"], line["line"])
        == (row["legal_entity"], row["po"], row.get("po_line"))
        and (row.get("po_dist") is None or line["dist"] in (None, row["po_dist"]))
    ]
    return [
        {"legal_entity": row["legal_entity"]}
        | {name: line[name] if own[name] == "UNASSIGNED" else own[name] for name in own}
        for line in named or [own if "cost_center" in row else dict.fromkeys(own)]
    ]


def of(paper: Paper) -> tuple[str | None, ...]:
    return tuple(str(paper.rows[0].get(name)) for name in ("source", "legal_entity", "id", "number"))


def lines(found: list[tuple[Any, tuple[Any, ...]]]) -> list[str]:
    """Every line with its document. A document stands by the earliest of those lines that may be seen, so
    that the order is another."""
    return sorted(
        str((key, [row.get(c) for c in ("line", "dist", "period")])) for key, r in found for row in r
    )


@law(10)
def test_lists(seed: int, size: int) -> None:
    """Every kind of document, with the lines that may be seen, and none without any."""
    able, scope = scene(seed, size), grants(Random(f"{seed} roles"))
    mine = lets_through(scope)

    async def scenes(engine: Engine) -> None:
        orders = await ordered(engine)
        for fact in FACTS:
            behind = orders if fact in (Fact.RECEIPT, Fact.INVOICE) else []
            expected = [
                (of(paper), tuple(row for row in paper.rows if any(map(mine, places(row, behind)))))
                for paper in await listed(engine, fact)
            ]
            found = [(of(paper), paper.rows) for paper in await listed(engine.scoped(scope), fact)]
            assert lines(found) == lines(expected)

    using(able.world.model, *able.world.systems, do=scenes)


@law(6)
def test_traces(seed: int, size: int) -> None:
    """Of every order: all documents of its chain that may be seen, or that there is no such order."""
    able, scope = scene(seed, size), grants(Random(f"{seed} roles"))

    async def scenes(engine: Engine) -> None:
        seen = engine.scoped(scope)
        dated = {of(paper) for fact in FACTS[:4] for paper in await listed(engine, fact)}
        own = {of(paper) for fact in FACTS[:4] for paper in await listed(seen, fact)}
        for order in await listed(engine, Fact.ORDER):
            head = order.rows[0]
            begin = Beginning(head["source"], Start.PURCHASE_ORDER, head["number"], head["legal_entity"])
            whole = await engine.trace(begin, Context.within(60))
            bought = {of(node.paper) for node in whole.nodes if node.fact is not Fact.VOUCHER}
            if of(order) not in own:
                with pytest.raises(QuestionError, match=r"has no PURCHASE_ORDER|is not one of"):
                    await seen.trace(begin, Context.within(60))
                continue
            found = await seen.trace(begin, Context.within(60))
            mine = {of(node.paper) for node in found.nodes if node.fact is not Fact.VOUCHER}
            assert mine & dated == bought & own
            assert found.restricted is (len(found.nodes) < len(whole.nodes) or found.nodes != whole.nodes)

    using(able.world.model, *able.world.systems, do=scenes)
