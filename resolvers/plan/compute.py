"""From rows to parts: each base measure's parts, in scope, in the currency of the answer."""

from dataclasses import dataclass

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.consolidation import between, taken_off
from resolvers.plan.consumption import Chain, chained, documents
from resolvers.plan.control import controlled
from resolvers.plan.execute import Collected
from resolvers.plan.grouping import GRAIN
from resolvers.plan.scope import in_place, in_scope
from resolvers.semantics import parts as part
from resolvers.semantics.calendar import PERIOD_MISSING
from resolvers.semantics.measures import TWO_RATES
from resolvers.semantics.model import Model
from resolvers.semantics.rates import RateBasis, RateMissing, rate_book
from resolvers.semantics.relief import LINE
from resolvers.semantics.splitting import split_documents, split_flows
from resolvers.semantics.translation import translated
from sources.spi.facts import Fact, Sign

_FLOW_GRAIN = ("measure", "source", *GRAIN, "less")
_STATED = ("source", "type", "status", "scenario", "version", *GRAIN)
_DOCUMENT_GRAIN = ("measure", "fact", "source", "id", "line")


@dataclass(frozen=True, slots=True)
class Computed:
    """`parts` of every base measure needed; `unplaced` those that would be in scope but for their period,
    which the calendar does not have; `chain` is what became of the documents; `needs_receipts` are the
    entities with order lines in scope that only receipts can relieve; `rates_missing` says what could not be
    translated. Where the question compares rate bases, parts have a column named after each, beside
    `amount`."""

    parts: pl.DataFrame
    unplaced: pl.DataFrame
    chain: Chain
    needs_receipts: frozenset[str]
    rates_missing: tuple[RateMissing, ...]


def compute(collected: Collected, bound: Bound, model: Model, signs: dict[str, dict[Fact, Sign]]) -> Computed:
    chain = chained(collected, bound, model)
    budget, ledger = (_flow(collected.rows(f), f, model, signs) for f in (Fact.BUDGET, Fact.LEDGER))
    every = pl.concat([controlled(budget, bound, model), ledger])
    flows = every.filter(pl.col("legal_entity").is_in(bound.entities))
    flow, flow_missing = _asked(flows, _FLOW_GRAIN, bound, model)
    off, off_missing = _eliminated(every, bound, model) if bound.consolidated else (flow.clear(), [])
    made = pl.concat([part.none(), *documents(collected, bound, model, chain)])
    staged = split_documents(made, model.shares)
    shown, missing = _asked(staged, _DOCUMENT_GRAIN, bound, model)
    needing = _needing(chain.orders, chain.lines, bound, model)
    nowhere = _unplaced(pl.concat([flows, staged]), bound, model)
    lacking = {str(rate): rate for rate in (*flow_missing, *off_missing, *missing)}
    return Computed(
        pl.concat([flow, off.select(flow.columns), shown]), nowhere, chain, needing, tuple(lacking.values())
    )


def _flow(rows: pl.DataFrame, fact: Fact, model: Model, signs: dict[str, dict[Fact, Sign]]) -> pl.DataFrame:
    make = part.budget_parts if fact is Fact.BUDGET else part.actual_parts
    rows = split_flows(rows, model.shares, [name for name in _STATED if name in rows.columns])
    by_source = rows.partition_by("source", as_dict=True)
    made = [
        make(part.with_class(frame, model), signs[str(source)][fact])
        for (source,), frame in by_source.items()
    ]
    return pl.concat([part.none(), *made])


def _asked(
    frame: pl.DataFrame, grain: tuple[str, ...], bound: Bound, model: Model
) -> tuple[pl.DataFrame, list[RateMissing]]:
    """The parts the question is about, in its currency. What has to be translated is translated whole, so
    that a share does not depend on which of its neighbours were asked for."""
    based = part.with_class(frame.filter(pl.col("measure").is_in(bound.needed)), model)
    marked = based.with_columns(_asked=in_scope(bound))
    foreign = pl.col("currency") != bound.currency
    needed = marked.filter(pl.col("_asked") | (foreign & pl.col("_asked").any().over(grain)))
    whole, missing = _translated(needed, grain, bound, model)
    return whole.filter("_asked").drop("_asked", "kind"), missing


def _eliminated(flow: pl.DataFrame, bound: Bound, model: Model) -> tuple[pl.DataFrame, list[RateMissing]]:
    """What entities booked with each other, taken off, where the question consolidates."""
    booked = between(flow, bound, model)
    whole, missing = _translated(booked, (*_FLOW_GRAIN, "partner"), bound, model)
    return taken_off(whole, (*_FLOW_GRAIN, "partner"), bound), missing


def _translated(
    frame: pl.DataFrame, grain: tuple[str, ...], bound: Bound, model: Model
) -> tuple[pl.DataFrame, list[RateMissing]]:
    """The parts in the question's currency and on its basis; where it compares both bases, with a column for
    each beside `amount`."""
    asked, day = bound.question, bound.as_of or model.today
    book = rate_book(model, bound.calendar, asked.version, day)
    if not asked.measures & TWO_RATES:
        return translated(frame, grain, bound.currency, book, asked.rate_basis)
    numbered = frame.with_row_index("_place")
    done = {basis: translated(numbered, grain, bound.currency, book, basis) for basis in RateBasis}
    whole, _ = done[asked.rate_basis]
    for basis, (shown, _) in done.items():
        amounts = shown.select("_place", pl.col("amount").alias(basis.value))
        whole = whole.join(amounts, on="_place", maintain_order="left")
    return whole.drop("_place"), [lacking for _, missing in done.values() for lacking in missing]


def _unplaced(parts: pl.DataFrame, bound: Bound, model: Model) -> pl.DataFrame:
    """Parts of what was read that lie in no period, each in its ledger's currency."""
    missing = parts.filter((pl.col("period") == PERIOD_MISSING) & pl.col("measure").is_in(bound.needed))
    return part.with_class(missing, model).filter(in_place(bound)).drop("kind")


def _needing(orders: pl.DataFrame, lines: pl.DataFrame, bound: Bound, model: Model) -> frozenset[str]:
    """The entities with order lines in scope that only receipts can relieve."""
    asked = part.with_class(orders, model).filter(in_scope(bound)).select(LINE).unique()
    needing = lines.filter(pl.col("receipt_required").fill_null(value=False)).join(asked, on=LINE, how="semi")
    return frozenset(needing["legal_entity"].to_list())
