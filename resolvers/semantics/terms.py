"""An invoice's currency and rate where it does not say: those of the order it bills.

No currency: the order's, else the ledger's. No rate: the order's when the currency is the same, 1 in the
ledger's own. Anything else stays unknown; a missing rate is never 1.

    order        invoice      →   counts as
    EUR at 1.10  –  –             EUR at 1.10
    EUR at 1.10  EUR at 1.12      EUR at 1.12
    EUR at 1.10  GBP  –           GBP, rate unknown
"""

import polars as pl

from resolvers.semantics.rounding import ONE


def with_terms(invoices: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """`invoices` with `currency` and `rate` filled in from `orders`."""
    headers = orders.select("legal_entity", po="number", _po_currency="currency", _po_rate="rate").unique(
        ["legal_entity", "po"], keep="first", maintain_order=True
    )
    currency = pl.coalesce("currency", "_po_currency", "ledger_currency")
    same = pl.when(pl.col("currency") == pl.col("_po_currency")).then(pl.col("_po_rate"))
    own = pl.when(pl.col("currency") == pl.col("ledger_currency")).then(ONE)
    return (
        invoices.join(headers, on=["legal_entity", "po"], how="left", maintain_order="left")
        .with_columns(currency=currency)
        .with_columns(rate=pl.coalesce(pl.col("rate"), same, own))
        .drop("_po_currency", "_po_rate")
    )
