"""Breaks of budgets and ledgers themselves: transfers, postings between entities, periods nobody has."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

import polars as pl

from resolvers.semantics.breaks import BreakCode, found, paper
from resolvers.semantics.dimensions import AccountClass
from sources.spi.facts import EXACT, Fact


def unbalanced(entries: pl.DataFrame) -> pl.DataFrame:
    """Transfers whose sides do not add up to nothing, over all cells. `entries` are budget entries with
    `_here`, whether one is in scope: a transfer is told where one of its sides is."""
    approved = pl.col("status").fill_null("APPROVED") == "APPROVED"
    transfers = entries.filter((pl.col("type") == "TRANSFER") & approved & pl.col("number").is_not_null())
    one = ["source", "number", "currency"]
    net = transfers.group_by(one, maintain_order=True).agg(
        pl.col("id").first(),
        pl.col("legal_entity").first(),
        pl.col("amount").sum(),
        pl.col("_here").any(),
        since=pl.col("date").min(),
    )
    named = net.filter("_here").with_columns(documents=pl.concat_list(paper(Fact.BUDGET)))
    return found(named, BreakCode.TRANSFER_NOT_BALANCED)


def between(
    ledger: pl.DataFrame, entities: Mapping[tuple[str, str], str], natural: Collection[str]
) -> pl.DataFrame:
    """Posted ledger sums of income and cost with a partner, as debit − credit: legal_entity, partner,
    currency, period, `revenue`, `amount`. `entities` has each source's company codes; `natural` the sources
    whose amounts are in natural sign."""
    posted = pl.col("status").fill_null("POSTED") == "POSTED"
    closing = pl.col("type").fill_null("") == "CLOSING"
    sheet = (pl.col("kind") == AccountClass.BALANCE_SHEET.value).fill_null(value=False)
    turned = pl.col("source").is_in(sorted(natural)) & pl.col("revenue")
    rows = ledger.filter(pl.col("intercompany_partner").is_not_null() & posted & ~closing & ~sheet)
    codes = rows.select("source", "intercompany_partner").unique().iter_rows()
    known = [(source, code, entities.get((source, code), code)) for source, code in codes]
    columns = dict.fromkeys(("source", "intercompany_partner", "partner"), pl.String)
    partners = pl.DataFrame(known, schema=columns, orient="row")
    return rows.join(partners, on=["source", "intercompany_partner"]).select(
        "legal_entity",
        "partner",
        "currency",
        "period",
        "revenue",
        amount=pl.when(turned).then(-pl.col("amount")).otherwise(pl.col("amount")),
    )


def mismatched(rows: pl.DataFrame, currency: str, rate: Callable[[str, str], Decimal | None]) -> pl.DataFrame:
    """Entities that booked different amounts with each other, in `currency`; unknown where a rate is missing.
    What one bought of the other and that sold to it is compared for itself, so that opposite differences do
    not hide each other; what only one side knows as such, a cost passed on for instance, per pair. `rows` are
    of `between`; `rate` takes a currency and a period."""
    places = rows.select("currency", "period").unique().iter_rows()
    known = [(c, p, Decimal(1) if c == currency else rate(c, p)) for c, p in places]
    columns = {"currency": pl.String(), "period": pl.String(), "_rate": EXACT}
    rates = pl.DataFrame(known, schema=columns, orient="row")
    both = ("legal_entity", "partner")
    spender = pl.when("revenue").then(pl.col("partner")).otherwise(pl.col("legal_entity"))
    relations = (
        rows.join(rates, on=["currency", "period"], maintain_order="left")
        .with_columns(
            place=pl.concat_str(pl.min_horizontal(*both), pl.max_horizontal(*both), separator="|"),
            _spender=spender,
            amount=pl.col("amount") * pl.col("_rate"),
        )
        .group_by("place", "_spender", maintain_order=True)
        .agg(_told(), _traded=pl.col("revenue").any() & ~pl.col("revenue").all())
    )
    alone = relations.filter(~pl.col("_traded")).group_by("place", maintain_order=True).agg(_told())
    sums = pl.concat([relations.filter("_traded").select("place", "amount"), alone])
    return found(sums.with_columns(currency=pl.lit(currency)), BreakCode.IC_MISMATCH)


def _told() -> pl.Expr:
    """The sum of amounts that are all known."""
    amount = pl.col("amount")
    return pl.when(amount.is_null().any()).then(None).otherwise(amount.sum()).cast(EXACT).alias("amount")


def unplaced(parts: pl.DataFrame) -> pl.DataFrame:
    """Documents and sums that lie in no period of the calendar, by what they come from."""
    one = ["legal_entity", "source", "fact", "id", "number", "currency"]
    sums = parts.group_by(one, maintain_order=True).agg(pl.col("amount").sum(), since=pl.col("date").min())
    document = pl.struct("fact", "source", "id", number=pl.coalesce("number", "id"))
    return found(sums.with_columns(documents=pl.concat_list(document)), BreakCode.PERIOD_MISSING)
