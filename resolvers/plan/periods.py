"""The period of each row of a batch, in the question's calendar.

A fact's own period wins, placed by map or by its days (`semantics.placement`); a row without one lies where
its date does. By document, a ledger line lies where the date of its document does, and only without such a
date where it was posted. A ledger line whose own period cannot be placed, or is in no calendar, goes by its
date too: a posting has a day even where its period is another company's.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final

import polars as pl

from resolvers.semantics.calendar import PERIOD_MISSING, Calendar, stretches
from resolvers.semantics.placement import ANNUAL_OF, Timeframe, of_year, places, torn
from sources.spi.facts import Fact

POSTED: Final = (Fact.LEDGER, Fact.VOUCHER)
"""Facts whose date is the day of the posting that their period is of, where others' date is of a decision."""
_ENTITY: Final = "legal_entity"

Homes = Mapping[str | None, Calendar]
"""The calendar of each of a source's company codes."""


def placed(
    fact: Fact, periods: AbstractSet[str | None], homes: Homes, time: Timeframe, columns: AbstractSet[str]
) -> pl.Expr:
    """`period` as the question has it. `periods` are those the rows state, `columns` what the rows have."""
    day = _by_date(time, "date") if "date" in columns else pl.lit(time.nowhere)
    posted = fact in POSTED and "date" in columns
    if fact is Fact.BUDGET and "fiscal_year" in columns:
        year = pl.col("fiscal_year")
        day = pl.when(year.is_null()).then(day).otherwise(pl.lit(ANNUAL_OF) + year)
    place = day if periods == {None} else _stated(periods, homes, time, day, posted=posted)
    if not time.by_document or fact not in POSTED or "document_date" not in columns:
        return place
    return pl.when(pl.col("document_date").is_null()).then(place).otherwise(_by_date(time, "document_date"))


def _stated(
    periods: AbstractSet[str | None], homes: Homes, time: Timeframe, day: pl.Expr, *, posted: bool
) -> pl.Expr:
    first, *others = dict.fromkeys(homes.values())
    place = _own(periods, first, time, posted=posted)
    for home in others:
        theirs = pl.col(_ENTITY).is_in([code for code, its in homes.items() if its == home])
        place = pl.when(theirs).then(_own(periods, home, time, posted=posted)).otherwise(place)
    return pl.when(pl.col("period").is_null()).then(day).otherwise(place) if None in periods else place


def _own(periods: AbstractSet[str | None], home: Calendar, time: Timeframe, *, posted: bool) -> pl.Expr:
    """The stated period of one calendar's rows."""
    found = places(home, time)
    strange = sorted(period for period in periods if period is not None and period not in found)
    changed = {p: found[p] for p in sorted(found.keys() & periods) if found[p] != p}
    changed |= dict.fromkeys(strange, time.nowhere)
    place = pl.col("period").replace(list(changed), list(changed.values())) if changed else pl.col("period")
    if not posted:
        return place
    if strange:
        place = pl.when(pl.col("period").is_in(strange)).then(_touching(time)).otherwise(place)
    days = {p.id: (p.start, p.end) for p in torn(home, time) if p.id in periods}
    if days:
        first, last = (_of_period(days, end) for end in (0, 1))
        within = pl.col("date").is_between(first, last).fill_null(value=False)
        place = pl.when(within).then(_by_date(time, "date")).otherwise(place)
    return place


def _of_period(days: Mapping[str, tuple[object, object]], end: int) -> pl.Expr:
    bounds = [both[end] for both in days.values()]
    return pl.col("period").replace_strict(list(days), bounds, default=None, return_dtype=pl.Date)


@lru_cache(maxsize=64)
def _by_date(time: Timeframe, column: str) -> pl.Expr:
    """The period each row's date lies in."""
    days, ids = stretches(time.calendar)
    found = [time.nowhere if id_ == PERIOD_MISSING else id_ for id_ in ids]
    place = pl.lit(pl.Series(days, dtype=pl.Date)).search_sorted(pl.col(column), side="right")
    at = pl.lit(pl.Series(found, dtype=pl.String)).gather(place)
    return pl.when(pl.col(column).is_null()).then(pl.lit(time.nowhere)).otherwise(at)


@lru_cache(maxsize=64)
def _touching(time: Timeframe) -> pl.Expr:
    """PERIOD_MISSING where a row's date is asked about."""
    asked = {p.id: of_year(PERIOD_MISSING, p.fiscal_year) for p in time.periods or ()}
    return _by_date(time, "date").replace_strict(
        list(asked), list(asked.values()), default=time.nowhere, return_dtype=pl.String
    )
