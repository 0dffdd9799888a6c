"""The ledger's end of the chain: vouchers as nodes, and the edges that lead to them. Pure.

invoice ── POSTED (rung 1 to 3) ──► voucher            order ── KEYED (rung 5) ──► voucher
order ── ACCRUED ──► goods-received or accrual posting   voucher ── REVERSED ──► its reversal
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from resolvers.plan.chain import DOCUMENT, Edge, Kind, Node, Rows, documents, edge, key_of
from resolvers.plan.papers import Paper, Row, money
from resolvers.semantics import vouchers as voucher
from resolvers.semantics.dimensions import AccountClass
from resolvers.semantics.matching import Rung, identified, matched
from resolvers.semantics.model import Model
from resolvers.semantics.parts import with_class
from resolvers.semantics.terms import with_terms
from sources.spi.facts import Fact

Place = tuple[Any, ...]
_ACCRUALS: Final = (voucher.GRNI, voucher.ACCRUAL)


@dataclass(frozen=True, slots=True)
class Ledger:
    """`strays` are live vouchers that belong to no invoice and no known order; `links` as in `matched`;
    `made` the lines that make vouchers, as in `vouchers.lines`."""

    nodes: list[Node]
    edges: list[Edge]
    strays: list[Node]
    links: pl.DataFrame
    invoices: pl.DataFrame
    made: pl.DataFrame


def ledger(rows: Rows, bought: list[Node], model: Model) -> Ledger:
    """The ledger documents of `rows`, and how the documents in `bought` lead to them."""
    journal = with_class(rows(Fact.VOUCHER), model)
    terms = with_terms(rows(Fact.INVOICE), rows(Fact.ORDER))
    made = voucher.lines(journal)
    nodes = _vouchers(made, model)
    others = {node.key: node for node in _others(journal, nodes, model)}
    bills = {(n.head["legal_entity"], n.head["_doc"]): n for n in bought if n.fact is Fact.INVOICE}
    orders = {(n.head["legal_entity"], n.head["number"]): n for n in reversed(bought) if n.fact is Fact.ORDER}
    said, left = identified(terms, made)
    found = matched(terms, journal)
    taken = found.links.filter(pl.col("rung") == Rung.ORDER_LINE.value)
    links = pl.concat([said.drop("void"), taken])
    for place in _echoes(links, made):
        nodes.pop(place, None)
    edges = [*_posted(links, nodes, bills)]
    void = voucher.slices(made).join(left.filter("void"), on=voucher.VOUCHER, how="semi")
    edges += _keyed(pl.concat([found.keyed.select(void.columns), void]), nodes, orders)
    edges += _accrued(others, bills, orders)
    every = [*nodes.values(), *others.values()]
    edges += _reversed(every)
    reached = {each.end for each in edges if each.kind is not Kind.REVERSED}
    strays = [node for node in nodes.values() if node.key not in reached and not node.void]
    return Ledger(every, edges, strays, found.links, terms, made)


def _place(row: Row) -> Place:
    return tuple(row[column] for column in voucher.VOUCHER)


def _vouchers(made: pl.DataFrame, model: Model) -> dict[Place, Node]:
    lines: dict[Place, list[Row]] = {}
    references: dict[Place, set[str]] = {}
    for row in made.iter_rows(named=True):
        place = _place(row)
        lines.setdefault(place, []).append(row)
        references.setdefault(place[:3], set()).add(row["reference"])
    return {
        (place := _place(row)): _voucher(row, lines[place], model, alone=len(references[place[:3]]) == 1)
        for row in voucher.vouchers(made).iter_rows(named=True)
    }


def _voucher(row: Row, lines: list[Row], model: Model, *, alone: bool) -> Node:
    """A voucher of `lines`; `alone`: its document has no other."""
    counting = tuple(line for line in lines if line["_counts"]) or tuple(lines)
    head = counting[0]
    return Node(
        key=key_of(head, Fact.VOUCHER, None if alone else row["reference"]),
        paper=Paper(Fact.VOUCHER, counting),
        date=row["date"],
        amount=money(row["amount"], head["decimals"]),
        currency=model.legal_entities[row["legal_entity"]].currency,
        reference=row["reference"],
        void=row["void"],
    )


def _others(journal: pl.DataFrame, nodes: Mapping[Place, Node], model: Model) -> Iterator[Node]:
    """Ledger documents that make no voucher: receipts booked, accruals, parked documents."""
    known = {place[:3] for place in nodes}
    for lines in documents(journal):
        head = lines[0]
        if tuple(head[column] for column in DOCUMENT) in known:
            continue
        amounts = [row["amount"] for row in lines if row["amount"] is not None]
        total = sum(amounts, Decimal(0)) or sum((a for a in amounts if a > 0), Decimal(0))
        yield Node(
            key=key_of(head, Fact.VOUCHER),
            paper=Paper(Fact.VOUCHER, tuple(lines)),
            date=head["date"],
            amount=money(total, head["decimals"]) if amounts else None,
            currency=model.legal_entities[head["legal_entity"]].currency,
        )


def _echoes(links: pl.DataFrame, made: pl.DataFrame) -> set[Place]:
    """Vouchers that say again what another one of their document says: the payables line names an invoice by
    the supplier's number, the expense line the same one by its id."""
    sheet = made.group_by(voucher.VOUCHER).agg(
        _sheet=(pl.col("kind") == AccountClass.BALANCE_SHEET.value).fill_null(value=False).all()
    )
    document = ["source", "legal_entity", "id", "invoice"]
    again = links.join(sheet, on=voucher.VOUCHER).filter(
        pl.col("_sheet") & (pl.col("rung") > pl.col("rung").min().over(document))
    )
    return {_place(row) for row in again.iter_rows(named=True)}


def _posted(
    links: pl.DataFrame, nodes: Mapping[Place, Node], bills: Mapping[tuple[str, str], Node]
) -> Iterator[Edge]:
    whole = links.group_by([*voucher.VOUCHER, "invoice", "rung"], maintain_order=True).agg(
        pl.col("amount").sum()
    )
    for row in whole.iter_rows(named=True):
        bill, node = bills.get((row["legal_entity"], row["invoice"])), nodes.get(_place(row))
        if bill is not None and node is not None:
            yield edge(bill, node, Kind.POSTED, row["amount"], row["rung"])


def _keyed(
    slices: pl.DataFrame, nodes: Mapping[Place, Node], orders: Mapping[tuple[str, str], Node]
) -> Iterator[Edge]:
    whole = slices.group_by([*voucher.VOUCHER, "ref_po"], maintain_order=True).agg(pl.col("amount").sum())
    for row in whole.iter_rows(named=True):
        order = orders.get((row["legal_entity"], row["ref_po"]))
        if order is not None:
            yield edge(order, nodes[_place(row)], Kind.KEYED, row["amount"], Rung.KEYED.value)


def _accrued(
    others: Mapping[str, Node],
    bills: Mapping[tuple[str, str], Node],
    orders: Mapping[tuple[str, str], Node],
) -> Iterator[Edge]:
    """What a document that makes no voucher says of others."""
    for node in others.values():
        entity = node.head["legal_entity"]
        kind = Kind.ACCRUED if node.paper.first("origin") in _ACCRUALS else Kind.PARKED
        bill = bills.get((entity, str(node.paper.first("ref_invoice"))))
        if bill is not None:
            yield edge(bill, node, kind, node.amount)
            continue
        for number in sorted({row["ref_po"] for row in node.paper.rows if row["ref_po"]}):
            order = orders.get((entity, number))
            if order is not None:
                yield edge(order, node, kind, node.amount)


def _reversed(nodes: list[Node]) -> Iterator[Edge]:
    """From each document to the one that reverses it, under the same reference where it has several."""
    numbered: dict[Place, list[Node]] = {}
    for node in nodes:
        place = (node.head["source"], node.head["legal_entity"], node.head["number"])
        numbered.setdefault(place, []).append(node)
    for node in nodes:
        target = node.paper.first("reverses")
        those = numbered.get((node.head["source"], node.head["legal_entity"], target), [])
        for other in those:
            if other is not node and (len(those) == 1 or other.reference == node.reference):
                yield edge(other, node, Kind.REVERSED, node.amount)
