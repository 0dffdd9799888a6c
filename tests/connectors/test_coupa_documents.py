"""What comes out of Coupa is what went in: the history of the entity that buys there, document by document.

Coupa keeps no cancelled part and no line number of a requisition; everything else is compared.
"""

import asyncio
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from sources.sandbox.estate import build as history
from sources.sandbox.estate.documents import Distribution, Estate, Invoice, Order, Receipt, Requisition
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Scan
from sources.spi.settings import Limits
from tests.connectors.test_coupa import source

ENTITY = "US01"
Row = tuple[Any, ...]
WHOLE = (None,)


@cache
def estate() -> Estate:
    return history(seed=7, scale=0.05)


def code(dimension: str, member: str | None) -> str | None:
    return None if member is None else estate().company.code("coupa", dimension, member)


def read(fact: Fact, columns: Iterable[str]) -> list[Row]:
    async def run() -> pl.DataFrame:
        coupa = source(Limits())
        try:
            batch = await coupa.run(coupa.accept(Scan(fact, tuple(columns))), Context.within(600))
        finally:
            await coupa.aclose()
        return batch.frame

    return sorted(asyncio.run(run()).rows(), key=repr)


def compare(fact: Fact, columns: str, expected: Iterable[Row]) -> None:
    found, wanted = read(fact, columns.split()), sorted(map(exact, expected), key=repr)
    assert len(found) == len(wanted)
    assert found == wanted


def exact(row: Row) -> Row:
    """Numbers as the engine holds them, so that they sort alike."""
    return tuple(v.quantize(Decimal("1e-16")) if isinstance(v, Decimal) else v for v in row)


def charged(distributions: tuple[Distribution, ...]) -> Iterator[Row]:
    """Account, cost centre, project and weight; a line that is not split has no weight."""
    split = len(distributions) > 1
    for share in distributions:
        yield (
            code("legal_entity", ENTITY),
            code("account", share.account),
            code("cost_center", share.cost_center),
            code("project", share.project),
            share.percent if split else None,
        )


CHARGED = "legal_entity account cost_center project percent"


def mine(documents: Iterable[Any]) -> list[Any]:
    return [document for document in documents if document.entity == ENTITY]


def test_requisitions() -> None:
    def rows(document: Requisition) -> Iterator[Row]:
        head = (document.id, document.status, code("supplier", document.supplier), document.date)
        for line in document.lines:
            money = (document.currency, document.rate, line.quantity, line.price, line.tax_rate)
            yield from ((*head, *money, *share) for share in charged(line.distributions))

    wanted = [row for document in mine(estate().requisitions) for row in rows(document)]
    compare(
        Fact.REQUISITION,
        f"number status supplier date currency rate quantity price tax_rate {CHARGED}",
        wanted,
    )


def test_orders() -> None:
    """Issued orders are open, however far their lines came; an amount line's quantity is its amount."""
    ended = {"DRAFT", "PENDING", "CLOSED", "FINALLY_CLOSED", "CANCELLED"}
    dead = {"CLOSED", "FINALLY_CLOSED", "CANCELLED"}

    def rows(document: Order) -> Iterator[Row]:
        status = document.status if document.status in ended else "OPEN"
        head = (document.id, document.number, status, code("supplier", document.supplier), document.date)
        for line in document.lines:
            own = line.status or document.status
            amount = None if line.amount is None else line.amount - line.cancelled_quantity
            quantity = line.quantity - line.cancelled_quantity if amount is None else amount
            price = line.price if amount is None else None
            money = (
                document.currency,
                document.rate,
                line.match_basis,
                quantity,
                price,
                amount,
                line.tax_rate,
            )
            tail = (line.receipt_required, line.requisition and line.requisition[0])
            body = (str(line.line), own if own in dead else None, *money, *tail)
            yield from ((*head, *body, *share) for share in charged(line.distributions))

    columns = (
        "id number status supplier date line line_status currency rate match_basis quantity price amount"
    )
    found = [row for document in mine(estate().orders) for row in rows(document)]
    compare(Fact.ORDER, f"{columns} amount tax_rate receipt_required req {CHARGED}", found)


def test_orders_name_the_lines_of_requisitions() -> None:
    """Each reference leads to one line, which asked for at least what was ordered at first."""
    asked = {line: quantity for line, quantity, _ in read(Fact.REQUISITION, ("line", "quantity", "dist"))}
    names = read(Fact.ORDER, ("req_line", "id", "line", "dist"))
    references = {(order, line): wish for wish, order, line, _ in names if wish is not None}
    orders = [
        (document.id, str(line.line), line.requisition)
        for document in mine(estate().orders)
        for line in document.lines
        if line.requisition is not None
    ]
    assert len(orders) == len(references)
    for order, line, (_, _, quantity) in orders:
        assert asked[references[order, line]] >= quantity


def test_receipts() -> None:
    def row(document: Receipt) -> Row:
        return (
            document.number,
            document.po,
            str(document.po_line),
            document.date,
            document.quantity,
            document.amount,
        )

    compare(Fact.RECEIPT, "number po po_line date quantity amount", map(row, mine(estate().receipts)))


def test_invoices() -> None:
    """Lines that bill an order are charged as the order is. A price without a quantity is no price."""
    lines = {(o.number, line.line): line for o in mine(estate().orders) for line in o.lines}

    def rows(document: Invoice) -> Iterator[Row]:
        head = (document.id, document.status, document.type, code("supplier", document.supplier))
        days = (document.supplier_invoice, document.date, document.approved_on, document.exported_on)
        for line in document.lines:
            to = line.distributions or lines[line.po or "", line.po_line or 0].distributions
            money = (document.currency, document.rate, line.quantity, line.price, line.amount, line.tax)
            order = (line.po, None if line.po_line is None else str(line.po_line), line.final_match)
            yield from ((*head, *days, str(line.line), *money, *order, *share) for share in charged(to))

    columns = (
        "id status type supplier supplier_invoice date approved_on exported_on line currency rate quantity"
    )
    found = [row for document in mine(estate().invoices) for row in rows(document)]
    compare(Fact.INVOICE, f"{columns} quantity price amount tax po po_line final_match {CHARGED}", found)
