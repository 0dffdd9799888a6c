"""`fundsCheck` and the engine: what it is asked, how often, and how much it may answer."""

from datetime import date

from sources.spi.facts import Fact
from tests.graph.funds import check, line
from tests.world import System, model


def test_few_questions_for_many_lines():
    lines = [line("0.01", center, account) for center in ("C1", "C2") for account in ("6100", "6200")]
    checked = check(lines * 50)
    assert len(checked.lines) == 200
    assert len(checked.asked) == 2
    assert len(check([*lines, line("1", requisition="R1")]).asked) == 3


def test_as_of_and_version_reach_the_engine():
    checked = check([line("1")], asOf="2026-06-01", version="APPROVED")
    assert {question.as_of for question in checked.asked} == {date(2026, 6, 1)}
    assert check([line("1")], version="DRAFT").verdicts == ["NO_BUDGET"]
    past = check([line("1")], asOf="2025-06-01", select="lines { verdict } nodes { period { to } }")
    assert (past.verdicts, past.check["nodes"]) == (["NO_BUDGET"], [])


def test_an_explanation_calls_nobody():
    checked = check([line("1")], explain=True)
    facts = {scan.fact for wave in checked.plans["fundsCheck"].waves for scan in wave}
    assert {Fact.BUDGET, Fact.LEDGER, Fact.ORDER, Fact.REQUISITION} <= facts
    assert (checked.error[0], checked.asked) == ("EXPLAINED", [])


def test_more_cells_than_can_be_read_is_an_error_and_not_a_smaller_sum():
    world = model(System("own", {}), max_rows=1)
    code, message = check([line("1", "C2", "6200")], world=world).error
    assert (code, message.startswith("lines: 2 cells lie below")) == ("LIMIT_EXCEEDED", True)
