"""Running a plan: a look-up waits for what its keys come from, for nothing else, and in no order."""

import asyncio
from dataclasses import replace
from random import Random
from typing import Any, Final

import polars as pl
import pytest

from resolvers.plan.bind import bind
from resolvers.plan.keyring import STANDS_ON, Keyring
from resolvers.plan.keys import keys_of
from resolvers.plan.normal import blank
from resolvers.plan.plan import KeySet
from resolvers.semantics.dimensions import Dimension
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Accepted
from tests.plan.doubles import Around, Narrow, Recording, without
from tests.plan.scenes import question
from tests.world import System, ask, documents, model, table

CENTER: Final = Dimension.COST_CENTER
MEASURES: Final = ("budget", "pre_commitment", "commitment", "received_not_invoiced", "invoiced_not_posted")
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
        PR2     C1           1         10

        purchase-orders
        number  cost_center  quantity  price  receipt_required  req  req_line
        PO1     C1           10        10     true              PR1  1
        PO2     C2           10        10     true              -    -

        receipts
        number  po   quantity
        GR1     PO1  4
        GR2     PO2  5

        invoices
        number  po   quantity  price  supplier_invoice
        INV1    PO1  2         10     A-1
        INV2    PO2  3         10     A-2

        journal-lines
        number  cost_center  amount  supplier  ref_supplier_invoice
        J1      C1           20      S1        A-1
        """
    ),
    {"ONE": "ONE"},
)
WORLD: Final = model(OWN)
EXPECTED: Final = {
    "C1": ("1000.00", "10.00", "60.00", "20.00", "0.00"),
    "C2": ("0.00", "0.00", "50.00", "20.00", "30.00"),
}


def figures(system: System) -> dict[str, Any]:
    return table(ask(WORLD, system, question=question(*MEASURES, "actual", by=(CENTER,))).rows, *MEASURES)


class Late(Around):
    """Answers scans of one fact only when another scan has begun."""

    def __init__(self, inner: Any, fact: Fact, until: Fact, key: str) -> None:
        super().__init__(inner)
        self._fact, self._until = fact, (until, key)
        self._begun = asyncio.Event()

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        keys = accepted.scan.keys
        if keys is not None and (accepted.scan.fact, keys.column) == self._until:
            self._begun.set()
        if accepted.scan.fact is self._fact:
            await self._begun.wait()
        return await super().run(accepted, ctx)


@pytest.mark.parametrize("fact", [Fact.BUDGET, Fact.LEDGER, Fact.RECEIPT])
def test_a_lookup_does_not_wait_for_what_its_keys_do_not_come_from(fact: Fact) -> None:
    """The last look-up begins while the budget, the ledger and the receipts are still on their way."""
    late = replace(OWN, around=lambda source: Late(source, fact, Fact.VOUCHER, "ref_supplier_invoice"))
    assert figures(late) == EXPECTED


class Wayward(Around):
    """Answers in an order of its own."""

    def __init__(self, inner: Any, rng: Random) -> None:
        super().__init__(inner)
        self._rng = rng

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        batch = await super().run(accepted, ctx)
        await asyncio.sleep(self._rng.random() / 100)
        return batch


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_answers_makes_no_difference(seed: int) -> None:
    assert figures(replace(OWN, around=lambda source: Wayward(source, Random(seed)))) == EXPECTED


def test_what_others_wait_for_is_asked_first() -> None:
    kept: list[Recording] = []

    def around(source: Any) -> Recording:
        kept.append(Recording(source))
        return kept[-1]

    assert figures(replace(OWN, around=around)) == EXPECTED
    facts = [accepted.scan.fact for accepted in kept[-1].runs if accepted.scan.keys is None]
    assert facts[0] is Fact.ORDER
    assert {Fact.BUDGET, Fact.LEDGER} == set(facts[-2:])


class Noting(dict[Fact, pl.DataFrame]):
    """Rows that note which facts are looked at."""

    def __init__(self) -> None:
        super().__init__(
            {fact: blank(fact) for fact in Fact if fact not in (Fact.COST_CENTER, Fact.SUPPLIER)}
        )
        self.seen: set[Fact] = set()

    def get(self, fact: Fact, default: Any = None) -> Any:
        self.seen.add(fact)
        return super().get(fact, default)


@pytest.mark.parametrize("keys", KeySet)
def test_keys_stand_on_what_they_are_found_in(keys: KeySet) -> None:
    """No more, or look-ups would wait for nothing; no less, or they would miss rows."""
    frames = Noting()
    found = keys_of(keys, ("ONE",), bind(question(*MEASURES), WORLD), frames, WORLD)
    assert found[keys] == ()
    assert frames.seen == set(STANDS_ON[keys])


def test_keys_are_found_once() -> None:
    bound = bind(question(*MEASURES), WORLD)
    keyring = Keyring(bound, WORLD)
    frames = Noting()
    keyring.values(KeySet.INVOICES, ("ONE",), frames)
    frames.seen.clear()
    for keys in (KeySet.INVOICES, KeySet.SUPPLIER_INVOICES):
        assert keyring.values(keys, ("ONE",), frames) == ()
    assert frames.seen == set()
    keyring.values(KeySet.INVOICES, ("TWO",), frames)
    assert frames.seen == {Fact.INVOICE, Fact.VOUCHER}


def test_rows_that_do_not_name_their_company_are_of_the_one_that_was_asked_about() -> None:
    """Whatever code the company has there."""
    coded = replace(
        OWN,
        entities={"ONE": "1000"},
        collections={
            name: [{**row, "legal_entity": "1000"} for row in rows] for name, rows in OWN.collections.items()
        },
    )
    nameless = replace(coded, around=lambda source: Narrow(source, Fact.RECEIPT, without("legal_entity")))
    for system in (coded, nameless):
        got = ask(model(system), system, question=question(*MEASURES, "actual", by=(CENTER,)))
        assert table(got.rows, *MEASURES) == EXPECTED


@pytest.mark.parametrize(("ordered", "scheduled"), [("10", "00010"), ("00010", "10"), ("00010", "0010")])
def test_lines_meet_however_they_are_padded(ordered: str, scheduled: str) -> None:
    """Systems write line 10 as 10 or as 00010. A schedule that did not meet its line would leave all of it in
    November, when the order is dated; line 100 is another line."""
    drawn = documents(
        f"""
        purchase-orders
        number  line       match_basis  amount  date
        PO1     {ordered}  AMOUNT       300     2025-11-10
        PO1     100        AMOUNT       7       2025-11-10

        order-schedules
        number  line         period    amount
        PO1     {scheduled}  2025-P12  100
        PO1     {scheduled}  2026-P01  200
        """
    )
    system = System("own", drawn)
    got = ask(model(system), system, question=question("commitment", by=(Dimension.PERIOD,)))
    assert table(got.rows, "commitment") == {"2025-P11": "7.00", "2025-P12": "100.00", "2026-P01": "200.00"}
