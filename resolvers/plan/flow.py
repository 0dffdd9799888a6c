"""Reading in the order documents flow, the ledger last (`consistency: STRICT`).

A document moves from requisition to order, receipt, invoice and ledger. Read in that order, one that moves
between two reads is found where it arrives, twice at worst, and twice is told by its identity. Read at the
same time, it could be found nowhere.
"""

from collections.abc import Iterable
from typing import Final

from resolvers.plan.keyring import inputs
from resolvers.plan.plan import Node
from sources.spi.facts import Fact

_STAGES: Final = (
    (
        Fact.EXCHANGE_RATE,
        Fact.BUDGET,
        Fact.REQUISITION,
        Fact.BLANKET,
        Fact.ORDER_SCHEDULE,
        Fact.DEFERRAL,
        Fact.SUBSCRIPTION,
    ),
    (Fact.ORDER,),
    (Fact.RECEIPT,),
    (Fact.INVOICE,),
    (Fact.VOUCHER,),
    (Fact.LEDGER,),
)
_STAGE: Final = {fact: stage for stage, facts in enumerate(_STAGES) for fact in facts}


def in_flow(waves: Iterable[Iterable[Node]]) -> list[list[Node]]:
    """The nodes of the waves, one stage after the other; lookups after what their keys come from."""
    ordered: dict[tuple[int, int], list[Node]] = {}
    for number, wave in enumerate(waves):
        for node in wave:
            stage = max(_STAGE[fact] for fact in (node.fact, *inputs(node)))
            ordered.setdefault((stage, number), []).append(node)
    return [ordered[key] for key in sorted(ordered)]
