"""Running a plan: together within a wave, cut off at the deadline, nothing counted twice."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from resolvers.plan.answer import Answer, State
from resolvers.plan.question import Filter
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import LegalEntity
from resolvers.semantics.model import Provision, Rate
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Accepted
from tests.plan.doubles import Around, Narrow, Stuck, without
from tests.plan.scenes import question
from tests.world import System, april, ask, documents, model, table, using

CENTER, PERIOD = Dimension.COST_CENTER, Dimension.PERIOD
DOCUMENTS: Final = documents(
    """
    budget-entries
    legal_entity  cost_center  version   scenario  amount
    ONE           C1           APPROVED  BUDGET    1000
    ONE           C1           DRAFT     BUDGET    1
    ONE           C1           APPROVED  FORECAST  2
    TWO           D1           APPROVED  BUDGET    500

    purchase-orders
    legal_entity  number  cost_center  quantity  price  receipt_required
    ONE           PO1     C1           10        10     true
    TWO           PO2     D1           10        10     true

    receipts
    legal_entity  number  po   quantity
    ONE           GR1     PO1  4
    TWO           GR2     PO2  5

    journal-lines
    legal_entity  number  cost_center  period    date        amount
    ONE           J1      C1           2026-P01  2026-02-15  70
    TWO           J2      D1           2026-P03  2026-03-31  30
    """
)
OWN: Final = System("own", DOCUMENTS)
RATES: Final = (Rate("EUR", "USD", 2026, Decimal(1)), Rate("EUR", "USD", 2025, Decimal(1)))


def answer(
    *measures: str, system: System = OWN, provisions: tuple[Provision, ...] = (), **parts: Any
) -> Answer:
    world = model(system, rates=RATES)
    world = replace(world, provisions=provisions or world.provisions)
    return ask(world, system, question=question(*measures, **parts))


class Meeting(Around):
    """Answers when the scans of as many facts as are expected are under way together."""

    def __init__(self, inner: Any, *facts: Fact) -> None:
        super().__init__(inner)
        self._expected = set(facts)
        self._seen: set[Fact] = set()
        self._met = asyncio.Event()

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        self._seen.add(accepted.scan.fact)
        if self._seen >= self._expected:
            self._met.set()
        await self._met.wait()
        return await super().run(accepted, ctx)


def test_scans_of_a_wave_run_together() -> None:
    """None of them would end if they waited for each other in turn."""
    facts = (Fact.BUDGET, Fact.LEDGER, Fact.ORDER, Fact.INVOICE, Fact.REQUISITION)
    meeting = replace(OWN, around=lambda source: Meeting(source, *facts))
    got = answer("available", by=(CENTER,), system=meeting)
    assert got.missing == ()
    assert table(got.rows, "available") == {"C1": "830.00", "D1": "370.00"}


def test_the_deadline_cuts_off_what_is_stuck_and_keeps_the_rest() -> None:
    stuck = replace(OWN, around=lambda source: Stuck(source, Fact.LEDGER))
    world = model(stuck, rates=RATES)
    asked = question("budget", "actual", by=(CENTER,))
    got = using(world, stuck, do=lambda engine: engine.ask(asked, Context.within(1.5)))
    assert table(got.rows, "budget", "actual") == {"C1": ("1000.00", None), "D1": ("500.00", None)}
    (own,) = got.sources
    assert own.state is State.FAILED
    assert own.error is not None
    assert own.error.code == "SOURCE_TIMEOUT"


def test_a_deadline_that_is_over_calls_nobody() -> None:
    world = model(OWN)
    got = using(world, OWN, do=lambda engine: engine.ask(question("actual"), Context.within(-1)))
    assert got.plan.cost == 0
    assert table(got.totals, "actual") == {"*": None}


def test_one_source_may_provide_a_fact_in_several_provisions() -> None:
    """Sums have no identity by which the second could be taken for the first."""
    apart = tuple(Provision("own", OWN.provided, {entity: entity}) for entity in ("ONE", "TWO"))
    got = answer("available", by=(CENTER,), provisions=apart)
    assert table(got.rows, "budget", "actual", "commitment") == {
        "C1": ("1000.00", "70.00", "60.00"),
        "D1": ("500.00", "30.00", "50.00"),
    }


def test_receipts_that_do_not_name_their_company_find_it_by_their_order() -> None:
    nameless = replace(OWN, around=lambda source: Narrow(source, Fact.RECEIPT, without("legal_entity")))
    got = answer("commitment", "received_not_invoiced", by=(CENTER,), system=nameless)
    assert table(got.rows, "commitment", "received_not_invoiced") == {
        "C1": ("60.00", "40.00"),
        "D1": ("50.00", "50.00"),
    }


def test_versions_a_source_cannot_tell_apart_are_told_apart_here() -> None:
    def unable(source: Any) -> Any:
        return Unfiltered(source)

    for system in (OWN, replace(OWN, around=unable)):
        assert table(answer("budget", by=(CENTER,), system=system).rows, "budget")["C1"] == "1000.00"
        draft = answer("budget", by=(CENTER,), system=system, version="DRAFT")
        assert table(draft.rows, "budget") == {"C1": "1.00"}
        forecast = answer("budget", by=(CENTER,), system=system, scenario="FORECAST")
        assert table(forecast.rows, "budget") == {"C1": "2.00"}


class Unfiltered(Around):
    """Sends no predicate and sums nothing."""

    def accept(self, scan: Any) -> Accepted:
        columns = tuple(dict.fromkeys((*scan.columns, *(predicate.column for predicate in scan.where))))
        asked = replace(scan, columns=columns, where=(), group_by=None, measures=())
        return replace(self.inner.accept(asked), residual=scan.where)


def test_a_ledgers_own_period_wins_and_the_day_stands_in() -> None:
    """Posted on 15 February into January; a ledger without periods has only the day."""
    assert table(answer("actual", by=(PERIOD,)).rows, "actual") == {"2026-P01": "70.00", "2026-P03": "30.00"}
    by_day = replace(OWN, around=lambda source: Narrow(source, Fact.LEDGER, without("period")))
    got = answer("actual", by=(PERIOD,), system=by_day)
    assert table(got.rows, "actual") == {"2026-P02": "70.00", "2026-P03": "30.00"}


def test_calls_are_counted() -> None:
    got = answer("actual", where=(Filter(Dimension.LEGAL_ENTITY, ("ONE",)),))
    (scan,) = got.plan.waves[0]
    assert (scan.fact, scan.actual_calls, got.plan.cost) == (Fact.LEDGER, 1, 1)


def test_lookups_of_nothing_are_not_made() -> None:
    empty = System("own", {name: [] for name in DOCUMENTS})
    got = ask(model(empty), empty, question=question("commitment"))
    later = [scan for wave in got.plan.waves[1:] for scan in wave]
    assert [scan.actual_calls for scan in later] == [0] * len(later)


def test_another_calendar() -> None:
    """The months of a year from April are found by their days."""
    rows = documents(
        """
        journal-lines
        number  cost_center  period    date        amount
        J1      C1           2026-P01  2025-04-03  1
        J2      C1           2026-P13  2026-03-31  2
        J3      C1           2030-P01  2029-04-01  4
        """
    )
    system = System("own", rows, {"ONE": "ONE"})
    entity = {"ONE": LegalEntity("ONE", "One", "USD", "APRIL")}
    world = model(system, legal_entities=entity)
    world = replace(world, calendars={**world.calendars, "APRIL": april()})
    got = ask(world, system, question=question("actual", by=(PERIOD,)))
    assert table(got.rows, "actual") == {"2025-P04": "1.00", "2026-P03": "2.00"}
