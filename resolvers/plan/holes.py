"""Where a chain ends too early: what should hang together and does not. Pure.

Nothing found is a gap only where it was looked for and everybody answered; what could not be read is a gap of
its own kind.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

from resolvers.plan.chain import Edge, Kind, Node
from resolvers.plan.postings import Ledger
from resolvers.plan.spelling import spellings
from resolvers.semantics.matching import INVOICE, duplicates
from resolvers.semantics.values import APPROVED, is_credit, line_value
from sources.spi.facts import Fact

Ask = tuple[Fact, str, str, str]
_NOTHING_YET: Final = ("DRAFT", "PENDING", "CANCELLED")


class Hole(StrEnum):
    """What is missing."""

    NOT_ORDERED = "NOT_ORDERED"
    NOT_RECEIVED = "NOT_RECEIVED"
    NOT_INVOICED = "NOT_INVOICED"
    NOT_POSTED = "NOT_POSTED"
    REVERSED = "REVERSED"
    UNKNOWN_REQUISITION = "UNKNOWN_REQUISITION"
    UNKNOWN_ORDER = "UNKNOWN_ORDER"
    UNKNOWN_INVOICE = "UNKNOWN_INVOICE"
    DUPLICATE_VOUCHER = "DUPLICATE_VOUCHER"
    UNREAD = "UNREAD"


@dataclass(frozen=True, slots=True)
class Missing:
    """One gap, at a document where it is one's own."""

    hole: Hole
    message: str
    node: Node | None = None


def holes(bought: list[Node], books: Ledger, edges: list[Edge], answered: AbstractSet[Ask]) -> list[Missing]:
    """The gaps of a chain, those nearest to its beginning first."""
    out: dict[str, set[Kind]] = {}
    for each in edges:
        if each.kind not in (Kind.PARKED, Kind.ACCRUED):
            out.setdefault(each.start, set()).add(each.kind)
    found: list[Missing] = []
    for node in bought:
        found += _ends(node, out.get(node.key, set()), answered)
    found += _unposted(bought, books, answered)
    found += _unknown([*bought, *books.nodes], bought, books, answered)
    found += _twice(books)
    return found


def _ends(node: Node, out: set[Kind], answered: AbstractSet[Ask]) -> Iterator[Missing]:
    """Requisitions and orders that lead nowhere."""
    entity, number, status = node.head["legal_entity"], node.head["number"], node.paper.status
    if node.fact is Fact.REQUISITION and status == "APPROVED":
        looked = (Fact.ORDER, "req", entity, number) in answered
        if looked and Kind.ORDERED not in out:
            yield Missing(Hole.NOT_ORDERED, f"requisition {number} is approved; no order fulfils it", node)
    if node.fact is not Fact.ORDER or status in _NOTHING_YET:
        return
    due = any(row["receipt_required"] for row in node.paper.rows)
    if due and Kind.RECEIVED not in out and (Fact.RECEIPT, "po", entity, number) in answered:
        yield Missing(Hole.NOT_RECEIVED, f"order {number} needs receipts and has none", node)
    looked = {(Fact.INVOICE, "po", entity, number), (Fact.VOUCHER, "ref_po", entity, number)} <= answered
    if looked and not out & {Kind.INVOICED, Kind.KEYED}:
        message = f"order {number} has no invoice, and no voucher was keyed on it"
        yield Missing(Hole.NOT_INVOICED, message, node)


def _unposted(bought: list[Node], books: Ledger, answered: AbstractSet[Ask]) -> Iterator[Missing]:
    """Approved invoices that no live voucher carries."""
    posted = set(books.links.select(INVOICE).iter_rows())
    void = {e.start for e in books.edges if e.kind is Kind.POSTED}
    for node in bought:
        entity, id_ = node.head["legal_entity"], node.head["_doc"]
        if node.fact is not Fact.INVOICE or (entity, id_) in posted:
            continue
        number = node.head["number"]
        if node.key in void:
            yield Missing(Hole.REVERSED, f"every voucher of invoice {number} was reversed", node)
        elif node.paper.status in APPROVED and _sought(node) <= answered:
            yield Missing(
                Hole.NOT_POSTED, f"invoice {number} is {node.paper.status}; no voucher carries it", node
            )


def _sought(node: Node) -> set[Ask]:
    """The look-ups that would have found an invoice's voucher."""
    head = node.head
    entity = head["legal_entity"]
    ways = {(Fact.VOUCHER, "ref_supplier_invoice", entity, n) for n in spellings(head["supplier_invoice"])}
    return ways | ({(Fact.VOUCHER, "ref_invoice", entity, head["id"])} if head["id"] else set())


_NAMED: Final = (
    (Fact.ORDER, "req", Fact.REQUISITION, "number", Hole.UNKNOWN_REQUISITION, "requisition"),
    (Fact.RECEIPT, "po", Fact.ORDER, "number", Hole.UNKNOWN_ORDER, "order"),
    (Fact.INVOICE, "po", Fact.ORDER, "number", Hole.UNKNOWN_ORDER, "order"),
    (Fact.VOUCHER, "ref_po", Fact.ORDER, "number", Hole.UNKNOWN_ORDER, "order"),
)
_WORDS: Final = {
    Fact.ORDER: "order",
    Fact.RECEIPT: "receipt",
    Fact.INVOICE: "invoice",
    Fact.VOUCHER: "ledger document",
}


def _unknown(
    nodes: list[Node], bought: list[Node], books: Ledger, answered: AbstractSet[Ask]
) -> Iterator[Missing]:
    """Documents that name one which nobody has."""
    known = {(n.fact, n.head["legal_entity"], n.head["number"]) for n in bought}
    for node in nodes:
        entity = node.head["legal_entity"]
        for fact, column, target, by, hole, word in _NAMED:
            if node.fact is not fact:
                continue
            for number in sorted({row[column] for row in node.paper.rows if row[column]}):
                asked = (target, by, entity, number) in answered
                if asked and (target, entity, number) not in known:
                    own = f"{_WORDS[fact]} {node.head['number']}"
                    yield Missing(hole, f"{own} names {word} {number}, which nobody has", node)
    for node in books.strays:
        id_ = node.paper.first("ref_invoice")
        if id_ and (Fact.INVOICE, "id", node.head["legal_entity"], id_) in answered:
            own = f"ledger document {node.head['number']}"
            yield Missing(Hole.UNKNOWN_INVOICE, f"{own} names invoice {id_}, which nobody has", node)


def _twice(books: Ledger) -> Iterator[Missing]:
    """Vouchers that carry an invoice another one carries already."""
    values = (
        books.invoices.unique(["legal_entity", "id", "line"], keep="first", maintain_order=True)
        .group_by("legal_entity", invoice="id", maintain_order=True)
        .agg(value=pl.when(is_credit()).then(-line_value()).otherwise(line_value()).sum())
    )
    keys = {(n.head["source"], n.head["legal_entity"], n.head["id"], n.reference): n for n in books.nodes}
    for row in duplicates(books.links, values).iter_rows(named=True):
        node = keys.get((row["source"], row["legal_entity"], row["id"], row["reference"]))
        message = f"ledger document {row['number']} posts an invoice that another one posts already"
        yield Missing(Hole.DUPLICATE_VOUCHER, message, node)
