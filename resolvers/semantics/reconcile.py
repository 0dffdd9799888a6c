"""Reconciliation: two sides that should say the same, what explains the difference, and what is left.

difference = left − right      explained = Σ items      residual = difference − explained
threshold  = max(absolute, percent × |right|)

left       right      items                       residual  threshold (1,000, 0.5 %)  status
1,012,500  1,000,000  late 10,000, unmapped 2,500        0  5,000                     EXPLAINED
1,004,000  1,000,000  –                              4,000  5,000                     WITHIN_TOLERANCE
1,012,500  1,000,000  late 2,500                    10,000  5,000                     BREAK
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

ZERO: Final = Decimal(0)


class Status(StrEnum):
    """How far two sides agree, from the best to the worst."""

    MATCHED = "MATCHED"
    EXPLAINED = "EXPLAINED"
    WITHIN_TOLERANCE = "WITHIN_TOLERANCE"
    BREAK = "BREAK"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Two sides and what is between them, all in one currency. `threshold` is how large a residual may be."""

    left: Decimal
    right: Decimal
    difference: Decimal
    explained: Decimal
    residual: Decimal
    threshold: Decimal
    status: Status


def reconciled(
    left: Decimal,
    right: Decimal,
    items: Iterable[tuple[str, Decimal]],
    tolerance_abs: Decimal = ZERO,
    tolerance_pct: Decimal = ZERO,
) -> Reconciled:
    """`items` are (reason, amount), signed like the difference; `tolerance_pct` is a fraction of the right
    side: 0.005 is half a percent."""
    difference = left - right
    explained = sum((amount for _, amount in items), ZERO)
    residual = difference - explained
    threshold = max(tolerance_abs, tolerance_pct * abs(right))
    return Reconciled(
        left, right, difference, explained, residual, threshold, _status(difference, residual, threshold)
    )


def _status(difference: Decimal, residual: Decimal, threshold: Decimal) -> Status:
    if difference == 0:
        return Status.MATCHED
    if residual == 0:
        return Status.EXPLAINED
    return Status.WITHIN_TOLERANCE if abs(residual) <= threshold else Status.BREAK


def worst(statuses: Iterable[Status]) -> Status:
    """The worst of them: a total never looks better than what it is made of. Nothing is matched."""
    order = list(Status)
    return max(statuses, key=order.index, default=Status.MATCHED)


@dataclass(frozen=True, slots=True)
class RolledForward:
    """A balance carried through a window: `closing` = `opening` + `movements`; `difference` is what the
    ledger has beyond it."""

    opening: Decimal
    movements: tuple[tuple[str, Decimal], ...]
    closing: Decimal
    gl_closing: Decimal
    difference: Decimal


def rolled_forward(
    opening: Decimal, movements: Iterable[tuple[str, Decimal]], gl_closing: Decimal
) -> RolledForward:
    """`movements` are (type, amount), signed as they change the balance; `gl_closing` is the ledger's own."""
    moved = tuple(movements)
    closing = opening + sum((amount for _, amount in moved), ZERO)
    return RolledForward(opening, moved, closing, gl_closing, gl_closing - closing)
