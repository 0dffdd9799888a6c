"""Reading in the order documents flow: what moves between two reads is found where it arrives."""

import asyncio
from dataclasses import replace
from typing import Final

from resolvers.plan.question import Question
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Accepted
from sources.spi.source import Source
from tests.plan.doubles import Around
from tests.plan.scenes import question
from tests.world import System, ask, documents, model, table

DOCUMENTS: Final = documents(
    """
    purchase-orders
    number  quantity  price
    PO1     10        100

    invoices
    number  po   quantity  price
    I1      PO1  4         100
    """
)
ORDER: Final = [Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER, Fact.LEDGER]


class Telling(Around):
    """Notes when each fact begins to be read and when it has been; every read takes a moment."""

    def __init__(self, inner: Source, told: list[tuple[str, Fact]]) -> None:
        super().__init__(inner)
        self.told = told

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        self.told.append(("begins", accepted.scan.fact))
        await asyncio.sleep(0.001)
        batch = await self.inner.run(accepted, ctx)
        self.told.append(("ends", accepted.scan.fact))
        return batch


def told(asked: Question) -> list[tuple[str, Fact]]:
    events: list[tuple[str, Fact]] = []
    system = System("own", DOCUMENTS, around=lambda source: Telling(source, events))
    ask(model(system), system, question=asked)
    return [event for event in events if event[1] in ORDER]


def test_strict_reads_one_stage_after_the_other_and_the_ledger_last() -> None:
    events = told(replace(question("consumed"), strict=True))
    began = [fact for what, fact in events if what == "begins"]
    assert began == sorted(began, key=ORDER.index)
    assert began[-1] is Fact.LEDGER
    running: set[Fact] = set()
    for what, fact in events:
        running = running | {fact} if what == "begins" else running - {fact}
        assert len(running) <= 1


def test_parallel_does_not_wait() -> None:
    events = told(question("consumed"))
    assert events.index(("begins", Fact.LEDGER)) < events.index(("ends", Fact.ORDER))


def test_both_give_the_same_figures() -> None:
    system = System("own", DOCUMENTS)
    asked = question("commitment", "invoiced_not_posted")
    answers = [ask(model(system), system, question=replace(asked, strict=strict)) for strict in (True, False)]
    first, second = (table(got.totals, "commitment", "invoiced_not_posted") for got in answers)
    assert first == second == {"*": ("600.00", "400.00")}


PHASED: Final = documents(
    """
    purchase-orders
    number  quantity  price  receipt_required
    PO1     10        100    true
    PO2     10        100    true

    order-schedules
    number  period    amount
    PO1     2026-P01  600
    PO1     2026-P02  400

    receipts
    po   quantity
    PO1  3
    PO2  2

    invoices
    number  po   quantity  price
    I1      PO1  2         100
    I2      PO2  1         100
    """
)


def test_both_give_the_same_figures_with_schedules_too() -> None:
    """What a schedule is asked for by must not be found before the orders are."""
    system = System("own", PHASED)
    asked = question("commitment", "received_not_invoiced", "invoiced_not_posted")
    answers = [ask(model(system), system, question=replace(asked, strict=strict)) for strict in (True, False)]
    stages = ("commitment", "received_not_invoiced", "invoiced_not_posted")
    first, second = (table(got.totals, *stages) for got in answers)
    assert first == second == {"*": ("1500.00", "200.00", "300.00")}
