"""From a source's batch to rows the engine computes with: canonical members, placed periods, known rates.

Every column of the fact is there afterwards, absent ones null, plus

    source          the source's name            exponent   decimals of the entity's ledger currency
    ledger_currency the entity's currency        _order     distribution as a number, for tie-breaking
    raw_…           the source's code of a member that is UNMAPPED or INVALID
    own_period      of what is scheduled, its period as the source states it

One pass over a batch finds its distinct codes, one writes all its columns; only what is written otherwise
here than there is replaced. Members that take more than a code (`crossing`) are looked up by combination.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cache, lru_cache
from typing import Final, TypeVar

import polars as pl

from resolvers.plan.crossing import crossed, day_of, hard, told
from resolvers.plan.periods import placed
from resolvers.plan.plan import Node
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.currency import exponent
from resolvers.semantics.dimensions import MEMBERSHIP, UNASSIGNED, UNTRANSLATED, Dimension
from resolvers.semantics.model import Model
from resolvers.semantics.placement import Timeframe
from resolvers.semantics.rounding import ONE
from sources.spi.batch import Batch
from sources.spi.facts import COLUMNS, FLOWS, RECORD, Fact

VERSION: Final = ("scenario", "version")
"""What no later filter looks at: where a source could not filter by it, it is done here."""
LINES: Final = ("po_line", "ref_po_line", "req_line")
"""References to lines. One system writes 20 where another writes 00020: they are compared without zeros."""
ENTITY: Final = Dimension.LEGAL_ENTITY.column
CODES: Final = (*(dimension.column for dimension in MEMBERSHIP), "period")
"""The columns whose values are another's words."""

SCHEDULED: Final = (Fact.ORDER_SCHEDULE, Fact.DEFERRAL, Fact.SUBSCRIPTION)
"""Facts whose rows are periods of a plan of payments."""

NOTHING: Final = pl.lit(None, pl.String())

Value = TypeVar("Value", str, int)
Found = Mapping[str, AbstractSet[str | None]]
"""Distinct codes by column."""


def normal(batch: Batch, node: Node, crosswalk: Crosswalk, model: Model, time: Timeframe) -> pl.DataFrame:
    """`batch` in canonical terms, cut to the entities the node is for and to its as-of; periods as `time` has
    them."""
    if batch.frame.is_empty():
        return blank(batch.fact)
    if batch.fact is Fact.EXCHANGE_RATE:
        return _of_nobody(batch, node)
    frame = _kept(once(batch.frame, batch.fact), node)
    if batch.fact is Fact.BUDGET:
        frame = _known(frame, time.known_at)
    found = _distinct(frame)
    ours = _ours(found.get(ENTITY), node.entities, crosswalk)
    if ENTITY in found and ours.keys() != found[ENTITY]:
        frame = frame.filter(pl.col(ENTITY).is_in(list(ours)))
    if frame.is_empty() or not ours:
        return blank(batch.fact)
    present, entities = frozenset(frame.columns), model.legal_entities
    columns = blank(batch.fact).columns
    homes = {code: model.home(node.source, id_) for code, id_ in ours.items()}
    several = hard(columns, crosswalk)
    if several:
        frame = crossed(frame, several, crosswalk, day_of(batch.fact, present, homes))
    written = {
        **_plain(batch.fact, present),
        **dict(_members(found, columns, crosswalk)),
        **{name: expr for dimension in several for name, expr in told(dimension)},
        **dict(_money(batch.fact, present, {code: entities[id_].currency for code, id_ in ours.items()})),
        ENTITY: _by_entity(ours, pl.String()),
        "source": pl.lit(node.source),
    }
    if batch.fact in SCHEDULED:
        written["own_period"] = pl.col("period") if "period" in present else NOTHING
    if "period" in columns:
        written["period"] = placed(batch.fact, found.get("period", {None}), homes, time, present)
    return frame.select(written[name].alias(name) for name in columns)


@cache
def blank(fact: Fact) -> pl.DataFrame:
    """No rows of a fact, in the shape `normal` gives them."""
    columns = COLUMNS[fact]
    schema: dict[str, pl.DataType] = {name: column.kind.dtype for name, column in columns.items()}
    schema |= {"period": pl.String()} if "date" in columns else {}
    raw = [f"raw_{d.column}" for d in MEMBERSHIP if d.column in columns and d is not Dimension.LEGAL_ENTITY]
    schema |= dict.fromkeys((*raw, "source", "ledger_currency"), pl.String())
    schema |= {"exponent": pl.Int32()}
    schema |= {"_order": pl.Int64()} if "dist" in columns else {}
    schema |= {"own_period": pl.String()} if fact in SCHEDULED else {}
    return pl.DataFrame(schema=schema)


def once(frame: pl.DataFrame, fact: Fact) -> pl.DataFrame:
    """The rows of `frame`, a record that came twice once. Budgets and ledgers are sums: two rows alike are
    two."""
    known = [column for column in RECORD if column in frame.columns]
    if fact in FLOWS or "id" not in known or frame["id"].n_unique() == frame.height:
        return frame
    if not frame.select(known).is_duplicated().any():
        return frame
    return frame.filter(pl.col("id").is_null() | pl.struct(pl.all()).is_first_distinct())


def _of_nobody(batch: Batch, node: Node) -> pl.DataFrame:
    """Rows that belong to no entity, as their source has them."""
    return batch.frame.select(
        pl.lit(node.source).alias(name)
        if name == "source"
        else (pl.col(name) if name in batch.frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in blank(batch.fact).schema.items()
    )


def _kept(frame: pl.DataFrame, node: Node) -> pl.DataFrame:
    """The rows of the node's version and as-of, where its source could not say."""
    accepted = node.accepted
    if accepted is None:
        return frame
    if accepted.as_of in frame.columns and node.scan.as_of is not None:
        dated = pl.col(accepted.as_of)
        frame = frame.filter(dated.is_null() | (dated <= node.scan.as_of))
    for predicate in accepted.residual:
        if predicate.column in VERSION:
            frame = frame.filter(pl.col(predicate.column).is_in(predicate.values))
    return frame


def _known(frame: pl.DataFrame, instant: datetime | None) -> pl.DataFrame:
    """The budget entries that stand today or, of an instant, those approved by then and not superseded."""
    if "superseded_at" in frame.columns:
        until = pl.col("superseded_at")
        frame = frame.filter(until.is_null() if instant is None else until.is_null() | (until > instant))
    if instant is not None and "approved_at" in frame.columns:
        frame = frame.filter(pl.col("approved_at").is_null() | (pl.col("approved_at") <= instant))
    return frame


def _distinct(frame: pl.DataFrame) -> Found:
    names = [name for name in CODES if name in frame.columns]
    if not names:
        return {}
    return dict(zip(names, map(set, frame.select(pl.col(names).unique().implode()).row(0)), strict=True))


def _ours(
    codes: AbstractSet[str | None] | None, entities: tuple[str, ...], crosswalk: Crosswalk
) -> dict[str | None, str]:
    """The node's entities by code. Rows that name none are of the one entity that was asked about."""
    if codes is None:
        return {None: entities[0]} if len(entities) == 1 else {}
    members = {code: crosswalk.member(Dimension.LEGAL_ENTITY, code) for code in codes}
    return {code: member for code, member in members.items() if member in entities}


def _by_entity(values: Mapping[str | None, Value], dtype: pl.DataType) -> pl.Expr:
    """What the entity of a row has, by the entity's code."""
    if len(set(values.values())) == 1:
        return pl.lit(next(iter(values.values())), dtype)
    return pl.col(ENTITY).replace_strict(list(values), list(values.values()), return_dtype=dtype)


@lru_cache(maxsize=256)
def _plain(fact: Fact, present: frozenset[str]) -> Mapping[str, pl.Expr]:
    """The columns that are what they were, and references in the form in which they are compared."""
    own = ("line",) if fact in (Fact.ORDER, Fact.ORDER_SCHEDULE, Fact.REQUISITION) else ()
    columns = {
        name: (pl.col(name) if name in present else pl.lit(None)).cast(column.kind.dtype)
        for name, column in COLUMNS[fact].items()
    }
    columns |= {name: _unpadded(columns[name]) for name in (*LINES, *own) if name in columns}
    if "dist" in columns:
        columns["_order"] = columns["dist"].cast(pl.Int64, strict=False)
    return columns


def _unpadded(line: pl.Expr) -> pl.Expr:
    bare = line.str.strip_chars_start("0")
    return pl.when(bare == "").then(line).otherwise(bare)


def _members(found: Found, columns: list[str], crosswalk: Crosswalk) -> Iterator[tuple[str, pl.Expr]]:
    """Codes that say it alone as canonical members, and the code kept where it is UNMAPPED."""
    for dimension in MEMBERSHIP:
        name = dimension.column
        if name not in columns or name == ENTITY or not crosswalk.is_plain(dimension):
            continue
        changed = crosswalk.changed(dimension, found.get(name, {None}))
        unmapped = [code for code, member in changed.items() if member in UNTRANSLATED]
        yield name, _replaced(name, changed) if name in found else pl.lit(UNASSIGNED)
        yield f"raw_{name}", pl.when(pl.col(name).is_in(unmapped)).then(name) if unmapped else NOTHING


def _replaced(name: str, changed: Mapping[str | None, str]) -> pl.Expr:
    if changed.keys() <= {None}:
        return pl.col(name).fill_null(changed[None]) if changed else pl.col(name)
    return pl.col(name).replace(list(changed), list(changed.values()))


def _money(
    fact: Fact, present: AbstractSet[str], currencies: Mapping[str | None, str]
) -> Iterator[tuple[str, pl.Expr]]:
    """Ledger currency and its exponent per row; a rate of 1 where nothing is to be converted. What an invoice
    leaves out is its order's to say."""
    ledger = _by_entity(currencies, pl.String())
    yield "ledger_currency", ledger
    yield "exponent", _by_entity({code: exponent(id_) for code, id_ in currencies.items()}, pl.Int32())
    if "currency" not in COLUMNS[fact] or fact is Fact.INVOICE:
        return
    currency = pl.coalesce("currency", ledger) if "currency" in present else ledger
    yield "currency", currency
    if "rate" in COLUMNS[fact]:
        own = pl.when(currency == ledger).then(ONE)
        yield "rate", pl.coalesce("rate", own) if "rate" in present else own
