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
from resolvers.semantics.entities import Blankets, ReliefRate
from resolvers.semantics.inflight import invoiced_not_posted
from resolvers.semantics.matching import Matched, matched
from resolvers.semantics.model import Model
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


@dataclass(frozen=True, slots=True)
class Ordered:
    """Orders before anything is matched with them: as `read`, each once; `every` one settled by policy; those
    in scope (distributions), and the `lines` of these."""

    read: pl.DataFrame
    every: pl.DataFrame
    orders: pl.DataFrame
    lines: pl.DataFrame


def ordered(collected: Collected, bound: Bound, model: Model) -> Ordered:
    """The question's orders, from ORDER and ORDER_SCHEDULE alone."""
    read = owned(collected.rows(Fact.ORDER), bound.policies)
    every = _settled(read, bound, model)
    orders = orders_in_scope(every, collected.rows(Fact.ORDER_SCHEDULE), bound, model)
    return Ordered(read, every, orders, order_lines(orders))


def chained(collected: Collected, bound: Bound, model: Model, of: Ordered | None = None) -> Chain:
    """The documents of the question, settled by policy, matched and relieved."""
    policies, of = bound.policies, of or ordered(collected, bound, model)
    billed = with_terms(collected.rows(Fact.INVOICE), of.read)
    invoices = taxed(billed, policies, "tax", "recoverable_tax")
    journal = part.with_class(collected.rows(Fact.VOUCHER), model)
    ledger = matched(billed, journal)  # the ledger books its own tax, whatever the policy counts
    counting = (
        invoices.join(ledger.reversed, on=_INVOICE, how="anti")
        .join(ledger.posted.with_columns(_in_ledger=pl.lit(value=True)), on=_INVOICE, how="left")
        .filter(pl.col("status").is_in(APPROVED) | pl.col("_in_ledger"))
        .unique([*_INVOICE, "line"], keep="first", maintain_order=True)
    )
    of_lines = units(of.orders, of.lines, counting, ledger.keyed)
    booking = entities(policies, lambda policy: policy.grni_in_ledger)
    done = relieved(of_lines, collected.rows(Fact.RECEIPT), counting, ledger.keyed, accrued(journal), booking)
    phases = collected.rows(Fact.ORDER_SCHEDULE)
    return Chain(of.orders, of.every, of.lines, done, invoices, journal, ledger, phases)


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


def documents(
    collected: Collected, bound: Bound, model: Model, chain: Chain, others: list[pl.DataFrame] | None = None
) -> list[pl.DataFrame]:
    """The parts of every stage before the ledger, and of the memos; `others` are `unmatched` if they are
    there already."""
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
    return [*made, *(unmatched(collected, bound, model, chain.every) if others is None else others)]


UNMATCHED: Final = (
    *(Fact.ORDER, Fact.ORDER_SCHEDULE, Fact.REQUISITION),
    *(Fact.BLANKET, Fact.DEFERRAL, Fact.SUBSCRIPTION),
)
"""The facts of `unmatched`."""


def unmatched(collected: Collected, bound: Bound, model: Model, every: pl.DataFrame) -> list[pl.DataFrame]:
    """The parts that no receipt, invoice or voucher has a say in. `every` are the orders, settled."""
    return [*_agreements(collected, bound, model, every), *_requisitions(collected, bound, every)]


def _waiting(bound: Bound, chain: Chain) -> pl.DataFrame:
    approved = chain.invoices.filter(pl.col("status").is_in(APPROVED))
    elsewhere = pl.concat([chain.ledger.posted, chain.ledger.reversed])
    booking = entities(bound.policies, lambda policy: policy.grni_in_ledger)
    waiting = invoiced_not_posted(approved, chain.every, elsewhere, chain.units, booking)
    return _parts(waiting.with_columns(ref_po=pl.col("po")), "invoiced_not_posted", Fact.INVOICE)


def _agreements(collected: Collected, bound: Bound, model: Model, every: pl.DataFrame) -> list[pl.DataFrame]:
    """Deferrals, subscriptions, and what blanket agreements leave."""
    day = bound.as_of or model.today
    made: list[pl.DataFrame] = []
    deferrals, subscriptions = collected.rows(Fact.DEFERRAL), collected.rows(Fact.SUBSCRIPTION)
    if "prepaid_remaining" in bound.needed and not deferrals.is_empty():
        rows = agreements.still_to_come(deferrals, model.home, day)
        made.append(_parts(rows, "prepaid_remaining", Fact.DEFERRAL))
    if "commitment" in bound.needed and not subscriptions.is_empty():
        running = agreements.committed(subscriptions, model.home, day)
        made.append(_parts(running, "commitment", Fact.SUBSCRIPTION))
    blankets = collected.rows(Fact.BLANKET)
    if not blankets.is_empty():
        rest = agreements.headroom(blankets, order_lines(every))
        limit = entities(bound.policies, lambda policy: policy.blanket is Blankets.LIMIT)
        for measure, some in (("commitment", limit), ("blanket_remaining", bound.policies.keys() - limit)):
            if measure in bound.needed:
                made.append(_parts(rest.filter(pl.col("legal_entity").is_in(some)), measure, Fact.BLANKET))
    return made


def _requisitions(collected: Collected, bound: Bound, every: pl.DataFrame) -> list[pl.DataFrame]:
    rows = taxed(collected.rows(Fact.REQUISITION), bound.policies, "tax_rate", "recoverable_tax_rate")
    return [
        _parts(pre_commitment(rows, every, status), measure, Fact.REQUISITION)
        for measure, status in (("pre_commitment", "APPROVED"), ("pending_pre_commitment", "PENDING"))
        if measure in bound.needed
    ]


def _parts(rows: pl.DataFrame, measure: str, fact: Fact) -> pl.DataFrame:
    """Rows with `amount` in the ledger currency as parts."""
    return part.shaped(rows.with_columns(currency=pl.col("ledger_currency")), measure, fact)
