"""What entities booked with each other, taken off: the parts of ELIMINATION (`eliminateIntercompany`)."""

from collections.abc import Iterable

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.scope import in_scope, in_window
from resolvers.plan.table import Gaps
from resolvers.semantics import parts as part
from resolvers.semantics.crosswalk import companies
from resolvers.semantics.currency import exponent
from resolvers.semantics.dimensions import AccountClass
from resolvers.semantics.elimination import eliminated
from resolvers.semantics.model import Model
from resolvers.semantics.rates import RateBasis


def between(flow: pl.DataFrame, bound: Bound, model: Model) -> pl.DataFrame:
    """The parts of `actual`, of the question's periods, that the entities to be consolidated booked with one
    another on accounts that budgets have; `partner` is the other entity."""
    known, codes = companies(model), flow.select("source", "intercompany_partner").unique().rows()
    found = [(*code, known.get(code, code[1])) for code in codes]
    columns = ("source", "intercompany_partner", "partner")
    partners = pl.DataFrame(found, schema=dict.fromkeys(columns, pl.String), orient="row")
    sheet = (pl.col("kind") == AccountClass.BALANCE_SHEET.value).fill_null(value=False)
    ours = pl.all_horizontal(pl.col(c).is_in(bound.consolidated) for c in ("legal_entity", "partner"))
    other = pl.col("legal_entity") != pl.col("partner")
    named = flow.join(partners, on=["source", "intercompany_partner"], maintain_order="left")
    return part.with_class(named, model).filter(in_window(bound) & ours & other & ~sheet)


def taken_off(booked: pl.DataFrame, grain: Iterable[str], bound: Bound) -> pl.DataFrame:
    """What is taken off of `booked` (see `between`; translated) and lies in what the question asks about."""
    amounts = [c for c in ("amount", *(basis.value for basis in RateBasis)) if c in booked.columns]
    marked = booked.with_columns(_asked=in_scope(bound))
    off = eliminated(marked, amounts, [*grain]).filter("_asked")
    bare = off.with_columns(pl.lit(None, pl.String).alias(name) for name in part.RAW)
    return bare.drop("_asked", "kind", "partner")


def summed(parts: pl.DataFrame, bound: Bound, gaps: Gaps) -> pl.DataFrame:
    """One row: what was taken off of actual spend and of revenue, and whether it is known."""
    off = parts.filter(pl.col("booked_by").is_not_null() & (pl.col("measure") == "actual"))
    told = not gaps.untold("actual") and not off["amount"].has_nulls()
    sides = {"spend": ~pl.col("revenue"), "revenue": pl.col("revenue")}
    money = pl.Decimal(38, exponent(bound.currency))
    amounts = [
        (-pl.col("amount").filter(side).sum() if told else pl.lit(None)).cast(money).alias(name)
        for name, side in sides.items()
    ]
    completeness = pl.lit("COMPLETE" if told else "PARTIAL")
    return off.select(*amounts, completeness=completeness, currency=pl.lit(bound.currency))
