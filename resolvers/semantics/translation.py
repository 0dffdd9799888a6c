"""Translation to one currency at the budget rate (CONSTANT): every term of a fiscal year at one rate.

Parts are rounded to the target currency at one grain that does not depend on the question: a document part
by itself, an aggregate of the ledger or of the plan as the finest balance its source can state. Sums of
rounded parts are then the same however they are grouped.
"""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from resolvers.semantics.currency import exponent
from resolvers.semantics.model import Rate
from resolvers.semantics.rounding import ONE, apportioned
from sources.spi.facts import EXACT


class RateMissing(Exception):
    """No BUDGET rate for a currency in a fiscal year. A missing rate is never 1."""

    def __init__(self, currency: str, to: str, fiscal_year: int) -> None:
        super().__init__(f"no BUDGET rate from {currency} to {to} for fiscal year {fiscal_year}")
        self.currency = currency
        self.to = to
        self.fiscal_year = fiscal_year


def translated(
    parts: pl.DataFrame, grain: Sequence[str], to: str, years: Mapping[str, int], rates: Iterable[Rate]
) -> tuple[pl.DataFrame, list[RateMissing]]:
    """`parts` (currency, period, amount) in currency `to`, rounded within each `grain`. Amounts without a
    rate become null and are reported. `years` gives each period's fiscal year."""
    table = {(rate.currency, rate.fiscal_year): rate.rate for rate in rates if rate.to == to}
    pairs = parts.filter(pl.col("currency") != to).select("currency", "period").unique().sort(pl.all()).rows()
    if not pairs:
        return parts, []
    found = [(currency, period, table.get((currency, years.get(period, 0)))) for currency, period in pairs]
    missing = [
        RateMissing(currency, to, years.get(period, 0)) for currency, period, rate in found if rate is None
    ]
    lookup = pl.DataFrame(
        found, schema={"currency": pl.String, "period": pl.String, "_rate": EXACT}, orient="row"
    )
    rate = pl.when(pl.col("currency") == to).then(ONE).otherwise(pl.col("_rate"))
    joined = parts.join(lookup, on=["currency", "period"], how="left", maintain_order="left").with_columns(
        exponent=pl.lit(exponent(to)), _exact=pl.col("amount") * rate
    )
    known = joined.filter(pl.col("_exact").is_not_null())
    unknown = joined.filter(pl.col("_exact").is_null()).with_columns(amount=pl.lit(None, EXACT))
    result = pl.concat([_rounded(known, list(grain)), unknown])
    return result.drop("_rate", "_exact").with_columns(currency=pl.lit(to)), missing


def _rounded(parts: pl.DataFrame, grain: list[str]) -> pl.DataFrame:
    """`_exact` rounded once per grain and shared out: among its suppliers first, so that a supplier's share
    does not depend on how finely the rest was read, then among each supplier's parts."""
    each = [*grain, "supplier"]
    balances = parts.group_by(each).agg(pl.col("_exact").sum(), pl.col("exponent").first())
    shares = apportioned(balances, by=grain, exact="_exact", order=("supplier",))
    shared = balances.select(*each, _whole=shares)
    wide = parts.join(shared, on=each, how="left", nulls_equal=True, maintain_order="left").with_columns(
        _dist=pl.col("dist").cast(pl.Int64, strict=False)
    )
    order = ("id", "line", "_dist", "dist")
    amounts = apportioned(wide, by=each, exact="_exact", whole="_whole", order=order)
    return parts.with_columns(amount=amounts)
