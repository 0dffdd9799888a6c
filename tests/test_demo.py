"""`threefold demo` as a user meets it: a process, an address, questions, and figures that add up."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.questions import QUESTIONS
from resolvers.semantics.measures import BESIDE, MEASURES, TWO_RATES

HERE = Path(__file__).parents[1]
STAGES = (
    "preCommitment",
    "commitment",
    "receivedNotInvoiced",
    "invoicedNotPosted",
    "prepaidRemaining",
    "actual",
)
BUDGETS = ("originalBudget", "budgetRevision", "budgetTransfer", "carryForward")
VARIANCES = ("actual_minus_budget", "attainment_percent", "favorability", "variance", "variance_percent")
UNQUOTED = "A rate nobody quoted"
EVERYTHING = """
{
  budgetPosition(
    where: { accountClass: [EXPENSE, CAPEX, REVENUE] }
    period: { fiscalYear: 2026, window: YTD, through: "2026-P06" }
    groupBy: [LEGAL_ENTITY, COST_CENTER, ACCOUNT], limit: 10000
  ) {
    rows { ...Figures account { class } } totals { ...Totals } revenueTotals { ...Totals } totalRows truncated
  }
}
fragment Figures on BudgetPositionRow { FIELDS completeness }
fragment Totals on PositionTotals { FIELDS completeness }
""".replace("FIELDS", " ".join((*STAGES, *BUDGETS, "budget", "consumed", "available", "consumedPercent")))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[str, str]]:
    """The demo's address, and all that it prints when it starts."""
    command = [sys.executable, "-c", "from gateway.cli import main; main()", "demo", "--port", "0"]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        told = ""
        for line in process.stdout:
            told += line
            if "Ctrl+C" in line:
                break
        assert "Threefold demo at http://" in told, told
        yield told.partition("Threefold demo at ")[2].split()[0], told
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def asked(address: str, document: str) -> Any:
    return httpx.post(f"{address}/graphql", json={"query": document}, timeout=60).json()


def figures(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer that holds a measure."""
    if isinstance(value, list):
        for item in value:
            yield from figures(item)
    elif isinstance(value, dict):
        if value.keys() & {*STAGES, "budget", "consumed"}:
            yield value
        for item in value.values():
            yield from figures(item)


def number(cell: dict[str, Any], name: str) -> Decimal:
    assert isinstance(cell[name], str), (name, cell)
    return Decimal(cell[name])


def holds(cell: dict[str, Any]) -> None:
    """The identities of one cell or total, as far as it shows their terms."""
    shown = cell.keys()
    if {*BUDGETS, "budget"} <= shown:
        assert number(cell, "budget") == sum(number(cell, name) for name in BUDGETS), cell
    if {*STAGES, "consumed"} <= shown:
        assert number(cell, "consumed") == sum(number(cell, name) for name in STAGES), cell
    if {"budget", "consumed", "available"} <= shown:
        assert number(cell, "available") == number(cell, "budget") - number(cell, "consumed"), cell
    if {"budget", "consumed", "consumedPercent"} <= shown and number(cell, "budget") == 0:
        assert cell["consumedPercent"] is None
    elif {"budget", "consumed", "consumedPercent"} <= shown:
        exact = 100 * number(cell, "consumed") / number(cell, "budget")
        assert abs(number(cell, "consumedPercent") - exact) <= Decimal("0.005"), cell


def test_it_introduces_itself(demo):
    address, told = demo
    assert f"explorer  {address}/\n" in told
    assert f"GraphQL   {address}/graphql\n" in told
    assert QUESTIONS[0].document in told
    assert "costCenter.id" in told


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_every_shipped_question_adds_up(demo, question):
    """All but one, which is about a rate that is missing."""
    body = asked(demo[0], question.document)
    told = [error["extensions"]["code"] for error in body.get("errors", ())]
    assert told == (["RATE_MISSING"] if question.title == UNQUOTED else [])
    for position in body["data"].values():
        adds_up(position, unknown={"actual"} if told else set())


def adds_up(position: dict[str, Any], unknown: set[str]) -> None:
    assert any(position.get(name) for name in ("rows", "queryPlan", "nodes", "targets"))
    for cell in figures(position):
        holds(cell)
    rows, totals = position.get("rows"), position.get("totals")
    if not rows or not totals:
        return
    for name in {"budget", "actual", "consumed"} & totals.keys() & rows[0].keys():
        if name in unknown:
            assert totals[name] is None
            assert [row["period"]["id"] for row in rows if row[name] is None] == ["2025-P02"]
        else:
            assert number(totals, name) == sum(number(row, name) for row in rows)


def test_the_two_views_of_a_tree_differ_by_what_moved(demo):
    """Marketing Americas: what it had until March is one division's or the other's, the total is the same."""
    document = next(q.document for q in QUESTIONS if q.title.startswith("A cost centre that moved"))
    posted, restated = asked(demo[0], document)["data"].values()
    assert posted["totals"] == restated["totals"]
    rows = [{row["costCenter"]["id"]: number(row, "actual") for row in p["rows"]} for p in (posted, restated)]
    assert rows[0].keys() == rows[1].keys() == {"SALES", "CORP"}
    assert rows[1]["CORP"] - rows[0]["CORP"] == rows[0]["SALES"] - rows[1]["SALES"] > 0


def test_the_thirteenth_period_is_what_the_two_differ_by(demo):
    document = next(q.document for q in QUESTIONS if q.title == "The thirteenth period")
    own, without = asked(demo[0], document)["data"].values()
    (found,) = [number(row, "actual") for row in own["rows"] if row["period"]["id"] == "2025-P13"]
    assert found == number(own["totals"], "actual") - number(without["totals"], "actual") == 16125


def test_every_cell_of_the_company_adds_up(demo):
    body = asked(demo[0], EVERYTHING)
    assert "errors" not in body, body["errors"]
    position = body["data"]["budgetPosition"]
    assert position["truncated"] is False
    assert len(position["rows"]) == position["totalRows"] > 300
    for cell in (*position["rows"], position["totals"], position["revenueTotals"]):
        assert cell["completeness"] == "COMPLETE"
        holds(cell)
    for totals, revenue in (("totals", False), ("revenueTotals", True)):
        side = [row for row in position["rows"] if (row["account"]["class"] == "REVENUE") is revenue]
        assert side
        for name in (*STAGES, *BUDGETS):
            assert number(position[totals], name) == sum(number(row, name) for row in side), name


def test_the_explorer_is_there(demo):
    page = httpx.get(f"{demo[0]}/", timeout=10)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


def test_the_measures_of_this_test_are_all_there_are():
    """But for memos, comparatives and variances, and what is known of consumption where some is not."""
    shown = {*STAGES, *BUDGETS, "budget", "consumed", "available", "consumedPercent"}
    compared = {*TWO_RATES, *VARIANCES, "consumed_known"}
    assert len(shown) == len(MEASURES.keys() - BESIDE - compared)
