"""The pairs: what stands on each side of each kind, and how it is read."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from resolvers.plan.bind import Bound
from resolvers.plan.engine import Desk
from resolvers.plan.plan import Plan
from resolvers.plan.reconcile import actuals, invoices, orders, partners, prepaid, receipts
from resolvers.plan.reconcile.question import Kind
from resolvers.plan.reconcile.reading import Found
from resolvers.semantics.dimensions import Dimension
from sources.spi.context import Context
from sources.spi.facts import Fact

_RELIEF: Final = (Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER)
_ENTITY: Final = frozenset((Dimension.LEGAL_ENTITY,))


@dataclass(frozen=True, slots=True)
class Pair:
    """`left` and `right` are the facts without which that side is unknown; `dimensions` what it can be cut
    by. `across`: one line is about two legal entities, so both sides are in the currency of the answer."""

    left: tuple[Fact, ...]
    right: tuple[Fact, ...]
    measures: frozenset[str]
    plans: Callable[[Bound, Desk], tuple[Plan, ...]]
    read: Callable[[Bound, Desk, Context], Awaitable[Found]]
    dimensions: frozenset[Dimension] = _ENTITY
    across: bool = False


PAIRS: Final[Mapping[Kind, Pair]] = MappingProxyType(
    {
        Kind.UNPOSTED_INVOICES: Pair(
            (Fact.INVOICE, Fact.ORDER),
            (Fact.VOUCHER, Fact.INVOICE, Fact.ORDER),
            invoices.MEASURES,
            invoices.plans,
            invoices.read,
        ),
        Kind.GRNI_GL: Pair(_RELIEF, (Fact.LEDGER,), receipts.MEASURES, receipts.plans, receipts.read),
        Kind.PURCHASE_COMMITMENTS: Pair(
            _RELIEF,
            _RELIEF,
            orders.MEASURES,
            orders.plans,
            orders.read,
            frozenset(Dimension) - {Dimension.PERIOD},
        ),
        Kind.PLAN_ACTUALS: Pair(
            (Fact.BUDGET,),
            (Fact.LEDGER,),
            actuals.MEASURES,
            actuals.plans,
            actuals.read,
            frozenset((Dimension.LEGAL_ENTITY, Dimension.ACCOUNT, Dimension.COST_CENTER)),
        ),
        Kind.INTERCOMPANY: Pair(
            (Fact.LEDGER,), (Fact.LEDGER,), partners.MEASURES, partners.plans, partners.read, across=True
        ),
        Kind.PREPAID: Pair((Fact.DEFERRAL,), (Fact.LEDGER,), prepaid.MEASURES, prepaid.plans, prepaid.read),
    }
)
