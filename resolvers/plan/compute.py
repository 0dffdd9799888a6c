"""From rows to parts: each base measure's parts, in scope, in the currency of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.comparatives import originals, versions, with_copies
from resolvers.plan.consumption import Chain, chained, documents
from resolvers.plan.execute import Collected
from resolvers.plan.planner import GRAIN
from resolvers.plan.scope import in_place, in_scope, in_window
from resolvers.semantics import parts as part
from resolvers.semantics.calendar import PERIOD_MISSING
from resolvers.semantics.model import Model
from resolvers.semantics.placement import OUTSIDE, UNSPREAD, is_missing, member
from resolvers.semantics.relief import LINE
from resolvers.semantics.spreading import known_years, spread
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
    compared: Sequence[pl.DataFrame] = (),
) -> Computed:
    """`compared` are parts that were read apart, in the periods of the question."""
    chain = chained(collected, bound, model)
    flat = flows(collected, model, signs)
    placed = _placed(pl.concat([*flat.values(), *compared]), _FLOW_GRAIN, bound, model)
    flow = with_copies(placed.parts, bound, model)
    staged = pl.concat([part.none(), *documents(collected, bound, model, chain)])
    shown = _placed(staged, _DOCUMENT_GRAIN, bound, model)
    return Computed(
        parts=pl.concat([flow, shown.parts]),
        unplaced=_unplaced(pl.concat([*flat.values(), staged]), bound, model),
        chain=chain,
        needs_receipts=_needing(chain.orders, chain.lines, bound, model),
        rates_missing=(*placed.rates_missing, *shown.rates_missing),
        notes=placed.notes,
    )


def flows(collected: Collected, model: Model, signs: dict[str, dict[Fact, Sign]]) -> dict[Fact, pl.DataFrame]:
    """Budget entries and ledger lines as parts, in their ledgers' currencies."""
    found = {fact: _flow(collected.rows(fact), fact, model, signs) for fact in (Fact.BUDGET, Fact.LEDGER)}
    return {**found, Fact.BUDGET: known_years(found[Fact.BUDGET], model.homes)}


def _flow(rows: pl.DataFrame, fact: Fact, model: Model, signs: dict[str, dict[Fact, Sign]]) -> pl.DataFrame:
    make = part.budget_parts if fact is Fact.BUDGET else part.actual_parts
    by_source = rows.partition_by("source", as_dict=True)
    made = [
        make(part.with_class(frame, model), signs[str(source)][fact])
        for (source,), frame in by_source.items()
    ]
    return pl.concat([part.none(), *made])


@dataclass(frozen=True, slots=True)
class _Placed:
    """The parts a question is about, in its periods and its currency."""

    parts: pl.DataFrame
    rates_missing: tuple[RateMissing, ...]
    notes: tuple[str, ...]


def _placed(frame: pl.DataFrame, grain: tuple[str, ...], bound: Bound, model: Model) -> _Placed:
    """What has to be translated is translated whole, so that a share does not depend on which of its
    neighbours were asked for; an annual amount before it is spread, so that its periods add up to it."""
    based = part.with_class(frame.filter(pl.col("measure").is_in(originals(bound))), model)
    marked = based.with_columns(_asked=in_scope(bound))
    foreign = pl.col("currency") != bound.currency
    needed = marked.filter(pl.col("_asked") | (foreign & pl.col("_asked").any().over(grain)))
    whole, missing = translated(needed, grain, bound.currency, bound.years, model.rates)
    asked = whole.filter("_asked").drop("_asked")
    spread_out = spread(asked, model.homes, model.spreading, versions(bound, model), bound.time)
    beside = {period: member(period) for period in bound.years if period != member(period)}
    inside = spread_out.filter(in_window(bound)).with_columns(period=pl.col("period").replace(beside))
    return _Placed(inside.drop("kind"), tuple(missing), _notes(spread_out))


def _notes(parts: pl.DataFrame) -> tuple[str, ...]:
    whole = parts.filter(pl.col("period") == UNSPREAD)
    told = "annual amounts that no profile spreads are in no part of their year; ask for all of it"
    return (f"budget: {told}",) if whole.height else ()


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
