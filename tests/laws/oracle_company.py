"""The oracle's company: what it must be told about ledgers, calendars, members, rates and policies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]
Days = tuple[date, date]

BUDGETED = {"EXPENSE", "REVENUE", "CAPEX"}
COMMITMENT_DATES = {"NEED_BY": "need_by", "ORDER_DATE": "ordered_on", "BUDGET_DATE": "date"}


@dataclass(frozen=True)
class Policy:
    """How a legal entity keeps its books. `books_receipts`: its ledger books goods when they arrive."""

    books_receipts: bool = False
    blanket: str = "RELEASES"
    commitment_date: str = "BUDGET_DATE"
    tax: str = "NON_RECOVERABLE"


@dataclass(frozen=True)
class Company:
    """`currencies` of the ledgers, `kinds` of the accounts, the first and last `days` of the group's periods,
    of which the `ordinary` ones follow each other, their fiscal `years`, days in the `calendars` of entities
    that have their own, budget `rates` by (from, to, fiscal year), `listed` members of closed dimensions,
    `without`: measures of facts that do not have a dimension, `policies` by entity, the day it is, and which
    of the group's periods those of an entity are, where somebody has said so (`maps`)."""

    currencies: Mapping[str, str]
    kinds: Mapping[str, str]
    days: Mapping[str, Days]
    ordinary: Sequence[str]
    years: Mapping[str, int]
    calendars: Mapping[str, Mapping[str, Days]]
    rates: Mapping[tuple[str, str, int], Fraction]
    listed: Mapping[str, frozenset[str]]
    without: Mapping[str, Sequence[str]]
    policies: Mapping[str, Policy]
    today: date
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def policy(self, row: Row) -> Policy:
        return self.policies.get(row["legal_entity"], Policy())

    def member(self, dimension: str, code: str | None) -> str:
        listed = self.listed.get(dimension)
        if not code:
            return "UNASSIGNED"
        return code if not listed or code in listed else "UNMAPPED"

    def place(self, row: Row) -> dict[str, str]:
        """The member of every dimension a row belongs to."""
        found = {d: self.member(d, row.get(d)) for d in ("account", "cost_center", "project", "supplier")}
        return found | {"legal_entity": row["legal_entity"], "period": self._period(row) or "PERIOD_MISSING"}

    def posted(self, row: Row) -> dict[str, str]:
        """The place of a ledger line. One in a period that nobody has is still posted on some day."""
        calendar = self.calendars.get(row["legal_entity"], self.days)
        strange = row.get("period") is not None and row["period"] not in calendar
        at = self._at(date.fromisoformat(row["date"])) if strange and row.get("date") else None
        return self.place(row) | {"at": at or ""}

    def kind(self, row: Row) -> str | None:
        """The class of a row's account; none where no chart has it."""
        return self.kinds.get(self.member("account", row.get("account")))

    def committed(self, order: Row) -> Row:
        """The order's row under the date its entity budgets commitments by, as far as the order has it."""
        chosen = order.get(COMMITMENT_DATES[self.policy(order).commitment_date])
        return {**order, "date": chosen or order.get("date")}

    def is_ahead(self, row: Row, as_of: date | None) -> bool:
        """Whether the row's period starts after the period that contains the day; no, where nobody knows."""
        day = as_of or self.today
        calendar = self.calendars.get(row["legal_entity"], self.days)
        bound = max((last for first, last in calendar.values() if first <= day <= last), default=day)
        return row.get("period") in calendar and calendar[row["period"]][0] > bound

    def _period(self, row: Row) -> str | None:
        """The row's own period, in the group's calendar; else the one its date is in."""
        own = row.get("period")
        if own is None:
            return self._at(date.fromisoformat(row["date"])) if row.get("date") else None
        calendar, said = (each.get(row["legal_entity"]) for each in (self.calendars, self.maps))
        if said and own in said:
            return said[own]
        if calendar is None:
            return own if own in self.days else None
        first, last = (self._at(day) for day in calendar.get(own, (date.min, date.max)))
        return first if first == last else None

    def _at(self, day: date) -> str | None:
        return next((id_ for id_ in self.ordinary if self.days[id_][0] <= day <= self.days[id_][1]), None)
