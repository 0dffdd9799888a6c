"""The oracle's relief: what of an order line is open, received, accrued and exceeded.

Every line is laid out on an axis of its own, in units ordered (or in money, where it is matched by amount),
as absolute values. What is invoiced comes first on it, then what is received, then what is open; the phases
of a schedule cut the same axis into periods.

    0 ──── invoiced ──── I ──── received ──── R ──── open ──── Q
    └──── phase 1 ────┴──── phase 2 ────┴──── phase 3 ─────────── …
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.laws.oracle_money import ZERO

Stretch = tuple[Fraction, Fraction]
Phase = tuple[str | None, Fraction]


@dataclass(frozen=True)
class Amounts:
    """Of a line, or of one distribution's share of it: ordered and not cancelled, received, invoiced, and
    accrued in the ledger by hand; all on the axis of the line."""

    ordered: Fraction
    received: Fraction
    invoiced: Fraction
    accrued: Fraction


@dataclass(frozen=True)
class Rules:
    """`dead`: nothing more will come of the line. `received_first`: it needs receipts. `booked`: the ledger
    books all receipts."""

    dead: bool
    received_first: bool
    booked: bool


def relieved(of: Amounts, rules: Rules) -> dict[str, Stretch]:
    """The stretch of the axis that each measure holds."""
    reached = max(of.received, of.invoiced, ZERO)
    end = reached if rules.dead else max(reached, of.ordered)
    billed = max(of.invoiced, ZERO)
    owed = max(billed, of.received)
    if rules.booked:
        held = (billed, owed)
    elif rules.received_first:
        held = (billed, min(owed, billed + of.accrued))
    else:
        held = (reached, min(end, reached + of.accrued))
        reached = held[1]
    return {
        "commitment": (reached, end),
        "received_not_invoiced": (held[1], owed) if rules.booked or rules.received_first else (ZERO, ZERO),
        "received_in_actual": held,
        "over_invoiced": (of.ordered, max(of.ordered, of.invoiced)),
        "over_received": (of.ordered, max(of.ordered, of.received)),
    }


def length(stretch: Stretch) -> Fraction:
    return stretch[1] - stretch[0]


def phased(stretch: Stretch, phases: Sequence[Phase], share: Fraction) -> Iterator[Fraction]:
    """How much of the stretch lies in each phase, of which a distribution has its share. The last phase takes
    what lies beyond the schedule."""
    start = ZERO
    for index, (_, size) in enumerate(phases):
        end = start + size * share
        last = index == len(phases) - 1
        upto = max(stretch[1], end) if last else end
        yield max(ZERO, min(stretch[1], upto) - max(stretch[0], start))
        start = end
