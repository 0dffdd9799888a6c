"""Putting the history together: purchasing, then the ledgers it ends in, then the plan that fits it, and
what goes wrong on purpose on top.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain

from sources.sandbox.estate import bookings, budgeting, entries, goods, intercompany
from sources.sandbox.estate.bookings import Bookkeeping
from sources.sandbox.estate.clock import CLOCK
from sources.sandbox.estate.closing import closings
from sources.sandbox.estate.company import meridian
from sources.sandbox.estate.documents import BudgetEntry, Company, Estate, Journal
from sources.sandbox.estate.hazards import with_hazards
from sources.sandbox.estate.journals import Ledger
from sources.sandbox.estate.numbers import Numbers
from sources.sandbox.estate.payables import payments, vouchers
from sources.sandbox.estate.profile import Books, books
from sources.sandbox.estate.purchasing import Purchases, desk_of, purchase
from sources.sandbox.estate.streams import stream
from sources.sandbox.estate.trade import TRADES, Trade


def build(seed: int = 7, scale: Decimal | float = 1) -> Estate:
    """The history of the company. `scale` must be positive; the last few results are kept."""
    factor = Decimal(str(scale))
    if factor <= 0:
        raise ValueError(f"scale must be positive, not {scale}")
    return _build(seed, factor)


@lru_cache(maxsize=4)
def _build(seed: int, scale: Decimal) -> Estate:
    company = meridian()
    making = Making(company, books(company, seed), Numbers(), seed, scale)
    bought = making.purchases()
    journals = [journal for trade in TRADES for journal in making.ledger(trade, bought)]
    journals.sort(key=lambda j: (j.posting_date, j.entity, j.number))
    invoices = (b.invoice for b in bought.bills if not b.keyed)
    history = Estate(
        company=company,
        clock=CLOCK,
        budget=tuple(making.budget(bought, journals)),
        requisitions=tuple(sorted(bought.requisitions, key=lambda r: (r.date, r.entity, r.id))),
        orders=tuple(sorted(bought.orders, key=lambda o: (o.date, o.entity, o.id))),
        receipts=tuple(sorted(bought.receipts, key=lambda r: (r.date, r.entity, r.id))),
        invoices=tuple(sorted(invoices, key=lambda i: (i.date, i.entity, i.id))),
        journals=tuple(journals),
    )
    return with_hazards(history, making.spending)


@dataclass(frozen=True, slots=True)
class Making:
    """What every stage of a build shares."""

    company: Company
    spending: Books
    numbers: Numbers
    seed: int
    scale: Decimal

    def purchases(self) -> Purchases:
        bought = Purchases()
        for trade in TRADES:
            desk = desk_of(trade, self.company, self.spending, self.numbers, self.seed)
            purchase(desk, self.scale, bought)
        return bought

    def ledger(self, trade: Trade, bought: Purchases) -> list[Journal]:
        """All journals of one entity, the closings that clear its years last."""
        ledger = Ledger(trade.entity, trade.currency, self.numbers)
        own = [bill for bill in bought.bills if bill.invoice.entity == trade.entity]
        arrived = [r for r in bought.receipts if r.entity == trade.entity and trade.books_receipts]
        received = goods.follow(arrived, own) if trade.books_receipts else goods.NO_GOODS
        keeping = Bookkeeping(
            ledger=ledger,
            profiles=self.spending.profiles[trade.entity],
            level=trade.level,
            share=trade.share,
            seed=self.seed,
            scale=self.scale,
        )
        booked = list(
            chain(
                goods.book(ledger, bought.orders, arrived, received),
                vouchers(ledger, own, stream(self.seed, f"payables {trade.entity}"), received),
                payments(ledger, own),
                bookings.payroll(keeping),
                bookings.revenue(keeping),
                bookings.travel(keeping),
                bookings.depreciation(keeping),
                bookings.accruals(keeping),
                bookings.manual(keeping),
                entries.adjustments(ledger, self.spending.profiles[trade.entity]),
                entries.shared_costs(ledger),
                intercompany.charges(ledger),
            )
        )
        return [*booked, *closings(ledger, booked, self.company)]

    def budget(self, bought: Purchases, journals: Iterable[Journal]) -> Iterator[BudgetEntry]:
        used = budgeting.consumption((j for j in journals if j.type == "NORMAL"), bought.orders)
        for trade in TRADES:
            profiles = self.spending.profiles[trade.entity]
            planned = budgeting.cells(profiles, bookings.keeper_of_assets(profiles))
            planner = budgeting.planner_of(trade.entity, trade.currency, self.numbers, self.seed)
            yield from budgeting.plan(planner, tuple(planned), used)
