"""What is bound beyond single orders: schedules of payments still to come, and frames that orders draw on.

A deferral is paid already; what of its schedule comes after the day asked about still hits the budget. A
subscription is committed through the earliest date it can end; the rest is forecast.

    24,000 paid in January, 2,000 a month, at the end of March   →   18,000 prepaid
    1,000 a month, can end in June, at the end of March          →   3,000 committed

Of a blanket agreement its releases count as the orders they are. What they leave of the limit is headroom,
or, where the policy commits the limit, commitment too.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

import polars as pl

from resolvers.semantics.calendar import Calendar, Period, period_at
from resolvers.semantics.requisitions import TAKES_NOTHING
from resolvers.semantics.rounding import ONE, ZERO, rounded, split
from sources.spi.facts import EXACT

Home = Callable[[str, str], Calendar]
"""The calendar that the periods of a source are of, for a legal entity."""
_STATED: Final = ("source", "legal_entity")


def still_to_come(rows: pl.DataFrame, home: Home, day: date) -> pl.DataFrame:
    """The scheduled rows of periods after the one that contains `day`, each in the calendar its source
    states it in, with `amount` in the ledger currency: null where a rate is missing."""
    stated = rows.select(_STATED).unique().iter_rows()
    later = {(*of, period.id) for of in stated for period in _after(home(*of), day)}
    ahead = [own in later for own in rows.select(*_STATED, "own_period").iter_rows()]
    rate = pl.col("rate") if "rate" in rows.columns else ONE
    amount = rounded((pl.col("amount") * rate).cast(EXACT), pl.col("exponent"))
    return rows.filter(pl.Series(ahead, dtype=pl.Boolean)).with_columns(amount=amount)


def _after(home: Calendar, day: date) -> Iterator[Period]:
    current = period_at(home, day)
    reached = current.end if current is not None else day
    return (period for period in home.periods if period.start > reached)


def committed(subscriptions: pl.DataFrame, home: Home, day: date) -> pl.DataFrame:
    """The rows still to come of subscriptions, through the period of each one's earliest termination."""
    rows = still_to_come(subscriptions, home, day)
    stated = rows.select(_STATED).unique().iter_rows()
    known = {(*of, period.id): period for of in stated for period in home(*of).periods}
    named = rows.select(*_STATED, "committed_through", "own_period").iter_rows()
    kept = [
        (*of, through) not in known or known[*of, own].start <= known[*of, through].end
        for *of, through, own in named
    ]
    return rows.filter(pl.Series(kept, dtype=pl.Boolean))


def released(lines: pl.DataFrame) -> pl.DataFrame:
    """What the orders of each blanket agreement take of it, closed or not, in the ledger currency:
    legal_entity, number, `_released`. `lines` are `relief.order_lines`."""
    idle = pl.col("status").is_in(TAKES_NOTHING) | pl.col("line_status").fill_null("").is_in(TAKES_NOTHING)
    ordered = pl.col("_ordered").fill_null(ZERO) - pl.col("cancelled_quantity").fill_null(ZERO)
    value = (ordered * pl.col("_worth") / pl.col("_per")).cast(EXACT)
    told = pl.col("rate").is_not_null() | (value == 0)
    return (
        lines.filter(pl.col("blanket").is_not_null() & ~idle)
        .with_columns(_value=pl.when(told).then(value))
        .group_by("legal_entity", number="blanket")
        .agg(_released=pl.when(pl.col("_value").is_null().any()).then(None).otherwise(pl.col("_value").sum()))
    )


def headroom(blankets: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """What is left of each open agreement, split over its distributions: `blankets` with `amount`."""
    agreement = ["legal_entity", "number"]
    limit = (pl.col("amount") * pl.col("rate")).cast(EXACT)
    taken = released(lines)
    rest = pl.col("_limit") - pl.when(pl.col("_any")).then(pl.col("_released")).otherwise(ZERO)
    whole = (
        blankets.filter(pl.col("status").fill_null("OPEN") == "OPEN")
        .sort("_order")
        .unique(agreement, keep="first", maintain_order=True)
        .with_columns(_limit=limit)
        .join(taken.with_columns(_any=pl.lit(value=True)), on=agreement, how="left")
        .with_columns(_any=pl.col("_any").fill_null(value=False))
        .with_columns(_rest=pl.when(rest.is_not_null()).then(pl.max_horizontal(rest, ZERO)))
        .select(*agreement, amount=rounded(pl.col("_rest"), pl.col("exponent")))
        .filter(pl.col("amount").ne_missing(0))
    )
    parts = blankets.drop("amount").join(whole, on=agreement)
    return split(parts, by=agreement, amount="amount", weight="percent", order=("_order",))
