"""From rows to parts: each base measure's parts, in scope, in the currency of the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from resolvers.plan.bind import Bound
from resolvers.plan.comparatives import originals, versions, with_copies
from resolvers.plan.consolidation import between, taken_off
from resolvers.plan.consumption import Chain, Ordered, chained, documents
from resolvers.plan.control import controlled
from resolvers.plan.execute import Collected
from resolvers.plan.grouping import GRAIN
from resolvers.plan.scope import in_place, in_scope, in_view, in_window
from resolvers.semantics import parts as part
from resolvers.semantics.calendar import PERIOD_MISSING
from resolvers.semantics.concern import concerned
from resolvers.semantics.measures import TWO_RATES
from resolvers.semantics.model import Model
from resolvers.semantics.placement import OUTSIDE, UNSPREAD, is_missing, member
from resolvers.semantics.rates import RateBasis, RateMissing, rate_book
from resolvers.semantics.relief import LINE
from resolvers.semantics.splitting import split_documents, split_flows
from resolvers.semantics.spreading import known_years, spread
from resolvers.semantics.translation import translated
from sources.spi.facts import Fact, Sign

_FLOW_GRAIN = ("measure", "source", *GRAIN, "less")
_STATED = ("source", "type", "status", "scenario", "version", *GRAIN)
_DOCUMENT_GRAIN = ("measure", "fact", "source", "id", "line")

Signs = Mapping[str, Mapping[Fact, Sign]]
"""How each source writes the amounts of each fact."""


@dataclass(frozen=True, slots=True)
class Computed:
    """`parts` of every base measure needed; `unplaced` those that would be in scope but for their period,
    which the calendar does not have; `chain` is what became of the documents; `needs_receipts` are the
    entities with order lines in scope that only receipts can relieve; `rates_missing` says what could not be
    translated, `notes` what else a reader should know. Where the question compares rate bases, parts have a
    column named after each, beside `amount`."""

    parts: pl.DataFrame
    unplaced: pl.DataFrame
    chain: Chain
    needs_receipts: frozenset[str]
    rates_missing: tuple[RateMissing, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    """The parts a question is about, in its periods and its currency."""

    parts: pl.DataFrame
    rates_missing: tuple[RateMissing, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flat:
    """Budget and ledger: `every` part, in its ledger's currency, what the question is about of them, and what
    lies in no period."""

    every: pl.DataFrame
    placed: _Placed
    unplaced: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Staged:
    """Documents: what became of them, what the question is about of the parts they make, and what of these
    lies in no period."""

    chain: Chain
    placed: _Placed
    unplaced: pl.DataFrame


@dataclass(slots=True)
class Early:
    """What is computed already of a question that is still being read (see `early`); `rated` is the model
    with the exchange rates that were read. `staged` is of the first `vouchers`, unless more came that say one
    of the `words`."""

    rated: Model | None = None
    flat: Flat | None = None
    ordered: Ordered | None = None
    needing: frozenset[str] | None = None
    unmatched: list[pl.DataFrame] | None = None
    staged: Staged | None = None
    vouchers: int = 0
    words: pl.DataFrame | None = None


def compute(
    collected: Collected,
    bound: Bound,
    model: Model,
    signs: Signs,
    compared: Sequence[pl.DataFrame] = (),
    early: Early | None = None,
) -> Computed:
    """`compared` are parts that were read apart, in the periods of the question; what is in `early` is not
    computed again."""
    early = early or Early()
    stages = still_right(early, collected) or staged(collected, bound, model, early)
    flat = early.flat or flattened(collected, bound, model, signs)
    placed = [flat.placed, *(_ours(each, bound, model) for each in compared)]
    flow = pl.concat([each.parts for each in placed])
    lacking = [rate for each in placed for rate in each.rates_missing]
    if bound.consolidated:
        off, off_missing = _eliminated(pl.concat([flat.every, *compared]), bound, model)
        flow = pl.concat([flow, off.select(flow.columns)])
        lacking += off_missing
    lacking += stages.placed.rates_missing
    needing = early.needing
    return Computed(
        parts=pl.concat([with_copies(flow, bound, model), stages.placed.parts]),
        unplaced=pl.concat([flat.unplaced, stages.unplaced]),
        chain=stages.chain,
        needs_receipts=needing_receipts(stages.chain, bound, model) if needing is None else needing,
        rates_missing=tuple({str(rate): rate for rate in lacking}.values()),
        notes=tuple(dict.fromkeys(note for each in placed for note in each.notes)),
    )


def staged(collected: Collected, bound: Bound, model: Model, early: Early) -> Staged:
    """What becomes of documents."""
    chain = chained(collected, bound, model, early.ordered)
    made = pl.concat([part.none(), *documents(collected, bound, model, chain, early.unmatched)])
    every = split_documents(made, model.shares)
    return Staged(chain, _placed(every, _DOCUMENT_GRAIN, bound, model), _unplaced(every, bound, model))


def still_right(early: Early, collected: Collected) -> Staged | None:
    """What was made of the documents before the last vouchers came, if these change nothing."""
    fresh = collected.rows(Fact.VOUCHER).slice(early.vouchers)
    return None if early.words is None or concerned(fresh, early.words) else early.staged


def flattened(collected: Collected, bound: Bound, model: Model, signs: Signs) -> Flat:
    """What becomes of budget entries and ledger lines."""
    every = pl.concat(flows(collected, bound, model, signs).values())
    return Flat(every, _ours(every, bound, model), _unplaced(every, bound, model))


def flows(collected: Collected, bound: Bound, model: Model, signs: Signs) -> dict[Fact, pl.DataFrame]:
    """Budget entries and ledger lines as parts, in their ledgers' currencies."""
    found = {fact: _flow(collected.rows(fact), fact, model, signs) for fact in (Fact.BUDGET, Fact.LEDGER)}
    budgets = known_years(found[Fact.BUDGET], model.home)
    return {**found, Fact.BUDGET: controlled(budgets, bound, model)}


def _flow(rows: pl.DataFrame, fact: Fact, model: Model, signs: Signs) -> pl.DataFrame:
    make = part.budget_parts if fact is Fact.BUDGET else part.actual_parts
    rows = split_flows(rows, model.shares, [name for name in _STATED if name in rows.columns])
    by_source = rows.partition_by("source", as_dict=True)
    made = [
        make(part.with_class(frame, model), signs[str(source)][fact])
        for (source,), frame in by_source.items()
    ]
    return pl.concat([part.none(), *made])


def _ours(flow: pl.DataFrame, bound: Bound, model: Model) -> _Placed:
    """Of the ledgers read only to be consolidated, nothing."""
    own = flow.filter(pl.col("legal_entity").is_in(bound.entities))
    return _placed(own, _FLOW_GRAIN, bound, model)


def _placed(frame: pl.DataFrame, grain: tuple[str, ...], bound: Bound, model: Model) -> _Placed:
    """What has to be translated is translated whole, so that a share does not depend on which of its
    neighbours were asked for; an annual amount before it is spread, so that its periods add up to it."""
    based = part.with_class(frame.filter(pl.col("measure").is_in(originals(bound))), model)
    marked = based.with_columns(_asked=in_scope(bound))
    needed = pl.col("_asked")
    if (based["currency"] != bound.currency).any():
        foreign = pl.col("currency") != bound.currency
        needed |= foreign & pl.col("_asked").any().over(grain)
    whole, missing = _translated(marked.filter(needed), grain, bound, model)
    asked = whole.filter("_asked").drop("_asked")
    amounts = [name for name in ("amount", *(basis.value for basis in RateBasis)) if name in asked.columns]
    spread_out = spread(asked, model.home, model.spreading, versions(bound, model), bound.time, amounts)
    inside = spread_out.filter(in_window(bound) & in_view(bound)).with_columns(period=_member(bound))
    return _Placed(inside.drop("kind"), tuple(missing), _notes(spread_out))


def _member(bound: Bound) -> pl.Expr:
    """The member of the dimension each period is."""
    beside = {period: member(period) for period in bound.years if period != member(period)}
    return pl.col("period").replace(beside)


def _notes(parts: pl.DataFrame) -> tuple[str, ...]:
    whole = parts.filter(pl.col("period") == UNSPREAD)
    told = "annual amounts that no profile spreads are in no part of their year; ask for all of it"
    return (f"budget: {told}",) if whole.height else ()


def _eliminated(flow: pl.DataFrame, bound: Bound, model: Model) -> tuple[pl.DataFrame, list[RateMissing]]:
    """What entities booked with each other, taken off, where the question consolidates."""
    booked = between(flow, bound, model)
    whole, missing = _translated(booked, (*_FLOW_GRAIN, "partner"), bound, model)
    off = taken_off(whole, (*_FLOW_GRAIN, "partner"), bound)
    return off.with_columns(period=_member(bound)), missing


def _translated(
    frame: pl.DataFrame, grain: tuple[str, ...], bound: Bound, model: Model
) -> tuple[pl.DataFrame, list[RateMissing]]:
    """The parts in the question's currency and on its basis; where it compares both bases, with a column for
    each beside `amount`."""
    asked, day = bound.question, bound.as_of or model.today
    book = rate_book(model, bound.calendar, asked.version, day, bound.years)
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
    nowhere = [OUTSIDE, PERIOD_MISSING, *(period for period in bound.years if is_missing(period))]
    missing = parts.filter(pl.col("period").is_in(nowhere) & pl.col("measure").is_in(bound.needed))
    return part.with_class(missing, model).filter(in_place(bound)).drop("kind")


def needing_receipts(of: Chain | Ordered, bound: Bound, model: Model) -> frozenset[str]:
    """The entities with order lines in scope that only receipts can relieve."""
    asked = part.with_class(of.orders, model).filter(in_scope(bound)).select(LINE).unique()
    required = of.lines.filter(pl.col("receipt_required").fill_null(value=False))
    return frozenset(required.join(asked, on=LINE, how="semi")["legal_entity"].to_list())
