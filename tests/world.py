"""A company small enough to see whole, and systems that serve its documents in this process.

Documents are written as tables, the way a test wants to be read:

    purchase-orders
    number  cost_center  quantity  price  receipt_required
    PO1     C1           10        100    true

    receipts
    po   quantity
    PO1  4

What a test does not care about is left out and filled in; ``-`` is no value at all. Journal lines that refer
to an order or an invoice are vouchers too, as in any ledger.
"""

import asyncio
from calendar import monthrange
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar

import httpx
import polars as pl

from resolvers.plan.answer import Answer
from resolvers.plan.engine import Engine
from resolvers.plan.question import Question
from resolvers.semantics.calendar import Calendar, Period
from resolvers.semantics.dimensions import AccountClass, Dimension, Member
from resolvers.semantics.entities import LegalEntity, Policy
from resolvers.semantics.model import Model, Provision
from sources.connectors import load
from sources.sandbox.canonical import DEMO_KEY, app_of
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts

T = TypeVar("T")
Rows = Sequence[Mapping[str, Any]]
Collections = Mapping[str, Rows]

TODAY: Final = date(2026, 6, 30)
FINANCE: Final = frozenset(Fact) - {Fact.COST_CENTER, Fact.SUPPLIER, Fact.EXCHANGE_RATE}
_LINE: Final = {"line": "1", "dist": "1", "percent": "100", "supplier": "S1", "date": "2026-01-15"}
_PLACE: Final = {"account": "6100", "cost_center": "C1"}
_JOURNAL: Final = {**_PLACE, "line": "1", "period": "2026-P01", "date": "2026-01-15", "status": "POSTED"}
_SCHEDULED: Final = {**_PLACE, "line": "1", "period": "2026-P07"}
_DEFAULTS: Final[Mapping[str, Mapping[str, str]]] = {
    "budget-entries": {
        **_PLACE,
        "type": "ORIGINAL",
        "period": "2026-P01",
        "scenario": "BUDGET",
        "version": "APPROVED",
        "status": "APPROVED",
    },
    "requisitions": {**_PLACE, **_LINE, "status": "APPROVED"},
    "purchase-orders": {**_PLACE, **_LINE, "status": "OPEN"},
    "receipts": {"po_line": "1", "date": "2026-01-20"},
    "invoices": {**_LINE, "status": "APPROVED", "approved_on": "2026-01-25"},
    "vouchers": _JOURNAL,
    "journal-lines": _JOURNAL,
    "order-schedules": {"line": "1", "period": "2026-P01"},
    "blankets": {**_PLACE, "dist": "1", "percent": "100", "status": "OPEN", "date": "2026-01-15"},
    "deferrals": _SCHEDULED,
    "subscriptions": _SCHEDULED,
}
_OCCASIONAL: Final = {
    Fact.ORDER_SCHEDULE: "order-schedules",
    Fact.BLANKET: "blankets",
    Fact.DEFERRAL: "deferrals",
    Fact.SUBSCRIPTION: "subscriptions",
}
_FLAGS: Final = {"true": True, "false": False}


def documents(text: str) -> dict[str, list[dict[str, Any]]]:
    """The collections a text draws. Prose around the tables is skipped."""
    collections: dict[str, list[dict[str, Any]]] = {name: [] for name in _DEFAULTS}
    columns: list[str] = []
    rows: list[dict[str, Any]] | None = None
    for line in text.splitlines():
        words = line.split()
        if len(words) == 1 and words[0] in collections:
            rows, columns = collections[words[0]], []
        elif not words:
            rows = None
        elif rows is not None and not columns:
            columns = words
        elif rows is not None:
            named = dict(zip(columns, (_value(word) for word in words), strict=True))
            rows.append(_filled(_name_of(collections, rows), named, len(rows) + 1))
    kept = [row for row in collections["journal-lines"] if any(name.startswith("ref_") for name in row)]
    collections["vouchers"] += kept
    return collections


def _value(word: str) -> Any:
    return None if word == "-" else _FLAGS.get(word, word)


def _name_of(collections: Mapping[str, list[dict[str, Any]]], rows: list[dict[str, Any]]) -> str:
    return next(name for name, found in collections.items() if found is rows)


def _filled(collection: str, row: dict[str, Any], position: int) -> dict[str, Any]:
    """The row with what was left out. An invoice line with an order has no place of its own."""
    number = row.get("number", f"{collection}-{position}")
    filled = {"legal_entity": "ONE", "id": number, "number": number, **_DEFAULTS[collection], **row}
    if collection == "invoices":
        filled = {**({"po_line": "1"} if row.get("po") else _PLACE), **filled}
    return {name: value for name, value in filled.items() if value is not None}


def calendar(id_: str = "G", years: Iterable[int] = (2025, 2026), *, adjustment: bool = False) -> Calendar:
    """Twelve months a year; with `adjustment`, a thirteenth period that overlaps December."""
    periods: list[Period] = []
    for year in years:
        for month in range(1, 13):
            last = date(year, month, monthrange(year, month)[1])
            periods.append(
                Period(f"{year}-P{month:02d}", year, month, date(year, month, 1), last, f"{last:%b %Y}")
            )
        if adjustment:
            december = periods[-1]
            periods.append(replace(december, id=f"{year}-P13", number=13, label="Closing", adjustment=True))
    return Calendar(id_, tuple(periods))


def weeks(id_: str = "WEEKS", first: date = date(2024, 12, 29), years: int = 2) -> Calendar:
    """Fiscal years from 2025 on in quarters of 4, 4 and 5 weeks; the last one has a fifty-third week."""
    periods: list[Period] = []
    for year in range(2025, 2025 + years):
        for number in range(1, 13):
            extra = int(year == 2024 + years and number == 12)
            last = first + timedelta(weeks=(5 if number % 3 == 0 else 4) + extra, days=-1)
            periods.append(Period(f"{year}-P{number:02d}", year, number, first, last, f"W{number}"))
            first = last + timedelta(days=1)
    return Calendar(id_, tuple(periods))


def april(id_: str = "APRIL") -> Calendar:
    """Years that start in April, named by the year they end in, with a closing period of their own."""
    months = [p for p in calendar(years=(2024, 2025, 2026)).periods if p.start >= date(2024, 4, 1)]
    periods: list[Period] = []
    for index, month in enumerate(months):
        year, number = 2025 + index // 12, index % 12 + 1
        periods.append(Period(f"{year}-P{number:02d}", year, number, month.start, month.end, month.label))
        if number == 12:
            closing = Period(f"{year}-P13", year, 13, month.end, month.end, "Closing", adjustment=True)
            periods.append(closing)
    return Calendar(id_, tuple(periods))


ACCOUNTS: Final = {
    id_: Member(id_, name, kind=kind)
    for id_, name, kind in (
        ("6100", "Services", AccountClass.EXPENSE),
        ("6200", "Software", AccountClass.EXPENSE),
        ("4000", "Sales", AccountClass.REVENUE),
        ("1500", "Equipment", AccountClass.CAPEX),
        ("2100", "Payables", AccountClass.BALANCE_SHEET),
    )
}
CENTERS: Final = {
    "ALL": Member("ALL", "Everything"),
    "C1": Member("C1", "One", parent="ALL", legal_entity="ONE"),
    "C2": Member("C2", "Two", parent="ALL", legal_entity="ONE"),
    "D1": Member("D1", "Other", parent="ALL", legal_entity="TWO"),
}


@dataclass(frozen=True, slots=True)
class System:
    """A system that publishes our documents as they are. `entities` maps legal entities to its codes;
    `around` puts something between the engine and it. Unless `facts` says what it provides, that is
    everything, schedules and agreements only if it has any."""

    name: str
    collections: Collections
    entities: Mapping[str, str] = field(default_factory=lambda: {"ONE": "ONE", "TWO": "TWO"})
    facts: frozenset[Fact] | None = None
    page_size: int = 1000
    calendar: str | None = None
    around: Callable[[Source], Source] = lambda source: source

    @property
    def provided(self) -> frozenset[Fact]:
        if self.facts is not None:
            return self.facts
        return FINANCE - {fact for fact, name in _OCCASIONAL.items() if not self.collections.get(name)}

    @property
    def provision(self) -> Provision:
        return Provision(self.name, self.provided, self.entities, self.calendar)

    def source(self) -> Source:
        app = app_of(self.collections, data_as_of=datetime(2026, 6, 30, 6, tzinfo=UTC))
        settings = SourceSettings(
            self.name,
            "canonical",
            "http://canonical.sandbox",
            auth={"token": Secret(DEMO_KEY)},
            entities=self.entities,
            facts=self.provided,
            limits=Limits(page_size=self.page_size),
        )
        return self.around(load.build(settings, Accounts(), httpx.ASGITransport(app=app)))


def entity(id_: str = "ONE", currency: str = "USD", policy: Policy | None = None) -> LegalEntity:
    """A legal entity without deferrals."""
    return LegalEntity(id_, f"{id_} Inc.", currency, "G", frozenset({Fact.DEFERRAL}), policy or Policy())


def model(*systems: System, **changes: Any) -> Model:
    """Two legal entities, ONE in dollars and TWO in euros, that have deferrals where a system has; `changes`
    replace any part of it."""
    deferring = {e for system in systems if Fact.DEFERRAL in system.provided for e in system.entities}
    unused = {e: frozenset(() if e in deferring else (Fact.DEFERRAL,)) for e in ("ONE", "TWO")}
    given: dict[str, Any] = {
        "legal_entities": {
            "ONE": LegalEntity("ONE", "One Inc.", "USD", "G", unused["ONE"]),
            "TWO": LegalEntity("TWO", "Two GmbH", "EUR", "G", unused["TWO"]),
        },
        "members": {Dimension.ACCOUNT: ACCOUNTS, Dimension.COST_CENTER: CENTERS},
        "calendars": {"G": calendar()},
        "calendar": "G",
        "reporting_currency": "USD",
        "rates": (),
        "crosswalk": (),
        "provisions": tuple(system.provision for system in systems),
        "today": TODAY,
    }
    return Model(**{**given, **changes})


@asynccontextmanager
async def engine(world: Model, *systems: System) -> AsyncIterator[Engine]:
    sources = {system.name: system.source() for system in systems}
    try:
        yield Engine(world, sources, now=lambda: datetime(2026, 6, 30, 12, tzinfo=UTC))
    finally:
        for source in sources.values():
            await source.aclose()


def using(world: Model, *systems: System, do: Callable[[Engine], Awaitable[T]]) -> T:
    """What `do` makes of an engine over the systems."""

    async def scene() -> T:
        async with engine(world, *systems) as ready:
            return await do(ready)

    return asyncio.run(scene())


def ask(world: Model, *systems: System, question: Question) -> Answer:
    return using(world, *systems, do=lambda ready: ready.ask(question, Context.within(30)))


def table(frame: pl.DataFrame, *measures: str) -> dict[str, Any]:
    """Figures as written, by cell: one measure as a string, several as a tuple; None where unknown."""
    rows = frame.rows(named=True)
    written = [tuple(None if row[m] is None else str(row[m]) for m in measures) for row in rows]
    keys = [row.get("cell_id", "*") for row in rows]
    return {
        key: values[0] if len(measures) == 1 else values for key, values in zip(keys, written, strict=True)
    }
