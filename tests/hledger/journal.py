"""The sandbox company's books as a journal that hledger reads.

It is written from the history of business events, never from an answer of ours: every ledger document but
the closings is a transaction, which hledger checks for balance; the approved budget is one periodic
transaction per month and type, whose description is the type; budget rates are prices on the first of the
year. What a ledger counts to another month than its day's is dated on the nearest day of that month.
Accounts are paths: which way round they go decides what hledger's trees add up.

    P 2026-01-01 JPY 0.0068 USD

    2026-01-25 (4310000073) PAYROLL
        spend:GROUP:TECH:TECH-IT:JP-TECH-420:JP01:6000:UNASSIGNED  5400000 JPY
        balance:LIABILITIES:2210  -5400000 JPY

    ~ monthly from 2026-01 to 2026-02  ORIGINAL
        (spend:GROUP:TECH:TECH-IT:JP-TECH-420:JP01:6000:UNASSIGNED)  5500000 JPY
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from resolvers.semantics.model import Rate
from sources.sandbox.estate.clock import month_end, next_month
from sources.sandbox.estate.company import SHARED_COST_CENTER, SHARES
from sources.sandbox.estate.documents import Account, BudgetEntry, Company, CostCenter, Estate, Journal
from sources.sandbox.estate.fiscal import group_month

SPEND: Final = "spend"
REVENUE: Final = "revenue"
_SIDES: Final = {"EXPENSE": SPEND, "CAPEX": SPEND, "REVENUE": REVENUE, "BALANCE_SHEET": "balance"}
_NONE: Final = "UNASSIGNED"
_STYLES: Final = {"JPY": "1000."}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an amount belongs. Lines of the balance sheet have no cost centre."""

    entity: str
    account: str
    center: str | None
    project: str | None


Way = tuple[str, ...]
Arrangement = Callable[["Trees", Place], Way]


@dataclass(frozen=True, slots=True)
class Trees:
    """The company's accounts and cost centres, each with the way from the root down to it."""

    accounts: Mapping[str, Account]
    centers: Mapping[str, CostCenter]

    def side(self, place: Place) -> str:
        return _SIDES[self.accounts[place.account].kind]

    def path(self, place: Place, arranged: Arrangement) -> Way:
        if place.center is None:
            return (self.side(place), *down(self.accounts, place.account))
        return (self.side(place), *arranged(self, place))


def trees(company: Company) -> Trees:
    return Trees({a.id: a for a in company.accounts}, {c.id: c for c in company.cost_centers})


def down(tree: Mapping[str, Account] | Mapping[str, CostCenter], member: str) -> Way:
    """The members from the root of a tree to one of them."""
    parent = tree[member].parent
    return (member,) if parent is None else (*down(tree, parent), member)


def by_cost_center(trees: Trees, place: Place) -> Way:
    """GROUP:TECH:TECH-IT:JP-TECH-420:JP01:6000:UNASSIGNED"""
    centers = down(trees.centers, place.center or _NONE)
    return (*centers, place.entity, place.account, place.project or _NONE)


def by_account(trees: Trees, place: Place) -> Way:
    """OPEX:PEOPLE:6000:JP01:JP-TECH-420"""
    return (*down(trees.accounts, place.account), place.entity, place.center or _NONE)


def journal(estate: Estate, rates: Iterable[Rate], arranged: Arrangement) -> str:
    """The whole journal as text. Credits are negative, so revenue and its budget are."""
    known = trees(estate.company)
    currencies = sorted({entity.currency for entity in estate.company.entities})
    lines = [
        "decimal-mark .",
        *(f"commodity {_STYLES.get(currency, '1000.00')} {currency}" for currency in currencies),
        *(f"P {rate.fiscal_year}-01-01 {rate.currency} {rate.rate} {rate.to}" for rate in rates),
        *(line for document in estate.journals for line in _transaction(known, document, arranged)),
        *_goals(known, estate.budget, arranged),
    ]
    return "\n".join(lines) + "\n"


def _transaction(trees: Trees, document: Journal, arranged: Arrangement) -> Iterator[str]:
    if document.type == "CLOSING":
        return
    yield f"\n{_day(document)} ({document.number}) {document.origin}"
    for line in document.lines:
        for center, percent in (
            SHARES if line.cost_center == SHARED_COST_CENTER else ((line.cost_center, 100),)
        ):
            place = Place(document.entity, line.account, center, line.project)
            amount = (line.debit - line.credit) * percent / 100
            yield f"    {':'.join(trees.path(place, arranged))}  {amount} {document.currency}"


def _day(document: Journal) -> date:
    first = group_month(document.entity, document.period)
    return min(max(document.posting_date, first), month_end(first))


def _goals(trees: Trees, entries: Sequence[BudgetEntry], arranged: Arrangement) -> Iterator[str]:
    months: defaultdict[tuple[date, str], list[str]] = defaultdict(list)
    for entry in entries:
        if (entry.scenario, entry.version) == ("BUDGET", "APPROVED"):
            months[_month(entry), entry.type].append(_goal(trees, entry, arranged))
    for (month, type_), goals in sorted(months.items()):
        yield f"\n~ monthly from {month:%Y-%m} to {next_month(month):%Y-%m}  {type_}"
        yield from goals


def _goal(trees: Trees, entry: BudgetEntry, arranged: Arrangement) -> str:
    place = Place(entry.entity, entry.account, entry.cost_center, entry.project)
    amount: Decimal = -entry.amount if trees.side(place) == REVENUE else entry.amount
    return f"    ({':'.join(trees.path(place, arranged))})  {amount} {entry.currency}"


def _month(entry: BudgetEntry) -> date:
    year, month = entry.period.split("-P")
    return date(int(year), int(month), 1)
