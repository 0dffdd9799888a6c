"""Breaks: what does not fit together between systems, each with its amount, its documents and its age.

A break never changes a figure; it says why a figure deserves a second look. Every function here finds the
breaks of one kind, as a frame of `SCHEMA`: an amount without sign, since when, and where (`place` names a
member or a cell). Documents are written as they are referred to, `fact source id number`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

import polars as pl

from resolvers.semantics.matching import INVOICE, duplicates
from resolvers.semantics.policy import Policies
from resolvers.semantics.rounding import ONE, rounded
from resolvers.semantics.splitting import Shares, expanded
from resolvers.semantics.values import APPROVED, is_credit, line_value, net_amount
from sources.spi.facts import EXACT, Fact


class BreakCode(StrEnum):
    """What does not fit."""

    EXPORT_NOT_POSTED = "EXPORT_NOT_POSTED"
    STALE_SOURCE = "STALE_SOURCE"
    PO_REF_NOT_FOUND = "PO_REF_NOT_FOUND"
    DUPLICATE_VOUCHER = "DUPLICATE_VOUCHER"
    OVER_INVOICED = "OVER_INVOICED"
    OVER_RECEIVED = "OVER_RECEIVED"
    UNMAPPED_MEMBER = "UNMAPPED_MEMBER"
    TRANSFER_NOT_BALANCED = "TRANSFER_NOT_BALANCED"
    IC_MISMATCH = "IC_MISMATCH"
    PERIOD_MISSING = "PERIOD_MISSING"
    RATE_MISSING = "RATE_MISSING"
    RECODED = "RECODED"
    ZOMBIE_PO = "ZOMBIE_PO"
    NEGATIVE_AVAILABLE = "NEGATIVE_AVAILABLE"


DOCUMENT: Final = {"fact": pl.String(), "source": pl.String(), "id": pl.String(), "number": pl.String()}
SCHEMA: Final = {
    "code": pl.String(),
    "amount": EXACT,
    "currency": pl.String(),
    "legal_entity": pl.String(),
    "place": pl.String(),
    "since": pl.Date(),
    "documents": pl.List(pl.Struct(DOCUMENT)),
}
_AHEAD: Final = ("POSTED_PER_S2P", "PAID_PER_S2P")


def found(frame: pl.DataFrame, code: BreakCode) -> pl.DataFrame:
    """`frame` as breaks of a code; columns it lacks are null. Nothing amounts to nothing."""
    given = {name: pl.col(name) if name in frame.columns else pl.lit(None) for name in SCHEMA}
    given |= {"code": pl.lit(code.value), "amount": given["amount"].cast(EXACT).abs()}
    shaped = frame.select(expr.cast(SCHEMA[name]).alias(name) for name, expr in given.items())
    return shaped.filter(pl.col("amount").ne_missing(0))


def paper(fact: Fact, source: str = "source", id_: str = "id", number: str = "number") -> pl.Expr:
    """A document as breaks name it."""
    return pl.struct(
        fact=pl.lit(fact.value), source=pl.col(source), id=pl.col(id_), number=pl.coalesce(number, id_)
    )


def invoice_values(invoices: pl.DataFrame) -> pl.DataFrame:
    """Each invoice with its `value` in the ledger currency, tax included, signed; null without a rate."""
    sign = pl.when(is_credit()).then(-ONE).otherwise(ONE)
    lines = invoices.unique(["legal_entity", "id", "line"], keep="first", maintain_order=True)
    value = rounded((line_value() * sign).cast(EXACT), pl.col("exponent"))
    return (
        lines.with_columns(_value=value)
        .group_by("legal_entity", "id", maintain_order=True)
        .agg(
            pl.col("source", "number", "status", "approved_on", "exported_on", "date").first(),
            currency=pl.col("ledger_currency").first(),
            value=pl.when(pl.col("_value").is_null().any()).then(None).otherwise(pl.col("_value").sum()),
        )
    )


def not_arrived(
    values: pl.DataFrame, elsewhere: pl.DataFrame, policies: Policies, day: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Approved invoices the ledger does not have: those upstream says it has, and those exported too long
    ago. `values` are of `invoice_values`; `elsewhere` those the ledger holds, or held and reversed."""
    waiting = values.filter(pl.col("status").is_in(APPROVED)).join(
        elsewhere, on=["legal_entity", "id"], how="anti"
    )
    named = waiting.with_columns(
        amount=pl.col("value"),
        since=pl.coalesce("exported_on", "approved_on", "date"),
        documents=pl.concat_list(paper(Fact.INVOICE)),
    )
    told, late = overdue(policies, day)
    return (
        found(named.filter(told), BreakCode.STALE_SOURCE),
        found(named.filter(late), BreakCode.EXPORT_NOT_POSTED),
    )


def overdue(policies: Policies, day: date) -> tuple[pl.Expr, pl.Expr]:
    """Of invoices that the ledger does not have: those upstream says it has, and of the others those exported
    too long ago."""
    told = pl.col("status").is_in(_AHEAD)
    late = pl.col("exported_on") < _back({e: p.stale_export_days for e, p in policies.items()}, day)
    return told, ~told & late.fill_null(value=False)


def _back(days: Mapping[str, int], day: date) -> pl.Expr:
    """The day so many days before `day`, by legal entity."""
    limit = {entity: day - timedelta(days=count) for entity, count in days.items()}
    return pl.col("legal_entity").replace_strict(
        list(limit), list(limit.values()), default=None, return_dtype=pl.Date
    )


def twice(links: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Vouchers that carry an invoice which another one carries already."""
    invoices = values.select(
        "legal_entity", "value", "currency", invoice="id", _source="source", _number="number"
    )
    extra = duplicates(links, invoices.select(*INVOICE, "value"))
    named = extra.join(invoices.drop("value"), on=INVOICE)
    documents = pl.concat_list(paper(Fact.VOUCHER), paper(Fact.INVOICE, "_source", "invoice", "_number"))
    return found(named.with_columns(documents=documents, since=pl.col("date")), BreakCode.DUPLICATE_VOUCHER)


def unknown_orders(free: pl.DataFrame, orders: pl.DataFrame, currencies: pl.DataFrame) -> pl.DataFrame:
    """Vouchers that carry no invoice and name an order line nobody knows. `free` are slices; `currencies` has
    each entity's ledger currency."""
    lines = orders.select("legal_entity", ref_po="number", ref_po_line="line")
    strange = free.join(lines, on=["legal_entity", "ref_po", "ref_po_line"], how="anti").join(
        currencies, on="legal_entity"
    )
    named = strange.with_columns(
        documents=pl.concat_list(paper(Fact.VOUCHER)), since=pl.col("date"), place=pl.col("ref_po")
    )
    return found(named, BreakCode.PO_REF_NOT_FOUND)


def beyond(parts: pl.DataFrame, measure: str, code: BreakCode) -> pl.DataFrame:
    """Order lines with something of a memo measure, over their parts."""
    one = ["legal_entity", "source", "id", "number", "line", "currency"]
    whole = parts.filter(pl.col("measure") == measure).group_by(one, maintain_order=True)
    named = whole.agg(pl.col("amount").sum(), since=pl.col("date").min())
    return found(named.with_columns(documents=pl.concat_list(paper(Fact.ORDER))), code)


def recoded(
    journal: pl.DataFrame,
    links: pl.DataFrame,
    invoices: pl.DataFrame,
    orders: pl.DataFrame,
    policies: Policies,
    shares: Shares,
) -> pl.DataFrame:
    """What payables booked outside the account × cost centre of the order lines that a voucher is for.
    `journal` are ledger lines in budget scope with `reference`; accounts of price variances are exempt. Where
    either stands for several members (`shares`), one of them in common is enough."""
    place = ["legal_entity", "number", "line"]
    cells = expanded(orders.select(*place, "account", "cost_center").unique(), shares)
    billed = invoices.filter(pl.col("po").is_not_null()).select(
        "legal_entity", invoice="id", number="po", line="po_line"
    )
    voucher = ["legal_entity", "source", "id", "reference"]
    by_invoice = links.select(*voucher, "invoice").join(billed.unique(), on=INVOICE).drop("invoice")
    by_line = journal.filter(pl.col("ref_po").is_not_null()).select(
        *voucher, number="ref_po", line="ref_po_line"
    )
    meant = pl.concat([by_invoice.select(*voucher, "number", "line"), by_line]).unique()
    allowed = meant.join(cells, on=place).select(*voucher, "account", "cost_center").unique()
    exempt = [(entity, account) for entity, p in policies.items() for account in sorted(p.variance_accounts)]
    spared = pl.DataFrame(exempt, schema=dict.fromkeys(("legal_entity", "account"), pl.String), orient="row")
    booked = journal.join(allowed.select(voucher).unique(), on=voucher, how="semi").with_row_index("_booked")
    possible = expanded(booked.select("_booked", *voucher, "account", "cost_center"), shares)
    inside = pl.concat(
        [
            possible.join(allowed, on=[*voucher, "account", "cost_center"], how="semi"),
            possible.join(spared, on=["legal_entity", "account"], how="semi"),
        ]
    )
    outside = (
        booked.join(inside, on="_booked", how="anti")
        .group_by(voucher, maintain_order=True)
        .agg(
            pl.col("amount").sum(),
            pl.col("number").first(),
            since=pl.col("date").min(),
            currency=pl.col("ledger_currency").first(),
        )
    )
    return found(outside.with_columns(documents=pl.concat_list(paper(Fact.VOUCHER))), BreakCode.RECODED)


def zombies(
    parts: pl.DataFrame, orders: pl.DataFrame, moves: pl.DataFrame, policies: Policies, day: date
) -> pl.DataFrame:
    """Orders still open to which nothing has happened for long. `moves` has legal_entity, number and the date
    of each document of an order."""
    one = ["legal_entity", "number"]
    placed = orders.select(*one, date=pl.coalesce("ordered_on", "date"))
    last = pl.concat([placed, moves.select(*one, "date")]).group_by(one).agg(since=pl.col("date").max())
    latest = _back({e: p.zombie_days for e, p in policies.items()}, day)
    idle = (
        parts.filter((pl.col("measure") == "commitment") & (pl.col("fact") == Fact.ORDER.value))
        .group_by([*one, "source", "id", "currency"], maintain_order=True)
        .agg(pl.col("amount").sum())
        .join(last, on=one)
        .filter(pl.col("since") < latest)
    )
    return found(idle.with_columns(documents=pl.concat_list(paper(Fact.ORDER))), BreakCode.ZOMBIE_PO)


def untranslated(units: pl.DataFrame, waiting: pl.DataFrame, scope: Sequence[str]) -> pl.DataFrame:
    """Open order lines and invoices in flight without a rate to the ledger currency, in their own currency.
    `waiting` are invoice lines; `scope` the measures of the units that matter."""
    foreign = pl.col("rate").is_null() & (pl.col("currency") != pl.col("ledger_currency"))
    length = pl.sum_horizontal(pl.col(name) for name in scope)
    ordered = units.filter(foreign).with_columns(
        amount=(length * pl.col("_mirror") / pl.col("_per")).cast(EXACT),
        since=pl.col("ordered_on"),
        documents=pl.concat_list(paper(Fact.ORDER)),
    )
    billed = waiting.filter(foreign).with_columns(
        amount=(net_amount() + pl.col("tax").fill_null(Decimal(0))).cast(EXACT),
        since=pl.col("date"),
        documents=pl.concat_list(paper(Fact.INVOICE)),
    )
    lines = billed.unique(["legal_entity", "id", "line"], keep="first", maintain_order=True)
    return pl.concat([found(ordered, BreakCode.RATE_MISSING), found(lines, BreakCode.RATE_MISSING)])
