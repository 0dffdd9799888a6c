"""Documents as nodes: what they are, where they live, and which others they name."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import strawberry
from graphql import GraphQLError

from resolvers.graph.context import RequestContext
from resolvers.graph.loaders import Key
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.source import Source

Info = strawberry.Info[RequestContext, None]


@dataclass(frozen=True, slots=True)
class Says:
    """What a document says of others: the id of an invoice, the number of an order. They are looked up
    where the document's legal entity has them."""

    entity: str
    invoice: str | None
    order: str | None


@strawberry.type(description="A system that figures come from.")
class SourceRef:
    name: str = strawberry.field(description="Name in the configuration.")
    system: str = strawberry.field(description="Vendor and product.")


@strawberry.interface(description="A document in the system where it lives.")
class Document:
    id: strawberry.ID = strawberry.field(description="The system's own key, unique within the source.")
    number: str | None = strawberry.field(description="The number people use.")
    line: str | None = strawberry.field(description="Line within the document.")
    date: datetime.date | None = strawberry.field(
        description="Its date: posting, order, invoice or budget date."
    )
    source: SourceRef = strawberry.field(description="Where it lives.")
    url: str | None = strawberry.field(description="Opens it in its own application, where that has pages.")
    says: strawberry.Private[Says]


@strawberry.type(description="An entry of the budget.")
class BudgetEntry(Document):
    pass


@strawberry.type(description="A purchase requisition.")
class Requisition(Document):
    pass


@strawberry.type(description="A purchase order.")
class PurchaseOrder(Document):
    pass


async def _order_of(root: strawberry.Parent[Document], info: Info) -> PurchaseOrder | None:
    loaders, number = info.context.loaders, root.says.order
    if number is None and root.says.invoice is not None:
        invoice = await _asked(loaders.invoices.load(Key(root.says.entity, root.says.invoice)))
        number = invoice["po"] if invoice else None
    if number is None:
        return None
    row = await _asked(loaders.orders.load(Key(root.says.entity, number)))
    return cast("PurchaseOrder", document(Fact.ORDER, row, info.context.engine.sources)) if row else None


@strawberry.type(description="A supplier invoice or credit.")
class Invoice(Document):
    purchase_order: PurchaseOrder | None = strawberry.field(
        resolver=_order_of, description="The purchase order it bills, where it names one."
    )


async def _invoice_of(root: strawberry.Parent[Document], info: Info) -> Invoice | None:
    if root.says.invoice is None:
        return None
    row = await _asked(info.context.loaders.invoices.load(Key(root.says.entity, root.says.invoice)))
    return cast("Invoice", document(Fact.INVOICE, row, info.context.engine.sources)) if row else None


@strawberry.type(description="A line of the ledger.")
class JournalLine(Document):
    invoice: Invoice | None = strawberry.field(
        resolver=_invoice_of, description="The upstream invoice its voucher carries, where it names one."
    )
    purchase_order: PurchaseOrder | None = strawberry.field(
        resolver=_order_of,
        description="The purchase order behind it: the one it names, or the one its invoice bills.",
    )


KINDS: Final[dict[Fact, type[Document]]] = {
    Fact.BUDGET: BudgetEntry,
    Fact.REQUISITION: Requisition,
    Fact.ORDER: PurchaseOrder,
    Fact.INVOICE: Invoice,
    Fact.LEDGER: JournalLine,
}


def document(fact: Fact, row: Mapping[str, Any], sources: Mapping[str, Source]) -> Document:
    """A row of a fact, or a part that came from one, as a node."""
    source = sources[row["source"]]
    return KINDS[fact](
        id=strawberry.ID(row["id"] or row["number"] or ""),
        number=row["number"],
        line=row["line"],
        date=row["date"],
        source=SourceRef(name=source.name, system=source.system),
        url=source.url(fact, {key: row[key] for key in ("id", "number", "line")}),
        says=Says(row["legal_entity"], row.get("ref_invoice"), row.get("ref_po") or row.get("po")),
    )


async def _asked(loading: Any) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] | None = await loading
    except SourceError as error:
        extensions = {"code": error.code, "source": error.source}
        raise GraphQLError(str(error), extensions=extensions) from None
    return found
