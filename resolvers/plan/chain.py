"""The chain of documents: requisition → order → receipt and invoice → ledger. Pure: from rows to a graph.

Documents of purchasing name each other. Whose voucher is whose is decided by the ladder of
`semantics.matching`, whose rung and confidence every such edge carries. A ledger document is one node per
reference of its lines, since it may post several invoices.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

import polars as pl

from resolvers.plan.papers import Paper, Row, money, receipt_worth
from resolvers.semantics.model import Model
from sources.spi.facts import Fact

DOCUMENT: Final = ("source", "legal_entity", "_doc")
STAGES: Final = (Fact.REQUISITION, Fact.ORDER, Fact.RECEIPT, Fact.INVOICE, Fact.VOUCHER)
Rows = Callable[[Fact], pl.DataFrame]


class Kind(StrEnum):
    """What an edge says happened."""

    ORDERED = "ORDERED"
    RECEIVED = "RECEIVED"
    INVOICED = "INVOICED"
    POSTED = "POSTED"
    KEYED = "KEYED"
    ACCRUED = "ACCRUED"
    PARKED = "PARKED"
    REVERSED = "REVERSED"


class Confidence(StrEnum):
    """How sure an edge is."""

    EXACT = "EXACT"
    HIGH = "HIGH"
    PROBABLE = "PROBABLE"
    CANDIDATE = "CANDIDATE"


OF_RUNG: Final = {
    1: Confidence.EXACT,
    2: Confidence.HIGH,
    3: Confidence.PROBABLE,
    4: Confidence.CANDIDATE,
    5: Confidence.EXACT,
}
"""A voucher keyed in the ledger names its order itself."""


@dataclass(frozen=True, slots=True)
class Node:
    """A document, or the lines of a ledger document that share a `reference`. `amount` is its worth in
    `currency`; `void`: reversed, or reversing."""

    key: str
    paper: Paper
    date: date | None
    amount: Decimal | None
    currency: str | None
    reference: str | None = None
    void: bool = False

    @property
    def fact(self) -> Fact:
        return self.paper.fact

    @property
    def head(self) -> Row:
        return self.paper.rows[0]


@dataclass(frozen=True, slots=True)
class Edge:
    """One document leads to another. `amount`, in `currency`, is the part of the second that is of the
    first; `lag` counts days."""

    start: str
    end: str
    kind: Kind
    rung: int | None
    confidence: Confidence
    lag: int | None
    amount: Decimal | None
    currency: str | None


def key_of(row: Row, fact: Fact, reference: str | None = None) -> str:
    """The key of a row's document within one trace."""
    parts = (fact.value, row["source"], row["legal_entity"], row["_doc"], reference)
    return ":".join(str(part) for part in parts if part is not None)


def purchasing(rows: Rows, model: Model) -> list[Node]:
    """Requisitions, orders, receipts and invoices."""
    orders = {(r["legal_entity"], r["number"]): r for r in rows(Fact.ORDER).iter_rows(named=True)}
    lines: dict[tuple[str, str], list[Row]] = {}
    for row in rows(Fact.ORDER).iter_rows(named=True):
        lines.setdefault((row["legal_entity"], row["number"]), []).append(row)
    found: list[Node] = []
    for fact in STAGES[:-1]:
        for own in documents(rows(fact)):
            paper = Paper(fact, tuple(own))
            if fact is Fact.RECEIPT:
                priced = (_priced(row, lines.get((row["legal_entity"], row["po"]), [])) for row in own)
                paper = Paper(fact, tuple(priced))
            number = paper.first("po") if fact in _BEHIND else None
            behind = orders.get((own[0]["legal_entity"], number)) if number is not None else None
            found.append(_node(paper, behind, model))
    return found


_BEHIND: Final = (Fact.RECEIPT, Fact.INVOICE)
_BEGAN: Final = {Fact.REQUISITION: "requested_on", Fact.ORDER: "ordered_on"}


def documents(rows: pl.DataFrame) -> Iterator[list[Row]]:
    """The rows of each document."""
    ordered = rows.sort(DOCUMENT, nulls_last=True, maintain_order=True).iter_rows(named=True)
    for _, found in groupby(ordered, key=lambda row: tuple(row[column] for column in DOCUMENT)):
        yield list(found)


def _priced(row: Row, lines: list[Row]) -> Row:
    decimals = lines[0]["decimals"] if lines else row["decimals"]
    return {**row, "worth": receipt_worth(row, lines), "decimals": decimals}


def _node(paper: Paper, behind: Row | None, model: Model) -> Node:
    head, fact = paper.rows[0], paper.fact
    ledger = None if fact is Fact.RECEIPT else model.legal_entities[head["legal_entity"]].currency
    began = paper.first(_BEGAN[fact]) if fact in _BEGAN else None
    return Node(
        key=key_of(head, fact),
        paper=paper,
        date=began or paper.date,
        amount=None if paper.worth is None else money(paper.worth, head["decimals"]),
        currency=paper.currency or (behind["currency"] if behind is not None else ledger),
    )


def named(nodes: list[Node]) -> list[Edge]:
    """What the documents of purchasing say of each other."""
    by_number: dict[tuple[Fact, str, str], Node] = {}
    for node in nodes:
        by_number.setdefault((node.fact, node.head["legal_entity"], node.head["number"]), node)
    found: list[Edge] = []
    for node in nodes:
        for fact, column, kind in _NAMES.get(node.fact, ()):
            for number in sorted({row[column] for row in node.paper.rows if row[column]}):
                other = by_number.get((fact, node.head["legal_entity"], number))
                if other is not None:
                    rows = tuple(row for row in node.paper.rows if row[column] == number)
                    found.append(edge(other, node, kind, Paper(node.fact, rows).worth))
    return found


_NAMES: Final[Mapping[Fact, tuple[tuple[Fact, str, Kind], ...]]] = {
    Fact.ORDER: ((Fact.REQUISITION, "req", Kind.ORDERED),),
    Fact.RECEIPT: ((Fact.ORDER, "po", Kind.RECEIVED),),
    Fact.INVOICE: ((Fact.ORDER, "po", Kind.INVOICED),),
}


def edge(start: Node, end: Node, kind: Kind, amount: Any, rung: int | None = None) -> Edge:
    """From one node to the other, in the second one's money."""
    known = start.date is not None and end.date is not None
    return Edge(
        start=start.key,
        end=end.key,
        kind=kind,
        rung=rung,
        confidence=Confidence.EXACT if rung is None else OF_RUNG[rung],
        lag=(end.date - start.date).days if known and start.date and end.date else None,
        amount=None if amount is None else money(amount, end.head["decimals"]),
        currency=end.currency,
    )
