"""The oracle's pieces: one amount of one document line, taken apart by distribution and by phase."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tests.laws.oracle_company import Row
from tests.laws.oracle_money import DECIMALS, ZERO, half_up, number, shared, times
from tests.laws.oracle_relief import Phase, Stretch, phased


@dataclass(frozen=True)
class Piece:
    """What lies where `row` belongs; `order` is its distribution's number and its phase's, for ties."""

    row: Row
    order: tuple[int, int]
    amount: Fraction | None


def distribution(row: Row) -> int:
    return int(row.get("dist") or 1)


def shares(rows: Sequence[Row]) -> list[Fraction]:
    """Relative weights as parts of one; equal ones where they add up to nothing."""
    weights = [number(row.get("percent"), "1") for row in rows]
    used = weights if sum(weights) else [Fraction(1)] * len(rows)
    return [weight / sum(used) for weight in used]


def spread(value: Fraction | None, rows: Sequence[Row], currency: str) -> list[Piece]:
    """One amount, rounded once, over the distributions of its line."""
    whole = None if value is None else half_up(value, DECIMALS.get(currency, 2))
    return [
        Piece(row, (distribution(row), 0), None if whole is None else whole * share)
        for row, share in zip(rows, shares(rows), strict=True)
    ]


def by_phase(
    stretch: Stretch, unit: Fraction | None, row: Row, phases: Sequence[Phase], share: Fraction
) -> Iterator[Piece]:
    """A stretch of a distribution's own axis as money, in the periods of the phases it lies in. The phases
    are the line's, of which the distribution has its share."""
    sizes = phased(stretch, phases, share)
    for index, ((period, _), size) in enumerate(zip(phases, sizes, strict=True)):
        placed = {**row, "period": period} if period is not None else row
        yield Piece(placed, (distribution(row), index), times(size, unit))


def rounded(pieces: Sequence[Piece], currency: str) -> list[Piece]:
    """All pieces of one amount rounded together, the lowest distribution first among equals. An amount of
    nothing has no pieces."""
    ordered = sorted(pieces, key=lambda piece: piece.order)
    money = iter(shared([piece.amount for piece in ordered if piece.amount is not None], currency))
    done = [piece if piece.amount is None else replace(piece, amount=next(money)) for piece in ordered]
    return done if any(piece.amount is None or piece.amount for piece in done) else []


def anywhere(rows: Sequence[Row], phases: Sequence[Phase]) -> list[Piece]:
    """An unknown amount, which may lie anywhere."""
    return [
        Piece({**row, "period": period} if period is not None else row, (distribution(row), index), None)
        for row in rows
        for index, (period, _) in enumerate(phases)
    ]


WHOLE: Sequence[Phase] = ((None, ZERO),)
"""The schedule of a line without one: all of it at its own date."""
