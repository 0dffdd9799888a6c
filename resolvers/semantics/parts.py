"""Parts: the one table every figure is a sum of.

A part is one amount of one base measure, with the members of every dimension it belongs to and the document
it comes from. A cell is a sum of parts, its drill-down is the same parts listed, so the two cannot disagree.
Parts of an aggregate read carry no document.
"""

from functools import cache, lru_cache
from typing import Final

import polars as pl

from resolvers.semantics.dimensions import AccountClass, Dimension
from resolvers.semantics.measures import BUDGET_TYPES
from resolvers.semantics.model import Model
from sources.spi.facts import EXACT, Sign

DIMENSIONS: Final = tuple(dimension.column for dimension in Dimension)
REFERENCES: Final = ("ref_invoice", "ref_po")
"""What the document says of others: the id of an upstream invoice, the number of an order."""
RAW: Final = ("raw_account", "raw_cost_center", "raw_project", "raw_supplier")
"""The source's own code, kept only where it is UNMAPPED or INVALID."""

CONTROL: Final = ("control", "less")
"""Of budgets: the node's cell that controls them, and what a node's budget is less for (see `control`)."""

BETWEEN: Final = ("intercompany_partner", "booked_by")
"""The source's code of the entity on the other side, where a ledger was asked for it; and of what
consolidation takes off, the entity that booked it."""

SCHEMA: Final[dict[str, pl.DataType]] = {
    "measure": pl.String(),
    **dict.fromkeys(DIMENSIONS, pl.String()),
    "currency": pl.String(),
    "exponent": pl.Int32(),
    "amount": EXACT,
    "revenue": pl.Boolean(),
    **dict.fromkeys(("fact", "source", "id", "number", "line", "dist", *REFERENCES), pl.String()),
    "date": pl.Date(),
    **dict.fromkeys(RAW, pl.String()),
    **dict.fromkeys(CONTROL, pl.String()),
    "entry": pl.Int64(),
    **dict.fromkeys(BETWEEN, pl.String()),
}


def shaped(frame: pl.DataFrame, measure: str | pl.Expr, fact: str) -> pl.DataFrame:
    """`frame` as parts of one measure (or of the measure an expression names per row)."""
    named = pl.lit(measure) if isinstance(measure, str) else measure
    plain = _plain(frozenset(frame.columns))
    return frame.select(named.alias("measure"), pl.lit(fact).alias("fact"), *plain).select(*SCHEMA)


@lru_cache(maxsize=256)
def _plain(present: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The columns of parts that are what they were in a frame of these columns."""
    return tuple(
        (pl.col(name) if name in present else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in SCHEMA.items()
        if name not in ("measure", "fact")
    )


@cache
def none() -> pl.DataFrame:
    """No parts."""
    return pl.DataFrame(schema=SCHEMA)


def with_class(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """`frame` with `kind`, the class of each row's account; null where the account is not listed. What stands
    for several accounts is of the class of the first that a budget could have."""
    accounts = model.members.get(Dimension.ACCOUNT, {})
    kinds = {id_: member.kind for id_, member in accounts.items() if member.kind is not None}
    for id_, some in model.shares.items():
        of = [kinds[s.members["account"]] for s in some if s.members.get("account") in kinds]
        if of:
            kinds[id_] = next((kind for kind in of if kind is not AccountClass.BALANCE_SHEET), of[0])
    return frame.with_columns(_classes(tuple(kinds.items())))


@lru_cache(maxsize=16)
def _classes(kinds: tuple[tuple[str, AccountClass], ...]) -> tuple[pl.Expr, ...]:
    """`kind` and `revenue` by account."""
    account = pl.col("account")
    named = account.replace_strict(
        [id_ for id_, _ in kinds],
        [kind.value for _, kind in kinds],
        default=None,
        return_dtype=pl.String,
    )
    earned = [id_ for id_, kind in kinds if kind is AccountClass.REVENUE]
    return named.alias("kind"), account.is_in(earned).fill_null(value=False).alias("revenue")


def natural(sign: Sign) -> pl.Expr:
    """`amount` in natural sign: what is spent and what is earned both positive."""
    if sign is Sign.NATURAL:
        return pl.col("amount")
    return pl.when(pl.col("revenue")).then(-pl.col("amount")).otherwise(pl.col("amount"))


def budget_parts(frame: pl.DataFrame, sign: Sign) -> pl.DataFrame:
    """Budget entries as parts: approved ones only, each under the measure of its type. What a planning tool
    holds beside its budget, actuals loaded into it for example, is none."""
    kinds = pl.col("type").fill_null("ORIGINAL")
    approved = pl.col("status").fill_null("APPROVED") == "APPROVED"
    kept = frame.filter(approved & kinds.is_in(list(BUDGET_TYPES))).with_columns(amount=natural(sign))
    measure = kinds.replace_strict(list(BUDGET_TYPES), list(BUDGET_TYPES.values()), return_dtype=pl.String)
    return shaped(kept, measure, "BUDGET")


def actual_parts(frame: pl.DataFrame, sign: Sign) -> pl.DataFrame:
    """Ledger lines as parts: posted ones, closing journals left out, reversals left in."""
    posted = pl.col("status").fill_null("POSTED") == "POSTED"
    closing = pl.col("type").fill_null("NORMAL") == "CLOSING"
    return shaped(frame.filter(posted & ~closing).with_columns(amount=natural(sign)), "actual", "LEDGER")
