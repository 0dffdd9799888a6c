"""The consumption chain: from the documents read to the parts of every stage before the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.execute import Collected
from resolvers.plan.keys import orders_in_scope
from resolvers.semantics import agreements
from resolvers.semantics import parts as part
from resolvers.semantics.currency import spot_rates
from resolvers.semantics.inflight import invoiced_not_posted
from resolvers.semantics.matching import Matched, matched
from resolvers.semantics.model import Blankets, Model, ReliefRate
from resolvers.semantics.placing import MEASURED, placed, revalued
from resolvers.semantics.policy import RateAt, dated, entities, owned, rated, taxed
from resolvers.semantics.rates import budget_rates
from resolvers.semantics.relief import order_lines, relieved, units
from resolvers.semantics.requisitions import pre_commitment
from resolvers.semantics.terms import with_terms
from resolvers.semantics.values import APPROVED
from resolvers.semantics.vouchers import accrued
from sources.spi.facts import Fact

_INVOICE: Final = ["legal_entity", "id"]


@dataclass(frozen=True, slots=True)
class Chain:
    """What became of the documents: `orders` in scope (distributions) and `every` order read, their `lines`,
    the relieved `units`, `invoices` with their terms, the ledger lines that refer to something, and how these
    belong together."""

    orders: pl.DataFrame
    every: pl.DataFrame
    lines: pl.DataFrame
    units: pl.DataFrame
    invoices: pl.DataFrame
    journal: pl.DataFrame
    ledger: Matched
    phases: pl.DataFrame


def chained(collected: Collected, bound: Bound, model: Model) -> Chain:
    """The documents of the question, settled by policy, matched and relieved."""
    policies = bound.policies
    read = owned(collected.rows(Fact.ORDER), policies)
    billed = with_terms(collected.rows(Fact.INVOICE), read)
    invoices = taxed(billed, policies, "tax", "recoverable_tax")
    every = _settled(read, bound, model)
    phases = collected.rows(Fact.ORDER_SCHEDULE)
    orders = orders_in_scope(every, phases, bound, model)
    lines = order_lines(orders)
    journal = part.with_class(collected.rows(Fact.VOUCHER), model)
    ledger = matched(billed, journal)  # the ledger books its own tax, whatever the policy counts
    counting = (
        invoices.join(ledger.reversed, on=_INVOICE, how="anti")
        .join(ledger.posted.with_columns(_in_ledger=pl.lit(value=True)), on=_INVOICE, how="left")
        .filter(pl.col("status").is_in(APPROVED) | pl.col("_in_ledger"))
        .unique([*_INVOICE, "line"], keep="first", maintain_order=True)
    )
    of = units(orders, lines, counting, ledger.keyed)
    booking = entities(policies, lambda policy: policy.grni_in_ledger)
    done = relieved(of, collected.rows(Fact.RECEIPT), counting, ledger.keyed, accrued(journal), booking)
    return Chain(orders, every, lines, done, invoices, journal, ledger, phases)


def _settled(orders: pl.DataFrame, bound: Bound, model: Model) -> pl.DataFrame:
    gross = taxed(orders, bound.policies, "tax_rate", "recoverable_tax_rate")
    moved = dated(gross, bound.policies, bound.calendar)
    return rated(moved, bound.policies, _rates(bound, model))


def _rates(bound: Bound, model: Model) -> Mapping[ReliefRate, RateAt]:
    """The rates of a ledger that are not an order's own: the budget's of the period's year, the latest."""
    years = bound.years
    budget = budget_rates(model, bound.question.version)
    spot = spot_rates(model.spot_rates, bound.as_of or model.today)
    ledger = {id_: entity.currency for id_, entity in model.legal_entities.items()}
    return {
        ReliefRate.BUDGET: lambda e, currency, period: budget.get(
            (currency, ledger[e], years.get(period, 0))
        ),
        ReliefRate.CURRENT: lambda e, currency, _: spot.get((currency, ledger[e])),
    }


def documents(collected: Collected, bound: Bound, model: Model, chain: Chain) -> list[pl.DataFrame]:
    """The parts of every stage before the ledger, and of the memos."""
    needed = set(bound.needed)
    made = [
        _parts(placed(chain.orders, chain.units, chain.phases, name), name, Fact.ORDER)
        for name in MEASURED
        if name in needed
    ]
    if "commitment_revaluation" in needed:
        committed = placed(chain.orders, chain.units, chain.phases, "commitment")
        apart = revalued(committed, _rates(bound, model)[ReliefRate.CURRENT])
        made.append(_parts(apart, "commitment_revaluation", Fact.ORDER))
    if "invoiced_not_posted" in needed:
        made.append(_waiting(bound, chain))
    return [*made, *_agreements(collected, bound, model, chain), *_requisitions(collected, bound, chain)]


def _waiting(bound: Bound, chain: Chain) -> pl.DataFrame:
    approved = chain.invoices.filter(pl.col("status").is_in(APPROVED))
    elsewhere = pl.concat([chain.ledger.posted, chain.ledger.reversed])
    booking = entities(bound.policies, lambda policy: policy.grni_in_ledger)
    waiting = invoiced_not_posted(approved, chain.every, elsewhere, chain.units, booking)
    return _parts(waiting.with_columns(ref_po=pl.col("po")), "invoiced_not_posted", Fact.INVOICE)


def _agreements(collected: Collected, bound: Bound, model: Model, chain: Chain) -> list[pl.DataFrame]:
    """Deferrals, subscriptions, and what blanket agreements leave."""
    day = bound.as_of or model.today
    made: list[pl.DataFrame] = []
    if "prepaid_remaining" in bound.needed:
        rows = agreements.still_to_come(collected.rows(Fact.DEFERRAL), model.home, day)
        made.append(_parts(rows, "prepaid_remaining", Fact.DEFERRAL))
    if "commitment" in bound.needed:
        running = agreements.committed(collected.rows(Fact.SUBSCRIPTION), model.home, day)
        made.append(_parts(running, "commitment", Fact.SUBSCRIPTION))
    blankets = collected.rows(Fact.BLANKET)
    if not blankets.is_empty():
        rest = agreements.headroom(blankets, order_lines(chain.every))
        limit = entities(bound.policies, lambda policy: policy.blanket is Blankets.LIMIT)
        for measure, some in (("commitment", limit), ("blanket_remaining", bound.policies.keys() - limit)):
            if measure in bound.needed:
                made.append(_parts(rest.filter(pl.col("legal_entity").is_in(some)), measure, Fact.BLANKET))
    return made


def _requisitions(collected: Collected, bound: Bound, chain: Chain) -> list[pl.DataFrame]:
    rows = taxed(collected.rows(Fact.REQUISITION), bound.policies, "tax_rate", "recoverable_tax_rate")
    return [
        _parts(pre_commitment(rows, chain.every, status), measure, Fact.REQUISITION)
        for measure, status in (("pre_commitment", "APPROVED"), ("pending_pre_commitment", "PENDING"))
        if measure in bound.needed
    ]


def _parts(rows: pl.DataFrame, measure: str, fact: Fact) -> pl.DataFrame:
    """Rows with `amount` in the ledger currency as parts."""
    return part.shaped(rows.with_columns(currency=pl.col("ledger_currency")), measure, fact)
