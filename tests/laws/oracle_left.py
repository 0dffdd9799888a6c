"""The oracle's order measures: what is left of an order line, where and when."""

from collections.abc import Sequence
from fractions import Fraction

from tests.laws.oracle_company import Row
from tests.laws.oracle_matching import Key
from tests.laws.oracle_money import times
from tests.laws.oracle_orders import Orders
from tests.laws.oracle_pieces import WHOLE, Piece, anywhere, by_phase, shares, spread
from tests.laws.oracle_relief import Phase, Stretch, length, relieved

UNPHASED = {"over_invoiced", "over_received"}
"""Measures that lie in the order's own period, whatever its schedule."""


def left(orders: Orders, key: Key, currency: str) -> dict[str, list[Piece]]:
    """The pieces of each measure."""
    rows, unit, rules = orders.lines[key], orders.unit(key), orders.rules(key)
    unknown = _unknown(orders, key)
    found = [relieved(of, rules) for of in orders.amounts(key)]
    pieces: dict[str, list[Piece]] = {}
    for measure in found[0]:
        phases = WHOLE if measure in UNPHASED else orders.phases(key) or WHOLE
        stretches = [stretches[measure] for stretches in found]
        if measure in unknown:
            pieces[measure] = anywhere(rows, phases)
        elif len(stretches) == 1 and phases is WHOLE:
            pieces[measure] = spread(times(length(stretches[0]), unit), rows, currency)
        else:
            pieces[measure] = _laid(stretches, unit, rows, phases)
    return pieces


def _unknown(orders: Orders, key: Key) -> set[str]:
    """What cannot be known where nobody knows how much is invoiced."""
    if orders.is_clear(key):
        return set()
    accrued = orders.books_receipts(key) or orders.accrued(key)
    held = {"received_in_actual"} if accrued else set()
    return {"commitment", "received_not_invoiced", "over_invoiced", *held}


def _laid(
    stretches: Sequence[Stretch], unit: Fraction | None, rows: Sequence[Row], phases: Sequence[Phase]
) -> list[Piece]:
    """Each distribution's own stretch, or its share of the line's, in the periods it lies in."""
    each = shares(rows)
    own = (
        stretches
        if len(stretches) > 1
        else [(share * stretches[0][0], share * stretches[0][1]) for share in each]
    )
    return [
        piece
        for row, stretch, share in zip(rows, own, each, strict=True)
        for piece in by_phase(stretch, unit, row, phases, share)
    ]
