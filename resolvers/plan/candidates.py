"""The fourth rung: for an invoice that no voucher carries, the ledger documents that might be it.

Same supplier, about the same amount, about the same time, and nothing that says they are another's. Shown,
never believed: a candidate relieves nothing and posts nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl

from resolvers.plan import suppliers
from resolvers.plan.chain import Edge, Kind, Node, documents, edge, key_of
from resolvers.plan.finding import Finder
from resolvers.plan.papers import Paper, Row, money
from resolvers.plan.spelling import compared
from resolvers.plan.walk import DOCUMENT
from resolvers.semantics.dimensions import RESERVED, AccountClass
from resolvers.semantics.matching import Rung
from resolvers.semantics.model import Model
from resolvers.semantics.parts import with_class
from resolvers.semantics.values import is_credit, line_value
from resolvers.semantics.vouchers import ACCRUAL, GRNI, is_posted
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.source import Source

EARLIER: Final = timedelta(days=10)
LATER: Final = timedelta(days=60)
_LEAST: Final = Decimal("1.00")
_SHARE: Final = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Open:
    """An invoice without a voucher, and its value in the ledger currency."""

    node: Node
    value: Decimal


def open_invoices(nodes: list[Node], invoices: pl.DataFrame) -> list[Open]:
    """The invoices among `nodes` with a date, a supplier and a known value. `invoices` have their terms."""
    lines = invoices.unique(["legal_entity", "id", "line"], keep="first", maintain_order=True).select(
        "legal_entity", "id", value=pl.when(is_credit()).then(-line_value()).otherwise(line_value())
    )
    values: dict[tuple[str, str], Decimal | None] = {}
    for entity, id_, value in lines.iter_rows():
        sofar = values.get((entity, id_), Decimal(0))
        values[entity, id_] = None if sofar is None or value is None else sofar + value
    found = ((node, values.get((node.head["legal_entity"], node.head["id"]))) for node in nodes)
    return [
        Open(node, value)
        for node, value in found
        if value is not None and node.date is not None and node.head["supplier"] not in RESERVED
    ]


@dataclass(slots=True)
class Leads:
    """What might be the vouchers of invoices that none was found for: `nodes` and the `edges` that lead to
    them. `named` are ledger lines that do give the number of one, written so that no look-up found them."""

    nodes: dict[str, Node]
    edges: list[Edge]
    named: list[pl.DataFrame]


async def lookalikes(waiting: list[Open], known: set[tuple[Any, ...]], finder: Finder, ctx: Context) -> Leads:
    """The leads for invoices of one legal entity. `known` are the ledger documents (source, legal_entity, id)
    that the trace holds already. Raises SourceError."""
    leads = Leads({}, [], [])
    entity: str = waiting[0].node.head["legal_entity"]
    heads = [each.node.head for each in waiting]
    own = {(h["supplier"], n) for h in heads if (n := compared(h["supplier_invoice"]))}
    for source in finder.providers(Fact.LEDGER, entity)[:1]:
        rows = await _read(source, waiting, entity, finder, ctx)
        new = [place not in known for place in rows.select(DOCUMENT).iter_rows()]
        rows = rows.filter(pl.Series(new, dtype=pl.Boolean))
        named = suppliers.having(rows, "ref_supplier_invoice", own)
        says = suppliers.named(rows, "ref_supplier_invoice") - own
        others = await suppliers.invoices(finder, entity, says, rows["date"].drop_nulls(), ctx)
        taken = suppliers.having(rows, "ref_supplier_invoice", suppliers.named(others, "supplier_invoice"))
        free = rows.join(pl.concat([named, taken]), on=list(DOCUMENT), how="anti")
        leads.named.append(named.select(finder.nothing(Fact.VOUCHER).columns))
        for lines in documents(free):
            for open_, node in _fitting(lines, waiting, finder.model):
                leads.nodes[node.key] = node
                leads.edges.append(edge(open_.node, node, Kind.POSTED, node.amount, Rung.CANDIDATE.value))
    return leads


async def _read(
    source: Source, waiting: list[Open], entity: str, finder: Finder, ctx: Context
) -> pl.DataFrame:
    """Posted spend of the suppliers in the days around the invoices, that names no invoice or order."""
    wanted = {each.node.head["supplier"] for each in waiting}
    days = [each.node.date for each in waiting if each.node.date is not None]
    since, until = min(days) - EARLIER, max(days) + LATER
    rows = await suppliers.of(finder, source, Fact.LEDGER, entity, wanted, since, until, ctx)
    spend = pl.col("kind").is_null() | (pl.col("kind") != AccountClass.BALANCE_SHEET.value)
    ordinary = ~pl.col("origin").fill_null("").is_in([GRNI, ACCRUAL])
    alone = pl.col("ref_invoice").is_null() & pl.col("ref_po").is_null() & pl.col("reverses").is_null()
    closing = pl.col("type").fill_null("") == "CLOSING"
    kept = with_class(rows, finder.model).filter(is_posted() & ~closing & spend & ordinary & alone)
    return kept.with_columns(_doc=pl.coalesce("id", "number"))


def _fitting(lines: list[Row], waiting: list[Open], model: Model) -> Iterator[tuple[Open, Node]]:
    """The invoices a document might be, and the document as a node."""
    head = lines[0]
    total = sum((row["amount"] for row in lines if row["amount"] is not None), Decimal(0))
    for each in waiting:
        day = each.node.date
        if (
            each.node.head["supplier"] == head["supplier"]
            and day is not None
            and head["date"] is not None
            and day - EARLIER <= head["date"] <= day + LATER
            and abs(total - each.value) <= max(_LEAST, abs(each.value) * _SHARE)
        ):
            rows = tuple({**row, "worth": row["amount"]} for row in lines)
            yield (
                each,
                Node(
                    key=key_of(head, Fact.VOUCHER),
                    paper=Paper(Fact.VOUCHER, rows),
                    date=head["date"],
                    amount=money(total, head["decimals"]),
                    currency=model.legal_entities[head["legal_entity"]].currency,
                ),
            )
