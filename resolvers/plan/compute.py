"""From rows to parts: each base measure's parts, in scope, in the currency of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.consumption import UNMATCHED, Chain, Ordered, chained, documents, ordered, unmatched
from resolvers.plan.execute import Ahead, Collected
from resolvers.plan.planner import GRAIN
from resolvers.plan.scope import in_place, in_scope
from resolvers.semantics import parts as part
from resolvers.semantics.calendar import PERIOD_MISSING
from resolvers.semantics.model import Model
from resolvers.semantics.relief import LINE
from resolvers.semantics.translation import RateMissing, translated
from sources.spi.facts import Fact, Sign

_FLOW_GRAIN = ("measure", "source", *GRAIN)
_FLOWS, _ORDERS = (Fact.BUDGET, Fact.LEDGER), (Fact.ORDER, Fact.ORDER_SCHEDULE)
Signs = Mapping[str, Mapping[Fact, Sign]]
"""How each source writes the amounts of each fact."""
_DOCUMENT_GRAIN = ("measure", "fact", "source", "id", "line")


@dataclass(frozen=True, slots=True)
class Computed:
    """`parts` of every base measure needed; `unplaced` those that would be in scope but for their period,
    which the calendar does not have; `chain` is what became of the documents; `needs_receipts` are the
    entities with order lines in scope that only receipts can relieve; `rates_missing` says what could not be
    translated."""

    parts: pl.DataFrame
    unplaced: pl.DataFrame
    chain: Chain
    needs_receipts: frozenset[str]
    rates_missing: tuple[RateMissing, ...]


@dataclass(frozen=True, slots=True)
class _Flows:
    """Budget and ledger: all parts, those asked for in the currency of the answer, and missing rates."""

    every: pl.DataFrame
    shown: pl.DataFrame
    missing: list[RateMissing]


@dataclass(slots=True)
class Early:
    """What is computed already of a question that is still being read."""

    flows: _Flows | None = None
    ordered: Ordered | None = None
    needing: frozenset[str] | None = None
    unmatched: list[pl.DataFrame] | None = None


def pieces(early: Early, bound: Bound, model: Model, signs: Signs) -> tuple[Ahead, ...]:
    """What can be computed before the vouchers are there, each piece from its own facts, into `early`."""

    def flows(read: Collected) -> None:
        early.flows = _flows(read, bound, model, signs)

    def orders(read: Collected) -> None:
        early.ordered = ordered(read, bound, model)
        early.needing = _needing(early.ordered.orders, early.ordered.lines, bound, model)

    def others(read: Collected) -> None:
        of = early.ordered or ordered(read, bound, model)
        early.unmatched = unmatched(read, bound, model, of.every)

    return Ahead(_FLOWS, flows), Ahead(_ORDERS, orders), Ahead(UNMATCHED, others)


def compute(
    collected: Collected, bound: Bound, model: Model, signs: Signs, early: Early | None = None
) -> Computed:
    """The parts of all that was read; what is in `early` is not computed again."""
    early = early or Early()
    chain = chained(collected, bound, model, early.ordered)
    flows = early.flows or _flows(collected, bound, model, signs)
    staged = pl.concat([part.none(), *documents(collected, bound, model, chain, early.unmatched)])
    shown, missing = _asked(staged, _DOCUMENT_GRAIN, bound, model)
    needing = early.needing
    if needing is None:
        needing = _needing(chain.orders, chain.lines, bound, model)
    nowhere = _unplaced(pl.concat([flows.every, staged]), bound, model)
    return Computed(pl.concat([flows.shown, shown]), nowhere, chain, needing, (*flows.missing, *missing))


def _flows(collected: Collected, bound: Bound, model: Model, signs: Signs) -> _Flows:
    every = pl.concat([_flow(collected.rows(fact), fact, model, signs) for fact in _FLOWS])
    return _Flows(every, *_asked(every, _FLOW_GRAIN, bound, model))


def _flow(rows: pl.DataFrame, fact: Fact, model: Model, signs: Signs) -> pl.DataFrame:
    make = part.budget_parts if fact is Fact.BUDGET else part.actual_parts
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
    if (based["currency"] == bound.currency).all():
        return based.filter(in_scope(bound)).drop("kind"), []
    marked = based.with_columns(_asked=in_scope(bound))
    foreign = pl.col("currency") != bound.currency
    needed = marked.filter(pl.col("_asked") | (foreign & pl.col("_asked").any().over(grain)))
    years = {period.id: period.fiscal_year for period in bound.calendar.periods}
    whole, missing = translated(needed, grain, bound.currency, years, model.rates)
    return whole.filter("_asked").drop("_asked", "kind"), missing


def _unplaced(parts: pl.DataFrame, bound: Bound, model: Model) -> pl.DataFrame:
    """Parts of what was read that lie in no period, each in its ledger's currency."""
    missing = parts.filter((pl.col("period") == PERIOD_MISSING) & pl.col("measure").is_in(bound.needed))
    return part.with_class(missing, model).filter(in_place(bound)).drop("kind")


def _needing(orders: pl.DataFrame, lines: pl.DataFrame, bound: Bound, model: Model) -> frozenset[str]:
    """The entities with order lines in scope that only receipts can relieve."""
    asked = part.with_class(orders, model).filter(in_scope(bound)).select(LINE).unique()
    needing = lines.filter(pl.col("receipt_required").fill_null(value=False)).join(asked, on=LINE, how="semi")
    return frozenset(needing["legal_entity"].to_list())
