"""UNPOSTED_INVOICES: invoices approved in purchasing, and the vouchers the ledger has of them.

The left side are the approved invoices of the window, tax that is cost included; the right side the vouchers
that carry them, whenever posted, and the vouchers of the window that carry none.

    invoice      vouchers                  item
    I1  400      –                         NOT_EXPORTED 400, or how far it came
    I2  500      J2 500, J3 500            DUPLICATE_VOUCHER −500
    I3  300      J4 310                    AMOUNT_DIFFERS −10
    –            J5 200 of order PO9       KEYED_IN_LEDGER −200
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.engine import Desk
from resolvers.plan.execute import Collected
from resolvers.plan.plan import KeySet, Plan
from resolvers.plan.reconcile.question import Reason
from resolvers.plan.reconcile.reading import Found, aside, item, lookups, nothing, sides
from resolvers.plan.scope import in_scope, in_window
from resolvers.semantics import vouchers as voucher
from resolvers.semantics.breaks import invoice_values, overdue, paper
from resolvers.semantics.matching import INVOICE, Matched, duplicates, matched, telling
from resolvers.semantics.parts import with_class
from resolvers.semantics.policy import Policies, owned
from resolvers.semantics.terms import with_terms
from resolvers.semantics.values import APPROVED
from sources.spi.context import Context
from sources.spi.facts import Fact

MEASURES: Final = frozenset(("invoiced_not_posted",))
_WHOSE: Final = ["legal_entity", "id"]
_CARRIED: Final = (
    ("id", KeySet.CARRIED),
    ("supplier_invoice", KeySet.CARRIED_NUMBERS),
    ("po", KeySet.CARRIED_ORDERS),
)


def plans(bound: Bound, desk: Desk) -> tuple[Plan, ...]:
    """The invoices and what carries them; then the vouchers of the window, with the orders and the invoices
    of other windows that they name."""
    whole = replace(bound, question=replace(bound.question, breaks=True))  # vouchers with all their lines
    window, *_ = desk.planner.strays(bound).waves or ((),)
    posted = [node for node in window if node.fact is Fact.VOUCHER]
    own = desk.planner.plan(whole)
    named = lookups(desk, Fact.ORDER, bound, [("number", KeySet.NAMED)], own)
    named += lookups(desk, Fact.INVOICE, bound, _CARRIED, own)
    return own, aside(bound, posted, named)


async def read(bound: Bound, desk: Desk, ctx: Context) -> Found:
    own, beside = plans(bound, desk)
    collected = await desk.executor.run(own, ctx)
    strays = await desk.executor.run(beside, ctx, collected.frames)
    outcomes = (*collected.outcomes, *strays.outcomes)
    found = _compared(strays, bound, desk)
    return replace(found, plan=own.beside(beside), outcomes=outcomes)


def _compared(known: Collected, bound: Bound, desk: Desk) -> Found:
    """Every invoice read takes part in the matching, those of the window in the comparison."""
    orders = owned(known.rows(Fact.ORDER), bound.policies)
    billed = with_terms(known.rows(Fact.INVOICE), orders)
    journal = with_class(known.rows(Fact.VOUCHER), desk.model)
    ledger = matched(billed, journal)
    invoices = invoice_values(billed.filter(in_window(bound)))
    links = telling(ledger.links).join(invoices.select("legal_entity", invoice="id"), on=INVOICE, how="semi")
    alone = _alone(ledger, journal, orders, bound)
    approved = invoices.filter(pl.col("status").is_in(APPROVED))
    items = [
        *_not_posted(approved, ledger, bound.policies, bound.as_of or desk.model.today),
        *_posted_otherwise(invoices, links),
        *alone,
    ]
    posted = [links.select("legal_entity", "amount"), *(_turned(frame) for frame in alone)]
    left = pl.concat([nothing(bound.entities), approved.select("legal_entity", amount="value")])
    right = pl.concat([nothing(bound.entities), *posted])
    return Found(sides(left, right), pl.concat(items), Plan(bound, (), {}), bound.entities)


def _turned(items: pl.DataFrame) -> pl.DataFrame:
    return items.select("legal_entity", amount=-pl.col("amount"))


def _not_posted(
    approved: pl.DataFrame, ledger: Matched, policies: Policies, day: date
) -> Iterator[pl.DataFrame]:
    """Approved invoices that no voucher carries, by how far they came."""
    waiting = approved.join(ledger.posted, on=_WHOSE, how="anti").with_columns(
        amount=pl.col("value"),
        since=pl.coalesce("exported_on", "approved_on", "date"),
        documents=pl.concat_list(paper(Fact.INVOICE)),
    )
    yield item(waiting.join(ledger.reversed, on=_WHOSE, how="semi"), Reason.REVERSED)
    waiting = waiting.join(ledger.reversed, on=_WHOSE, how="anti")
    told, late = overdue(policies, day)
    sent = pl.col("exported_on").is_not_null() | (pl.col("status") == "EXPORTED")
    yield item(waiting.filter(told), Reason.STALE_SOURCE)
    yield item(waiting.filter(late), Reason.EXPORT_NOT_POSTED)
    yield item(waiting.filter(~told & ~late & sent), Reason.IN_TRANSIT)
    yield item(waiting.filter(~told & ~late & ~sent), Reason.NOT_EXPORTED)


def _posted_otherwise(invoices: pl.DataFrame, links: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """What the ledger has of invoices that are not approved, has twice, or has at another amount."""
    named = invoices.select(
        "legal_entity", "status", "value", invoice="id", _source="source", _number="number"
    )
    about = pl.concat_list(paper(Fact.VOUCHER), paper(Fact.INVOICE, "_source", "invoice", "_number"))
    carried = links.join(named, on=INVOICE).with_columns(
        amount=-pl.col("amount"), since=pl.col("date"), documents=about
    )
    approved = pl.col("status").is_in(APPROVED)
    yield item(carried.filter(~approved), Reason.NOT_APPROVED)
    extra = duplicates(links, named.filter(approved).select(*INVOICE, "value"))
    once = [*INVOICE, "source", "id", "reference"]
    yield item(carried.filter(approved).join(extra, on=once, how="semi"), Reason.DUPLICATE_VOUCHER)
    first = carried.filter(approved).join(extra, on=once, how="anti")
    apart = first.group_by(INVOICE, maintain_order=True).agg(
        amount=pl.col("value").first() + pl.col("amount").sum(),
        since=pl.col("date").min(),
        documents=pl.col("documents").list.explode().unique(maintain_order=True),
    )
    yield item(apart, Reason.AMOUNT_DIFFERS)


def _alone(
    ledger: Matched, journal: pl.DataFrame, orders: pl.DataFrame, bound: Bound
) -> tuple[pl.DataFrame, ...]:
    """What payables booked in scope that no invoice stands for: of an order line, of one that nobody knows,
    or of an invoice that purchasing never had."""
    made = voucher.lines(journal)
    payable = pl.col("origin").fill_null("AP") == "AP"
    here = made.filter(~pl.col("_void") & payable & in_scope(bound)).select(voucher.VOUCHER).unique()
    lines = orders.select("legal_entity", ref_po="number", ref_po_line="line").unique()
    shown = {"since": pl.col("date"), "documents": pl.concat_list(paper(Fact.VOUCHER))}
    keyed = ledger.keyed.join(here, on=voucher.VOUCHER, how="semi").with_columns(
        amount=-pl.col("amount"), place=pl.col("ref_po"), **shown
    )
    place = ["legal_entity", "ref_po", "ref_po_line"]
    strangers = (
        voucher.vouchers(made)
        .filter(~pl.col("void"))
        .join(here, on=voucher.VOUCHER, how="semi")
        .join(ledger.links, on=voucher.VOUCHER, how="anti")
        .join(ledger.keyed, on=voucher.VOUCHER, how="anti")
        .with_columns(amount=-pl.col("amount"), **shown)
    )
    return (
        item(keyed.join(lines, on=place, how="semi"), Reason.KEYED_IN_LEDGER),
        item(keyed.join(lines, on=place, how="anti"), Reason.PO_REF_NOT_FOUND),
        item(strangers, Reason.INVOICE_NOT_FOUND),
    )
