"""The answer's tables: cells from parts, with nulls where a fact is missing, totals from the same parts.

These are the engine's Polars verbs: group, align, null out, derive, sort, cut.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.rollup import owners, rolled
from resolvers.semantics.currency import exponent
from resolvers.semantics.derive import derived
from resolvers.semantics.dimensions import ELIMINATION, Dimension
from resolvers.semantics.measures import CONSUMING, MEASURES, TWO_RATES, Unit
from resolvers.semantics.model import Model
from resolvers.semantics.rates import RateBasis
from resolvers.semantics.variance import NET, REVENUE, at
from sources.spi.facts import EXACT


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is not known: per base measure, the entities whose facts could not be had (`missing`), and those
    whose source never carries a dimension grouped by (`absent`: null in rows, present in totals) or filtered
    by (`blind`: null everywhere)."""

    missing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    absent: Mapping[str, frozenset[str]] = field(default_factory=dict)
    blind: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def untold(self, measure: str) -> frozenset[str]:
        """Entities without whose share the measure cannot be told."""
        return self.missing.get(measure, frozenset()) | self.blind.get(measure, frozenset())


def cells(parts: pl.DataFrame, bound: Bound, gaps: Gaps, model: Model) -> pl.DataFrame:
    """One row per cell, in the question's order: a column per dimension (null when not grouped by), the
    base and derived measures, `currency`, `cell_id`, `completeness`."""
    keys = [dimension.column for dimension in bound.question.group_by]
    kept = rolled(_without(parts, gaps.absent), bound.rolled)
    grouped = _summed(_one_side(kept, keys), keys, bound, gaps)
    grouped = _nulled(grouped, bound, gaps, model)
    frame = _finished(grouped, bound)
    others = [d.column for d in Dimension if d.column not in keys]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(column) for column in others)
    cell_id = pl.concat_str(keys, separator="|") if keys else pl.lit("*")
    return _sorted(frame.with_columns(cell_id=cell_id), bound, keys)


def totals(parts: pl.DataFrame, bound: Bound, gaps: Gaps) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """One row each: spend, revenue, and revenue less spend."""
    spend, revenue = (total(parts, bound, gaps, revenue=side) for side in (False, True))
    return spend, revenue, net(spend, revenue)


def total(parts: pl.DataFrame, bound: Bound, gaps: Gaps, *, revenue: bool) -> pl.DataFrame:
    """One row over all parts of one side: spend (EXPENSE and CAPEX) or revenue."""
    side = parts.filter(pl.col("revenue") == revenue)
    summed = _summed(side, [], bound, gaps)
    missing = [c for m in bound.base if gaps.untold(m) for c in _columns(m, bound)]
    summed = summed.with_columns(pl.lit(None, EXACT).alias(column) for column in missing)
    return _finished(summed.with_columns(pl.lit(revenue).alias(REVENUE)), bound)


def net(spend: pl.DataFrame, revenue: pl.DataFrame) -> pl.DataFrame:
    """One row: revenue less spend, of the figures that add up that way. Takes both totals; a variance has
    its sign already."""
    earned = {name: revenue[name] for name in NET if name in revenue.columns}
    figures = {
        name: value + spend[name] if name == "variance" else value - spend[name]
        for name, value in earned.items()
    }
    frame = spend.select("currency", **figures)
    unknown = (
        pl.any_horizontal(pl.col(name).is_null() for name in figures) if figures else pl.lit(value=False)
    )
    return frame.with_columns(
        completeness=pl.when(unknown).then(pl.lit("PARTIAL")).otherwise(pl.lit("COMPLETE"))
    )


def _summed(parts: pl.DataFrame, keys: Sequence[str], bound: Bound, gaps: Gaps) -> pl.DataFrame:
    """Sums per measure; a sum over an untranslatable (null) amount is null, over no part zero."""
    measures = [_sum(name).alias(name) for name in bound.base]
    measures += [_sum(m, basis.value).alias(at(m, basis)) for m in _compared(bound) for basis in RateBasis]
    revenue = (pl.col("revenue").all() & (pl.len() > 0)).alias(REVENUE)
    if "consumed_known" in bound.question.measures:
        measures.append(_known(gaps))
    if keys:
        return parts.group_by(keys).agg(*measures, revenue)
    return parts.select(*measures, revenue)


def _compared(bound: Bound) -> tuple[str, ...]:
    """The measures whose sums at both rates are compared."""
    if not bound.question.measures & TWO_RATES:
        return ()
    return tuple(measure for measure in CONSUMING if measure in bound.base)


def _columns(measure: str, bound: Bound) -> tuple[str, ...]:
    """The columns that are unknown where a measure is."""
    both = tuple(at(measure, basis) for basis in RateBasis)
    return (measure, *both) if measure in _compared(bound) else (measure,)


@cache
def _sum(measure: str, column: str = "amount") -> pl.Expr:
    amount = pl.col(column).filter(pl.col("measure") == measure)
    return pl.when(amount.is_null().any()).then(None).otherwise(amount.sum()).cast(EXACT)


def _known(gaps: Gaps) -> pl.Expr:
    """What is told of the consumption: nothing of entities without whose share a stage cannot be told."""
    told = pl.col("measure").is_in(CONSUMING)
    for measure in CONSUMING:
        untold = sorted(gaps.untold(measure))
        told &= ~((pl.col("measure") == measure) & pl.col("legal_entity").is_in(untold))
    return pl.col("amount").filter(told).sum().cast(EXACT).alias("consumed_known")


def _one_side(parts: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Totals never mix signs: a cell that holds spend shows spend; revenue shows where it is alone."""
    if not parts["revenue"].any():
        return parts
    has_spend = (~pl.col("revenue")).any()
    return parts.filter(~pl.col("revenue") | ~(has_spend.over(keys) if keys else has_spend))


def _without(parts: pl.DataFrame, absent: Mapping[str, frozenset[str]]) -> pl.DataFrame:
    for measure, entities in absent.items():
        parts = parts.filter(
            ~((pl.col("measure") == measure) & pl.col("legal_entity").is_in(sorted(entities)))
        )
    return parts


def _nulled(frame: pl.DataFrame, bound: Bound, gaps: Gaps, model: Model) -> pl.DataFrame:
    """Nulls where a cell could hold figures of an entity that is missing: a cell that names its entity, or
    whose cost centre or project belongs to one, is touched by that entity only; a node, by those of the
    members it stands for."""
    result = frame
    for measure in bound.base:
        unknown = gaps.untold(measure) | gaps.absent.get(measure, frozenset())
        if unknown:
            touched = _touches(bound, unknown, model) | _consolidates(measure, bound, gaps)
            result = result.with_columns(
                pl.when(touched).then(None).otherwise(pl.col(column)).alias(column)
                for column in _columns(measure, bound)
            )
    return result


def _touches(bound: Bound, entities: frozenset[str], model: Model) -> pl.Expr:
    touched = pl.lit(value=True)
    for dimension in bound.question.group_by:
        if dimension is Dimension.LEGAL_ENTITY:
            touched &= pl.col("legal_entity").is_in(sorted(entities))
        elif dimension in (Dimension.COST_CENTER, Dimension.PROJECT):
            listed = model.members.get(dimension, {})
            elsewhere = [m.id for m in listed.values() if m.legal_entity and m.legal_entity not in entities]
            standing = owners(dimension, bound.rolled, model)
            elsewhere += [node for node, whose in standing.items() if not whose & {None, *entities}]
            touched &= ~pl.col(dimension.column).is_in(elsewhere)
    return touched


def _consolidates(measure: str, bound: Bound, gaps: Gaps) -> pl.Expr:
    """Cells from which something would be taken off that is unknown: without one entity's ledger, nobody can
    tell what others booked with it."""
    if measure != "actual" or not bound.consolidated:
        return pl.lit(value=False)
    if Dimension.LEGAL_ENTITY in bound.question.group_by:
        return pl.col("legal_entity") == ELIMINATION
    return pl.lit(value=bool(gaps.untold(measure)))


def _finished(frame: pl.DataFrame, bound: Bound) -> pl.DataFrame:
    """Derived measures, the answer's currency and its decimals, and whether anything is unknown."""
    full = derived(frame, bound.question.measures)
    if "consumed_known" in full.columns:
        any_known = pl.any_horizontal(pl.col(measure).is_not_null() for measure in CONSUMING)
        full = full.with_columns(consumed_known=pl.when(any_known).then(pl.col("consumed_known")))
    told = [column for measure in bound.base for column in _columns(measure, bound)]
    unknown = pl.any_horizontal(pl.col(c).is_null() for c in told) if told else pl.lit(value=False)
    completeness = pl.when(unknown).then(pl.lit("PARTIAL")).otherwise(pl.lit("COMPLETE"))
    inside = [REVENUE, *(c for c in told if c not in bound.base)]
    decimals = {Unit.MONEY: exponent(bound.currency), Unit.PERCENT: 2}
    scales = {m: decimals.get(MEASURES[m].unit) for m in full.columns if m in MEASURES}
    done = full.with_columns(
        *(pl.col(m).cast(pl.Decimal(38, scale)) for m, scale in scales.items() if scale is not None),
        completeness=completeness,
        currency=pl.lit(bound.currency),
    )
    return done.drop(inside)


def _sorted(frame: pl.DataFrame, bound: Bound, keys: Sequence[str]) -> pl.DataFrame:
    orders = [order for order in bound.question.order_by if order.by in frame.columns]
    by = [*(order.by for order in orders), *keys]
    if not by:
        return frame
    descending = [*(order.descending for order in orders), *([False] * len(keys))]
    return frame.sort(by, descending=descending, nulls_last=True)
