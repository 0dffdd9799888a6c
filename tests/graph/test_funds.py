"""`fundsCheck` over small companies: the verdict of a spend, and the budget that controls it."""

from dataclasses import replace

import pytest

from resolvers.semantics.dimensions import AccountClass, Dimension, Member
from resolvers.semantics.funds import Action
from sources.spi.facts import Fact
from tests.graph.funds import BOOKS, FIGURES, check, codes, controlled, figures, in_dollars, line
from tests.world import ACCOUNTS, CENTERS, FINANCE, System, documents, model


def test_a_spend_that_fits_and_the_figures_behind_it():
    checked = check([line("30")])
    assert checked.check["verdict"] == "FITS"
    assert checked.check["completeness"] == "COMPLETE"
    assert checked.check["blocking"] is False
    assert figures(checked.node, *FIGURES.split()) == [
        "100.00", "70.00", "0.00", "30.00", "30.00", "0.00", "USD", "FITS"
    ]  # fmt: skip
    assert checked.node["costCenter"] == {"id": "C1", "name": "One"}
    assert checked.lines == [
        {
            "id": "1",
            "verdict": "FITS",
            "blocking": False,
            "amount": "30.00",
            "currency": "USD",
            "availableBefore": "30.00",
            "availableAfter": "0.00",
            "reasons": [],
        }
    ]
    assert checked.problems == []


def test_lines_of_one_node_are_seen_together_and_the_one_that_tips_is_named():
    checked = check([line("20", id="a"), line("10.01", id="b"), line("5", id="c")])
    assert checked.verdicts == ["FITS", "EXCEEDS", "EXCEEDS"]
    assert checked.node["tippedBy"] == "b"
    assert checked.node["lines"] == ["a", "b", "c"]
    assert figures(checked.node, "amount", "availableBefore", "availableAfter") == ["35.01", "30.00", "-5.01"]
    assert [each["availableAfter"] for each in checked.lines] == ["10.00", "-0.01", "-5.01"]
    assert checked.lines[1]["reasons"] == [
        {"code": "EXCEEDS", "message": "10.01 USD of 10.00 available: 0.01 USD too much"}
    ]
    assert checked.check["verdict"] == "EXCEEDS"


def test_a_cell_without_a_budget_is_controlled_by_the_nearest_one_above_it():
    checked = check([line("300.01", "C1", "6200")])
    assert checked.verdicts == ["EXCEEDS"]
    assert checked.node["costCenter"]["id"] == "ALL"
    assert figures(checked.node, "budget", "consumed", "availableAfter") == ["500.00", "200.00", "-0.01"]
    assert codes(checked.lines[0]) == ["EXCEEDS", "CONTROLLED_ABOVE"]
    assert check([line("300", "C1", "6200")]).verdicts == ["FITS"]


def test_a_budget_on_a_node_above_accounts_controls_those_below_it():
    accounts = {
        **ACCOUNTS,
        "6": Member("6", "Costs"),
        "4": Member("4", "Sales", parent="6", kind=AccountClass.REVENUE),
    }
    accounts |= {id_: replace(ACCOUNTS[id_], parent="6") for id_ in ("6100", "6200", "4000")}
    world = {"members": {Dimension.ACCOUNT: accounts, Dimension.COST_CENTER: CENTERS}}
    books = System(
        "own",
        documents(
            """
            budget-entries
            account  amount
            6        100

            journal-lines
            account  amount
            6200     60
            4000     -999
            """
        ),
    )
    checked = check([line("40.01")], books, world=model(books, **world))
    assert checked.node["account"]["id"] == "6"
    assert figures(checked.node, "budget", "consumed", "availableAfter") == ["100.00", "60.00", "-0.01"]


def test_no_budget_upwards_is_said_and_stopped_where_the_policy_blocks():
    checked = check([line("1", "C2")])
    assert checked.verdicts == ["NO_BUDGET"]
    assert checked.check["nodes"] == []
    assert codes(checked.lines[0]) == ["NO_BUDGET"]
    assert checked.lines[0]["amount"] == "1.00"
    assert checked.check["completeness"] == "COMPLETE"
    world = controlled(model(System("own", {})), action=Action.BLOCK)
    assert check([line("1", "C2")], world=world).check["blocking"] is True


def test_zeros_in_every_cell_are_no_budget_and_amounts_that_cancel_out_are_one():
    zeros = "budget-entries\namount\n0\n\n"
    assert check([line("1")], zeros).verdicts == ["NO_BUDGET"]
    moved = "budget-entries\ntype amount\nORIGINAL 100\nTRANSFER -100\n\n"
    assert check([line("1")], moved).verdicts == ["EXCEEDS"]


def test_lines_of_a_node_below_consume_the_budget_above_too():
    books = "budget-entries\ncost_center amount\nALL 100\nC1 1000\n\n"
    checked = check([line("50", "C2", id="above"), line("80", "C1", id="below")], books)
    above, below = checked.check["nodes"]
    assert (above["lines"], above["linesBelow"], above["tippedBy"]) == (["above"], ["below"], "above")
    assert figures(above, "amount", "availableBefore", "availableAfter") == ["130.00", "100.00", "-30.00"]
    assert figures(below, "amount", "availableBefore", "availableAfter") == ["80.00", "1000.00", "920.00"]
    assert checked.verdicts == ["EXCEEDS", "FITS"]


def test_a_node_above_keeps_its_budget_beside_lines_of_another_entity():
    """ALL has no owner, D1 is TWO's: asked together, ONE must not lose what it has at ALL."""
    books = "budget-entries\nlegal_entity cost_center amount\nONE ALL 10\nTWO D1 10\n\n"
    world = model(System("own", {}), legal_entities=in_dollars())
    checked = check([line("10", "ALL"), line("10", "D1", entity="TWO")], books, world=world)
    assert checked.verdicts == ["FITS", "FITS"]
    assert [node["availableAfter"] for node in checked.check["nodes"]] == ["0.00", "0.00"]


def test_cost_centres_that_live_in_a_source_have_their_tree_there():
    held = [
        {"code": "ALL", "name": "Everything"},
        {"code": "C1", "name": "One", "parent": "ALL"},
    ]
    books = {**documents("budget-entries\ncost_center amount\nALL 10\n\n"), "cost-centers": held}
    system = System("own", books, facts=FINANCE | {Fact.COST_CENTER})
    world = model(system, members={Dimension.ACCOUNT: ACCOUNTS})
    checked = check([line("11")], system, world=world)
    assert checked.verdicts == ["EXCEEDS"]
    assert checked.node["costCenter"] == {"id": "ALL", "name": "Everything"}


@pytest.mark.parametrize(
    ("amount", "replaced", "before", "after"),
    [("50", "20.00", "50.00", "0.00"), ("5", "5.00", "35.00", "30.00"), ("20", "20.00", "50.00", "30.00")],
)
def test_what_a_requisition_holds_is_not_counted_twice(amount, replaced, before, after):
    checked = check([line(amount, requisition="R1")])
    assert figures(checked.node, "replaced", "availableBefore", "availableAfter") == [replaced, before, after]
    assert checked.verdicts == ["FITS"]
    assert codes(checked.lines[0]) == ["ALREADY_PRE_COMMITTED"]


def test_a_requisition_counts_in_its_own_cell_only_and_only_if_it_is_known():
    assert check([line("1", requisition="R9")]).node["replaced"] == "0.00"
    books = BOOKS.replace("C1           6100     100", "ALL          6100     100")
    moved = check([line("10", "C2", requisition="R1"), line("10", requisition="R1")], books)
    assert figures(moved.node, "replaced", "availableBefore") == ["10.00", "40.00"]
