"""A trace: one document and all it hangs together with, both ways, from requisition to ledger."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

from resolvers.plan.candidates import Leads, Open, lookalikes, open_invoices
from resolvers.plan.chain import Edge, Node, named, purchasing
from resolvers.plan.errors import QuestionError, unknown_member
from resolvers.plan.finding import Finder
from resolvers.plan.guard import Guard
from resolvers.plan.holes import Hole, Missing, holes
from resolvers.plan.postings import ledger
from resolvers.plan.walk import MOST_DOCUMENTS, Walk
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Keys
from sources.spi.source import Source


class Start(StrEnum):
    """Kinds of documents a trace can begin at."""

    REQUISITION = "REQUISITION"
    PURCHASE_ORDER = "PURCHASE_ORDER"
    RECEIPT = "RECEIPT"
    INVOICE = "INVOICE"
    JOURNAL = "JOURNAL"


FACTS: Final = {
    Start.REQUISITION: (Fact.REQUISITION,),
    Start.PURCHASE_ORDER: (Fact.ORDER,),
    Start.RECEIPT: (Fact.RECEIPT,),
    Start.INVOICE: (Fact.INVOICE,),
    Start.JOURNAL: (Fact.VOUCHER, Fact.LEDGER),
}


@dataclass(frozen=True, slots=True)
class Beginning:
    """The document a trace begins at. `entity` is needed where several legal entities use the number. It is
    looked for among those of `among`; None: of everybody."""

    source: str
    kind: Start
    number: str
    entity: str | None = None
    among: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """`truncated`: there is more than the bounds allow. `errors`: one per source that failed. `restricted`:
    some of it was held back."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    gaps: tuple[Missing, ...]
    truncated: bool
    errors: tuple[SourceError, ...]
    restricted: bool = False


async def traced(start: Beginning, finder: Finder, ctx: Context, guard: Guard | None = None) -> Trace:
    """All that hangs on it, whoever asks: see `withholding.trace_of`. Raises QuestionError where there is no
    such document that `guard` lets be seen, SourceError where it cannot be read."""
    fact, rows = await _begin(start, finder, ctx, guard)
    walk = Walk(finder, ctx)
    await walk.run(fact, rows)
    drawn = _drawn(walk)
    leads = await _leads(drawn, walk)
    if any(rows.height for rows in leads.named):
        await walk.follow(Fact.VOUCHER, pl.concat(leads.named))
        drawn = _drawn(walk)
    waiting = {node.key for node in drawn.unposted}
    apt = [each for each in leads.edges if each.start in waiting]
    fit = [leads.nodes[key] for key in dict.fromkeys(each.end for each in apt)]
    shown = fit[: max(0, MOST_DOCUMENTS - len(walk.places))]
    keys = {node.key for node in shown}
    edges = [*drawn.edges, *(each for each in apt if each.end in keys)]
    return Trace(
        nodes=tuple(sorted([*drawn.nodes, *shown], key=_position)),
        edges=tuple(sorted(edges, key=lambda each: (each.start, each.end))),
        gaps=(*drawn.gaps, *_unread(walk)),
        truncated=walk.truncated or len(shown) < len(fit),
        errors=tuple({error.source: error for _, _, error in walk.errors}.values()),
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The graph of what a walk has found. `invoices` are rows with their terms."""

    nodes: list[Node]
    edges: list[Edge]
    gaps: list[Missing]
    invoices: pl.DataFrame

    @property
    def unposted(self) -> list[Node]:
        return [gap.node for gap in self.gaps if gap.hole is Hole.NOT_POSTED and gap.node is not None]


def _drawn(walk: Walk) -> _Drawn:
    bought = purchasing(walk.rows, walk.finder.model)
    books = ledger(walk.rows, bought, walk.finder.model)
    edges = [*named(bought), *books.edges]
    gaps = holes(bought, books, edges, walk.answered)
    return _Drawn([*bought, *books.nodes], edges, gaps, books.invoices)


def _position(node: Node) -> tuple[int, bool, str, str]:
    order = (Fact.REQUISITION, Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER)
    return order.index(node.fact), node.date is None, str(node.date), node.key


def provided(start: Beginning, finder: Finder) -> tuple[Source, list[Fact]]:
    """The source a trace begins at, and the facts its document may be. Raises QuestionError."""
    entities, source = finder.model.legal_entities, finder.sources.get(start.source)
    if source is None:
        known = ", ".join(sorted(finder.sources)) or "none"
        raise QuestionError("UNKNOWN_SOURCE", f"document.source: {start.source!r} is not one of {known}")
    if start.entity is not None and start.entity not in entities:
        raise unknown_member("document.legalEntity", start.entity, entities)
    facts = [fact for fact in FACTS[start.kind] if fact in source.facts]
    if not facts:
        raise QuestionError("BAD_INPUT", f"document.type: {start.source} has no {start.kind}")
    return source, facts


async def _begin(
    start: Beginning, finder: Finder, ctx: Context, guard: Guard | None
) -> tuple[Fact, pl.DataFrame]:
    """The rows of the document the trace begins at."""
    source, facts = provided(start, finder)
    for fact in facts:
        found = await _numbered(start, fact, source, finder, ctx)
        if guard is not None:
            found = {e: rows for e, rows in found.items() if (await guard.rows(fact, rows)).height}
        if len(found) > 1:
            raise QuestionError(
                "AMBIGUOUS",
                f"document.number: {start.number!r} is a {start.kind} of {', '.join(sorted(found))}; "
                "give legalEntity",
            )
        for rows in found.values():
            return Fact.VOUCHER if fact is Fact.LEDGER else fact, rows
    raise QuestionError(
        "DOCUMENT_NOT_FOUND",
        f"document.number: {start.source} has no {start.kind} {start.number!r}"
        + (f" in {start.entity}" if start.entity else ""),
    )


def _entities(start: Beginning, fact: Fact, finder: Finder) -> list[str]:
    """The legal entities whose documents of the kind the source has."""
    served = {
        entity
        for p in finder.model.provisions
        if p.source == start.source and fact in p.facts
        for entity in p.entities
    }
    served &= served if start.among is None else start.among
    return sorted(served if start.entity is None else served & {start.entity})


async def _numbered(
    start: Beginning, fact: Fact, source: Source, finder: Finder, ctx: Context
) -> dict[str, pl.DataFrame]:
    """The documents of that number by legal entity. Where only its order tells whose a document is, it is
    looked up for each."""
    entities, keys = _entities(start, fact, finder), Keys("number", (start.number,))
    if not entities:
        return {}
    if finder.tells(source, fact):
        rows = await finder.find_at(source, fact, keys, entities, ctx)
        parts = rows.partition_by(["legal_entity"], as_dict=True)
        return {str(entity): part for (entity,), part in parts.items()}
    found: dict[str, pl.DataFrame] = {}
    for entity in entities:
        rows = await finder.find_at(source, fact, keys, (entity,), ctx)
        orders = Keys("number", tuple(rows["po"].drop_nulls().unique().sort()))
        if orders.values and (await finder.find(Fact.ORDER, orders, entity, ctx)).height:
            found[entity] = rows
    return found


async def _leads(drawn: _Drawn, walk: Walk) -> Leads:
    """What might be the vouchers of invoices that none carries; a source that cannot say is an error."""
    leads = Leads({}, [], [])
    known = {place[1:] for place in walk.places if place[0] is Fact.VOUCHER}
    by_entity: dict[str, list[Open]] = {}
    for each in open_invoices(drawn.unposted, drawn.invoices):
        by_entity.setdefault(each.node.head["legal_entity"], []).append(each)
    for entity, some in sorted(by_entity.items()):
        try:
            found = await lookalikes(some, set(known), walk.finder, walk.ctx)
        except SourceError as error:
            walk.errors.append((Fact.LEDGER, entity, error))
            continue
        leads.nodes |= found.nodes
        leads.edges += found.edges
        leads.named += found.named
    return leads


def _unread(walk: Walk) -> list[Missing]:
    """What could not be looked up."""
    failed = [
        Missing(Hole.UNREAD, f"{fact} of {entity} could not be looked up: {error}")
        for (fact, entity), error in {(f, e): error for f, e, error in walk.errors}.items()
    ]
    absent = [
        Missing(Hole.UNREAD, f"no source is configured to provide {fact} for {entity}")
        for fact, entity in sorted(walk.unprovided)
    ]
    return [*failed, *absent]
