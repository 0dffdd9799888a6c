"""A page of documents: gathered, sorted, cut, and each of them whole."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from resolvers.plan.errors import QuestionError
from resolvers.plan.finding import Finder
from resolvers.plan.gathering import Gap, Gathering
from resolvers.plan.guard import Guard
from resolvers.plan.listing import Listing, Sort, sought
from resolvers.plan.paging import DEFAULT, cursors, ordered, page
from resolvers.plan.papers import ENTRIES, Paper, papers, receipt_worth
from sources.spi.context import Context
from sources.spi.facts import EXACT, Fact
from sources.spi.scan import Keys

_DOCUMENT: Final = ("source", "legal_entity", "_doc")
_PLACE: Final = ("account", "cost_center", "project")
_IDENTITY: Final[Mapping[Fact, tuple[str, ...]]] = {
    Fact.LEDGER: (*_DOCUMENT, "line", *_PLACE, "period"),
    Fact.BUDGET: (*_DOCUMENT, "type", *_PLACE, "period", "scenario", "version"),
}
_WHOLE_BY: Final = {
    Fact.REQUISITION: "number",
    Fact.ORDER: "number",
    Fact.RECEIPT: "id",
    Fact.INVOICE: "id",
}
"""The column by which a document is looked up to have all of its lines."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page: documents with their cursors; `total` are those on all pages, `more` says whether any follow;
    `gaps` what could not be had, so that documents may be missing; `restricted`: some may be held back."""

    papers: tuple[Paper, ...]
    cursors: tuple[str, ...]
    total: int
    more: bool
    gaps: tuple[Gap, ...]
    restricted: bool = False


async def listed(listing: Listing, finder: Finder, ctx: Context, guard: Guard | None = None) -> Listed:
    """What of it `guard` lets be seen. Raises QuestionError for a listing that makes no sense or has more
    documents than the row cap."""
    work = Gathering(finder, sought(listing, finder.model), ctx)
    by, fact = listing.order_by or DEFAULT, listing.fact
    found = await work.rows()
    rows = _named(found if guard is None else await guard.rows(fact, found))
    if any(sort is Sort.AMOUNT for sort, _ in by):
        rows = await _whole(rows, work, guard)
    identity = _IDENTITY.get(fact, _DOCUMENT)
    documents = _documents(rows, fact, identity)
    if documents.height > finder.model.max_rows:
        raise QuestionError(
            "LIMIT_EXCEEDED",
            f"{documents.height} documents are over the cap of {finder.model.max_rows}; narrow `where`",
        )
    inside, more = page(ordered(documents, by, identity), by, identity, listing.first, listing.after)
    shown = rows.join(inside.select(identity), on=list(identity), how="semi", nulls_equal=True)
    if not any(sort is Sort.AMOUNT for sort, _ in by):
        shown = await _whole(shown, work, guard)
    return Listed(
        papers=_in_order(shown, fact, identity, inside),
        cursors=tuple(cursors(inside, by, identity)),
        total=documents.height,
        more=more,
        gaps=tuple(work.gaps),
        restricted=work.asked.restricted,
    )


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(_doc=pl.coalesce("id", "number"))


def _documents(rows: pl.DataFrame, fact: Fact, identity: Sequence[str]) -> pl.DataFrame:
    """One row per document: its identity, number, the earliest date of the lines that matched, and its worth
    (unknown where a line's is)."""
    keys = list(identity)
    if fact in ENTRIES:
        return rows.select(list(dict.fromkeys([*keys, "number", "date", "worth"])))
    known = pl.when(pl.col("worth").is_not_null().all()).then(pl.col("worth").sum())
    return rows.group_by(keys, maintain_order=True).agg(pl.col("number").first(), pl.col("date").min(), known)


def _in_order(
    rows: pl.DataFrame, fact: Fact, identity: Sequence[str], inside: pl.DataFrame
) -> tuple[Paper, ...]:
    """The documents of a page, in its order. Entries alike in their whole identity go by position."""
    found: dict[tuple[Any, ...], list[Paper]] = {}
    if fact in ENTRIES:
        for row in rows.iter_rows(named=True):
            found.setdefault(tuple(row[column] for column in identity), []).append(Paper(fact, (row,)))
    else:
        for paper in papers(fact, rows, identity):
            found[tuple(paper.rows[0][column] for column in identity)] = [paper]
    keys = inside.select(*identity, "_again").iter_rows()
    return tuple(found[tuple(key)][again if fact in ENTRIES else 0] for *key, again in keys)


async def _whole(rows: pl.DataFrame, work: Gathering, guard: Guard | None) -> pl.DataFrame:
    """Documents with all of their lines that may be seen, and receipts with their worth. A document whose
    other lines could not be read is worth nothing known."""
    fact = work.asked.listing.fact
    if fact in _WHOLE_BY and work.narrowed and rows.height:
        keys = rows.filter(pl.col("source").is_in(sorted(work.narrowed)))
        places = keys.partition_by(["source", "legal_entity"], as_dict=True)
        completed = await asyncio.gather(
            *(_completed(str(source), str(entity), part, work) for (source, entity), part in places.items())
        )
        rest = rows.filter(~pl.col("source").is_in(sorted(work.narrowed)))
        rows = pl.concat([rest, *completed])
        rows = rows if guard is None else await guard.rows(fact, rows)
    return await _priced(rows, work) if fact is Fact.RECEIPT else rows


async def _completed(source: str, entity: str, rows: pl.DataFrame, work: Gathering) -> pl.DataFrame:
    fact = work.asked.listing.fact
    column = _WHOLE_BY[fact]
    values = tuple(rows[column].drop_nulls().unique().sort())
    keys = Keys(column, values)
    reading = work.finder.find_at(work.finder.sources[source], fact, keys, (entity,), work.ctx)
    found = await work.tried(reading, fact, source, (entity,)) if values else None
    if found is None:
        return rows.with_columns(worth=pl.lit(None, EXACT))
    known = _named(found).join(rows, on=list(_DOCUMENT), how="semi")
    lost = rows.join(known, on=list(_DOCUMENT), how="anti").with_columns(worth=pl.lit(None, EXACT))
    return pl.concat([known, lost])


async def _priced(rows: pl.DataFrame, work: Gathering) -> pl.DataFrame:
    """Receipts at the prices of their orders; the currency is theirs too."""
    lines: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for (entity,), part in rows.partition_by(["legal_entity"], as_dict=True).items():
        keys = Keys("number", tuple(part["po"].drop_nulls().unique().sort()))
        for source in work.finder.providers(Fact.ORDER, str(entity))[:1]:
            reading = work.finder.find_at(source, Fact.ORDER, keys, (str(entity),), work.ctx)
            found = await work.tried(reading, Fact.ORDER, source.name, (str(entity),))
            for line in found.iter_rows(named=True) if found is not None else ():
                lines.setdefault((str(entity), line["number"]), []).append(line)
    worths: list[Decimal | None] = [
        receipt_worth(row, lines.get((row["legal_entity"], row["po"]), []))
        for row in rows.iter_rows(named=True)
    ]
    return rows.with_columns(worth=pl.Series(worths, dtype=EXACT))
