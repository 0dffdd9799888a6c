"""Budgets of nodes stand for those below them: never both."""

from typing import Any, Final

from resolvers.plan.answer import Answer
from resolvers.plan.question import Filter, RollUp, Span
from resolvers.semantics.dimensions import HierarchyView
from sources.spi.context import Context
from tests.plan.scenes import question
from tests.plan.trees import ACCOUNT, CENTER, PERIOD, company
from tests.world import ask, table, using

TREE: Final = company(
    """
    OPS has 1000 for the year, all in January; C1 and C2 divide some of it. SALES has none of its own.

    budget-entries
    number  cost_center  period    amount
    B1      OPS          2026-P01  1000
    B2      C1           2026-P01  300
    B3      C1           2026-P02  100
    B4      C2           2026-P02  200
    B5      C2           2026-P05  50
    B6      C3           2026-P05  7

    journal-lines
    number  cost_center  period    amount
    J1      C1           2026-P01  60
    """
)
YEAR: Final = Span(fiscal_year=2026)


def answer(tree: Any = TREE, span: Span = YEAR, **parts: Any) -> Answer:
    return ask(tree[0], tree[1], question=question("budget", "available", span=span, **parts))


def test_rows_and_totals_never_hold_both() -> None:
    """1000 − 300 − 100 − 200 are not distributed. C2's 50 of May are SALES' by then."""
    got = answer(by=(CENTER,))
    assert table(got.rows, "budget") == {"C1": "400.00", "C2": "250.00", "C3": "7.00", "OPS": "400.00"}
    assert table(got.totals, "budget", "available") == {"*": ("1057.00", "997.00")}
    assert got.notes[0].startswith("budget: nodes have budgets of their own")


def test_a_total_knows_without_being_grouped() -> None:
    assert table(answer().rows, "budget") == {"*": "1057.00"}


def test_rolled_up_the_nodes_own_budget_stands_for_the_whole() -> None:
    """As posted OPS is its own 1000, SALES the sum of what is below. Restated, C2's shares went with C2."""
    posted = answer(by=(CENTER,), roll_up=(RollUp(CENTER, 1),), hierarchy_view=HierarchyView.AS_POSTED)
    assert table(posted.rows, "budget", "available") == {
        "OPS": ("1000.00", "940.00"),
        "SALES": ("57.00", "57.00"),
    }
    restated = answer(by=(CENTER,), roll_up=(RollUp(CENTER, 1),))
    assert table(restated.rows, "budget") == {"OPS": "800.00", "SALES": "257.00"}
    regions = answer(by=(CENTER,), roll_up=(RollUp(CENTER, 0, hierarchy="REGION"),))
    assert table(regions.rows, "budget") == {"EAST": "250.00", "OPS": "400.00", "WEST": "407.00"}


def test_a_filter_is_a_slice() -> None:
    """Asked alone, OPS has the same 400; C1 has what is C1's, whoever is above."""
    for id_, budget in (("OPS", "400.00"), ("C1", "400.00")):
        assert table(answer(where=(Filter(CENTER, (id_,)),)).totals, "budget") == {"*": budget}


def test_a_node_with_a_budget_in_another_period_has_one_all_year() -> None:
    """February alone: OPS' 1000 lie in January, so what C1 and C2 have in February comes out of it."""
    february = answer(span=Span(first="2026-P02", last="2026-P02"), by=(CENTER,))
    whole = answer(by=(CENTER, PERIOD))
    by_period = {key: value for key, value in table(whole.rows, "budget").items() if key.endswith("P02")}
    assert table(february.rows, "budget") == {"C1": "100.00", "C2": "200.00", "OPS": "-300.00"}
    assert [*table(february.rows, "budget").values()] == [*by_period.values()]


def test_cells_above_that_overlap() -> None:
    """OPS has 500 for all accounts, and 300 of 6100 itself; C1 has 200 over all accounts, 120 of it for 6100.
    500 hold everything: 500 − 300 − 200 + 120 are for none of these."""
    tree = company(
        """
        budget-entries
        number  cost_center  account  amount
        B1      OPS          OPEX     500
        B2      OPS          6100     300
        B3      C1           OPEX     200
        B4      C1           6100     120
        """
    )
    got = answer(tree, by=(CENTER, ACCOUNT))
    assert table(got.rows, "budget") == {
        "C1|6100": "120.00",
        "C1|OPEX": "80.00",
        "OPS|6100": "180.00",
        "OPS|OPEX": "120.00",
    }
    assert table(answer(tree, by=(CENTER,)).rows, "budget") == {"C1": "200.00", "OPS": "300.00"}
    assert table(got.totals, "budget") == {"*": "500.00"}


def test_documents_of_a_budget_name_what_controls_it() -> None:
    """Behind OPS rolled up stands its own entry: those below are inside it and come to nothing beside it."""
    asked = question(
        "budget",
        by=(CENTER,),
        span=YEAR,
        roll_up=(RollUp(CENTER, 1),),
        hierarchy_view=HierarchyView.AS_POSTED,
    )
    found = using(TREE[0], TREE[1], do=lambda engine: engine.documents(asked, Context.within(30)))
    cells = found.by_cell(asked.group_by)
    assert {key: sorted(part["number"]) for (key,), part in cells.items()} == {
        "OPS": ["B1"],
        "SALES": ["B5", "B6"],
    }
    fine = found.parts.filter(found.parts["less"].is_null()).sort("number")
    controls = ["OPS|6100|UNASSIGNED"] * 3
    assert fine["control"].to_list() == [None, *controls, None, None]


def test_as_entered() -> None:
    got = answer(by=(CENTER,), as_entered=True)
    assert table(got.rows, "budget")["OPS"] == "1000.00"
    assert got.notes == ()
