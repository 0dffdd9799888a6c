"""What documents say of each other, followed: from a document to those before and after it."""

import asyncio
from collections.abc import Iterable

from resolvers.graph.context import RequestContext
from resolvers.graph.held import Held
from resolvers.graph.lookups import one, several
from resolvers.plan.papers import Paper
from resolvers.plan.spelling import spellings
from sources.spi.facts import Fact


async def orders_for(held: Held, context: RequestContext) -> list[Paper] | None:
    """The orders that fulfil a requisition."""
    return await several(context, Fact.ORDER, "req", held.entity, (held.says("number"),))


async def requisitions(held: Held, context: RequestContext) -> list[Paper] | None:
    """The requisitions an order fulfils."""
    order = await held.whole(context)
    if order is None:
        return None
    numbers = [row.get("req") for row in order.rows]
    return await several(context, Fact.REQUISITION, "number", held.entity, numbers)


async def receipts(held: Held, context: RequestContext) -> list[Paper] | None:
    """The receipts against an order."""
    return await several(context, Fact.RECEIPT, "po", held.entity, (held.says("number"),))


async def invoices(held: Held, context: RequestContext) -> list[Paper] | None:
    """The invoices that name an order."""
    return await several(context, Fact.INVOICE, "po", held.entity, (held.says("number"),))


async def order(held: Held, context: RequestContext) -> Paper | None:
    """The order a document names; of a ledger line that names none, the one its invoice bills."""
    number = held.says("po") or held.says("ref_po")
    if number is None and held.fact is Fact.INVOICE:
        number = await held.first(context, "po")
    elif number is None and (bill := await invoice(held, context)) is not None:
        number = bill.first("po")
    return await one(context, Fact.ORDER, "number", held.entity, number)


async def invoice(held: Held, context: RequestContext) -> Paper | None:
    """The upstream invoice a ledger line names."""
    return await one(context, Fact.INVOICE, "id", held.entity, held.says("ref_invoice"))


async def postings(held: Held, context: RequestContext) -> list[Paper] | None:
    """The ledger lines that name an invoice."""
    told = "supplier_invoice" in held.row
    paper = Paper(Fact.INVOICE, (held.row,)) if told else await held.whole(context)
    return None if paper is None else await _carrying(context, paper)


async def bookings(held: Held, context: RequestContext) -> list[Paper] | None:
    """The ledger lines that name an order or carry one of its invoices."""
    named, bills = await asyncio.gather(
        several(context, Fact.VOUCHER, "ref_po", held.entity, (held.says("number"),)),
        invoices(held, context),
    )
    if named is None or bills is None:
        return None
    found = await asyncio.gather(*(_carrying(context, bill) for bill in bills))
    known = [papers for papers in found if papers is not None]
    return _once([*named, *(p for papers in known for p in papers)]) if len(known) == len(found) else None


async def _carrying(context: RequestContext, invoice: Paper) -> list[Paper] | None:
    """The ledger lines that name an invoice: by its id, else by its supplier and the supplier's number."""
    head, entity = invoice.rows[0], invoice.rows[0]["legal_entity"]
    numbers = spellings(head["supplier_invoice"])
    by_id, by_number = await asyncio.gather(
        several(context, Fact.VOUCHER, "ref_invoice", entity, (head["id"],)),
        several(context, Fact.VOUCHER, "ref_supplier_invoice", entity, numbers),
    )
    if by_id is None or by_number is None:
        return None
    of_supplier = [
        p
        for p in by_number
        if p.rows[0]["supplier"] == head["supplier"] and p.rows[0]["ref_invoice"] in (None, head["id"])
    ]
    return _once([*by_id, *of_supplier])


def _once(papers: Iterable[Paper]) -> list[Paper]:
    """Each ledger line once, by date."""
    known = {tuple(p.rows[0][c] for c in ("source", "id", "number", "line")): p for p in papers}
    return sorted(known.values(), key=lambda p: (str(p.date), *(str(p.rows[0][c]) for c in ("id", "line"))))
