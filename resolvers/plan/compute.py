"""From rows to parts: each base measure's parts, in scope, in the currency of the answer."""

from dataclasses import dataclass

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.execute import Collected
from resolvers.plan.keys import orders_in_scope
from resolvers.plan.planner import GRAIN
from resolvers.plan.scope import in_scope
from resolvers.semantics import parts as part
from resolvers.semantics.inflight import invoiced_not_posted
from resolvers.semantics.matching import matched
from resolvers.semantics.model import Model
from resolvers.semantics.relief import APPROVED, LINE, distributed, order_lines, relieved
from resolvers.semantics.requisitions import pre_commitment
from resolvers.semantics.terms import with_terms
from resolvers.semantics.translation import RateMissing, translated
from sources.spi.facts import Fact, Sign

_FLOW_GRAIN = ("measure", "source", *GRAIN)
_DOCUMENT_GRAIN = ("measure", "fact", "source", "id", "line")


@dataclass(frozen=True, slots=True)
class Computed:
    """`parts` of every base measure asked for; `needs_receipts` are the entities with order lines in scope
    that only receipts can relieve; `rates_missing` says what could not be translated."""

    parts: pl.DataFrame
    needs_receipts: frozenset[str]
    rates_missing: tuple[RateMissing, ...]


def compute(collected: Collected, bound: Bound, model: Model, signs: dict[str, dict[Fact, Sign]]) -> Computed:
    base = set(bound.base)
    orders = orders_in_scope(collected.rows(Fact.ORDER), bound, model)
    lines = order_lines(orders)
    flows = [_flow(collected.rows(fact), fact, model, signs) for fact in (Fact.BUDGET, Fact.LEDGER)]
    booking = frozenset(e for e in bound.entities if model.legal_entities[e].policy.grni_in_ledger)
    documents = [*_chain(collected, orders, lines, base, booking), *_requisitions(collected, base)]
    flow, flow_missing = _asked(pl.concat(flows), _FLOW_GRAIN, bound, model)
    chain, chain_missing = _asked(pl.concat([part.none(), *documents]), _DOCUMENT_GRAIN, bound, model)
    needing = _needing(orders, lines, bound, model)
    return Computed(pl.concat([flow, chain]), needing, (*flow_missing, *chain_missing))


def _flow(rows: pl.DataFrame, fact: Fact, model: Model, signs: dict[str, dict[Fact, Sign]]) -> pl.DataFrame:
    make = part.budget_parts if fact is Fact.BUDGET else part.actual_parts
    by_source = rows.partition_by("source", as_dict=True)
    made = [
        make(part.with_class(frame, model), signs[str(source)][fact])
        for (source,), frame in by_source.items()
    ]
    return pl.concat([part.none(), *made])


def _chain(
    collected: Collected, orders: pl.DataFrame, lines: pl.DataFrame, base: set[str], booking: frozenset[str]
) -> list[pl.DataFrame]:
    """Order to invoice: relief of the orders in scope and what is approved but not posted."""
    if not base & {"commitment", "received_not_invoiced", "invoiced_not_posted"}:
        return []
    invoices = with_terms(collected.rows(Fact.INVOICE), collected.rows(Fact.ORDER))
    vouchers = collected.rows(Fact.VOUCHER)
    ledger = matched(invoices, vouchers)
    in_ledger = ledger.posted.with_columns(_in_ledger=pl.lit(value=True))
    counting = invoices.join(in_ledger, on=["legal_entity", "id"], how="left").filter(
        pl.col("status").is_in(APPROVED) | pl.col("_in_ledger")
    )
    one_per_line = counting.unique(["legal_entity", "id", "line"], keep="first", maintain_order=True)
    done = relieved(lines, collected.rows(Fact.RECEIPT), one_per_line, ledger.keyed, booking)
    made = [
        part.shaped(_in_ledger_currency(distributed(orders, done, measure)), measure, Fact.ORDER)
        for measure in ("commitment", "received_not_invoiced")
        if measure in base
    ]
    if "invoiced_not_posted" in base:
        approved = invoices.filter(pl.col("status").is_in(APPROVED))
        waiting = invoiced_not_posted(approved, collected.rows(Fact.ORDER), ledger.posted, done, booking)
        named = _in_ledger_currency(waiting).with_columns(ref_po=pl.col("po"))
        made.append(part.shaped(named, "invoiced_not_posted", Fact.INVOICE))
    return made


def _requisitions(collected: Collected, base: set[str]) -> list[pl.DataFrame]:
    if "pre_commitment" not in base:
        return []
    asked = pre_commitment(collected.rows(Fact.REQUISITION), collected.rows(Fact.ORDER))
    return [part.shaped(_in_ledger_currency(asked), "pre_commitment", Fact.REQUISITION)]


def _in_ledger_currency(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(currency=pl.col("ledger_currency"))


def _asked(
    frame: pl.DataFrame, grain: tuple[str, ...], bound: Bound, model: Model
) -> tuple[pl.DataFrame, list[RateMissing]]:
    """The parts the question is about, in its currency. What has to be translated is translated whole, so
    that a share does not depend on which of its neighbours were asked for."""
    based = part.with_class(frame.filter(pl.col("measure").is_in(bound.base)), model)
    marked = based.with_columns(_asked=in_scope(bound))
    foreign = pl.col("currency") != bound.currency
    needed = marked.filter(pl.col("_asked") | (foreign & pl.col("_asked").any().over(grain)))
    years = {period.id: period.fiscal_year for period in bound.calendar.periods}
    whole, missing = translated(needed, grain, bound.currency, years, model.rates)
    return whole.filter("_asked").drop("_asked", "kind"), missing


def _needing(orders: pl.DataFrame, lines: pl.DataFrame, bound: Bound, model: Model) -> frozenset[str]:
    """The entities with order lines in scope that only receipts can relieve."""
    asked = part.with_class(orders, model).filter(in_scope(bound)).select(LINE).unique()
    needing = lines.filter(pl.col("receipt_required").fill_null(value=False)).join(asked, on=LINE, how="semi")
    return frozenset(needing["legal_entity"].to_list())
