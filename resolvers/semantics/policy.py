"""What entities' policies do to documents before anything is computed from them.

The tax that counts, the rate an order counts at, the date that decides its period, and whose copy of an order
is the one: each is settled here, on the columns that say it, so that no rule below knows a policy but the one
it is about.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from resolvers.semantics.calendar import Calendar, period_at
from resolvers.semantics.entities import CommitmentDate, Policy, ReliefRate, Tax
from resolvers.semantics.placement import OUTSIDE
from resolvers.semantics.rounding import ZERO
from sources.spi.facts import EXACT

Policies = Mapping[str, Policy]
"""The policy of each legal entity of a question."""
RateAt = Callable[[str, str, str], Decimal | None]
"""The rate of an entity's ledger for a currency and a period id; None where there is none."""


def entities(policies: Policies, holds: Callable[[Policy], bool]) -> frozenset[str]:
    """The entities whose policy holds something."""
    return frozenset(entity for entity, policy in policies.items() if holds(policy))


def taxed(frame: pl.DataFrame, policies: Policies, own: str, recoverable: str) -> pl.DataFrame:
    """`own`, the tax that counts, by policy: the non-recoverable, all of it, or none."""
    gross = entities(policies, lambda policy: policy.tax is Tax.GROSS)
    net = entities(policies, lambda policy: policy.tax is Tax.NET)
    if not gross and not net:
        return frame
    entity = pl.col("legal_entity")
    every = pl.col(own).fill_null(ZERO) + pl.col(recoverable).fill_null(ZERO)
    return frame.with_columns(
        pl.when(entity.is_in(gross))
        .then(every)
        .when(entity.is_in(net))
        .then(ZERO)
        .otherwise(pl.col(own))
        .alias(own)
    )


_DATES: Final = {CommitmentDate.NEED_BY: "need_by", CommitmentDate.ORDER_DATE: "ordered_on"}


def dated(orders: pl.DataFrame, policies: Policies, calendar: Calendar) -> pl.DataFrame:
    """`orders` in the period of the date their entity's policy goes by; without that date, as they are."""
    for kind, column in _DATES.items():
        of = [entity for entity, policy in policies.items() if policy.commitment_date is kind]
        if of:
            found = {day: _period(calendar, day) for day in orders[column].unique().drop_nulls()}
            placed = pl.col(column).replace_strict(
                list(found), list(found.values()), default=None, return_dtype=pl.String
            )
            moved = pl.when(pl.col("legal_entity").is_in(of)).then(placed)
            orders = orders.with_columns(period=pl.coalesce(moved, "period"))
    return orders


def _period(calendar: Calendar, day: date) -> str:
    found = period_at(calendar, day)
    return found.id if found is not None else OUTSIDE


def rated(orders: pl.DataFrame, policies: Policies, rates: Mapping[ReliefRate, RateAt]) -> pl.DataFrame:
    """`orders` with the `rate` their entity's policy values them at. Ledger currency stays as it is."""
    moved = entities(policies, lambda policy: policy.relief_rate is not ReliefRate.PO)
    foreign = pl.col("legal_entity").is_in(moved) & (pl.col("currency") != pl.col("ledger_currency"))
    places = orders.filter(foreign).select("legal_entity", "currency", "period").unique()
    if places.is_empty():
        return orders
    found = [
        (entity, currency, period, rates[policies[entity].relief_rate](entity, currency, period))
        for entity, currency, period in places.iter_rows()
    ]
    keys = ["legal_entity", "currency", "period"]
    table = pl.DataFrame(
        found, schema={**dict.fromkeys(keys, pl.String()), "_rate": EXACT}, orient="row"
    ).with_columns(_moved=pl.lit(value=True))
    rate = pl.when(pl.col("_moved")).then(pl.col("_rate")).otherwise(pl.col("rate"))
    return (
        orders.join(table, on=keys, how="left", maintain_order="left")
        .with_columns(rate=rate)
        .drop("_rate", "_moved")
    )


def owned(orders: pl.DataFrame, policies: Policies) -> pl.DataFrame:
    """Each order once: where two systems hold it, the copy of the source that owns commitments."""
    owners = {e: policy.commitment_owner for e, policy in policies.items() if policy.commitment_owner}
    if not owners:
        return orders
    owner = pl.col("legal_entity").replace_strict(
        list(owners), list(owners.values()), default=None, return_dtype=pl.String
    )
    own = (pl.col("source") == owner).fill_null(value=False)
    held = own.any().over("legal_entity", "number")
    return orders.filter(own | ~held)
