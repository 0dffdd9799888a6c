"""What of a question is computed while the rest of it is still being read.

Everything but what receipts, invoices and vouchers have a say in can be: budget and ledger, what the orders
are, and what stands beside them. Each piece waits for its own facts, and for exchange rates where they are
read too.

The rest is computed while the last wave is out, where that only looks for further vouchers, and once more if
one of those concerns the question (`semantics.concern`).
"""

from typing import Final

from resolvers.plan.compute import Early, Signs, flattened, needing_receipts, staged
from resolvers.plan.consumption import UNMATCHED, ordered, unmatched
from resolvers.plan.execute import Ahead, Collected
from resolvers.plan.plan import Plan
from resolvers.semantics.concern import words
from resolvers.semantics.model import Model
from resolvers.semantics.rates import with_rates
from sources.spi.facts import Fact

_FLOWS: Final = (Fact.EXCHANGE_RATE, Fact.BUDGET, Fact.LEDGER)
_ORDERS: Final = (Fact.EXCHANGE_RATE, Fact.ORDER, Fact.ORDER_SCHEDULE)
_OTHERS: Final = (Fact.EXCHANGE_RATE, *UNMATCHED)
_STAGES: Final = (*_OTHERS, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER)


def pieces(early: Early, plan: Plan, model: Model, signs: Signs) -> tuple[Ahead, ...]:
    """The work that can be done ahead, into `early`."""
    bound = plan.bound

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

    def stages(read: Collected) -> None:
        vouchers = read.rows(Fact.VOUCHER)
        early.staged, early.vouchers = staged(read, bound, rated(read), early), vouchers.height
        early.words = words(vouchers, read.rows(Fact.INVOICE), read.rows(Fact.ORDER))

    found = Ahead(_FLOWS, flat), Ahead(_ORDERS, orders), Ahead(_OTHERS, others)
    return (*found, Ahead(_STAGES, stages, but_last=True)) if _ends_with_vouchers(plan) else found


def _ends_with_vouchers(plan: Plan) -> bool:
    """Whether all but vouchers is read before the last wave. Breaks take every voucher there is."""
    *before, last = plan.waves or ((),)
    return bool(before) and {node.fact for node in last} == {Fact.VOUCHER} and not plan.bound.question.breaks
