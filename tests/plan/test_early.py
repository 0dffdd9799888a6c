"""What is computed while a question is still being read: the same as afterwards, and after what is urgent."""

import asyncio
from typing import Final

import polars as pl
from polars.testing import assert_frame_equal

from resolvers.plan.bind import bind
from resolvers.plan.compute import Computed, Early, compute, still_right
from resolvers.plan.early import pieces
from resolvers.plan.engine import Engine
from resolvers.plan.execute import Collected, Executor
from resolvers.plan.planner import Planner
from resolvers.plan.question import Question
from resolvers.semantics.measures import MEASURES, MEMOS
from sources.spi.context import ROUNDS, Context
from sources.spi.facts import Fact
from tests.plan.scenes import question, signs
from tests.world import System, documents, model, using

OWN: Final = System(
    "own",
    documents(
        """
        budget-entries
        cost_center  version   scenario  amount
        C1           APPROVED  BUDGET    1000

        requisitions
        number  cost_center  quantity  price
        PR1     C1           10        10

        purchase-orders
        number  line  cost_center  match_basis  amount  date        req  req_line  blanket
        PO1     1     C1           AMOUNT       300     2026-01-10  PR1  1         -
        PO2     1     C2           AMOUNT       40      2026-01-10  -    -         BL1

        order-schedules
        number  line  period    amount
        PO1     1     2026-P01  100
        PO1     1     2026-P12  200

        blankets
        number  cost_center  amount
        BL1     C2           500

        subscriptions
        number  cost_center  period    amount
        SUB1    C1           2026-P12  12

        deferrals
        number  cost_center  period    amount
        DEF1    C1           2026-P12  24

        journal-lines
        number  cost_center  amount  ref_po  ref_po_line
        J1      C1           20      PO1     1
        """
    ),
    {"ONE": "ONE"},
)
WORLD: Final = model(OWN)
ASKED: Final = question(*(set(MEASURES) - set(MEMOS)), "blanket_remaining")


class Noting(dict[Fact, pl.DataFrame]):
    """Rows that note which facts are looked at."""

    def __init__(self, rows: dict[Fact, pl.DataFrame]) -> None:
        super().__init__(rows)
        self.seen: set[Fact] = set()

    def get(self, fact: Fact, default: pl.DataFrame | None = None) -> pl.DataFrame | None:
        self.seen.add(fact)
        return super().get(fact, default)


def read(asked: Question, *, ahead: bool) -> tuple[Collected, Early]:
    """All rows of a question, and what was computed on the way if it was `ahead`."""

    async def run(engine: Engine) -> tuple[Collected, Early]:
        planner, early = Planner(engine.model, engine.sources), Early()
        plan = planner.plan(bind(asked, engine.model))
        executor = Executor(engine.model, engine.sources, planner)
        work = pieces(early, plan, engine.model, signs(engine)) if ahead else ()
        return await executor.run(plan, Context.within(30), ahead=work), early

    return using(WORLD, OWN, do=run)


def computed(collected: Collected, early: Early) -> Computed:
    async def run(engine: Engine) -> Computed:
        return compute(collected, bind(ASKED, WORLD), WORLD, signs(engine), early=early)

    return using(WORLD, OWN, do=run)


def test_what_is_computed_early_is_what_would_be_computed_late() -> None:
    collected, early = read(ASKED, ahead=True)
    assert early.flat is not None
    assert early.ordered is not None
    assert early.needing is not None
    assert early.unmatched is not None
    assert early.staged is not None
    soon, late = computed(collected, early), computed(collected, Early())
    assert set(soon.parts["measure"]) >= {"commitment", "blanket_remaining", "prepaid_remaining", "actual"}
    assert_frame_equal(soon.parts, late.parts, check_row_order=False)
    assert soon.needs_receipts == late.needs_receipts
    assert_frame_equal(soon.unplaced, late.unplaced, check_row_order=False)


def test_what_is_computed_early_looks_at_the_facts_it_waits_for_and_at_no_others() -> None:
    collected, _ = read(ASKED, ahead=False)

    async def looked(engine: Engine) -> list[tuple[set[Fact], set[Fact]]]:
        found = []
        plan = Planner(engine.model, engine.sources).plan(bind(ASKED, WORLD))
        for number in range(4):
            frames = Noting(collected.frames)
            piece = pieces(Early(), plan, WORLD, signs(engine))[number]
            piece.work(Collected(frames))
            found.append((frames.seen, set(piece.facts)))
        return found

    for seen, named in using(WORLD, OWN, do=looked):
        assert seen == named


def test_vouchers_that_come_last_and_concern_the_question_count() -> None:
    """Without the last of them, whatever it is: what was made of the others is right only if it says nothing
    of them. J1 names the order."""
    collected, early = read(ASKED, ahead=True)
    assert still_right(early, collected) is early.staged
    early.vouchers = 0
    assert still_right(early, collected) is None
    late = computed(collected, Early())
    early.staged = None
    assert_frame_equal(computed(collected, early).parts, late.parts, check_row_order=False)


def test_patient_work_lets_urgent_work_pass_and_takes_turns() -> None:
    """Both replies are there; a third arrives a little later, and still comes before the second patient."""
    order: list[str] = []

    async def work(name: str, ctx: Context, rounds: int = 0) -> None:
        for _ in range(rounds):
            await asyncio.sleep(0)
        await ctx.turn()
        order.append(name)

    async def run() -> None:
        urgent = Context.within(30)
        patient = urgent.patient(asyncio.Lock())
        jobs = (work("budget", patient), work("ledger", patient), work("order", urgent))
        await asyncio.gather(*jobs, work("voucher", urgent, rounds=ROUNDS + 2))
        patient.count("own")
        assert urgent.calls == {"own": 1}

    asyncio.run(run())
    assert order == ["order", "budget", "voucher", "ledger"]
