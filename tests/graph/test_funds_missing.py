"""`fundsCheck` where something could not be read: unknown, never zero and never no budget."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from resolvers.plan.answer import SourceReport, State
from resolvers.plan.funds.answer import merged
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model
from sources.spi.errors import Unavailable
from sources.spi.facts import Fact
from tests.graph.funds import ALL, BOOKS, check, codes, controlled, figures, in_dollars, line
from tests.plan.doubles import Around, Failing
from tests.world import FINANCE, System, documents, model

LATE: Final = """
budget-entries
legal_entity  cost_center  account  period    amount
ONE           C1           6100     2026-P05  10
TWO           D1           6100     2026-P05  10
TWO           D1           6200     2026-P01  10

purchase-orders
number  date        quantity  price  receipt_required
PO1     2026-05-15  1         2      true
"""


class Blind(Around):
    """Does not carry the projects of one fact."""

    def __init__(self, inner, fact):
        super().__init__(inner)
        self.fact = fact

    @property
    def facts(self):
        carried = self.inner.facts[self.fact]
        less = replace(carried, columns=carried.columns - {"project"})
        return {**self.inner.facts, self.fact: less}


class FailingLater(Around):
    """Answers the first scan of requisitions and fails the second."""

    def __init__(self, inner):
        super().__init__(inner)
        self.first = True

    async def run(self, accepted, ctx):
        if accepted.scan.fact is Fact.REQUISITION:
            if not self.first:
                raise Unavailable(self.name, "gone")
            self.first = False
            await asyncio.sleep(0)
        return await super().run(accepted, ctx)


def halves(*facts: Fact) -> tuple[System, Model]:
    """A world in which nobody provides some facts."""
    system = System("own", documents(BOOKS), facts=FINANCE - set(facts))
    return system, model(system)


def test_a_budget_nobody_provides_is_unknown_and_not_absent():
    system, world = halves(Fact.BUDGET)
    checked = check([line("1")], system, world=world)
    assert (checked.verdicts, checked.check["nodes"]) == (["UNKNOWN"], [])
    assert checked.lines[0]["reasons"] == [
        {"code": "SOURCE_MISSING", "message": "BUDGET: no source is configured for it"}
    ]
    assert checked.check["completeness"] == "PARTIAL"


def test_a_stage_nobody_provides_leaves_the_consumption_unknown():
    system, world = halves(Fact.LEDGER)
    checked = check([line("1")], system, world=world)
    assert checked.verdicts == ["UNKNOWN"]
    assert figures(checked.node, "budget", "consumed", "availableBefore") == ["100.00", None, None]
    assert "LEDGER: no source is configured for it" in [r["message"] for r in checked.lines[0]["reasons"]]


def test_a_dimension_a_source_does_not_carry_leaves_the_control_unknown_and_not_without_budget():
    dimensions = (Dimension.COST_CENTER, Dimension.ACCOUNT, Dimension.PROJECT)
    world = controlled(model(System("own", {})), dimensions=dimensions)
    for fact in (Fact.BUDGET, Fact.LEDGER):
        blind = System("own", documents(BOOKS), around=lambda source, fact=fact: Blind(source, fact))
        checked = check([line("1")], blind, world=world)
        assert checked.verdicts == ["UNKNOWN"]
        assert set(codes(checked.lines[0])) == {"NOT_CARRIED"}
        assert checked.check["completeness"] == "PARTIAL"


def test_each_entity_is_told_only_what_is_missing_for_it():
    one = System("one", documents(BOOKS), {"ONE": "ONE"}, facts=FINANCE - {Fact.LEDGER})
    two = System("two", documents(BOOKS), {"TWO": "TWO"}, facts=FINANCE - {Fact.BUDGET})
    world = model(one, two, legal_entities=in_dollars())
    checked = check([line("1"), line("1", "D1", entity="TWO")], one, two, world=world)
    told = [{reason["message"].partition(":")[0] for reason in each["reasons"]} for each in checked.lines]
    assert told == [{"LEDGER"}, {"BUDGET"}]


def test_a_node_without_anything_in_the_window_is_zero_where_its_entity_is_known():
    """Nobody provides receipts, which only ONE's order needs: TWO is known, where it has nothing too."""
    system = System("own", documents(LATE), facts=FINANCE - {Fact.RECEIPT})
    world = model(system, legal_entities=in_dollars())
    lines = [line("1"), line("1", "D1", entity="TWO"), line("1", "D1", "6200", entity="TWO")]
    checked = check(lines, system, world=world, period={"from": "2026-P05", "to": "2026-P06"})
    assert checked.verdicts == ["UNKNOWN", "FITS", "EXCEEDS"]
    assert figures(checked.check["nodes"][2], "budget", "consumed") == ["0.00", "0.00"]


def test_a_node_without_anything_in_the_window_is_unknown_where_a_stage_is():
    system = System("own", documents(LATE), facts=FINANCE - {Fact.LEDGER})
    lines = [line("1", "D1", "6200", entity="TWO")]
    checked = check(lines, system, world=model(system), period={"from": "2026-P05", "to": "2026-P06"})
    assert figures(checked.node, "budget", "consumed", "verdict") == ["0.00", None, "UNKNOWN"]


def test_several_readings_of_a_source_are_one_report():
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    gone = Unavailable("b", "gone")
    reports = [
        SourceReport("b", "B", State.FAILED, None, late, within_max_age=False, error=gone),
        SourceReport("a", "A", State.LIVE, late, late, within_max_age=True, error=None),
        SourceReport("b", "B", State.LIVE, early, early, within_max_age=True, error=None),
    ]
    whole = SourceReport("b", "B", State.FAILED, early, early, within_max_age=False, error=gone)
    assert merged(reports) == (reports[1], whole)


def test_a_source_that_fails_is_named_once_beside_the_data():
    plan = System("plan", documents(BOOKS), facts=frozenset({Fact.BUDGET}))
    rest = System(
        "rest", documents(BOOKS), facts=FINANCE - {Fact.BUDGET}, around=lambda s: Failing(s, *FINANCE)
    )
    select = f"{ALL[:-2]} inTheWay {{ number }} }} sources {{ name state }}"
    checked = check([line("1", requisition="R1")], plan, rest, world=model(plan, rest), select=select)
    assert checked.verdicts == ["UNKNOWN"]
    assert set(codes(checked.lines[0])) == {"SOURCE_MISSING"}
    assert [tuple(each.values()) for each in checked.check["sources"]] == [
        ("plan", "LIVE"),
        ("rest", "FAILED"),
    ]
    assert [p.extensions for p in checked.problems] == [{"code": "SOURCE_UNAVAILABLE", "source": "rest"}]


def test_requisitions_that_could_not_be_read_again_leave_the_node_unknown():
    """The figures were read, the look at the requisition was not: what it holds is unknown, not zero."""
    system = System("own", documents(BOOKS), around=FailingLater)
    checked = check([line("1", requisition="R1")], system)
    assert figures(checked.node, "budget", "consumed", "replaced", "availableBefore") == [
        "100.00",
        "70.00",
        None,
        None,
    ]
    assert codes(checked.lines[0]) == ["SOURCE_MISSING"]
