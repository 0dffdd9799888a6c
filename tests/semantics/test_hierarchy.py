"""Hierarchies over time, and the ways up in them."""

from datetime import date
from typing import Final

from resolvers.semantics.dimensions import Dimension, Edge, Hierarchy, HierarchyView, Member
from resolvers.semantics.hierarchy import changes, default, hierarchies, nodes, on, stretches
from resolvers.semantics.tree import at_level, below, nearest, upwards
from tests.world import calendar, model

CENTER: Final = Dimension.COST_CENTER
MOVED: Final = Hierarchy(
    CENTER,
    "ORG",
    (
        Edge("X", "ALL"),
        Edge("Y", "ALL"),
        Edge("300", "X", date(2020, 1, 1), date(2026, 3, 31)),
        Edge("300", "Y", date(2026, 4, 1)),
    ),
)
YEAR: Final = calendar(years=(2026,)).periods


def test_both_ends_of_an_edge_are_days_it_holds() -> None:
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2999, 1, 1))
    assert [on(MOVED, day).get("300") for day in days] == [None, "X", "X", "Y", "Y"]
    assert changes(MOVED) == [date(2020, 1, 1), date(2026, 4, 1)]


def test_as_posted_each_period_has_the_tree_of_its_last_day() -> None:
    early, late = stretches(MOVED, HierarchyView.AS_POSTED, YEAR, date(2026, 6, 30))
    assert (early.periods, early.tree["300"]) == (("2026-P01", "2026-P02", "2026-P03"), "X")
    assert (late.periods[0], late.periods[-1], late.tree["300"]) == ("2026-P04", "2026-P12", "Y")


def test_a_change_within_a_period_counts_for_all_of_it() -> None:
    """Moved on 15 April: the tree of 30 April is that of April."""
    mid = Hierarchy(
        CENTER, "ORG", (Edge("C", "X", None, date(2026, 4, 14)), Edge("C", "Y", date(2026, 4, 15)))
    )
    found = stretches(mid, HierarchyView.AS_POSTED, YEAR, date(2026, 6, 30))
    assert [(each.periods[0], each.tree["C"]) for each in found] == [("2026-P01", "X"), ("2026-P04", "Y")]


def test_restated_all_periods_have_the_tree_of_one_day() -> None:
    (only,) = stretches(MOVED, HierarchyView.RESTATED, YEAR, date(2026, 3, 31))
    assert (len(only.periods), only.tree["300"]) == (12, "X")


def test_of_two_edges_on_one_day_the_last_holds() -> None:
    """A system may say so; a configuration may not."""
    assert on(Hierarchy(CENTER, "ORG", (Edge("C", "X"), Edge("C", "Y"))), date(2026, 1, 1)) == {"C": "Y"}


def test_members_parents_are_a_hierarchy_where_there_is_no_other() -> None:
    plain = model()
    assert [tree.name for tree in hierarchies(plain, CENTER)] == ["DEFAULT"]
    assert default(plain, CENTER).edges[0] == Edge("C1", "ALL")
    assert nodes(plain, CENTER) == {"ALL"}
    assert (hierarchies(plain, Dimension.SUPPLIER), default(plain, Dimension.SUPPLIER).edges) == ((), ())
    drawn = model(members={CENTER: {"300": Member("300", "300", parent="Y")}}, hierarchies={CENTER: (MOVED,)})
    assert hierarchies(drawn, CENTER) == (MOVED,)


TREE: Final = {"OPS": "ALL", "C1": "OPS", "C1a": "C1", "SALES": "ALL"}


def test_ways_up() -> None:
    assert upwards(TREE, "C1a") == ("C1a", "C1", "OPS", "ALL")
    assert upwards(TREE, "X9") == ("X9",)
    assert [at_level(TREE, "C1a", level) for level in range(5)] == ["ALL", "OPS", "C1", "C1a", "C1a"]
    assert [at_level(TREE, member, 1) for member in ("ALL", "SALES", "X9")] == ["ALL", "SALES", "X9"]
    assert [nearest(TREE, member, {"OPS", "ALL"}) for member in ("C1a", "OPS", "SALES")] == [
        "OPS",
        "OPS",
        "ALL",
    ]
    assert nearest(TREE, "SALES", {"OPS"}) == "SALES"


def test_a_circle_ends() -> None:
    loop = {"A": "B", "B": "A"}
    assert upwards(loop, "A") == ("A", "B")
    assert below(loop, ["A"]) == {"A", "B"}
