"""The answer's tables: cells from parts, with nulls where a fact is missing, totals from the same parts.

These are the engine's Polars verbs: group, align, null out, derive, sort, cut.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.semantics.currency import exponent
from resolvers.semantics.derive import derived
from resolvers.semantics.measures import CONSUMING, MEASURES
from resolvers.semantics.model import Dimension, Model
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
    kept = _without(parts, gaps.absent)
    grouped = _summed(_one_side(kept, keys), keys, bound, gaps)
    grouped = _nulled(grouped, bound, gaps, model)
    frame = _finished(grouped, bound)
    others = [d.column for d in Dimension if d.column not in keys]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(column) for column in others)
    cell_id = pl.concat_str(keys, separator="|") if keys else pl.lit("*")
    return _sorted(frame.with_columns(cell_id=cell_id), bound, keys)


def total(parts: pl.DataFrame, bound: Bound, gaps: Gaps, *, revenue: bool) -> pl.DataFrame:
    """One row over all parts of one side: spend (EXPENSE and CAPEX) or revenue."""
    side = parts.filter(pl.col("revenue") == revenue)
    summed = _summed(side, [], bound, gaps)
    missing = [m for m in bound.base if gaps.untold(m)]
    summed = summed.with_columns(pl.lit(None, EXACT).alias(m) for m in missing)
    return _finished(summed, bound)


def _summed(parts: pl.DataFrame, keys: Sequence[str], bound: Bound, gaps: Gaps) -> pl.DataFrame:
    """Sums per measure; a sum over an untranslatable (null) amount is null, over no part zero."""
    measures = [_sum(name).alias(name) for name in bound.base]
    if "consumed_known" in bound.question.measures:
        measures.append(_known(gaps))
    if keys:
        return parts.group_by(keys).agg(measures)
    return parts.select(measures) if measures else _ONE_ROW


_ONE_ROW: Final = pl.DataFrame({"_": [0]}).drop("_")
"""A total of no measure is a row all the same."""


def _sum(measure: str) -> pl.Expr:
    amount = pl.col("amount").filter(pl.col("measure") == measure)
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
    whose cost centre or project belongs to one, is touched by that entity only."""
    result = frame
    for measure in bound.base:
        unknown = gaps.untold(measure) | gaps.absent.get(measure, frozenset())
        if unknown:
            touched = _touches(bound, unknown, model)
            result = result.with_columns(
                pl.when(touched).then(None).otherwise(pl.col(measure)).alias(measure)
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
            touched &= ~pl.col(dimension.column).is_in(elsewhere)
    return touched


def _finished(frame: pl.DataFrame, bound: Bound) -> pl.DataFrame:
    """Derived measures, the answer's currency and its decimals, and whether anything is unknown."""
    full = derived(frame, bound.question.measures)
    if "consumed_known" in full.columns:
        any_known = pl.any_horizontal(pl.col(measure).is_not_null() for measure in CONSUMING)
        full = full.with_columns(consumed_known=pl.when(any_known).then(pl.col("consumed_known")))
    unknown = (
        pl.any_horizontal(pl.col(measure).is_null() for measure in bound.base)
        if bound.base
        else pl.lit(value=False)
    )
    completeness = pl.when(unknown).then(pl.lit("PARTIAL")).otherwise(pl.lit("COMPLETE"))
    decimals = {m: exponent(bound.currency) for m in full.columns if m in MEASURES}
    if "consumed_percent" in decimals:
        decimals["consumed_percent"] = 2
    return full.with_columns(
        *(pl.col(m).cast(pl.Decimal(38, scale)) for m, scale in decimals.items()),
        completeness=completeness,
        currency=pl.lit(bound.currency),
    )


def _sorted(frame: pl.DataFrame, bound: Bound, keys: Sequence[str]) -> pl.DataFrame:
    orders = [order for order in bound.question.order_by if order.by in frame.columns]
    by = [*(order.by for order in orders), *keys]
    if not by:
        return frame
    descending = [*(order.descending for order in orders), *([False] * len(keys))]
    return frame.sort(by, descending=descending, nulls_last=True)
