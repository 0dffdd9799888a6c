"""Placing what is left of order lines: over their distributions and over the periods of their schedules.

A line's figure is rounded once; its parts add up to it (largest remainder). A line without a schedule lies in
the period of its distributions. One with a schedule is a row of phases, oldest first: what is invoiced has
eaten the oldest, then comes what is received, then what is open. What was cancelled is missing at the end;
what goes beyond the schedule belongs to its last phase.

    12 phases of 10,000, two invoiced      |inv|inv|open|open|open|…|open|
    commitment of the first year (3 phases)         10,000
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from resolvers.semantics.relief import LINE
from resolvers.semantics.rounding import ONE, ZERO, apportioned, rounded, split
from sources.spi.facts import EXACT

_KEY: Final = list(LINE)
_NEEDS: Final = pl.col("receipt_required").fill_null(value=False)
_UNWORTHY: Final = pl.col("_unworthy")
_HIDDEN: Final = _UNWORTHY | pl.col("_untold")
_EATEN: Final = pl.max_horizontal("_r", "_i", ZERO)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A figure as a stretch of its order line: where it begins and how long it is, at the order's worth; and
    whether it lies in phases (what is beyond the order is in none), and where it is `hidden`."""

    start: pl.Expr
    length: pl.Expr
    phased: bool = True
    hidden: pl.Expr = _HIDDEN


MEASURED: Final[Mapping[str, Stretch]] = {
    "commitment": Stretch(_EATEN + pl.when(_NEEDS).then(ZERO).otherwise(pl.col("_booked")), pl.col("_open")),
    "received_not_invoiced": Stretch(
        pl.col("_i") + pl.when(_NEEDS).then(pl.col("_booked")).otherwise(ZERO), pl.col("_owed")
    ),
    "received_in_actual": Stretch(
        pl.when(_NEEDS).then(pl.col("_i")).otherwise(_EATEN),
        pl.col("_booked"),
        hidden=_HIDDEN & (pl.col("_books") | (pl.col("_a") != 0)),
    ),
    "over_invoiced": Stretch(pl.col("_q"), pl.col("_over_invoiced"), phased=False),
    "over_received": Stretch(pl.col("_q"), pl.col("_over_received"), phased=False, hidden=_UNWORTHY),
}
"""The measures of relieved order lines."""


def placed(orders: pl.DataFrame, units: pl.DataFrame, phases: pl.DataFrame, measure: str) -> pl.DataFrame:
    """One measure of the relieved `units`, as distributions of `orders` with `amount` in the ledger currency
    and, of lines with `phases` (legal_entity, number, line, period, own_period, amount in the order's
    currency), their
    period. Nothing left is no part; an unknown amount is one."""
    stretch = MEASURED[measure]
    phases = phases if stretch.phased else phases.clear()
    figures = units.with_columns(
        _start=stretch.start,
        _length=pl.when(~stretch.hidden).then(stretch.length),
        _priced=pl.col("rate").is_not_null(),
    ).filter(pl.col("_length").ne_missing(0))
    rows = orders.drop("amount")
    if phases.is_empty() and figures["_dist"].null_count() == figures.height:
        return _by_distribution(rows, figures)
    special = pl.concat([phases.select(_KEY), figures.filter(pl.col("_dist").is_not_null()).select(_KEY)])
    plain = _by_distribution(rows, figures.join(special, on=_KEY, how="anti"))
    apart = _in_pieces(rows, figures.join(special, on=_KEY, how="semi"), phases)
    return pl.concat([plain, apart.select(plain.columns)])


def revalued(rows: pl.DataFrame, latest: Callable[[str, str, str], Decimal | None]) -> pl.DataFrame:
    """Placed commitments in foreign currency, each with `amount` what it would differ by at the latest rate;
    unknown where there is none."""
    foreign = rows.filter(pl.col("currency") != pl.col("ledger_currency"))
    places = foreign.select("legal_entity", "currency").unique()
    found = [(entity, currency, latest(entity, currency, "")) for entity, currency in places.iter_rows()]
    schema = {"legal_entity": pl.String(), "currency": pl.String(), "_latest": EXACT}
    table = pl.DataFrame(found, schema=schema, orient="row")
    apart = pl.col("amount") * (pl.col("_latest") - pl.col("rate")) / pl.col("rate")
    return foreign.join(table, on=["legal_entity", "currency"], maintain_order="left").with_columns(
        amount=rounded(apart.cast(EXACT), pl.col("exponent"))
    )


def _money(length: pl.Expr) -> pl.Expr:
    """A stretch in the ledger currency; unknown without a rate, unless it is nothing."""
    amount = (length * pl.col("_mirror") / pl.col("_per")).cast(EXACT)
    return pl.when(pl.col("_priced") | (length == 0)).then(amount)


def _by_distribution(rows: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    whole = figures.select(*_KEY, amount=rounded(_money(pl.col("_length")), pl.col("exponent")))
    parts = rows.join(whole.filter(pl.col("amount").ne_missing(0)), on=_KEY)
    return split(parts, by=LINE, amount="amount", weight="percent", order=("_order",))


def _in_pieces(rows: pl.DataFrame, figures: pl.DataFrame, phases: pl.DataFrame) -> pl.DataFrame:
    """Every phase of every distribution as a piece, all pieces of a line rounded together."""
    columns = ["_dist", "_portion", "_start", "_length", "_mirror", "_per", "_gross", "_at", "_priced"]
    weight = pl.col("percent").fill_null(ONE)
    even = weight.sum().over("_unit") == 0
    pieces = (
        rows.join(figures.select("_unit", *_KEY, *columns), on=_KEY)
        .filter(pl.col("_dist").is_null() | (pl.col("_dist") == pl.col("dist")))
        .with_columns(_weight=pl.when(even).then(ONE).otherwise(weight))
        .join(_intervals(phases), on=_KEY, how="left", maintain_order="left")
        .with_columns(period=pl.coalesce("_period", "period"), _whole_share=_overlap())
    )
    siblings = ["_unit", "_phase"]
    total = pl.col("_weight").sum().over(siblings)
    exact = pieces.with_columns(_exact=_money(pl.col("_whole_share")) * pl.col("_weight") / total).filter(
        pl.col("_exact").ne_missing(0)
    )
    sums = figures.group_by(_KEY).agg(
        _sum=pl.when(_money(pl.col("_length")).is_null().any())
        .then(None)
        .otherwise(_money(pl.col("_length")).sum().round(10, mode="half_away_from_zero").cast(EXACT))
    )
    told = exact.join(sums, on=_KEY, how="left", maintain_order="left").with_columns(
        _line=rounded(pl.col("_sum"), pl.col("exponent"))
    )
    amounts = apportioned(told, by=LINE, exact="_exact", whole="_line", order=("_order", "_phase"))
    known = pl.col("_exact").is_not_null() & pl.col("_line").is_not_null()
    return told.with_columns(amount=pl.when(known).then(amounts)).filter(pl.col("amount").ne_missing(0))


def _intervals(phases: pl.DataFrame) -> pl.DataFrame:
    """Each phase as a stretch of the line's net amount, `_from` to `_to`; the last one has no end."""
    return (
        phases.group_by([*_KEY, "own_period"])
        .agg(pl.col("amount").sum(), pl.col("period").first())
        .sort(*_KEY, "own_period")
        .with_columns(
            _to=pl.col("amount").cum_sum().over(_KEY),
            _phase=pl.int_range(pl.len(), dtype=pl.Int64).over(_KEY),
        )
        .select(
            *_KEY,
            "_phase",
            _period="period",
            _from=pl.col("_to") - pl.col("amount"),
            _to=pl.when(pl.col("_phase") < pl.len().over(_KEY) - 1).then(pl.col("_to")),
        )
    )


def _overlap() -> pl.Expr:
    """How much of the unit's stretch lies in the phase; all of it where the line has no phases."""
    scale = pl.col("_gross") * pl.col("_at") * pl.col("_per") * pl.col("_portion") * pl.col("_mirror")
    end = pl.col("_start") + pl.col("_length")
    upto = pl.when(pl.col("_to").is_null()).then(end).otherwise(pl.min_horizontal(pl.col("_to") * scale, end))
    inside = upto - pl.max_horizontal(pl.col("_from") * scale, pl.col("_start"))
    phased = pl.when(pl.col("_length").is_not_null()).then(pl.max_horizontal(inside, ZERO))
    return pl.when(pl.col("_period").is_null()).then(pl.col("_length")).otherwise(phased)
