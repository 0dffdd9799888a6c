"""Walking from a document to all it hangs together with, hop by hop, in batches.

A hop looks up, for every document found by the last one, the documents that name it and those it names. One
look-up per fact, column and legal entity; a value is asked for once. A document seen again is no new one, so
circles end by themselves.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from resolvers.plan import suppliers
from resolvers.plan.finding import Finder
from resolvers.plan.papers import Row
from resolvers.plan.spelling import spellings
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Guarantee, Keys, Op

MOST_DOCUMENTS: Final = 500
MOST_HOPS: Final = 6
FACTS: Final = (Fact.REQUISITION, Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER)
DOCUMENT: Final = ("source", "legal_entity", "_doc")
Ask = tuple[Fact, str, str, str]
"""Fact, column, legal entity, value."""
Place = tuple[Fact, str, str, str]
"""Fact, source, legal entity, id: one document."""
Steps = Callable[[Fact, Row], Iterable[Ask]]
"""What to look up for a row of a document."""

_WHOLE: Final = {Fact.ORDER: "number", Fact.INVOICE: "id", Fact.VOUCHER: "number"}
"""What a document is completed by: it may have been found by one of its lines."""
_OPTIONAL: Final = ((Fact.VOUCHER, "reverses"), (Fact.VOUCHER, "number"), (Fact.INVOICE, "supplier_invoice"))
"""Look-ups not worth reading everything for where a source can neither look up nor filter so."""


_NUMBERED: Final = {
    (Fact.VOUCHER, "ref_supplier_invoice"): (Fact.INVOICE, "supplier_invoice"),
    (Fact.INVOICE, "supplier_invoice"): (Fact.VOUCHER, "ref_supplier_invoice"),
}
"""Look-ups by a supplier's number, and where the suppliers are known from."""


@dataclass(slots=True)
class Walk:
    """What was found, `most` documents at most, by `steps`. `answered` are the look-ups of those `asked`
    that were made in full, so that nothing found is nothing there; `unprovided` the facts nobody has for an
    entity; `errors` one per failed look-up."""

    finder: Finder
    ctx: Context
    most: int = MOST_DOCUMENTS
    steps: Steps | None = None
    frames: dict[Fact, pl.DataFrame] = field(default_factory=dict)
    places: set[Place] = field(default_factory=set)
    asked: set[Ask] = field(default_factory=set)
    answered: set[Ask] = field(default_factory=set)
    unprovided: set[tuple[Fact, str]] = field(default_factory=set)
    errors: list[tuple[Fact, str, SourceError]] = field(default_factory=list)
    truncated: bool = False

    def rows(self, fact: Fact) -> pl.DataFrame:
        """Every row found, with `_doc`, the id of its document."""
        return self.frames.get(fact, _named(self.finder.nothing(fact)))

    @property
    def unanswered(self) -> set[Ask]:
        """Look-ups that failed, that nobody is there for, or whose documents there was no room for."""
        return self.asked - self.answered

    async def begin(self, asks: set[Ask]) -> None:
        """From the documents that look-ups find, as far as the bounds allow."""
        await self._spread(await self._hop(asks))

    async def run(self, fact: Fact, start: pl.DataFrame) -> None:
        """From the rows of one document, found by its number, as far as the bounds allow."""
        named = start.select("legal_entity", "number").unique().iter_rows()
        self.asked |= {(fact, "number", entity, number) for entity, number in named}
        self.answered |= self.asked
        await self.follow(fact, start)

    async def follow(self, fact: Fact, start: pl.DataFrame) -> None:
        """From rows of some documents as far as the bounds allow."""
        await self._spread({fact: self._kept(fact, _named(start))})

    async def _spread(self, new: dict[Fact, pl.DataFrame]) -> None:
        for _ in range(MOST_HOPS):
            asks = self._open(new)
            if not asks:
                return
            new = await self._hop(asks)
        self.truncated |= bool(self._open(new))

    def _open(self, new: dict[Fact, pl.DataFrame]) -> set[Ask]:
        steps = self.steps or asks
        found = {
            ask
            for fact, rows in new.items()
            for row in rows.iter_rows(named=True)
            for ask in steps(fact, row)
        }
        return {ask for ask in found - self.asked if self._sensible(ask)}

    def _sensible(self, ask: Ask) -> bool:
        fact, column, entity, _ = ask
        if (fact, column) not in _OPTIONAL:
            return True
        able = [source.facts[fact] for source in self.finder.providers(fact, entity)]
        never = Guarantee.NEVER
        return any(column in a.keys or a.filters.get((column, Op.IN), never) is not never for a in able)

    async def _hop(self, asks: set[Ask]) -> dict[Fact, pl.DataFrame]:
        self.asked |= asks
        groups: dict[tuple[Fact, str, str], list[str]] = {}
        for fact, column, entity, value in sorted(asks):
            groups.setdefault((fact, column, entity), []).append(value)
        found = await asyncio.gather(*(self._looked_up(*group, values) for group, values in groups.items()))
        new: dict[Fact, pl.DataFrame] = {}
        for ((fact, column, entity), values), rows in zip(groups.items(), found, strict=True):
            kept = self._kept(fact, rows)
            new[fact] = pl.concat([new[fact], kept]) if fact in new else kept
            if self._crowded(fact, rows):
                self.answered -= {(fact, column, entity, value) for value in values}
        return new

    def _crowded(self, fact: Fact, rows: pl.DataFrame) -> bool:
        """Whether some of the rows' documents found no room."""
        if not self.truncated:
            return False
        return any((fact, *place) not in self.places for place in rows.select(DOCUMENT).iter_rows())

    async def _looked_up(self, fact: Fact, column: str, entity: str, values: list[str]) -> pl.DataFrame:
        if not self.finder.providers(fact, entity):
            if fact in self.finder.model.legal_entities[entity].unused:
                self.answered |= {(fact, column, entity, value) for value in values}
            else:
                self.unprovided.add((fact, entity))
            return _named(self.finder.nothing(fact))
        try:
            if (fact, column) == (Fact.INVOICE, "supplier_invoice"):
                rows = await self._written(entity, values)
            else:
                rows = await self.finder.find(fact, Keys(column, tuple(values)), entity, self.ctx)
        except SourceError as error:
            self.errors.append((fact, entity, error))
            return _named(self.finder.nothing(fact))
        self.answered |= {(fact, column, entity, value) for value in values}
        return self._ours(fact, column, _named(rows))

    async def _written(self, entity: str, values: list[str]) -> pl.DataFrame:
        """Invoices by the numbers ledger documents give; where nobody has it as it is written there, by the
        supplier."""
        rows = await self.finder.find(Fact.INVOICE, Keys("supplier_invoice", tuple(values)), entity, self.ctx)
        vouchers = self.rows(Fact.VOUCHER).filter(
            (pl.col("legal_entity") == entity)
            & pl.col("ref_supplier_invoice").is_in(values)
            & pl.col("ref_invoice").is_null()
        )
        wanted = suppliers.named(vouchers, "ref_supplier_invoice") - suppliers.named(rows, "supplier_invoice")
        days = vouchers["date"].drop_nulls()
        return pl.concat([rows, await suppliers.invoices(self.finder, entity, wanted, days, self.ctx)])

    def _ours(self, fact: Fact, column: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Without what only looks alike: another supplier's invoice of the same number, another year's ledger
        document of the same number."""
        other = _NUMBERED.get((fact, column))
        if other is not None:
            return suppliers.having(rows, column, suppliers.named(self.rows(other[0]), other[1]))
        if (fact, column) == (Fact.VOUCHER, "number"):
            reversed_ = self.rows(fact)["reverses"].drop_nulls().unique()
            ours = [(fact, *place) in self.places for place in rows.select(DOCUMENT).iter_rows()]
            return rows.filter(
                pl.Series(ours, dtype=pl.Boolean) | pl.col("number").is_in(reversed_.implode())
            )
        return rows

    def _kept(self, fact: Fact, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows of documents there is room for, without those known already."""
        places = rows.select(DOCUMENT).unique().sort(DOCUMENT, nulls_last=True)
        allowed: list[tuple[Any, ...]] = []
        for place in places.iter_rows():
            key = (fact, *place)
            if key not in self.places and len(self.places) >= self.most:
                self.truncated = True
                continue
            self.places.add(key)
            allowed.append(place)
        room = pl.DataFrame(allowed, schema=places.schema, orient="row")
        inside = rows.join(room, on=list(DOCUMENT), how="semi", nulls_equal=True)
        known = self.rows(fact)
        identity = [c for c in (*DOCUMENT, "line", "dist", "po", "po_line") if c in rows.columns]
        fresh = inside.unique(identity, keep="first", maintain_order=True).join(
            known, on=identity, how="anti", nulls_equal=True
        )
        self.frames[fact] = pl.concat([known, fresh])
        return fresh


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(_doc=pl.coalesce("id", "number"))


def asks(fact: Fact, row: Row) -> Iterator[Ask]:
    """What to look up for a row of a document: all it hangs together with."""
    entity = row["legal_entity"]
    for target, column, value in (*_named_by(fact, row), *_naming(fact, row)):
        if value:
            yield target, column, entity, value


def _naming(fact: Fact, row: Row) -> Iterable[tuple[Fact, str, str | None]]:
    """The documents that name this one, and the rest of its own lines."""
    own = _WHOLE.get(fact)
    if own is not None:
        yield fact, own, row[own]
    match fact:
        case Fact.REQUISITION:
            yield Fact.ORDER, "req", row["number"]
        case Fact.ORDER:
            yield Fact.RECEIPT, "po", row["number"]
            yield Fact.INVOICE, "po", row["number"]
            yield Fact.VOUCHER, "ref_po", row["number"]
        case Fact.INVOICE:
            yield Fact.VOUCHER, "ref_invoice", row["id"]
            for number in spellings(row["supplier_invoice"]):
                yield Fact.VOUCHER, "ref_supplier_invoice", number
        case Fact.VOUCHER:
            yield Fact.VOUCHER, "reverses", row["number"]


def _named_by(fact: Fact, row: Row) -> Iterable[tuple[Fact, str, str | None]]:
    """The documents this one names."""
    match fact:
        case Fact.ORDER:
            yield Fact.REQUISITION, "number", row["req"]
        case Fact.RECEIPT | Fact.INVOICE:
            yield Fact.ORDER, "number", row["po"]
        case Fact.VOUCHER:
            yield Fact.INVOICE, "id", row["ref_invoice"]
            for number in () if row["ref_invoice"] else spellings(row["ref_supplier_invoice"]):
                yield Fact.INVOICE, "supplier_invoice", number
            yield Fact.ORDER, "number", row["ref_po"]
            yield Fact.VOUCHER, "number", row["reverses"]
