"""Everything the ledgers book that purchasing did not cause: payroll, revenue, travel, depreciation,
accruals and their reversals, corrections by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from sources.sandbox.estate.clock import HISTORY, TODAY, month_end, next_month
from sources.sandbox.estate.company import UNMAPPED_COST_CENTER
from sources.sandbox.estate.documents import Journal, JournalLine
from sources.sandbox.estate.journals import Ledger, counter_entry, entry
from sources.sandbox.estate.money import rounded
from sources.sandbox.estate.profile import Profile
from sources.sandbox.estate.streams import between, dates, scaled, stream

_ACCRUED: Final = "2160"
_STRAY_EVERY: Final = 20
_TRIPS: Final = ("Client visit", "Project kick-off", "Quarterly review", "Conference", "Site inspection")


@dataclass(frozen=True, slots=True)
class Bookkeeping:
    """`share` and `level` as in `Trade`."""

    ledger: Ledger
    profiles: tuple[Profile, ...]
    level: Decimal
    share: int
    seed: int
    scale: Decimal

    def rng(self, stream_: str) -> Random:
        return stream(self.seed, f"{stream_} {self.ledger.entity}")

    def count(self, group: int) -> int:
        """How many of the whole company's `group` documents are this entity's."""
        return scaled(group * self.share // 100, self.scale)

    def amount(self, rng: Random, low: int, high: int) -> Decimal:
        """Between `low` and `high` dollars, in ledger currency."""
        return rounded(between(rng, Decimal(low), Decimal(high)) * self.level, self.ledger.currency)


def payroll(keeping: Bookkeeping) -> Iterator[Journal]:
    """One run per cost centre and month."""
    rng = keeping.rng("payroll")
    for month in HISTORY:
        for profile in keeping.profiles:
            center = profile.center.id
            salaries = keeping.amount(rng, 5200, 5900) * profile.headcount
            social = rounded(salaries * Decimal("0.19"), keeping.ledger.currency)
            lines = [
                entry(1, "6000", salaries, "Salaries", center),
                entry(2, "6010", social, "Social security", center),
            ]
            lines.append(counter_entry(lines, "2210", "Payroll liabilities"))
            yield keeping.ledger.journal(month.replace(day=25), "PAYROLL", lines)


def revenue(keeping: Bookkeeping) -> Iterator[Journal]:
    rng = keeping.rng("revenue")
    sellers = [p for p in keeping.profiles if p.revenue]
    for day in dates(rng, keeping.count(3500)):
        seller = rng.choice(sellers)
        amount = keeping.amount(rng, 4000, 32000)
        lines = [entry(1, rng.choice(seller.revenue), -amount, "Customer invoice", seller.center.id)]
        yield keeping.ledger.journal(day, "AR", [*lines, counter_entry(lines, "1200", "Receivable")])


def travel(keeping: Bookkeeping) -> Iterator[Journal]:
    rng = keeping.rng("travel")
    for day in dates(rng, keeping.count(3500)):
        traveller = rng.choice(keeping.profiles)
        trip = rng.choice(_TRIPS)
        amount = keeping.amount(rng, 90, 2600)
        lines = [entry(1, traveller.travel, amount, trip, traveller.center.id)]
        yield keeping.ledger.journal(day, "EXPENSES", [*lines, counter_entry(lines, "2200", trip)])


def depreciation(keeping: Bookkeeping) -> Iterator[Journal]:
    """Once a month, on the cost centre that keeps the assets."""
    rng = keeping.rng("depreciation")
    keeper = keeper_of_assets(keeping.profiles)
    for month in HISTORY:
        lines = [entry(1, "6800", keeping.amount(rng, 38000, 42000), "Depreciation", keeper)]
        lines.append(counter_entry(lines, "1590", "Accumulated depreciation"))
        yield keeping.ledger.journal(month_end(month), "ASSETS", lines)


def keeper_of_assets(profiles: tuple[Profile, ...]) -> str:
    return next(p.center.id for p in profiles if p.center.id.split("-")[1] == "CORP")


def accruals(keeping: Bookkeeping) -> Iterator[Journal]:
    """At month end, reversed on the first of the next month. They name no order."""
    rng = keeping.rng("accruals")
    for day in dates(rng, keeping.count(380)):
        bearer = rng.choice(keeping.profiles)
        account = rng.choice([a for a in bearer.purchases if a.startswith("6")])
        end = month_end(day)
        lines = [entry(1, account, keeping.amount(rng, 1500, 14000), "Accrual", bearer.center.id)]
        lines.append(counter_entry(lines, _ACCRUED, "Accrual"))
        accrual = keeping.ledger.journal(end, "ACCRUAL", lines)
        yield accrual
        back = next_month(end)
        if back <= TODAY:
            yield keeping.ledger.journal(
                back, "ACCRUAL", [_mirrored(line) for line in lines], reverses=accrual.number
            )


def _mirrored(line: JournalLine) -> JournalLine:
    amount = line.credit - line.debit
    return entry(line.line, line.account, amount, f"Reversal: {line.text}", line.cost_center)


def manual(keeping: Bookkeeping) -> Iterator[Journal]:
    """Reclassifications between cost centres. In US01 some go to the centre nobody mapped."""
    rng = keeping.rng("manual")
    for i, day in enumerate(dates(rng, keeping.count(700))):
        giver = rng.choice(keeping.profiles)
        amount = keeping.amount(rng, 60, 1800)
        stray = keeping.ledger.entity == "US01" and i % _STRAY_EVERY == 0
        taker = UNMAPPED_COST_CENTER if stray else rng.choice(_peers(keeping, giver)).center.id
        lines = [
            entry(1, giver.travel, amount, "Reclassification", taker),
            entry(2, giver.travel, -amount, "Reclassification", giver.center.id),
        ]
        yield keeping.ledger.journal(day, "MANUAL", lines)


def _peers(keeping: Bookkeeping, giver: Profile) -> list[Profile]:
    """Other cost centres, those that travel on the same account if there are any."""
    others = [p for p in keeping.profiles if p is not giver]
    return [p for p in others if p.travel == giver.travel] or others
