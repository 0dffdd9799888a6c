"""What of a question is computed while the rest of it is still being read.

Everything but what receipts, invoices and vouchers have a say in can be: budget and ledger, what the orders
are, and what stands beside them. Each piece waits for its own facts, and for exchange rates where they are
read too.
"""

from typing import Final

from resolvers.plan.bind import Bound
from resolvers.plan.compute import Early, Signs, flattened, needing_receipts
from resolvers.plan.consumption import UNMATCHED, ordered, unmatched
from resolvers.plan.execute import Ahead, Collected
from resolvers.semantics.model import Model
from resolvers.semantics.rates import with_rates
from sources.spi.facts import Fact

_FLOWS: Final = (Fact.EXCHANGE_RATE, Fact.BUDGET, Fact.LEDGER)
_ORDERS: Final = (Fact.EXCHANGE_RATE, Fact.ORDER, Fact.ORDER_SCHEDULE)


def pieces(early: Early, bound: Bound, model: Model, signs: Signs) -> tuple[Ahead, ...]:
    """The work that can be done ahead, into `early`."""

    def rated(read: Collected) -> Model:
        early.rated = early.rated or with_rates(model, read.rows(Fact.EXCHANGE_RATE))
        return early.rated

    def flat(read: Collected) -> None:
        early.flat = flattened(read, bound, rated(read), signs)

    def orders(read: Collected) -> None:
        early.ordered = ordered(read, bound, rated(read))
        early.needing = needing_receipts(early.ordered, bound, model)

    def others(read: Collected) -> None:
        of = early.ordered or ordered(read, bound, rated(read))
        early.unmatched = unmatched(read, bound, model, of.every)

    return Ahead(_FLOWS, flat), Ahead(_ORDERS, orders), Ahead((Fact.EXCHANGE_RATE, *UNMATCHED), others)
