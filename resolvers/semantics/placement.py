"""Placing periods of other calendars in a question's, and what to do with those that fit nowhere.

A period of an entity's own calendar lies where a period map says, else in the ordinary period that contains
all its days. One that reaches over two periods cannot be placed. It must not get lost either, so it is the
member PERIOD_MISSING, inside every window that its own days touch:

    own period   its days           asked: PTD through April   PTD through May   PTD through June
    P01          30 Mar to 26 Apr   PERIOD_MISSING             outside           outside
    P02          27 Apr to 24 May   PERIOD_MISSING             PERIOD_MISSING    outside

While figures are made, such a period is written with the fiscal year it lies in (`PERIOD_MISSING@2026`), so
that it can be translated; `member` takes the year off again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from resolvers.semantics.calendar import PERIOD_MISSING, Calendar, Period, period_at, translation
from resolvers.semantics.dimensions import UNASSIGNED

ANNUAL: Final = "ANNUAL"
"""An amount of a whole fiscal year of its entity, until it is spread over the periods."""
OUTSIDE: Final = "OUTSIDE"
"""Cannot be placed, and touches no period asked about: in no figure, but told as a break."""
ASIDE: Final = "ASIDE"
"""Not asked about, whatever the window: adjustments that are left out, years beyond those compared."""
UNSPREAD: Final = "UNSPREAD"
"""An annual amount that is in no period of its year, of which only a part is asked about."""
_YEAR: Final = "@"
ANNUAL_OF: Final = f"{ANNUAL}{_YEAR}"
"""What the period of such an amount begins with; then comes the year."""


@dataclass(frozen=True, slots=True)
class Timeframe:
    """The calendar of a question and the periods it asks about; None: no window, so that whatever cannot be
    placed is PERIOD_MISSING. `adjustments` False: the entities' own adjustment periods are left out.
    `by_document`: a ledger line lies where its document's date does, if it has one. `known_at`: the instant
    whose budget is meant; None: the budget of today."""

    calendar: Calendar
    periods: tuple[Period, ...] | None = None
    adjustments: bool = True
    by_document: bool = False
    known_at: datetime | None = None

    def unplaced(self, first: date, last: date) -> str:
        """Where something of these days is that no period contains."""
        if self.periods is None:
            return PERIOD_MISSING
        if not any(period.start <= last and first <= period.end for period in self.periods):
            return OUTSIDE
        years = {found.fiscal_year for day in (first, last) if (found := period_at(self.calendar, day))}
        return of_year(PERIOD_MISSING, years.pop()) if len(years) == 1 else PERIOD_MISSING

    @property
    def nowhere(self) -> str:
        """Where something without days is."""
        return PERIOD_MISSING if self.periods is None else OUTSIDE

    def holds(self, first: date, last: date) -> bool:
        """Whether all these days are asked about."""
        asked = [period for period in self.periods or () if not period.adjustment]
        return bool(asked) and asked[0].start <= first and last <= asked[-1].end


@lru_cache(maxsize=256)
def places(home: Calendar, time: Timeframe) -> Mapping[str, str]:
    """Where each period of a calendar lies for a question."""
    found = dict(translation(home, time.calendar))
    for period in home.periods:
        if period.adjustment and not time.adjustments:
            found[period.id] = ASIDE
        elif found[period.id] == PERIOD_MISSING:
            found[period.id] = time.unplaced(period.start, period.end)
    return found


def torn(home: Calendar, time: Timeframe) -> tuple[Period, ...]:
    """The periods of a calendar that cannot be placed and are inside the window all the same."""
    found = places(home, time)
    return tuple(period for period in home.periods if is_missing(found[period.id]))


def of_year(what: str, year: int) -> str:
    """A member beside the periods, with the fiscal year its amounts are of."""
    return f"{what}{_YEAR}{year}"


def beside(years: Iterable[int]) -> dict[str, int]:
    """The members beside the periods with their fiscal years, as they are written while figures are made."""
    return {of_year(what, year): year for year in years for what in (PERIOD_MISSING, UNASSIGNED, ANNUAL)}


def member(period: str) -> str:
    """The member of the dimension, without the year."""
    return period.partition(_YEAR)[0]


def is_missing(period: str) -> bool:
    """Whether it stands for what cannot be placed."""
    return member(period) == PERIOD_MISSING
