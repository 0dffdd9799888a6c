"""From rows to parts: each base measure's parts, in scope, in the currency of the answer."""

from dataclasses import dataclass

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.comparatives import closed_actual
from resolvers.plan.consumption import Chain, chained, documents
from resolvers.plan.execute import Collected
from resolvers.plan.planner import GRAIN
from resolvers.plan.scope import in_place, in_scope
from resolvers.semantics import parts as part
from resolvers.semantics.calendar import PERIOD_MISSING
from resolvers.semantics.measures import BUDGET_TYPES
from resolvers.semantics.model import Model
from resolvers.semantics.placement import OUTSIDE, UNSPREAD, is_missing, member
from resolvers.semantics.relief import LINE
from resolvers.semantics.spreading import spread
from resolvers.semantics.translation import RateMissing, translated
from sources.spi.facts import Fact, Sign

_FLOW_GRAIN = ("measure", "source", *GRAIN)
_DOCUMENT_GRAIN = ("measure", "fact", "source", "id", "line")


@dataclass(frozen=True, slots=True)
class Computed:
    """`parts` of every base measure needed; `unplaced` those that would be in scope but for their period,
    which the calendar does not have; `chain` is what became of the documents; `needs_receipts` are the
    entities with order lines in scope that only receipts can relieve; `rates_missing` says what could not be
    translated, `notes` what else a reader should know."""

    parts: pl.DataFrame
    unplaced: pl.DataFrame
    chain: Chain
    needs_receipts: frozenset[str]
    rates_missing: tuple[RateMissing, ...]
    notes: tuple[str, ...] = ()


def compute(
    collected: Collected,
    bound: Bound,
    model: Model,
    signs: dict[str, dict[Fact, Sign]],
    compared: pl.DataFrame | None = None,
) -> Computed:
    """`compared` are parts that were read apart, in the periods of the question."""
    chain = chained(collected, bound, model)
    flat = flows(collected, bound, model, signs)
    again = closed_actual(flat[Fact.LEDGER], bound, model)
    whole = pl.concat([*flat.values(), again, *([] if compared is None else [compared])])
    flow, flow_missing = _asked(whole, _FLOW_GRAIN, bound, model)
    staged = pl.concat([part.none(), *documents(collected, bound, model, chain)])
    shown, missing = _asked(staged, _DOCUMENT_GRAIN, bound, model)
    needing = _needing(chain.orders, chain.lines, bound, model)
    nowhere = _unplaced(pl.concat([*flat.values(), staged]), bound, model)
    missing = [*flow_missing, *missing]
    notes = _notes(whole)
    return Computed(pl.concat([flow, shown]), nowhere, chain, needing, tuple(missing), notes)


def flows(
    collected: Collected, bound: Bound, model: Model, signs: dict[str, dict[Fact, Sign]]
) -> dict[Fact, pl.DataFrame]:
    """Budget entries and ledger lines as parts, in their ledgers' currencies; annual budgets are spread."""
    budget = part.with_class(_flow(collected.rows(Fact.BUDGET), Fact.BUDGET, model, signs), model)
    homes = {id_: model.home(id_) for id_ in model.legal_entities}
    placed = spread(budget, homes, model.spreading, bound.question.version, bound.time)
    return {
        Fact.BUDGET: placed.drop("kind"),
        Fact.LEDGER: _flow(collected.rows(Fact.LEDGER), Fact.LEDGER, model, signs),
    }


def _flow(rows: pl.DataFrame, fact: Fact, model: Model, signs: dict[str, dict[Fact, Sign]]) -> pl.DataFrame:
    make = part.budget_parts if fact is Fact.BUDGET else part.actual_parts
    by_source = rows.partition_by("source", as_dict=True)
    made = [
        make(part.with_class(frame, model), signs[str(source)][fact])
        for (source,), frame in by_source.items()
    ]
    return pl.concat([part.none(), *made])


def _notes(flow: pl.DataFrame) -> tuple[str, ...]:
    whole = flow.filter((pl.col("period") == UNSPREAD) & pl.col("measure").is_in(BUDGET_TYPES.values()))
    told = "annual amounts that no profile spreads are in no part of their year; ask for all of it"
    return (f"budget: {told}",) if whole.height else ()


def _asked(
    frame: pl.DataFrame, grain: tuple[str, ...], bound: Bound, model: Model
) -> tuple[pl.DataFrame, list[RateMissing]]:
    """The parts the question is about, in its currency. What has to be translated is translated whole, so
    that a share does not depend on which of its neighbours were asked for."""
    based = part.with_class(frame.filter(pl.col("measure").is_in(bound.needed)), model)
    marked = based.with_columns(_asked=in_scope(bound))
    foreign = pl.col("currency") != bound.currency
    needed = marked.filter(pl.col("_asked") | (foreign & pl.col("_asked").any().over(grain)))
    whole, missing = translated(needed, grain, bound.currency, bound.years, model.rates)
    shown = pl.col("period").replace(
        {period: member(period) for period in bound.years if period != member(period)}
    )
    return whole.filter("_asked").drop("_asked", "kind").with_columns(period=shown), missing


def _unplaced(parts: pl.DataFrame, bound: Bound, model: Model) -> pl.DataFrame:
    """Parts of what was read that lie in no period, each in its ledger's currency."""
    nowhere = [OUTSIDE, PERIOD_MISSING, *(period for period in bound.years if is_missing(period))]
    missing = parts.filter(pl.col("period").is_in(nowhere) & pl.col("measure").is_in(bound.needed))
    return part.with_class(missing, model).filter(in_place(bound)).drop("kind")


def _needing(orders: pl.DataFrame, lines: pl.DataFrame, bound: Bound, model: Model) -> frozenset[str]:
    """The entities with order lines in scope that only receipts can relieve."""
    asked = part.with_class(orders, model).filter(in_scope(bound)).select(LINE).unique()
    needing = lines.filter(pl.col("receipt_required").fill_null(value=False)).join(asked, on=LINE, how="semi")
    return frozenset(needing["legal_entity"].to_list())
