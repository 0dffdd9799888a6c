"""Whose voucher is it, asked of documents: the vouchers that carry an invoice, what a ledger line carries.

The ladder is that of the figures (`semantics.matching`), and what it takes to climb it is read for all
documents of a batch at once:

    asked about ── its orders ── the other invoices and vouchers on them, which compete for rung 3
         └── vouchers that name it, whole, with what reverses them ── the invoices these name

Orders of competitors are not followed, since an order line is all that two documents compete for. A document
whose chain could not be read in full has no known matches, rather than none.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from resolvers.plan import suppliers
from resolvers.plan.chain import Confidence, Edge, Kind, Node, key_of, purchasing
from resolvers.plan.errors import QuestionError
from resolvers.plan.finding import Finder
from resolvers.plan.papers import Paper, Row
from resolvers.plan.postings import Ledger, ledger
from resolvers.plan.unread import unread
from resolvers.plan.walk import DOCUMENT, MOST_DOCUMENTS, Ask, Place, Walk, asks
from resolvers.semantics.matching import INVOICE
from resolvers.semantics.vouchers import VOUCHER
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import Fact

_LOOKED_UP: Final = (Fact.ORDER, Fact.INVOICE, Fact.VOUCHER)
_CARRYING: Final = (Kind.POSTED, Kind.KEYED)


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice, or with `line` a line of a ledger document: as its source names it."""

    fact: Fact
    source: str
    entity: str
    id: str | None
    number: str | None
    line: str | None = None

    @property
    def ask(self) -> Ask:
        """The look-up that finds it: a ledger document by its number, since it may be known by one line."""
        by_id = self.fact is Fact.INVOICE and bool(self.id)
        return self.fact, "id" if by_id else "number", self.entity, str(self.id if by_id else self.number)

    @property
    def place(self) -> Place:
        return self.fact, self.source, self.entity, str(self.id or self.number)


@dataclass(frozen=True, slots=True)
class Match:
    """A document on the other side. `void`: the voucher was reversed, or reverses; `amount`, in `currency`,
    is what the voucher carries of it."""

    rung: int
    confidence: Confidence
    void: bool
    amount: Decimal | None
    currency: str | None
    paper: Paper


Outcome = tuple[Match, ...] | SourceError | QuestionError | None
"""The matches of a document; or why they are not known, None where nobody is configured to know."""


async def matches(asked: Sequence[Asked], finder: Finder, ctx: Context) -> list[Outcome]:
    """What documents of one kind match, each in the place of what asked for it."""
    own = {each.place for each in asked}
    most = min(MOST_DOCUMENTS * len(own), finder.model.max_rows)
    walk = Walk(finder, ctx, most=most, steps=_Steps(own))
    walk.places |= own
    await walk.begin({each.ask for each in asked})
    books, bought = _drawn(walk)
    if (more := await _written_otherwise(books, walk)).height:
        await walk.follow(Fact.VOUCHER, more)
        books, bought = _drawn(walk)
    known, lost = _Known(books, bought, walk), unread(((each.ask, each.place) for each in asked), walk)
    return [lost[each.place] if each.place in lost else known.matches(each) for each in asked]


def _drawn(walk: Walk) -> tuple[Ledger, list[Node]]:
    bought = purchasing(walk.rows, walk.finder.model)
    return ledger(walk.rows, bought, walk.finder.model), bought


@dataclass(frozen=True, slots=True)
class _Steps:
    """What is looked up for a row: of orders only those of the documents asked about, with what else names
    them, though nobody may know the order; and those that say what currency an invoice is in."""

    own: set[Place]

    def __call__(self, fact: Fact, row: Row) -> Iterator[Ask]:
        place = (fact, *(row[column] for column in DOCUMENT))
        terms = fact is Fact.INVOICE and row["currency"] is None
        for ask in asks(fact, row):
            named = ask[0] is Fact.ORDER and fact is not Fact.ORDER
            if ask[0] in _LOOKED_UP and (not named or terms or place in self.own):
                yield ask
        number = row["po"] if fact is Fact.INVOICE else row["ref_po"] if fact is Fact.VOUCHER else None
        if number and place in self.own:
            yield Fact.INVOICE, "po", row["legal_entity"], number
            yield Fact.VOUCHER, "ref_po", row["legal_entity"], number


async def _written_otherwise(books: Ledger, walk: Walk) -> pl.DataFrame:
    """Ledger lines of the suppliers whose invoices no voucher carries, that name one of these in a way no
    look-up found."""
    carried = books.links.select(INVOICE).rename({"invoice": "id"})
    waiting = walk.rows(Fact.INVOICE).join(carried, on=["legal_entity", "id"], how="anti")
    found = [walk.finder.nothing(Fact.VOUCHER)]
    for (entity,), rows in waiting.partition_by(["legal_entity"], as_dict=True).items():
        wanted = suppliers.named(rows, "supplier_invoice")
        looked_up = {(Fact.VOUCHER, "supplier", str(entity), supplier) for supplier, _ in wanted}
        walk.asked |= looked_up
        try:
            found.append(await suppliers.vouchers(walk.finder, str(entity), wanted, walk.ctx))
            walk.answered |= looked_up
        except SourceError as error:
            walk.errors.append((Fact.VOUCHER, str(entity), error))
    return pl.concat(found)


class _Known:
    """Matches by document."""

    def __init__(self, books: Ledger, bought: list[Node], walk: Walk) -> None:
        self._nodes = {node.key: node for node in (*bought, *books.nodes)}
        self._carrying: dict[str, list[Match]] = defaultdict(list)
        self._carried: dict[str, list[Match]] = defaultdict(list)
        for edge in books.edges:
            if edge.kind in _CARRYING and edge.rung is not None:
                self._carrying[edge.start].append(self._match(edge, edge.rung, edge.end))
                self._carried[edge.end].append(self._match(edge, edge.rung, edge.start))
        self._vouchers: dict[tuple[Any, ...], list[Node]] = defaultdict(list)
        for node in books.nodes:
            if node.reference is not None:
                self._vouchers[tuple(node.head[column] for column in DOCUMENT)].append(node)
        lines = books.made.select(*VOUCHER[:3], "line", "reference").iter_rows()
        self._references = {tuple(place): reference for *place, reference in lines}
        self._lines = set(walk.rows(Fact.VOUCHER).select(*DOCUMENT, "line").iter_rows())
        self._finder = walk.finder

    def matches(self, asked: Asked) -> Outcome:
        if asked.fact is Fact.INVOICE:
            head = {"source": asked.source, "legal_entity": asked.entity, "_doc": asked.place[3]}
            key = key_of(head, Fact.INVOICE)
            return tuple(sorted(self._carrying[key], key=_position)) if key in self._nodes else None
        if asked.source not in {s.name for s in self._finder.providers(Fact.VOUCHER, asked.entity)}:
            return None
        found = (each for node in self._of_line(asked) for each in self._carried[node.key])
        return tuple(sorted(found, key=_position))

    def _of_line(self, asked: Asked) -> list[Node]:
        """The voucher a line is part of. A line that refers to nothing, and so was not found, is part of the
        only one of its document."""
        place = asked.place[1:]
        vouchers, line = self._vouchers.get(place, []), (*place, asked.line)
        if line in self._references:
            same = [node for node in vouchers if node.reference == self._references[line]]
            return same or vouchers  # it repeats what another line of its document says
        return vouchers if line not in self._lines and len(vouchers) == 1 else []

    def _match(self, edge: Edge, rung: int, other: str) -> Match:
        node = self._nodes[other]
        rows = node.paper.rows[:1] if node.fact is Fact.VOUCHER else node.paper.rows
        void = self._nodes[edge.end].void
        return Match(rung, edge.confidence, void, edge.amount, edge.currency, Paper(node.fact, rows))


def _position(match: Match) -> tuple[str, ...]:
    head = match.paper.rows[0]
    return str(match.paper.date), *(str(head[column]) for column in DOCUMENT), str(head.get("line"))
