"""Questions about nodes: what is below them when, and cells rolled up to them."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from resolvers.plan.answer import Answer
from resolvers.plan.bind import bind
from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Filter, Order, Question, RollUp
from resolvers.semantics.dimensions import AccountClass, Dimension, HierarchyView
from sources.spi.context import Context
from tests.plan.scenes import question
from tests.plan.trees import ACCOUNT, CENTER, PERIOD, company
from tests.world import ask, table, using

POSTED, RESTATED = HierarchyView.AS_POSTED, HierarchyView.RESTATED
BOTH: Final = (AccountClass.EXPENSE, AccountClass.REVENUE)
WORLD, OWN = company(
    """
    journal-lines
    number  account  cost_center  period    amount
    J1      6100     C1           2026-P02  100
    J2      6100     C2           2026-P03  20
    J3      6200     C2           2026-P04  30
    J4      6200     C3           2026-P04  4
    J5      6100     X9           2026-P04  5
    J6      4000     C3           2026-P04  -600
    """
)


def answer(**parts: Any) -> Answer:
    return ask(WORLD, OWN, question=question("actual", **parts))


def below(*nodes: str, hierarchy: str | None = None) -> tuple[Filter, ...]:
    return (Filter(CENTER, (), nodes, hierarchy),)


@pytest.mark.parametrize(
    ("node", "view", "actual"),
    [
        ("OPS", POSTED, "120.00"),
        ("SALES", POSTED, "34.00"),
        ("OPS", RESTATED, "100.00"),
        ("SALES", RESTATED, "54.00"),
        ("GROUP", POSTED, "154.00"),
        ("GROUP", RESTATED, "154.00"),
    ],
)
def test_what_is_below_a_node_depends_on_the_view(node: str, view: HierarchyView, actual: str) -> None:
    """C2 moved in April: its 20 of March were posted below OPS and stand below SALES today."""
    got = answer(where=below(node), hierarchy_view=view)
    assert table(got.totals, "actual") == {"*": actual}


def test_restated_means_the_day_asked_about() -> None:
    """At the end of March C2 was still below OPS, with all that was known of it by then."""
    got = answer(where=below("OPS"), as_of=date(2026, 3, 31))
    assert table(got.totals, "actual") == {"*": "150.00"}


def test_another_hierarchy_is_named() -> None:
    assert table(answer(where=below("WEST", hierarchy="REGION")).totals, "actual") == {"*": "104.00"}


def test_two_filters_of_one_dimension_meet_in_each_period() -> None:
    """Below OPS then, and in the EAST: C2 until March."""
    where = (*below("OPS"), *below("EAST", hierarchy="REGION"))
    assert table(answer(where=where, hierarchy_view=POSTED).totals, "actual") == {"*": "20.00"}


@pytest.mark.parametrize(
    ("roll", "view", "cells"),
    [
        (RollUp(CENTER, 0), RESTATED, {"GROUP": "154.00", "X9": "5.00"}),
        (RollUp(CENTER, 1), RESTATED, {"OPS": "100.00", "SALES": "54.00", "X9": "5.00"}),
        (RollUp(CENTER, 1), POSTED, {"OPS": "120.00", "SALES": "34.00", "X9": "5.00"}),
        (RollUp(CENTER, 7), POSTED, {"C1": "100.00", "C2": "50.00", "C3": "4.00", "X9": "5.00"}),
        (
            RollUp(CENTER, nodes=("OPS",)),
            POSTED,
            {"C2": "30.00", "C3": "4.00", "OPS": "120.00", "X9": "5.00"},
        ),
        (RollUp(CENTER, nodes=("OPS", "GROUP")), RESTATED, {"GROUP": "54.00", "OPS": "100.00", "X9": "5.00"}),
        (RollUp(CENTER, 0, hierarchy="REGION"), POSTED, {"EAST": "50.00", "WEST": "104.00", "X9": "5.00"}),
    ],
)
def test_cells_of_nodes(roll: RollUp, view: HierarchyView, cells: dict[str, str]) -> None:
    """What stands higher than the level, or below none of the nodes, stays itself; so does the total."""
    got = answer(by=(CENTER,), roll_up=(roll,), hierarchy_view=view)
    assert table(got.rows, "actual") == cells
    assert table(got.totals, "actual") == {"*": "159.00"}


def test_accounts_roll_up_to_subtotals() -> None:
    """OPEX is spend, 4000 revenue. RESULT holds both, and shows spend as any cell does; 600 are beside it."""
    by: dict[str, Any] = {"by": (ACCOUNT,), "classes": BOTH}
    assert table(answer(roll_up=(RollUp(ACCOUNT, 1),), **by).rows, "actual") == {
        "4000": "600.00",
        "OPEX": "159.00",
    }
    top = answer(roll_up=(RollUp(ACCOUNT, 0),), **by)
    assert table(top.rows, "actual") == {"RESULT": "159.00"}
    assert table(top.revenue_totals, "actual") == {"*": "600.00"}


def test_two_dimensions_at_once_in_the_order_asked_for() -> None:
    roll = (RollUp(CENTER, 1), RollUp(ACCOUNT, 0))
    got = answer(by=(CENTER, ACCOUNT), roll_up=roll, order_by=(Order("actual", descending=True),))
    assert [(row["cell_id"], str(row["actual"])) for row in got.rows.iter_rows(named=True)] == [
        ("OPS|RESULT", "100.00"),
        ("SALES|RESULT", "54.00"),
        ("X9|RESULT", "5.00"),
    ]


def test_documents_behind_a_node_are_those_of_its_members() -> None:
    """As posted, OPS is J1 and J2; each says where it was booked."""
    asked = question("actual", by=(CENTER,), roll_up=(RollUp(CENTER, 1),), hierarchy_view=POSTED)
    found = using(WORLD, OWN, do=lambda engine: engine.documents(asked, Context.within(30)))
    cells = found.by_cell(asked.group_by)
    listed = {key: sorted(part["number"]) for (key,), part in cells.items()}
    assert listed == {"OPS": ["J1", "J2"], "SALES": ["J3", "J4"], "X9": ["J5"]}
    assert sorted(cells["OPS",]["cost_center"]) == ["C1", "C2"]


def test_a_node_is_unknown_where_one_of_its_members_may_be() -> None:
    """Nobody has TWO's ledger. C1 and C2 are ONE's: what stands for them alone is known."""
    only = company("journal-lines\nnumber  account  cost_center  amount\nJ1  6100  C1  10\nJ2  6100  C3  1")[
        1
    ]
    half = type(only)("own", only.collections, {"ONE": "ONE"})
    world = replace(company("")[0], provisions=(half.provision,))
    asked = question("actual", by=(CENTER,), roll_up=(RollUp(CENTER, 1),))
    assert table(ask(world, half, question=asked).rows, "actual") == {"OPS": "10.00", "SALES": None}


WRONG: Final[list[tuple[dict[str, Any], str, str]]] = [
    (
        {"where": below("WEST", hierarchy="ORGA")},
        "UNKNOWN_HIERARCHY",
        "'ORGA' .* COST_CENTER; it has ORG, REGION",
    ),
    ({"where": (Filter(CENTER, ("C1",), (), "ORG"),)}, "BAD_INPUT", "hierarchy: goes with descendantsOf"),
    ({"roll_up": (RollUp(ACCOUNT, 1),)}, "BAD_INPUT", r"rollUp\[0\].dimension: ACCOUNT is not in groupBy"),
    ({"roll_up": (RollUp(PERIOD, 1),)}, "BAD_INPUT", "PERIOD has no nodes; accepted: LEGAL_ENTITY"),
    ({"roll_up": (RollUp(CENTER),)}, "BAD_INPUT", "either a level or nodes"),
    ({"roll_up": (RollUp(CENTER, 1, ("OPS",)),)}, "BAD_INPUT", "either a level or nodes"),
    ({"roll_up": (RollUp(CENTER, -1),)}, "BAD_INPUT", "level: -1 is not accepted; 0 is the top"),
    ({"roll_up": (RollUp(CENTER, nodes=("NORTH",)),)}, "UNKNOWN_MEMBER", "'NORTH' is not one of its 9"),
    ({"roll_up": (RollUp(CENTER, 1), RollUp(CENTER, 0))}, "BAD_INPUT", "rolled up already"),
    ({"roll_up": (RollUp(CENTER, 0, hierarchy="NO"),)}, "UNKNOWN_HIERARCHY", r"rollUp\[0\].hierarchy: 'NO'"),
]


@pytest.mark.parametrize(("parts", "code", "message"), WRONG)
def test_what_makes_no_sense(parts: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message) as refused:
        bind(Question(frozenset({"actual"}), **{"group_by": (CENTER, PERIOD), **parts}), WORLD)
    assert refused.value.code == code


def test_a_dimension_without_a_tree_rolls_up_to_itself() -> None:
    roll = (RollUp(Dimension.SUPPLIER, 0),)
    assert table(answer(by=(Dimension.SUPPLIER,), roll_up=roll).rows, "actual") == {"UNASSIGNED": "159.00"}
