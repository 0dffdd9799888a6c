"""PREPAID: deferral schedules rolled forward, and the ledger's accounts for what was paid in advance.

A deferral is on the books from its first period on; each period takes its instalment away. The left side is
what the schedules leave at the end of the window, the right the balance of the accounts that the policy lists
under `prepaidAccounts`. A window that reaches into the future ends with the period of the day asked about.

    twelve instalments of 240 from January; January to June: opening 0, added 2,880, amortised −1,440,
    closing 1,440
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.engine import Desk
from resolvers.plan.errors import QuestionError
from resolvers.plan.plan import Plan
from resolvers.plan.reconcile.balance import closing_day, holding, posted_on
from resolvers.plan.reconcile.reading import ITEMS, Found, aside, nothing, scans, sides
from resolvers.semantics.calendar import Period
from resolvers.semantics.entities import Policy
from resolvers.semantics.reconcile import RolledForward, rolled_forward
from resolvers.semantics.rounding import rounded
from sources.spi.context import Context
from sources.spi.facts import Fact

MEASURES: Final = frozenset(("prepaid_remaining",))
_DEFERRAL: Final = ["legal_entity", "source", "number"]


def _accounts(policy: Policy) -> frozenset[str]:
    return policy.prepaid_accounts


def plans(bound: Bound, desk: Desk) -> tuple[Plan, ...]:
    """The schedules; then what was ever posted on the accounts."""
    at = _at(bound)
    schedules = scans(desk, Fact.DEFERRAL, at, at.entities)
    return (aside(at, [*schedules, *scans(desk, Fact.LEDGER, at, at.entities, holding(at, _accounts))]),)


def _at(bound: Bound) -> Bound:
    holds = tuple(e for e in bound.entities if _accounts(bound.policies[e]))
    return replace(bound, entities=holds)


def _window(bound: Bound, desk: Desk) -> tuple[Period, ...]:
    day = closing_day(bound, desk.model.today)
    begun = tuple(period for period in bound.periods if period.start <= day)
    if not begun:
        first = bound.periods[0]
        raise QuestionError("BAD_INPUT", f"period: {first.id} begins after {day}; accepted: what has begun")
    return begun


async def read(bound: Bound, desk: Desk, ctx: Context) -> Found:
    at = _at(bound)
    (plan,) = plans(bound, desk)
    collected = await desk.executor.run(plan, ctx)
    window = _window(bound, desk)
    booked = _until(posted_on(collected.rows(Fact.LEDGER), at, _accounts), at, window)
    rolled = {
        entity: _rolled(
            collected.rows(Fact.DEFERRAL).filter(pl.col("legal_entity") == entity),
            _total(booked.filter(pl.col("legal_entity") == entity)),
            at,
            window,
        )
        for entity in at.entities
    }
    left = pl.DataFrame(
        [(entity, each.closing) for entity, each in rolled.items()],
        schema={"legal_entity": pl.String, "amount": pl.Decimal(38, 16)},
        orient="row",
    )
    lines = sides(left, pl.concat([nothing(at.entities), booked.select("legal_entity", "amount")]))
    left_out = [entity for entity in bound.entities if entity not in at.entities]
    notes = tuple(f"{entity}: its policy names no prepaidAccounts" for entity in left_out)
    outcomes = tuple(collected.outcomes)
    return Found(lines, pl.DataFrame(schema=ITEMS), plan, at.entities, outcomes, notes, rolled)


def _until(lines: pl.DataFrame, bound: Bound, window: Sequence[Period]) -> pl.DataFrame:
    """Lines posted in no later period than the window's last."""
    order = [period.id for period in bound.calendar.periods]
    upto = order[: order.index(window[-1].id) + 1] if window else []
    return lines.filter(pl.col("period").is_in(upto))


def _rolled(schedule: pl.DataFrame, posted: Decimal, bound: Bound, window: Sequence[Period]) -> RolledForward:
    """The schedules of one entity, carried through the window."""
    place = {period.id: index for index, period in enumerate(bound.calendar.periods)}
    begin = place[window[0].id] if window else 0
    end = place[window[-1].id] if window else -1
    at = pl.col("period").replace_strict(place, default=None, return_dtype=pl.Int64)
    exact = rounded(pl.col("amount"), pl.col("exponent"))
    rows = schedule.with_columns(_at=at, amount=exact).with_columns(
        _start=pl.col("_at").min().over(_DEFERRAL)
    )

    start, when = pl.col("_start"), pl.col("_at")
    opening = _total(rows.filter((start < begin) & (when >= begin)))
    added = _total(rows.filter(start.is_between(begin, end)))
    amortised = _total(rows.filter((start <= end) & when.is_between(begin, end)))
    return rolled_forward(opening, (("ADDED", added), ("AMORTISED", -amortised)), posted)


def _total(rows: pl.DataFrame) -> Decimal:
    return sum(rows["amount"], Decimal(0))
