"""Nodes in GraphQL: rows that name them, and the documents behind them."""

from tests.graph.papers import replied
from tests.plan.trees import company

WORLD, OWN = company(
    """
    budget-entries
    number  cost_center  period    amount
    B1      OPS          2026-P01  1000
    B2      C1           2026-P02  400
    B3      C2           2026-P05  50

    journal-lines
    number  cost_center  period    amount
    J1      C2           2026-P03  20
    """
)


def asked(arguments: str) -> dict[str, tuple[str, str, list[tuple[str, str, str | None]]]]:
    """Name, budget and documents of each row, by cell."""
    query = f"""{{ budgetPosition(groupBy: [COST_CENTER], {arguments}) {{ rows {{
        cellId costCenter {{ name }} budget actual
        documents {{ edges {{ amount controlNode node {{ number }} }} }}
    }} }} }}"""
    reply = replied(query, OWN, world=WORLD)
    assert reply.errors == []
    return {
        row["cellId"]: (
            row["costCenter"]["name"],
            row["budget"],
            [(e["node"]["number"], e["amount"], e["controlNode"]) for e in row["documents"]["edges"]],
        )
        for row in reply.data["budgetPosition"]["rows"]
    }


def test_a_node_is_named_and_is_the_sum_of_its_documents() -> None:
    """B2 is inside B1 and comes to nothing beside it; J1 was below OPS until March."""
    rolled = "hierarchyView: AS_POSTED, rollUp: [{dimension: COST_CENTER, nodes: [OPS, SALES]}]"
    assert asked(rolled.replace("OPS, SALES", '"OPS", "SALES"')) == {
        "OPS": ("Ops", "1000.00", [("B1", "1000.00", "OPS|6100|UNASSIGNED"), ("J1", "20.00", None)]),
        "SALES": ("Sales", "50.00", [("B3", "50.00", "C2|6100|UNASSIGNED")]),
    }


def test_what_a_node_has_not_distributed_says_to_whom_the_rest_went() -> None:
    rows = asked("hierarchyView: RESTATED")
    assert rows["OPS"] == (
        "Ops",
        "600.00",
        [("B1", "1000.00", "OPS|6100|UNASSIGNED"), ("B2", "-400.00", "OPS|6100|UNASSIGNED")],
    )
    assert rows["C1"][1:] == ("400.00", [("B2", "400.00", "OPS|6100|UNASSIGNED")])
