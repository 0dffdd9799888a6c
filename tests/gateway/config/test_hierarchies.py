"""Hierarchies in the file: several per dimension, each edge from a day to a day; and what is wrong there."""

from datetime import date

import pytest

from resolvers.semantics.dimensions import Dimension, Edge

CENTER = Dimension.COST_CENTER
MORE = ("  - {id: US-OPS", "  - {id: EMEA, name: EMEA}\n  - {id: US-OPS")
"""One more node above cost centres."""


def drawn(*edges: str, head: str = "name: REGION") -> tuple[str, str]:
    """A hierarchy before the sources: its head stands in line 27, its edges from line 28 on."""
    rows = "".join(f"      {{{edge}}},\n" for edge in edges)
    tree = f"hierarchies:\n  - {{dimension: COST_CENTER, {head}, edges: [\n{rows}  ]}}\n"
    return "sources:\n", f"{tree}sources:\n"


def test_several_hierarchies_and_their_days(changed, loaded):
    edges = ("child: US-OPS, parent: EMEA, to: 2026-03-31", "child: US-OPS, parent: GROUP, from: 2026-04-01")
    model = loaded(changed(MORE, drawn(*edges))).model
    parents, region = model.hierarchies[CENTER]
    assert (parents.name, parents.edges) == ("DEFAULT", (Edge("US-OPS", "GROUP"), Edge("DE-OPS", "GROUP")))
    assert (region.name, region.edges) == (
        "REGION",
        (Edge("US-OPS", "EMEA", None, date(2026, 3, 31)), Edge("US-OPS", "GROUP", date(2026, 4, 1))),
    )
    assert model.hierarchies[Dimension.ACCOUNT][0].name == "DEFAULT"
    assert Dimension.SUPPLIER not in model.hierarchies


def test_the_default_is_the_one_marked_and_says_who_is_above(changed, loaded):
    """A member's `parent` is today's, in the default hierarchy."""
    edges = ("child: US-OPS, parent: EMEA, to: 2020-12-31", "child: US-OPS, parent: DE-OPS, from: 2021-01-01")
    model = loaded(changed(MORE, drawn(*edges, head="name: REGION, default: true"))).model
    assert [each.name for each in model.hierarchies[CENTER]] == ["REGION", "DEFAULT"]
    members = model.members[CENTER]
    assert (members["US-OPS"].parent, members["DE-OPS"].parent) == ("DE-OPS", None)


WRONG = [
    (
        ("child: US-OPS, parent: EMEA, from: 2026-04-01, to: 2026-03-31",),
        "28: hierarchies[0].edges[0].to: must not be before from, 2026-04-01, and is 2026-03-31",
    ),
    (
        ("child: US-OPS, parent: EMEA, to: 2026-04-01", "child: US-OPS, parent: GROUP, from: 2026-04-01"),
        (
            "29: hierarchies[0].edges[1]: 'US-OPS' has the parent 'EMEA' already on 2026-04-01 "
            "(threefold.yaml:28); a member has one"
        ),
    ),
    (
        ("child: US-OPS, parent: EMEA, to: 2026-03-31", "child: US-OPS, parent: GROUP, from: 2026-04-03"),
        (
            "29: hierarchies[0].edges[1].from: leaves 'US-OPS' below nobody from 2026-04-01 through "
            "2026-04-02; close the gap"
        ),
    ),
    (
        ("child: US-OPS, parent: EMEA", "child: EMEA, parent: US-OPS, from: 2026-05-01"),
        "28: hierarchies[0].edges[0]: is a circle on 2026-05-01: US-OPS → EMEA → US-OPS",
    ),
    (
        ("child: US-OPS, parent: NOWHERE",),
        (
            "28: hierarchies[0].edges[0].parent: 'NOWHERE' is not in costCenters; it has GROUP, EMEA, "
            "US-OPS, DE-OPS"
        ),
    ),
    (
        ("child: US-OPS, parent: EMEA, from: May",),
        "28: hierarchies[0].edges[0].from: must be a date such as 2026-06-30, not 'May'",
    ),
]


@pytest.mark.parametrize(("edges", "problem"), WRONG)
def test_what_no_tree_can_be_on_any_day(changed, wrong, edges, problem):
    assert wrong(changed(MORE, drawn(*edges))) == [problem]


def test_edges_that_follow_each_other_are_no_problem(changed, loaded):
    """Two stretches below one parent may overlap; members may be outside the tree before and after."""
    edges = (
        "child: US-OPS, parent: EMEA, from: 2025-01-01, to: 2025-06-30",
        "child: US-OPS, parent: EMEA, from: 2025-06-01, to: 2025-12-31",
        "child: US-OPS, parent: GROUP, from: 2026-01-01, to: 2026-03-31",
    )
    assert len(loaded(changed(MORE, drawn(*edges))).model.hierarchies[CENTER][1].edges) == 3


def test_a_name_and_a_default_are_given_once(changed, wrong):
    _, one = drawn("child: US-OPS, parent: EMEA", head="name: REGION, default: true")
    again = (
        "  - {dimension: COST_CENTER, name: REGION, default: true, edges: [{child: DE-OPS, parent: EMEA}]}\n"
    )
    has = "has a default already (threefold.yaml:27); a dimension has one"
    assert wrong(changed(MORE, ("sources:\n", one.replace("sources:\n", again + "sources:\n")))) == [
        "30: hierarchies[1].name: 'REGION' of COST_CENTER is given twice; the first is threefold.yaml:27",
        f"30: hierarchies[1].default: COST_CENTER {has}",
    ]


def test_accounts_that_are_nodes_of_any_hierarchy_need_no_class(changed, loaded):
    more = ("  - {id: 6100", "  - {id: TRAVEL, name: Travel}\n  - {id: 6100")
    tree = (
        "hierarchies: [{dimension: ACCOUNT, name: TAX, edges: [{child: 6100, parent: TRAVEL}]}]\nsources:\n"
    )
    model = loaded(changed(more, ("sources:\n", tree))).model
    assert [each.name for each in model.hierarchies[Dimension.ACCOUNT]] == ["DEFAULT", "TAX"]
