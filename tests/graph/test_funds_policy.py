"""`fundsCheck` by policy: the periods a spend draws on, and the dimensions that control it."""

import pytest

from resolvers.semantics.calendar import Window
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.funds import Action
from tests.graph.funds import check, controlled, figures, line
from tests.world import System, model


@pytest.mark.parametrize(
    ("window", "day", "budget"),
    [(Window.FY, None, "60.00"), (Window.YTD, "2026-02-10", "30.00"), (Window.PTD, "2026-02-10", "20.00")],
)
def test_the_window_of_the_policy_and_the_date_of_the_line_choose_the_periods(window, day, budget):
    books = "budget-entries\nperiod amount\n2026-P01 10\n2026-P02 20\n2026-P03 30\n2025-P02 7\n\n"
    world = controlled(model(System("own", {})), window=window)
    dated = {"date": day} if day else {}
    assert check([line("1", **dated)], books, world=world).node["budget"] == budget


def test_a_period_stands_in_for_the_window_and_a_year_without_budget_in_it_is_zero():
    books = "budget-entries\nperiod amount\n2026-P01 10\n2026-P02 20\n2025-P02 7\n\n"
    assert check([line("1")], books, period={"fiscalYear": 2025}).node["budget"] == "7.00"
    assert check([line("1")], books, period={"from": "2026-P02", "to": "2026-P03"}).node["budget"] == "20.00"
    late = check([line("1")], books, period={"from": "2026-P05", "to": "2026-P06"})
    assert (late.node["budget"], late.verdicts) == ("0.00", ["EXCEEDS"])
    period = check(
        [line("1")], books, period={"fiscalYear": 2025}, select="nodes { period { fiscalYear from to } }"
    )
    assert period.node["period"] == {"fiscalYear": 2025, "from": "2025-P01", "to": "2025-P12"}


def test_later_lines_of_a_year_to_date_window_come_after_earlier_ones():
    books = "budget-entries\nperiod amount\n2026-P01 100\n\n"
    world = controlled(model(System("own", {})), window=Window.YTD)
    june, march = line("30", date="2026-06-01", id="june"), line("90", date="2026-03-01", id="march")
    checked = check([june, march], books, world=world)
    assert checked.verdicts == ["EXCEEDS", "FITS"]
    assert checked.check["nodes"][0]["linesBelow"] == ["march"]


def test_the_policy_chooses_the_dimensions_and_is_told():
    world = controlled(model(System("own", {})), dimensions=(Dimension.COST_CENTER,), action=Action.BLOCK)
    select = (
        "policy { legalEntity action window dimensions } lines { verdict blocking } nodes { blocking budget "
    )
    checked = check(
        [line("31")], world=world, select=select + "account { id } costCenter { id } project { id } }"
    )
    assert checked.node == {
        "blocking": True,
        "budget": "100.00",
        "account": None,
        "costCenter": {"id": "C1"},
        "project": None,
    }
    assert checked.lines == [{"verdict": "EXCEEDS", "blocking": True}]
    assert checked.check["policy"] == [
        {"legalEntity": "ONE", "action": "BLOCK", "window": "FY", "dimensions": ["COST_CENTER"]}
    ]


def test_controlled_by_account_alone_the_budget_of_no_cost_centre_in_particular_counts():
    world = controlled(model(System("own", {})), dimensions=(Dimension.ACCOUNT,))
    checked = check([line("1", account="6200")], world=world)
    assert (checked.node["costCenter"], checked.node["account"]) == (None, {"id": "6200"})
    assert figures(checked.node, "budget", "consumed") == ["500.00", "200.00"]


def test_controlled_by_project_a_line_without_one_draws_on_what_has_none():
    books = "budget-entries\nproject amount\nP1 10\n- 20\n\n"
    dimensions = (Dimension.COST_CENTER, Dimension.ACCOUNT, Dimension.PROJECT)
    world = controlled(model(System("own", {})), dimensions=dimensions)
    checked = check(
        [line("11", project="P1"), line("20")],
        books,
        world=world,
        select="lines { verdict } nodes { project { id } }",
    )
    assert checked.verdicts == ["EXCEEDS", "FITS"]
    assert [node["project"]["id"] for node in checked.check["nodes"]] == ["P1", "UNASSIGNED"]
