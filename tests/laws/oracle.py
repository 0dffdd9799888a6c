"""The brute-force oracle: every figure worked out document by document, in exact fractions.

Written from the definitions alone; it shares no code with what it judges. It takes rows as the canonical
system publishes them and looks at one line at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.laws.oracle_documents import Documents, Row
from tests.laws.oracle_money import ZERO, added, half_up, in_proportion, number, shared

Books = Mapping[str, Sequence[Row]]
Cell = dict[str, Fraction | None]
COLLECTIONS = (
    "budget-entries",
    "requisitions",
    "purchase-orders",
    "receipts",
    "invoices",
    "vouchers",
    "journal-lines",
)
BUDGETS = {
    "ORIGINAL": "original_budget",
    "REVISION": "budget_revision",
    "TRANSFER": "budget_transfer",
    "CARRY_FORWARD": "carry_forward",
}
DATED = {"requisitions": "requested_on", "purchase-orders": "ordered_on", "invoices": "approved_on"}
CHAIN = ("pre_commitment", "commitment", "received_not_invoiced", "invoiced_not_posted", "actual")
BASE = (*BUDGETS.values(), *CHAIN)


@dataclass(frozen=True)
class Company:
    """`currencies` of the ledgers, `kinds` of the accounts, the group's ordinary `periods` as (id, first day,
    last day) and the fiscal `years` of all its periods, first and last days in the `calendars` of entities
    that have their own, budget `rates` by (from, to, fiscal year), `listed` members of closed dimensions,
    `without`: measures of facts that do not have a dimension, `booking`: entities whose ledger books
    receipts."""

    currencies: Mapping[str, str]
    kinds: Mapping[str, str]
    periods: Sequence[tuple[str, date, date]]
    years: Mapping[str, int]
    calendars: Mapping[str, Mapping[str, tuple[date, date]]]
    rates: Mapping[tuple[str, str, int], Fraction]
    listed: Mapping[str, frozenset[str]]
    without: Mapping[str, Sequence[str]]
    booking: frozenset[str]

    def member(self, dimension: str, code: str | None) -> str:
        listed = self.listed.get(dimension)
        if not code:
            return "UNASSIGNED"
        return code if not listed or code in listed else "UNMAPPED"

    def place(self, row: Row) -> dict[str, str]:
        """The member of every dimension a row belongs to."""
        found = {d: self.member(d, row.get(d)) for d in ("account", "cost_center", "project", "supplier")}
        return found | {"legal_entity": row["legal_entity"], "period": self._period(row) or "PERIOD_MISSING"}

    def _period(self, row: Row) -> str | None:
        """The row's own period, in the group's calendar; else the one its date is in."""
        own = row.get("period")
        if own is None:
            return self._at(date.fromisoformat(row["date"])) if row.get("date") else None
        calendar = self.calendars.get(row["legal_entity"])
        if calendar is None:
            return own if own in self.years else None
        first, last = (self._at(day) for day in calendar.get(own, (date.min, date.max)))
        return first if first == last else None

    def _at(self, day: date) -> str | None:
        return next((id_ for id_, first, last in self.periods if first <= day <= last), None)


@dataclass(frozen=True)
class Ask:
    """`where` holds the members allowed per dimension; `unlisted`: accounts outside the chart are meant."""

    entities: frozenset[str]
    periods: frozenset[str]
    classes: frozenset[str]
    unlisted: bool
    currency: str
    where: Mapping[str, frozenset[str]]
    as_of: date | None = None
    scenario: str = "BUDGET"
    version: str = "APPROVED"


@dataclass(frozen=True)
class Part:
    """`whole` names what is translated and rounded as one amount; `order` breaks ties within it."""

    measure: str
    place: Mapping[str, str]
    currency: str
    amount: Fraction | None
    whole: tuple[str, ...]
    order: Any


def cells(books: Books, company: Company, ask: Ask, group_by: Sequence[str]) -> dict[tuple[str, ...], Cell]:
    """Base and derived measures by the members of the dimensions grouped by (none: one cell, `()`). What has
    such a dimension is in no cell, and unknown in all of them."""
    nowhere = _nowhere(company, (*group_by, *ask.where))
    found: dict[tuple[str, ...], list[Part]] = defaultdict(list)
    for part in parts(books, company, ask):
        if part.measure not in nowhere:
            found[tuple(part.place[dimension] for dimension in group_by)].append(part)
    return {key: cell(one_side(group, company), nowhere) for key, group in found.items()}


def empty(company: Company, ask: Ask, group_by: Sequence[str]) -> Cell:
    """A cell without documents."""
    return cell([], _nowhere(company, (*group_by, *ask.where)))


def totals(books: Books, company: Company, ask: Ask, *, revenue: bool) -> Cell:
    """Everything on one side: spend, or revenue."""
    side = [part for part in parts(books, company, ask) if _earned(part, company) == revenue]
    return cell(side, _nowhere(company, ask.where))


def _nowhere(company: Company, dimensions: Iterable[str]) -> set[str]:
    return {measure for dimension in dimensions for measure in company.without.get(dimension, ())}


def one_side(group: Sequence[Part], company: Company) -> list[Part]:
    """A cell that holds spend shows spend; one that holds revenue only shows revenue."""
    spend = [part for part in group if not _earned(part, company)]
    return spend or list(group)


def cell(group: Iterable[Part], unknown: Iterable[str] = ()) -> Cell:
    amounts: dict[str, list[Fraction | None]] = {name: [] for name in BASE}
    for part in group:
        amounts[part.measure].append(part.amount)
    sums: Cell = {name: None if name in unknown else added(found) for name, found in amounts.items()}
    budget, consumed = added([sums[b] for b in BUDGETS.values()]), added([sums[c] for c in CHAIN])
    known = budget is not None and consumed is not None
    return sums | {
        "budget": budget,
        "consumed": consumed,
        "available": budget - consumed if known else None,
        "consumed_percent": half_up(100 * consumed / budget, 2) if known and budget else None,
    }


def _earned(part: Part, company: Company) -> bool:
    return company.kinds.get(part.place["account"]) == "REVENUE"


def parts(books: Books, company: Company, ask: Ask) -> list[Part]:
    """Everything the question is about, in its currency."""
    seen = {
        name: [
            row
            for row in books.get(name, ())
            if row["legal_entity"] in ask.entities and _there(name, row, ask)
        ]
        for name in COLLECTIONS
    }
    every = [*_budget(seen, company, ask), *_actual(seen, company), *_chain(seen, company)]
    return [part for part in _translated(every, company, ask) if _asked(part, company, ask)]


def _there(collection: str, row: Row, ask: Ask) -> bool:
    """As of a day, what is dated later is not there yet; what has no date is."""
    dated = row.get(DATED.get(collection, "date"))
    if ask.as_of is None or collection == "budget-entries" or not dated:
        return True
    return date.fromisoformat(dated) <= ask.as_of


def _asked(part: Part, company: Company, ask: Ask) -> bool:
    if part.place["period"] not in ask.periods:
        return False
    if any(part.place[dimension] not in allowed for dimension, allowed in ask.where.items()):
        return False
    kind = company.kinds.get(part.place["account"])
    return ask.unlisted if kind is None else kind in ask.classes


def _budget(books: Books, company: Company, ask: Ask) -> Iterator[Part]:
    for row in books["budget-entries"]:
        version = (row["scenario"], row["version"]) == (ask.scenario, ask.version)
        if version and row.get("status") in {None, "APPROVED"}:
            yield _flow(row, BUDGETS[row.get("type") or "ORIGINAL"], number(row["amount"]), company)


def _actual(books: Books, company: Company) -> Iterator[Part]:
    for row in books["journal-lines"]:
        if row.get("status") in {None, "POSTED"} and row.get("type") != "CLOSING":
            earned = company.kinds.get(company.member("account", row.get("account"))) == "REVENUE"
            yield _flow(row, "actual", (-1 if earned else 1) * number(row["amount"]), company)


def _flow(row: Row, measure: str, amount: Fraction, company: Company) -> Part:
    """Balances are translated by account, cost centre, project and period."""
    place = company.place(row)
    currency = row.get("currency") or company.currencies[row["legal_entity"]]
    grain = ("legal_entity", "account", "cost_center", "project", "period")
    whole = (measure, currency, *(place[dimension] for dimension in grain))
    return Part(measure, place, currency, amount, whole, place["supplier"])


def _chain(books: Books, company: Company) -> Iterator[Part]:
    documents = Documents(books, company.currencies, company.booking)
    for key, value in documents.asked():
        yield from _split("pre_commitment", key, value, documents.requisitions[key], company)
    for key, left, owed in documents.ordered():
        yield from _split("commitment", key, left, documents.orders[key], company)
        yield from _split("received_not_invoiced", key, owed, documents.orders[key], company)
    for key, value, rows in documents.waiting():
        yield from _split("invoiced_not_posted", key, value, rows, company)


def _split(
    measure: str, key: Sequence[str], value: Fraction | None, rows: Sequence[Row], company: Company
) -> Iterator[Part]:
    """One amount of one line over distributions, rounded once. Nothing is nowhere."""
    ledger = company.currencies[rows[0]["legal_entity"]]
    weights = [number(row.get("percent"), "1") for row in rows]
    shares = [None] * len(rows) if value is None else in_proportion(value, weights, ledger)
    if not any(share is None or share for share in shares):
        return
    for row, share in zip(rows, shares, strict=True):
        yield Part(measure, company.place(row), ledger, share, (measure, *key), int(row.get("dist") or 1))


def _translated(every: Iterable[Part], company: Company, ask: Ask) -> Iterator[Part]:
    """Each whole translated at its year's budget rate, rounded once, and shared out again: a balance among
    its suppliers, a line among its distributions."""
    wholes: dict[tuple[str, ...], dict[Any, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for part in every:
        if part.currency == ask.currency:
            yield part
        else:
            wholes[part.whole][part.order].append(part)
    for by_order in wholes.values():
        merged = [
            replace(found[0], amount=added([p.amount for p in found]))
            for _, found in sorted(by_order.items())
        ]
        exact = [_exactly(part, company, ask) for part in merged]
        known = [index for index, amount in enumerate(exact) if amount is not None]
        money = iter(shared([exact[index] or ZERO for index in known], ask.currency))
        for index, part in enumerate(merged):
            amount = next(money) if index in known else None
            yield replace(part, amount=amount, currency=ask.currency)


def _exactly(part: Part, company: Company, ask: Ask) -> Fraction | None:
    year = company.years.get(part.place["period"], 0)
    rate = company.rates.get((part.currency, ask.currency, year))
    return None if part.amount is None or rate is None else part.amount * rate
