"""GRNI_GL: what purchasing has received and not invoiced, and the ledger's account for it.

Only of entities whose ledger books receipts. Both sides are balances of one day, the left at order value, the
right the credit balance of the accounts that the policy lists under `grniAccounts`. A document on these
accounts belongs to the order it names; what names none is left unexplained.

    order  received  invoiced       left  ledger   item
    PO1    6 × 100   –               600     600   –
    PO2    4 × 100   –               400       –   RECEIPT_NOT_POSTED 400
    PO3    5 × 100   5, not posted     –     500   INVOICE_NOT_POSTED −500
"""

from dataclasses import replace
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.compute import compute
from resolvers.plan.consumption import Chain
from resolvers.plan.engine import Desk
from resolvers.plan.plan import Plan
from resolvers.plan.reconcile.balance import closing_day, holding, posted_on
from resolvers.plan.reconcile.question import Reason
from resolvers.plan.reconcile.reading import Found, aside, item, nothing, scans, sides
from resolvers.semantics.breaks import paper
from resolvers.semantics.entities import Policy
from resolvers.semantics.rounding import rounded
from resolvers.semantics.values import APPROVED
from sources.spi.context import Context
from sources.spi.facts import EXACT, Fact

MEASURES: Final = frozenset(("received_in_actual",))
_ORDER: Final = ["legal_entity", "number"]


def _accounts(policy: Policy) -> frozenset[str]:
    return policy.grni_accounts if policy.grni_in_ledger else frozenset()


def plans(bound: Bound, desk: Desk) -> tuple[Plan, ...]:
    """All orders up to the day and what became of them; then what was ever posted on the accounts."""
    at = _at(bound, desk)
    return desk.planner.plan(at), aside(at, scans(desk, Fact.LEDGER, at, at.entities, holding(at, _accounts)))


def _at(bound: Bound, desk: Desk) -> Bound:
    """The question about the entities it can be asked of, of all periods, on the day its window ends."""
    day = closing_day(bound, desk.model.today)
    booking = tuple(e for e in bound.entities if _accounts(bound.policies[e]))
    past = day if day < desk.model.today else None
    return replace(bound, entities=booking, periods=bound.calendar.periods, as_of=past)


async def read(bound: Bound, desk: Desk, ctx: Context) -> Found:
    at = _at(bound, desk)
    own, beside = plans(bound, desk)
    collected = await desk.executor.run(own, ctx)
    books = await desk.executor.run(beside, ctx)
    computed = compute(collected, at, desk.model, desk.signs)
    owed = computed.parts.filter(pl.col("measure") == "received_in_actual")
    booked = posted_on(books.rows(Fact.LEDGER), at, _accounts).with_columns(amount=-pl.col("amount"))
    lines = sides(
        pl.concat([nothing(at.entities), owed.select("legal_entity", "amount")]),
        pl.concat([nothing(at.entities), booked.select("legal_entity", "amount")]),
    )
    outcomes = (*collected.outcomes, *books.outcomes)
    left_out = [e for e in bound.entities if e not in at.entities]
    notes = tuple(f"{e}: its policy names no grniAccounts, or its ledger books no receipts" for e in left_out)
    items = _items(owed, booked, computed.chain)
    return Found(lines, items, own.beside(beside), at.entities, outcomes, notes)


def _items(owed: pl.DataFrame, booked: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """Order by order, what explains the difference."""
    named = _by_order(booked, chain)
    left = owed.group_by(_ORDER, maintain_order=True).agg(left=pl.col("amount").sum())
    right = named.group_by(_ORDER, maintain_order=True).agg(
        right=pl.col("amount").sum(), since=pl.col("date").min()
    )
    orders = chain.every.unique(_ORDER, keep="first", maintain_order=True).select(
        *_ORDER, "source", "id", _on="ordered_on", _known=pl.lit(value=True)
    )
    apart = (
        left.join(right, on=_ORDER, how="full", coalesce=True)
        .with_columns(pl.col("left", "right").fill_null(0).cast(EXACT))
        .with_columns(amount=pl.col("left") - pl.col("right"))
        .filter(pl.col("amount") != 0)
        .join(orders, on=_ORDER, how="left", maintain_order="left")
    )
    waiting = _waiting(chain)
    held = apart.join(waiting, on=_ORDER, how="left", maintain_order="left").with_columns(
        _transit=pl.when(pl.col("amount") < 0)
        .then(-pl.min_horizontal(-pl.col("amount"), pl.col("_value").fill_null(0).clip(lower_bound=0)))
        .otherwise(0)
        .cast(EXACT)
    )
    moving = held.with_columns(amount=pl.col("_transit"), since=pl.col("_since"), documents=pl.col("_papers"))
    rest = held.with_columns(
        amount=pl.col("amount") - pl.col("_transit"),
        since=pl.coalesce("since", "_on"),
        place=pl.col("number"),
        documents=pl.concat_list(paper(Fact.ORDER)),
    )
    known = pl.col("_known").fill_null(value=False)
    unposted = known & (pl.col("right") == 0)
    return pl.concat(
        [
            item(moving, Reason.INVOICE_NOT_POSTED),
            item(rest.filter(unposted), Reason.RECEIPT_NOT_POSTED),
            item(rest.filter(known & ~unposted), Reason.AMOUNT_DIFFERS),
            item(rest.filter(~known).with_columns(documents=None), Reason.PO_REF_NOT_FOUND),
        ]
    )


def _by_order(booked: pl.DataFrame, chain: Chain) -> pl.DataFrame:
    """The postings that belong to an order: the one they name, else the only one their document names."""
    document = ["legal_entity", "number"]
    only = (
        chain.journal.filter(pl.col("ref_po").is_not_null())
        .group_by(document)
        .agg(_only=pl.col("ref_po").unique())
        .filter(pl.col("_only").list.len() == 1)
        .with_columns(_only=pl.col("_only").list.first())
    )
    return (
        booked.join(only, on=document, how="left", maintain_order="left")
        .with_columns(number=pl.coalesce("ref_po", "_only"))
        .filter(pl.col("number").is_not_null())
    )


def _waiting(chain: Chain) -> pl.DataFrame:
    """What approved invoices that are not posted take from what was received, by order, at order value."""
    one = ["legal_entity", "id"]
    lines = chain.lines.filter(pl.col("receipt_required").fill_null(value=False)).select(
        "legal_entity", "_worth", "_per", "_by_amount", po="number", po_line="line"
    )
    billed = (
        chain.invoices.filter(pl.col("status").is_in(APPROVED))
        .unique([*one, "line"], keep="first", maintain_order=True)
        .join(pl.concat([chain.ledger.posted, chain.ledger.reversed]), on=one, how="anti")
        .join(lines, on=["legal_entity", "po", "po_line"])
    )
    units = pl.when("_by_amount").then(pl.col("amount")).otherwise(pl.col("quantity"))
    sign = pl.when(pl.col("type").fill_null("") == "CREDIT").then(-1).otherwise(1)
    return billed.group_by("legal_entity", number="po", maintain_order=True).agg(
        _value=rounded(
            (units * sign * pl.col("_worth") / pl.col("_per")).sum().cast(EXACT), pl.col("exponent").first()
        ),
        _since=pl.coalesce("approved_on", "date").min(),
        _papers=paper(Fact.INVOICE).unique(maintain_order=True),
    )
