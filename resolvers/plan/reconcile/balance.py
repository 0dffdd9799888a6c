"""Balances of ledger accounts: what was ever posted on them, up to a day or a period."""

from collections.abc import Callable
from datetime import date

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.reconcile.reading import Codes
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.entities import Policy
from resolvers.semantics.vouchers import is_posted

Accounts = Callable[[Policy], frozenset[str]]
"""The accounts a policy lists for something."""


def closing_day(bound: Bound, today: date) -> date:
    """The day a balance is struck: the end of the window, but not after the day asked about."""
    return min(bound.as_of or today, max(period.end for period in bound.periods))


def holding(bound: Bound, accounts: Accounts) -> Codes:
    """Only what lies on the accounts of the question's entities."""
    listed = sorted(account for e in bound.entities for account in accounts(bound.policies[e]))

    def codes(crosswalk: Crosswalk) -> dict[str, tuple[str, ...] | None]:
        return {"account": crosswalk.codes(Dimension.ACCOUNT, listed)}

    return codes


def posted_on(ledger: pl.DataFrame, bound: Bound, accounts: Accounts) -> pl.DataFrame:
    """Posted lines on each entity's accounts, as debit − credit, up to the question's day; year-end closings
    do not touch balances."""
    own = [
        (pl.col("legal_entity") == entity) & pl.col("account").is_in(sorted(accounts(bound.policies[entity])))
        for entity in bound.entities
    ]
    closing = pl.col("type").fill_null("") == "CLOSING"
    return ledger.filter(pl.any_horizontal(own or [pl.lit(value=False)]) & is_posted() & ~closing)
