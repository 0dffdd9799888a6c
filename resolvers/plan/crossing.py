"""Members that a code alone does not say: by the day of the row, by its codes of other dimensions.

    account  cost_center  date          project
    6100     K1           2026-03-31    P1        6100 on K1 is the planning line P1 …
    6100     K1           2026-04-01    P2        … and from April on P2
    6200     K1           2026-03-31    –

The day of a row is its own date: the posting date of a ledger line, the budget date of a document. A budget
entry's day, and that of what has no date, is the last day of its period. Days are told apart no further than
the crosswalk does, so that few combinations are looked up.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

import polars as pl

from resolvers.semantics.calendar import Calendar
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import MEMBERSHIP, UNTRANSLATED, Dimension
from sources.spi.facts import Fact

_ENTITY: Final = Dimension.LEGAL_ENTITY.column
_TO: Final = "_to_"
_RAW: Final = "_raw_"


def hard(columns: Sequence[str], crosswalk: Crosswalk) -> list[Dimension]:
    """The dimensions among a fact's columns whose members take more than their codes."""
    return [
        d
        for d in MEMBERSHIP
        if d is not Dimension.LEGAL_ENTITY and d.column in columns and not crosswalk.is_plain(d)
    ]


def crossed(
    frame: pl.DataFrame, dimensions: Sequence[Dimension], crosswalk: Crosswalk, day: pl.Expr
) -> pl.DataFrame:
    """`frame`, in the source's codes, with the member of each dimension, and what it is of where that is no
    translation (`told` names both)."""
    frame = frame.with_columns(_day=day)
    for dimension in dimensions:
        frame = _crossed(frame, dimension, crosswalk)
    return frame


def told(dimension: Dimension) -> Iterator[tuple[str, pl.Expr]]:
    """The columns of `normal` that a crossed dimension fills."""
    yield dimension.column, pl.col(_TO + dimension.column)
    yield f"raw_{dimension.column}", pl.col(_RAW + dimension.column)


def _crossed(frame: pl.DataFrame, dimension: Dimension, crosswalk: Crosswalk) -> pl.DataFrame:
    asked = sorted({dimension, *crosswalk.beside(dimension)})
    codes = [d for d in asked if d.column in frame.columns]
    turns = crosswalk.turns(dimension)
    since = pl.lit(pl.Series(turns, dtype=pl.Date)).search_sorted(pl.col("_day"), side="right")
    spanned = frame.with_columns(_span=pl.when(pl.col("_day").is_not_null()).then(since.cast(pl.Int64)))
    keys = [*(d.column for d in codes), "_span"]
    rows = [
        (
            *found,
            *_member(dict(zip(codes, found, strict=False)), _first(turns, found[-1]), dimension, crosswalk),
        )
        for found in spanned.select(keys).unique().iter_rows()
    ]
    schema = {
        **dict.fromkeys(keys[:-1], pl.String()),
        "_span": pl.Int64(),
        _TO + dimension.column: pl.String(),
        _RAW + dimension.column: pl.String(),
    }
    table = pl.DataFrame(rows, schema=schema, orient="row")
    joined = spanned.join(table, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return joined.drop("_span")


def _first(turns: Sequence[date], span: int | None) -> date | None:
    """A day of the span between two turns."""
    if span is None:
        return None
    return turns[span - 1] if span else date.min


def _member(
    codes: Mapping[Dimension, str | None], day: date | None, dimension: Dimension, crosswalk: Crosswalk
) -> tuple[str, str | None]:
    """The member, and what was to be translated where it is none."""
    found = crosswalk.find(dimension, codes, day)
    if found.member not in UNTRANSLATED:
        return found.member, None
    own = codes.get(dimension)
    others = [codes.get(d) or "" for d, _ in found.rule.conditions] if found.rule else []
    return found.member, own or "|".join(others)


def day_of(fact: Fact, present: AbstractSet[str], homes: Mapping[str | None, Calendar]) -> pl.Expr:
    """The day on which a row's codes are read. `homes` has the calendar of each company code."""
    own = pl.col("date") if "date" in present else pl.lit(None, pl.Date)
    if "period" not in present:
        return own
    ends = pl.lit(None, pl.Date)
    for calendar in dict.fromkeys(homes.values()):
        last = {period.id: period.end for period in calendar.periods}
        place = pl.col("period").replace_strict(
            list(last), list(last.values()), default=None, return_dtype=pl.Date
        )
        codes = [code for code, home in homes.items() if home == calendar]
        theirs = pl.col(_ENTITY).is_in(codes) if len(set(homes.values())) > 1 else pl.lit(value=True)
        ends = pl.when(theirs).then(place).otherwise(ends)
    return pl.coalesce(ends, own) if fact is Fact.BUDGET else pl.coalesce(own, ends)
