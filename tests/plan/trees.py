"""A company whose cost centres moved and are seen in two ways.

ORG     GROUP ─┬─ OPS ─┬─ C1             REGION   WEST ─┬─ C1
               │       └─ C2 until March          │      └─ C3
               └─ SALES ┬─ C3                     EAST ──── C2
                        └─ C2 from April
X9 is in neither.
"""

from datetime import date
from typing import Final

from resolvers.semantics.dimensions import AccountClass, Dimension, Edge, Hierarchy, Member
from resolvers.semantics.model import Model
from tests.world import System, documents, model

CENTER, ACCOUNT, PERIOD = Dimension.COST_CENTER, Dimension.ACCOUNT, Dimension.PERIOD
MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 1)
ORG: Final = Hierarchy(
    CENTER,
    "ORG",
    (
        Edge("OPS", "GROUP"),
        Edge("SALES", "GROUP"),
        Edge("C1", "OPS"),
        Edge("C2", "OPS", None, MARCH),
        Edge("C2", "SALES", APRIL),
        Edge("C3", "SALES"),
    ),
)
REGION: Final = Hierarchy(CENTER, "REGION", (Edge("C1", "WEST"), Edge("C2", "EAST"), Edge("C3", "WEST")))
CHART: Final = Hierarchy(
    ACCOUNT,
    "CHART",
    (Edge("6100", "OPEX"), Edge("6200", "OPEX"), Edge("OPEX", "RESULT"), Edge("4000", "RESULT")),
)
CENTERS: Final = {
    id_: Member(id_, id_.title(), legal_entity="ONE" if id_ in ("C1", "C2") else None)
    for id_ in ("GROUP", "OPS", "SALES", "WEST", "EAST", "C1", "C2", "C3", "X9")
}
ACCOUNTS: Final = {
    id_: Member(id_, id_, kind=kind)
    for id_, kind in (
        ("RESULT", None),
        ("OPEX", AccountClass.EXPENSE),
        ("6100", AccountClass.EXPENSE),
        ("6200", AccountClass.EXPENSE),
        ("4000", AccountClass.REVENUE),
    )
}


def company(drawn: str) -> tuple[Model, System]:
    """The company, and a system with the documents drawn."""
    own = System("own", documents(drawn))
    members = {CENTER: CENTERS, ACCOUNT: ACCOUNTS}
    return model(own, members=members, hierarchies={CENTER: (ORG, REGION), ACCOUNT: (CHART,)}), own
