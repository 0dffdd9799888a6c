"""PLAN_ACTUALS: the actuals somebody loaded into planning, and the ledger's.

Loaded actuals are budget entries of type ACTUAL, whatever their scenario and version; the ledger's are the
posted lines of the same accounts and periods. Cell by cell (account, cost centre, period):

    cell             planning  ledger   item
    6100 C1 2026-P05    1,000   1,040   – (the 40 are left unexplained)
    6100 C2 2026-P05        –     300   NOT_LOADED −300
    6100 C3 2026-P05       50       –   NOT_IN_LEDGER 50
    6100 ?? 2026-P05        –      70   UNMAPPED_MEMBER −70
"""

from dataclasses import replace
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.compute import compute
from resolvers.plan.engine import Desk
from resolvers.plan.plan import Plan
from resolvers.plan.reconcile.question import Reason
from resolvers.plan.reconcile.reading import Found, aside, item, scans, sides
from resolvers.plan.scope import in_scope
from resolvers.semantics import parts as part
from resolvers.semantics.breaks import paper
from resolvers.semantics.dimensions import UNMAPPED, Dimension
from sources.spi.context import Context
from sources.spi.facts import EXACT, Fact

MEASURES: Final = frozenset(("actual",))
LOADED: Final = "ACTUAL"
_CELL: Final = ["legal_entity", "account", "cost_center", "period"]


def plans(bound: Bound, desk: Desk) -> tuple[Plan, ...]:
    """The ledger by cell; and what was loaded."""
    cells = (Dimension.ACCOUNT, Dimension.COST_CENTER, Dimension.PERIOD)
    by_cell = replace(bound, question=replace(bound.question, group_by=cells))
    loaded = scans(desk, Fact.BUDGET, bound, bound.entities, lambda _: {"type": (LOADED,)})
    return desk.planner.plan(by_cell), aside(bound, loaded)


async def read(bound: Bound, desk: Desk, ctx: Context) -> Found:
    own, beside = plans(bound, desk)
    collected = await desk.executor.run(own, ctx)
    loaded = await desk.executor.run(beside, ctx)
    parts = compute(collected, own.bound, desk.model, desk.signs).parts
    left = _loaded(loaded.rows(Fact.BUDGET), bound, desk)
    right = parts.filter(pl.col("measure") == "actual")
    outcomes = (*collected.outcomes, *loaded.outcomes)
    return Found(sides(left, right), _items(left, right), own.beside(beside), bound.entities, outcomes)


def _loaded(rows: pl.DataFrame, bound: Bound, desk: Desk) -> pl.DataFrame:
    """What was loaded in scope, in natural sign."""
    approved = pl.col("status").fill_null("APPROVED") == "APPROVED"
    found = part.with_class(rows.filter((pl.col("type") == LOADED) & approved), desk.model)
    found = found.filter(in_scope(bound))
    made = [
        frame.with_columns(amount=part.natural(desk.signs[str(source)][Fact.BUDGET]))
        for (source,), frame in found.partition_by("source", as_dict=True).items()
    ]
    return pl.concat([found.clear(), *made])


def _items(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    number = pl.coalesce("number", "id")
    cells = left.group_by(_CELL, maintain_order=True).agg(
        loaded=pl.col("amount").sum(),
        since=pl.col("date").min(),
        documents=paper(Fact.BUDGET).filter(number.is_not_null()).unique(maintain_order=True),
    )
    posted = right.group_by(_CELL, maintain_order=True).agg(
        posted=pl.col("amount").sum(), _raw=pl.coalesce("raw_account", "raw_cost_center").drop_nulls().first()
    )
    both = cells.join(posted, on=_CELL, how="full", coalesce=True).with_columns(
        amount=(pl.col("loaded").fill_null(0) - pl.col("posted").fill_null(0)).cast(EXACT),
        place=pl.concat_str("cost_center", "period", separator="|"),
    )
    unmapped = (pl.col("account") == UNMAPPED) | (pl.col("cost_center") == UNMAPPED)
    loaded, there = pl.col("loaded").is_not_null(), pl.col("posted").is_not_null()
    return pl.concat(
        [
            item(
                both.filter(unmapped).with_columns(place=pl.coalesce("_raw", "place")), Reason.UNMAPPED_MEMBER
            ),
            item(both.filter(~unmapped & there & ~loaded), Reason.NOT_LOADED),
            item(both.filter(~unmapped & loaded & ~there), Reason.NOT_IN_LEDGER),
        ]
    )
