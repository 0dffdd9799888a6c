"""The plan, drawn up so that it looks like one: each cost centre and account is given what it goes on to
consume, divided by how much of its budget it will have used (50 to 110 % for most), month by month.

Scenario BUDGET holds version APPROVED (both years; originals, revisions, balanced transfers, what was
carried forward) and version DRAFT (a proposal for operations in the US, FY2026). Scenario FORECAST holds
version 6+6: the second half of 2026 only, for the first half is history.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Final

from sources.sandbox.estate.clock import BUDGET_YEARS, TODAY, period
from sources.sandbox.estate.documents import BudgetEntry, Journal, Order
from sources.sandbox.estate.money import ZERO
from sources.sandbox.estate.numbers import Numbers
from sources.sandbox.estate.profile import Profile
from sources.sandbox.estate.streams import between, chance, stream

_STEPS: Final = {"JPY": Decimal(10000)}
_RUNNING: Final = 90
"""days after which little of an order is still open"""
_FIXED: Final = ("6000", "6010")
_DEAD: Final = frozenset({"DRAFT", "PENDING", "CANCELLED", "CLOSED", "FINALLY_CLOSED"})

Cell = tuple[str, str]
"""cost centre and account"""


@dataclass(frozen=True, slots=True)
class Planner:
    entity: str
    currency: str
    numbers: Numbers
    rng: Random

    def entry(
        self,
        number: str,
        type_: str,
        cell: Cell,
        month: date,
        amount: Decimal,
        *,
        version: str = "APPROVED",
        decided: date | None = None,
    ) -> BudgetEntry:
        center, account = cell
        return BudgetEntry(
            id=self.numbers.entry(),
            number=number,
            entity=self.entity,
            type=type_,
            account=account,
            cost_center=center,
            project=None,
            period=period(month),
            date=decided or date(month.year - 1, 11, 30),
            scenario="FORECAST" if version == "6+6" else "BUDGET",
            version=version,
            status="DRAFT" if version == "DRAFT" else "APPROVED",
            currency=self.currency,
            amount=amount,
        )

    def size(self, amount: Decimal) -> Decimal:
        """Rounded as planners round: to hundreds, in yen to ten thousands; never to nothing."""
        step = _STEPS.get(self.currency, Decimal(100))
        return max((amount / step).quantize(Decimal(1), ROUND_HALF_UP), Decimal(1)) * step


def cells(profiles: Sequence[Profile], keeper: str) -> Iterator[Cell]:
    """What is planned: pay, travel, purchases and revenue of each cost centre, depreciation of one."""
    for profile in profiles:
        for account in (*_FIXED, profile.travel, *profile.purchases, *profile.revenue):
            yield profile.center.id, account
    yield keeper, "6800"


def consumption(journals: Iterable[Journal], orders: Iterable[Order]) -> dict[tuple[int, Cell], Decimal]:
    """Roughly what each year took, always positive: bookings, and half of the orders of this quarter."""
    used: defaultdict[tuple[int, Cell], Decimal] = defaultdict(lambda: ZERO)
    for journal in journals:
        year = journal.posting_date.year
        for booked in journal.lines:
            if booked.cost_center:
                used[year, (booked.cost_center, booked.account)] += booked.debit - booked.credit
    for order in orders:
        if order.status not in _DEAD and (TODAY - order.date).days < _RUNNING:
            for line in order.lines:
                for share in line.distributions:
                    cell = (share.cost_center, share.account)
                    used[order.date.year, cell] += (
                        line.quantity * line.price * order.rate * share.percent / 200
                    )
    return {key: abs(amount) for key, amount in used.items()}


def plan(
    planner: Planner, planned: Sequence[Cell], used: Mapping[tuple[int, Cell], Decimal]
) -> Iterator[BudgetEntry]:
    for year in BUDGET_YEARS:
        months = [date(year, m, 1) for m in range(1, 13)]
        for cell in planned:
            wanted = used.get((year, cell), ZERO) * (1 if year < TODAY.year else 2)
            yield from _original(planner, cell, months, wanted)
        yield from _changes(planner, planned, months)


def _original(planner: Planner, cell: Cell, months: Sequence[date], wanted: Decimal) -> Iterator[BudgetEntry]:
    rng = planner.rng
    low, high = ("0.92", "1.04") if cell[1] in _FIXED else ("0.55", "1.08")
    monthly = wanted / between(rng, Decimal(low), Decimal(high)) / 12
    number = planner.numbers.budget(months[0].year)
    amounts = [planner.size(monthly * between(rng, Decimal("0.85"), Decimal("1.15"))) for _ in months]
    for month, amount in zip(months, amounts, strict=True):
        yield planner.entry(number, "ORIGINAL", cell, month, amount)
    if months[0].year == TODAY.year:
        yield from _alternatives(planner, cell, months, amounts)


def _alternatives(
    planner: Planner, cell: Cell, months: Sequence[date], amounts: Sequence[Decimal]
) -> Iterator[BudgetEntry]:
    """Later views of the same year: a forecast of what is left, a draft for operations in the US."""
    trend = between(planner.rng, Decimal("0.85"), Decimal("1.15"))
    number = planner.numbers.budget(TODAY.year)
    for month, amount in list(zip(months, amounts, strict=True))[TODAY.month :]:
        yield planner.entry(
            number, "ORIGINAL", cell, month, planner.size(amount * trend), version="6+6", decided=TODAY
        )
    if cell[0].startswith("US-OPS"):
        draft = planner.numbers.budget(TODAY.year)
        for month, amount in zip(months, amounts, strict=True):
            proposed = planner.size(amount * trend)
            yield planner.entry(draft, "ORIGINAL", cell, month, proposed, version="DRAFT", decided=TODAY)


def _changes(planner: Planner, planned: Sequence[Cell], months: Sequence[date]) -> Iterator[BudgetEntry]:
    """Revisions, transfers between two cells, and what came over from the year before in the first month."""
    rng = planner.rng
    spend = [cell for cell in planned if cell[1].startswith("6") and cell[1] not in _FIXED]
    for cell in spend:
        month = rng.choice(months)
        if chance(rng, 0.35):
            amount = planner.size(_dollars(planner, 1000, 6000)) * rng.choice((1, 1, -1))
            number = planner.numbers.budget(month.year)
            yield planner.entry(number, "REVISION", cell, month, amount, decided=month)
        if chance(rng, 0.2):
            amount, number = planner.size(_dollars(planner, 500, 3000)), planner.numbers.budget(month.year)
            taker = rng.choice([other for other in spend if other != cell])
            yield planner.entry(number, "TRANSFER", cell, month, -amount, decided=month)
            yield planner.entry(number, "TRANSFER", taker, month, amount, decided=month)
        if chance(rng, 0.12):
            amount = planner.size(_dollars(planner, 800, 5000))
            number = planner.numbers.budget(month.year)
            yield planner.entry(number, "CARRY_FORWARD", cell, months[0], amount, decided=months[0])


def _dollars(planner: Planner, low: int, high: int) -> Decimal:
    level = Decimal(150) if planner.currency == "JPY" else Decimal(1)
    return between(planner.rng, Decimal(low), Decimal(high)) * level


def planner_of(entity: str, currency: str, numbers: Numbers, seed: int) -> Planner:
    return Planner(entity, currency, numbers, stream(seed, f"budget {entity}"))
