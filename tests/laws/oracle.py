"""The brute-force oracle: every figure worked out document by document, in exact fractions.

Written from the definitions alone; it shares no code with what it judges. It takes rows as the canonical
system publishes them and looks at one line at a time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.laws.oracle_company import Company, Row
from tests.laws.oracle_compared import COMPARATIVES, a_year_on, again, unknown
from tests.laws.oracle_documents import Documents
from tests.laws.oracle_money import ZERO, added, half_up, number, shared, times
from tests.laws.oracle_parts import Ask, Part
from tests.laws.oracle_pieces import rounded

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
    "order-schedules",
    "blankets",
    "deferrals",
    "subscriptions",
)
BUDGETS = {
    "ORIGINAL": "original_budget",
    "REVISION": "budget_revision",
    "TRANSFER": "budget_transfer",
    "CARRY_FORWARD": "carry_forward",
}
DATED = {"requisitions": "requested_on", "purchase-orders": "ordered_on", "invoices": "approved_on"}
CHAIN = (
    "pre_commitment",
    "commitment",
    "received_not_invoiced",
    "invoiced_not_posted",
    "prepaid_remaining",
    "actual",
)
MEMOS = (
    "pending_pre_commitment",
    "blanket_remaining",
    "over_invoiced",
    "over_received",
    "received_in_actual",
)
"""Measures beside the chain, never inside `consumed`."""
BASE = (*BUDGETS.values(), *CHAIN, *MEMOS, *COMPARATIVES)


def cells(books: Books, company: Company, ask: Ask, group_by: Sequence[str]) -> dict[tuple[str, ...], Cell]:
    """Base and derived measures by the members of the dimensions grouped by (none: one cell, `()`). What has
    such a dimension is in no cell, and unknown in all of them."""
    nowhere = _nowhere(company, ask, (*group_by, *ask.where))
    found: dict[tuple[str, ...], list[Part]] = defaultdict(list)
    for part in parts(books, company, ask):
        if part.measure not in nowhere:
            found[tuple(part.place[dimension] for dimension in group_by)].append(part)
    return {key: cell(one_side(group, company), nowhere) for key, group in found.items()}


def empty(company: Company, ask: Ask, group_by: Sequence[str]) -> Cell:
    """A cell without documents."""
    return cell([], _nowhere(company, ask, (*group_by, *ask.where)))


def totals(books: Books, company: Company, ask: Ask, *, revenue: bool) -> Cell:
    """Everything on one side: spend, or revenue."""
    side = [part for part in parts(books, company, ask) if _earned(part, company) == revenue]
    return cell(side, _nowhere(company, ask, ask.where))


def _nowhere(company: Company, ask: Ask, dimensions: Iterable[str]) -> set[str]:
    without = {measure for dimension in dimensions for measure in company.without.get(dimension, ())}
    return without | set(unknown(company, ask.periods))


def one_side(group: Sequence[Part], company: Company) -> list[Part]:
    """A cell that holds spend shows spend; one that holds revenue only shows revenue."""
    spend = [part for part in group if not _earned(part, company)]
    return spend or list(group)


def cell(group: Iterable[Part], unknown: Collection[str] = ()) -> Cell:
    """What the parts add up to: nothing where any is unknown, save for what is known to be consumed."""
    amounts: dict[str, list[Fraction | None]] = {name: [] for name in BASE}
    for part in group:
        amounts[part.measure].append(part.amount)
    sums: Cell = {name: None if name in unknown else added(found) for name, found in amounts.items()}
    budget, consumed = added([sums[b] for b in BUDGETS.values()]), added([sums[c] for c in CHAIN])
    known = [
        amount for name in CHAIN if name not in unknown for amount in amounts[name] if amount is not None
    ]
    available = added([budget, times(Fraction(-1), consumed)])
    return sums | {
        "budget": budget,
        "consumed": consumed,
        "consumed_known": sum(known, ZERO),
        "available": available,
        "consumed_percent": half_up(100 * consumed / budget, 2) if budget and consumed is not None else None,
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
    actual = list(_actual(seen, company))
    every = [*_budget(seen, company, ask), *actual, *_chain(seen, company, ask)]
    if not unknown(company, ask.periods):
        every += a_year_on(actual, company)
    found = [part for part in _translated(every, company, ask) if _asked(part, company, ask)]
    return [*found, *again(found, company, ask.as_of or company.today)]


def _there(collection: str, row: Row, ask: Ask) -> bool:
    """As of a day, what is dated later is not there yet; what has no date is."""
    dated = row.get(DATED.get(collection, "date"))
    if ask.as_of is None or collection == "budget-entries" or not dated:
        return True
    return date.fromisoformat(dated) <= ask.as_of


def _asked(part: Part, company: Company, ask: Ask) -> bool:
    if not {part.place["period"], part.place.get("at")} & ask.periods:
        return False
    if any(part.place[dimension] not in allowed for dimension, allowed in ask.where.items()):
        return False
    kind = company.kinds.get(part.place["account"])
    return ask.unlisted if kind is None else kind in ask.classes


def _budget(books: Books, company: Company, ask: Ask) -> Iterator[Part]:
    for row in books["budget-entries"]:
        plan = (row["scenario"], row["version"])
        if row.get("status") not in {None, "APPROVED"}:
            continue
        if plan == (ask.scenario, ask.version):
            yield _flow(row, BUDGETS[row.get("type") or "ORIGINAL"], number(row["amount"]), company)
        if plan == ask.forecast:
            flow = _flow(row, BUDGETS[row.get("type") or "ORIGINAL"], number(row["amount"]), company)
            yield replace(flow, measure="forecast", whole=("forecast", *flow.whole[1:]))


def _actual(books: Books, company: Company) -> Iterator[Part]:
    for row in books["journal-lines"]:
        if row.get("status") in {None, "POSTED"} and row.get("type") != "CLOSING":
            earned = company.kinds.get(company.member("account", row.get("account"))) == "REVENUE"
            yield _flow(row, "actual", (-1 if earned else 1) * number(row["amount"]), company)


def _flow(row: Row, measure: str, amount: Fraction, company: Company) -> Part:
    """Balances are translated by account, cost centre, project and period."""
    place = company.posted(row) if measure == "actual" else company.place(row)
    currency = row.get("currency") or company.currencies[row["legal_entity"]]
    grain = ("legal_entity", "account", "cost_center", "project", "period")
    whole = (measure, currency, *(place[dimension] for dimension in grain), _year(place, company))
    return Part(measure, place, currency, amount, whole, place["supplier"])


def _chain(books: Books, company: Company, ask: Ask) -> Iterator[Part]:
    for measure, key, pieces in Documents(books, company).chain(ask.as_of):
        currency = company.currencies[pieces[0].row["legal_entity"]]
        for piece in rounded(pieces, currency):
            place = company.place(piece.row)
            yield Part(measure, place, currency, piece.amount, (measure, *key), piece.order)


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
    rate = company.rates.get((part.currency, ask.currency, int(_year(part.place, company))))
    return None if part.amount is None or rate is None else part.amount * rate


def _year(place: Mapping[str, str], company: Company) -> str:
    """The fiscal year of a period, or of the day of what is in none."""
    return str(company.years.get(place["period"], company.years.get(place.get("at", ""), 0)))
