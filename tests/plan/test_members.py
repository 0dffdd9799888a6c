"""Members that live in the systems: named and arranged by them, and never a reason to lose a figure."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from resolvers.plan.answer import Answer
from resolvers.plan.directory import Directory
from resolvers.plan.engine import Engine
from resolvers.plan.question import Filter, Question
from resolvers.semantics.dimensions import Dimension, HierarchyView
from resolvers.semantics.model import Model
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import Unavailable
from sources.spi.facts import Fact
from sources.spi.scan import Accepted
from tests.world import ACCOUNTS, FINANCE, System, documents, engine, model, table

BOOKS = """
    journal-lines
    number  cost_center  amount
    J1      N1           10
    J2      S1           32
    J3      X9           5
"""
CENTERS = [
    {"code": "ALL", "name": "Everything", "legal_entity": "ONE"},
    {"code": "N1", "name": "North", "parent": "ALL", "owner": "Ada", "legal_entity": "ONE"},
    {"code": "N1", "name": "North (old)", "parent": "ALL", "valid_to": "2025-12-31", "legal_entity": "ONE"},
    {"code": "S1", "name": "South", "parent": "ALL", "legal_entity": "ONE"},
]
ACTUALS = Question(frozenset({"actual"}), group_by=(Dimension.COST_CENTER,))


def system(reads: list[Fact] | None = None, failing: set[Fact] | None = None) -> System:
    return System(
        "erp",
        {**documents(BOOKS), "cost-centers": CENTERS},
        facts=FINANCE | {Fact.COST_CENTER},
        around=lambda source: _Watched(source, reads if reads is not None else [], failing or set()),  # type: ignore[arg-type,return-value]
    )


def world(erp: System) -> Model:
    return model(erp, members={Dimension.ACCOUNT: ACCOUNTS})


class _Watched:
    """Notes what is read and refuses what is to fail; everything else is the source's own."""

    def __init__(self, inner: object, reads: list[Fact], failing: set[Fact]) -> None:
        self._inner, self._reads, self._failing = inner, reads, failing

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        self._reads.append(accepted.scan.fact)
        if accepted.scan.fact in self._failing:
            raise Unavailable("erp", "gone")
        batch: Batch = await self._inner.run(accepted, ctx)  # type: ignore[attr-defined]
        return batch


async def _ask(ready: Engine, question: Question = ACTUALS) -> Answer:
    return await ready.ask(question, Context.within(30))


def _within(erp: System, scene: Callable[[Engine], Awaitable[None]]) -> None:
    async def play() -> None:
        async with engine(world(erp), erp) as ready:
            await scene(ready)

    asyncio.run(play())


def test_names_owners_and_parents_come_from_the_system_as_valid_today() -> None:
    async def scene(ready: Engine) -> None:
        await _ask(ready)
        north = ready.model.members[Dimension.COST_CENTER]["N1"]
        assert (north.name, north.owner, north.parent, north.legal_entity) == ("North", "Ada", "ALL", "ONE")

    _within(system(), scene)


def test_a_code_the_system_does_not_list_is_still_its_own_member() -> None:
    """X9 is in the ledger and not in the master data: 5 stays where it is."""

    async def scene(ready: Engine) -> None:
        answer = await _ask(ready)
        assert table(answer.rows, "actual") == {"N1": "10.00", "S1": "32.00", "X9": "5.00"}

    _within(system(), scene)


def test_a_node_selects_what_is_below_it() -> None:
    question = Question(
        frozenset({"actual"}),
        group_by=(Dimension.COST_CENTER,),
        where=(Filter(Dimension.COST_CENTER, descendants_of=("ALL",)),),
    )

    async def scene(ready: Engine) -> None:
        assert table((await _ask(ready, question)).rows, "actual") == {"N1": "10.00", "S1": "32.00"}

    _within(system(), scene)


def test_members_are_read_once_while_they_hold_and_not_for_questions_that_do_not_need_them() -> None:
    reads: list[Fact] = []

    async def scene(ready: Engine) -> None:
        await _ask(ready, Question(frozenset({"actual"})))
        assert Fact.COST_CENTER not in reads
        await _ask(ready)
        await _ask(ready)
        assert reads.count(Fact.COST_CENTER) == 1

    _within(system(reads), scene)


def test_explaining_reads_no_members() -> None:
    reads: list[Fact] = []

    async def scene(ready: Engine) -> None:
        ready.explain(ACTUALS)
        ((scan,),) = ready.explain_members(Directory(Dimension.COST_CENTER)).waves
        assert (scan.source, scan.fact) == ("erp", Fact.COST_CENTER)
        assert ready.explain_members(Directory(Dimension.ACCOUNT)).waves == ()
        assert reads == []

    _within(system(reads), scene)


def test_members_that_could_be_read_again_are_no_longer_lost() -> None:
    failing = {Fact.COST_CENTER}

    async def scene(ready: Engine) -> None:
        async def listed() -> tuple[int, int]:
            page = await ready.list_members(Directory(Dimension.COST_CENTER), Context.within(30))
            return page.total, len(page.lost)

        assert await listed() == (0, 1)
        failing.clear()
        assert await listed() == (3, 0)

    _within(system(failing=failing), scene)


def test_figures_survive_members_that_cannot_be_read() -> None:
    async def scene(ready: Engine) -> None:
        answer = await _ask(ready)
        assert table(answer.rows, "actual") == {"N1": "10.00", "S1": "32.00", "X9": "5.00"}
        assert answer.missing == ()

    _within(system(failing={Fact.COST_CENTER}), scene)


def test_parents_come_with_the_days_they_are_valid() -> None:
    """N1 was in the EAST until March: AS_POSTED its 10 of January are there, RESTATED they are not."""
    moved = [
        {"code": "N1", "name": "North", "parent": "ALL", "valid_from": "2026-04-01", "legal_entity": "ONE"},
        {"code": "N1", "name": "Old", "parent": "EAST", "valid_to": "2026-03-31", "legal_entity": "ONE"},
        {"code": "S1", "name": "South", "parent": "EAST", "valid_to": "2025-12-31", "legal_entity": "ONE"},
    ]
    erp = replace(system(), collections={**documents(BOOKS), "cost-centers": moved})

    async def scene(ready: Engine) -> None:
        where = (Filter(Dimension.COST_CENTER, descendants_of=("EAST",)),)
        asked = replace(ACTUALS, where=where, hierarchy_view=HierarchyView.AS_POSTED)
        assert table((await _ask(ready, asked)).rows, "actual") == {"N1": "10.00"}
        restated = await _ask(ready, replace(asked, hierarchy_view=HierarchyView.RESTATED))
        assert restated.rows.is_empty()
        members = ready.model.members[Dimension.COST_CENTER]
        assert (members["N1"].name, members["N1"].parent) == ("North", "ALL")
        assert (members["S1"].name, members["S1"].parent) == ("South", None)

    _within(erp, scene)
