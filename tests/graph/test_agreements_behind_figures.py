"""Figures that stand on agreements rather than on documents of the chain can be looked behind as well."""

from tests.graph.papers import replied
from tests.world import System, documents

DRAWN = documents(
    """
    blankets
    number  amount
    B1      300

    subscriptions
    number  amount  committed_through
    S1      200     2026-P12

    deferrals
    number  amount
    D1      100
    """
)
QUERY = """{
    budgetPosition(policy: { blanket: LIMIT }) {
        rows {
            commitment
            prepaidRemaining
            documents { edges { amount stage node { __typename number url } } }
        }
    }
}"""


def test_the_documents_of_a_cell_are_agreements_too():
    reply = replied(QUERY, System("own", DRAWN))
    assert reply.errors == []
    (row,) = reply.data["budgetPosition"]["rows"]
    shares = [
        (edge["node"]["__typename"], edge["node"]["number"], edge["stage"], edge["amount"])
        for edge in row["documents"]["edges"]
    ]
    assert shares == [
        ("BlanketAgreement", "B1", "ORDER", "300.00"),
        ("Subscription", "S1", "ORDER", "200.00"),
        ("Deferral", "D1", "PREPAID", "100.00"),
    ]
    assert (row["commitment"], row["prepaidRemaining"]) == ("500.00", "100.00")
