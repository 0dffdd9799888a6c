"""Lines with their status, in one currency, and what they come to.

A line is judged in the ledger currency it was read in and then translated as a whole: the right side, the
items and the residual add up to the left side, to the cent, in every currency.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from resolvers.plan.answer import SourceReport
from resolvers.plan.explain import PlanReport
from resolvers.plan.reconcile.question import Kind, Reason
from resolvers.semantics.currency import exponent
from resolvers.semantics.materiality import Materiality
from resolvers.semantics.rates import RateMissing
from resolvers.semantics.reconcile import Status, worst
from sources.spi.facts import Fact


@dataclass(frozen=True, slots=True)
class Item:
    """Why two sides differ, signed like left − right; `documents` as (fact, source, id, number)."""

    reason: Reason
    amount: Decimal | None
    place: str | None
    since: date | None
    documents: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Rolled:
    """The left side as a balance carried forward: `opening` and `movements` come to it."""

    opening: Decimal | None
    movements: tuple[tuple[str, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One place: both sides, None where unknown, and what is between them. `gross` sums items and residual
    without their signs. `status` is None where a side is."""

    legal_entity: str
    partner: str | None
    account: str | None
    currency: str
    left: Decimal | None
    right: Decimal | None
    items: tuple[Item, ...]
    threshold: Decimal | None
    materiality: Materiality
    status: Status | None
    rolled: Rolled | None = None

    @property
    def difference(self) -> Decimal | None:
        return None if self.left is None or self.right is None else self.left - self.right

    @property
    def explained(self) -> Decimal | None:
        return added([each.amount for each in self.items], self.currency)

    @property
    def residual(self) -> Decimal | None:
        difference, explained = self.difference, self.explained
        return None if difference is None or explained is None else difference - explained

    @property
    def gross(self) -> Decimal | None:
        amounts = (*(item.amount for item in self.items), self.residual)
        return added([_size(each) for each in amounts], self.currency)


@dataclass(frozen=True, slots=True)
class ReasonTotal:
    """All items of a reason: `amount` with their signs, `gross` without."""

    reason: Reason
    amount: Decimal | None
    gross: Decimal | None
    count: int


@dataclass(frozen=True, slots=True)
class Totals:
    """All lines: net, and gross, where nothing hides behind its opposite. None where a line is unknown."""

    left: Decimal | None
    right: Decimal | None
    difference: Decimal | None
    gross_difference: Decimal | None
    explained: Decimal | None
    residual: Decimal | None
    gross_residual: Decimal | None
    status: Status | None
    reasons: tuple[ReasonTotal, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """A side of an entity that is unknown for want of a fact; `source` None: no source is configured."""

    left: bool
    legal_entity: str
    fact: Fact
    source: str | None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The answer. `lines` by legal entity, partner and account; `entities` are those that have both sides:
    without any there is nothing to sum up."""

    kind: Kind
    currency: str
    lines: tuple[Line, ...]
    entities: tuple[str, ...]
    losses: tuple[Loss, ...]
    rates_missing: tuple[RateMissing, ...]
    notes: tuple[str, ...]
    sources: tuple[SourceReport, ...]
    plan: PlanReport
    day: date
    restricted: bool = False

    @property
    def partial(self) -> bool:
        return bool(self.losses) or any(line.residual is None for line in self.lines)

    @property
    def totals(self) -> Totals:
        lines, unknown = self.lines, bool(self.losses) or not self.entities

        def total(values: Sequence[Decimal | None]) -> Decimal | None:
            return None if unknown else added(values, self.currency)

        statuses = [line.status for line in lines if line.status is not None]
        known = not unknown and len(statuses) == len(lines)
        return Totals(
            left=total([line.left for line in lines]),
            right=total([line.right for line in lines]),
            difference=total([line.difference for line in lines]),
            gross_difference=total([_size(line.difference) for line in lines]),
            explained=total([line.explained for line in lines]),
            residual=total([line.residual for line in lines]),
            gross_residual=total([_size(line.residual) for line in lines]),
            status=worst(statuses) if known else None,
            reasons=reasons(self.lines),
        )


def reasons(lines: Sequence[Line]) -> tuple[ReasonTotal, ...]:
    """What the items of lines in one currency come to, by reason, in the order of the catalogue."""
    items = [item for line in lines for item in line.items]
    counts = Counter(item.reason for item in items)
    return tuple(
        ReasonTotal(
            reason,
            added([item.amount for item in items if item.reason is reason], lines[0].currency),
            added([_size(item.amount) for item in items if item.reason is reason], lines[0].currency),
            counts[reason],
        )
        for reason in Reason
        if counts[reason]
    )


def added(values: Sequence[Decimal | None], currency: str) -> Decimal | None:
    """The sum, with the decimals of its currency; unknown where one of them is."""
    known = [value for value in values if value is not None]
    nothing = Decimal(0).scaleb(-exponent(currency))
    return sum(known, nothing) if len(known) == len(values) else None


def _size(value: Decimal | None) -> Decimal | None:
    return None if value is None else abs(value)
