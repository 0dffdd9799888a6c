"""From a source's batch to rows the engine computes with: canonical members, placed periods, known rates.

Every column of the fact is there afterwards, absent ones null, plus

    source          the source's name            exponent   decimals of the entity's ledger currency
    ledger_currency the entity's currency        _order     distribution as a number, for tie-breaking
    raw_…           the source's code of a member that is UNMAPPED
"""

from datetime import date
from functools import cache
from typing import Final

import polars as pl

from resolvers.plan.plan import Node
from resolvers.semantics.calendar import PERIOD_MISSING, period_at, translation
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.currency import exponents
from resolvers.semantics.model import MEMBERSHIP, UNMAPPED, Calendar, Dimension, Model
from resolvers.semantics.rounding import ONE
from sources.spi.batch import Batch, conform
from sources.spi.facts import COLUMNS, Fact

VERSION: Final = ("scenario", "version")
"""What no later filter looks at: where a source could not filter by it, it is done here."""
LINES: Final = ("po_line", "ref_po_line", "req_line")
"""References to lines. One system writes 20 where another writes 00020: they are compared without zeros."""


def normal(batch: Batch, node: Node, crosswalk: Crosswalk, model: Model, calendar: Calendar) -> pl.DataFrame:
    """`batch` in canonical terms, cut to the entities the node is for and to its as-of."""
    if batch.frame.is_empty():
        return blank(batch.fact)
    columns = tuple(COLUMNS[batch.fact])
    frame = conform(batch.fact, batch.frame, columns)
    accepted = node.accepted
    if accepted is not None and accepted.as_of is not None and node.scan.as_of is not None:
        dated = pl.col(accepted.as_of)
        frame = frame.filter(dated.is_null() | (dated <= node.scan.as_of))
    if len(node.entities) == 1 and "legal_entity" not in batch.frame.columns:
        frame = frame.with_columns(legal_entity=pl.lit(node.entities[0]))
    for predicate in accepted.residual if accepted is not None else ():
        if predicate.column in VERSION:
            frame = frame.filter(pl.col(predicate.column).is_in(predicate.values))
    frame = _members(frame, [d for d in MEMBERSHIP if d.column in columns], crosswalk)
    frame = frame.filter(pl.col("legal_entity").is_in(node.entities)).with_columns(source=pl.lit(node.source))
    own = ("line",) if batch.fact in (Fact.ORDER, Fact.REQUISITION) else ()
    frame = frame.with_columns(_unpadded(c) for c in (*LINES, *own) if c in columns)
    frame = _money(batch.fact, frame, model)
    if "dist" in columns:
        frame = frame.with_columns(_order=pl.col("dist").cast(pl.Int64, strict=False))
    if "period" in columns or "date" in columns:
        frame = _placed(frame, node, model, calendar)
    return frame.select(blank(batch.fact).columns)


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
    return pl.DataFrame(schema=schema)


def _unpadded(line: str) -> pl.Expr:
    bare = pl.col(line).str.strip_chars_start("0")
    return pl.when(bare == "").then(pl.col(line)).otherwise(bare).alias(line)


def _members(frame: pl.DataFrame, dimensions: list[Dimension], crosswalk: Crosswalk) -> pl.DataFrame:
    """Codes as canonical members, and the code kept where it is UNMAPPED."""
    codes = [pl.col(d.column).alias(f"raw_{d.column}") for d in dimensions]
    translated = frame.with_columns(*codes, *(crosswalk.members(frame, d) for d in dimensions))
    return translated.with_columns(
        pl.when(pl.col(d.column) == UNMAPPED).then(pl.col(f"raw_{d.column}")).alias(f"raw_{d.column}")
        for d in dimensions
    )


def _money(fact: Fact, frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Ledger currency and its exponent per row; a rate of 1 where nothing is to be converted. What an invoice
    leaves out is its order's to say."""
    ledgers = {id_: entity.currency for id_, entity in model.legal_entities.items()}
    table = exponents()
    frame = frame.with_columns(
        ledger_currency=pl.col("legal_entity").replace_strict(
            list(ledgers), list(ledgers.values()), return_dtype=pl.String
        )
    ).with_columns(
        exponent=pl.col("ledger_currency").replace_strict(
            list(table), list(table.values()), return_dtype=pl.Int32
        )
    )
    if "currency" not in frame.columns or fact is Fact.INVOICE:
        return frame
    frame = frame.with_columns(currency=pl.coalesce("currency", "ledger_currency"))
    if "rate" not in frame.columns:
        return frame
    own = pl.when(pl.col("currency") == pl.col("ledger_currency")).then(ONE)
    return frame.with_columns(rate=pl.coalesce("rate", own))


def _placed(frame: pl.DataFrame, node: Node, model: Model, calendar: Calendar) -> pl.DataFrame:
    """`period` in the question's calendar: the fact's own period wins, its date is the fallback."""
    if "period" not in frame.columns:
        frame = frame.with_columns(period=pl.lit(None, pl.String))
    pieces = []
    for entity in node.entities:
        rows = frame.filter(pl.col("legal_entity") == entity)
        local = translation(model.calendars[model.legal_entities[entity].calendar], calendar)
        pieces.append(rows.with_columns(period=_own(local).fill_null(_dated(rows, calendar))))
    return pl.concat(pieces) if pieces else frame


def _own(local: dict[str, str]) -> pl.Expr:
    period = pl.col("period")
    known = period.replace_strict(
        list(local), list(local.values()), default=PERIOD_MISSING, return_dtype=pl.String
    )
    return pl.when(period.is_null()).then(None).otherwise(known)


def _dated(rows: pl.DataFrame, calendar: Calendar) -> pl.Expr:
    if "date" not in rows.columns:
        return pl.lit(PERIOD_MISSING)
    days: list[date] = rows["date"].unique().drop_nulls().to_list()
    found = {day: period_at(calendar, day) for day in days}
    ids = [period.id if period is not None else PERIOD_MISSING for period in found.values()]
    return pl.col("date").replace_strict(list(found), ids, default=PERIOD_MISSING, return_dtype=pl.String)
