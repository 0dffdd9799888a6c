"""Codes that are several members, and what stands for them until they are split.

Where a crosswalk gives one code several targets, an amount on it belongs to all of them by weight. Relief,
matching and the rounding of documents come first, so a row keeps a *stand-in* for the members until its
amounts are known (`splitting`): the positions of the crosswalk rows behind a mark that no member begins with.

    ======= ====== ======
    code    target weight     a row on K1, until it is split
    K1      A      0.6     →  cost_center = mark + "3+4"
    K1      B      0.4
    ======= ====== ======
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from resolvers.semantics.dimensions import CrosswalkRow, Dimension

MARK: Final = "\x1e"
"""A control character, which no member's id may hold."""


@dataclass(frozen=True, slots=True)
class Share:
    """One of several members, by column, and its weight."""

    members: Mapping[str, str]
    weight: Decimal


def stand_in(rows: Iterable[int]) -> str:
    """What stands for the members that some rows of the crosswalk, by position, name together."""
    return MARK + "+".join(map(str, rows))


def is_stand_in(member: str | None) -> bool:
    """Whether it stands for several members."""
    return member is not None and member.startswith(MARK)


Way = tuple[str, tuple[tuple[Dimension, str], ...], int, tuple[Dimension, ...]]


def ways(rows: Iterable[tuple[int, CrosswalkRow]]) -> dict[Way, list[int]]:
    """The positions of rows by what they ask for and what they speak of: those of a way share a value."""
    found: dict[Way, list[int]] = {}
    for position, row in rows:
        spoken = tuple(dimension for dimension, _ in row.targets)
        found.setdefault((row.source, row.conditions, row.priority, spoken), []).append(position)
    return found


def turns(rows: Iterable[CrosswalkRow]) -> list[date]:
    """The days on which another set of rows begins to hold, in order."""
    starts = {row.valid_from for row in rows if row.valid_from is not None}
    ends = {
        row.valid_to + timedelta(days=1)
        for row in rows
        if row.valid_to is not None and row.valid_to < date.max
    }
    return sorted(starts | ends)


def shares(rows: Sequence[CrosswalkRow]) -> dict[str, tuple[Share, ...]]:
    """The members behind every stand-in that a crosswalk can lead to. A row of weight 1 shares with none."""
    weighed = ((position, row) for position, row in enumerate(rows) if row.weight != 1)
    return {
        stand_in(together): tuple(
            Share({d.column: member for d, member in rows[at].targets}, rows[at].weight) for at in together
        )
        for positions in ways(weighed).values()
        if len(positions) > 1
        for together in _together(rows, positions)
    }


def _together(rows: Sequence[CrosswalkRow], positions: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The rows of a way that hold at the same time, where they are several."""
    chosen = [rows[at] for at in positions]
    for day in (None, date.min, *turns(chosen)):
        holding = tuple(at for at, row in zip(positions, chosen, strict=True) if row.holds(day))
        if len(holding) > 1:
            yield holding


def standing_for(
    known: Mapping[str, tuple[Share, ...]], column: str, members: Iterable[str]
) -> frozenset[str]:
    """The stand-ins of which one member is among the given, in one column."""
    wanted = set(members)
    return frozenset(id_ for id_, some in known.items() if any(s.members.get(column) in wanted for s in some))
