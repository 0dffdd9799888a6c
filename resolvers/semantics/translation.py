"""Translation to one currency: all at the budget rate (CONSTANT), or each at the rate it is reported at.

Parts are rounded to the target currency at one grain that does not depend on the question: a document part
by itself, an aggregate of the ledger or of the plan as the finest balance its source can state. Sums of
rounded parts are then the same however they are grouped, in either basis.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import polars as pl

from resolvers.semantics.currency import exponent
from resolvers.semantics.rates import RateBasis, RateBook, RateMissing, RateType, rate_type
from resolvers.semantics.rounding import ONE, apportioned
from sources.spi.facts import EXACT

_PLACE: Final = ("_type", "currency", "period")


def translated(
    parts: pl.DataFrame, grain: Sequence[str], to: str, book: RateBook, basis: RateBasis
) -> tuple[pl.DataFrame, list[RateMissing]]:
    """`parts` (measure, currency, period, amount) in currency `to`, rounded within each `grain`, in another
    order. Amounts without a rate become null and are reported."""
    kinds = {name: rate_type(name, basis).value for name in parts["measure"].unique()}
    typed = parts.with_columns(
        _type=pl.col("measure").replace_strict(list(kinds), list(kinds.values()), return_dtype=pl.String)
    )
    places = typed.filter(pl.col("currency") != to).select(_PLACE).unique().sort(pl.all()).rows()
    if not places:
        return parts, []
    lookup, missing = _looked_up(places, to, book)
    rate = pl.when(pl.col("currency") == to).then(ONE).otherwise(pl.col("_rate"))
    joined = typed.join(lookup, on=_PLACE, how="left", maintain_order="left").with_columns(
        exponent=pl.lit(exponent(to)), _exact=pl.col("amount") * rate
    )
    known = joined.filter(pl.col("_exact").is_not_null())
    unknown = joined.filter(pl.col("_exact").is_null()).with_columns(amount=pl.lit(None, EXACT))
    result = pl.concat([shared(known, list(grain)), unknown])
    return result.drop("_rate", "_exact", "_type").with_columns(currency=pl.lit(to)), missing


def _looked_up(
    places: list[tuple[str, str, str]], to: str, book: RateBook
) -> tuple[pl.DataFrame, list[RateMissing]]:
    """The rate of each type, currency and period, and those that nobody has given."""
    rates: list[Decimal | None] = []
    missing: dict[str, RateMissing] = {}
    for type_, currency, period in places:
        rates.append(book.rate(RateType(type_), currency, to, period))
        if rates[-1] is None:
            lacking = book.missing(RateType(type_), currency, to, period)
            missing.setdefault(str(lacking), lacking)
    found = [(*place, rate) for place, rate in zip(places, rates, strict=True)]
    schema = {**dict.fromkeys(_PLACE, pl.String()), "_rate": EXACT}
    return pl.DataFrame(found, schema=schema, orient="row"), list(missing.values())


def shared(parts: pl.DataFrame, grain: list[str], whole: str | None = None) -> pl.DataFrame:
    """`amount` from `_exact`, rounded once per grain (or to what `whole` says of it) and shared out: among
    its suppliers first, so that a supplier's share does not depend on how finely the rest was read, then
    among each supplier's parts."""
    each = [*grain, "supplier"]
    given = [whole] if whole is not None else []
    balances = parts.group_by(each).agg(pl.col("_exact").sum(), pl.col("exponent", *given).first())
    shares = apportioned(balances, by=grain, exact="_exact", order=("supplier",), whole=whole)
    wholes = balances.select(*each, _whole=shares)
    wide = parts.join(wholes, on=each, how="left", nulls_equal=True, maintain_order="left").with_columns(
        _dist=pl.col("dist").cast(pl.Int64, strict=False)
    )
    order = ("id", "line", "_dist", "dist")
    amounts = apportioned(wide, by=each, exact="_exact", whole="_whole", order=order)
    return parts.with_columns(amount=amounts)
