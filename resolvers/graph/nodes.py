"""Documents as nodes: what they are, where they live, and which others they belong to."""

import datetime
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import strawberry

from resolvers.graph import held, links, matches
from resolvers.graph.context import RequestContext
from resolvers.graph.dimensions import Account, CostCenter, LegalEntity, Period, Project, Supplier
from resolvers.graph.held import Held, Info, day, text
from resolvers.graph.lines import DocumentLine
from resolvers.graph.matches import OF_INVOICE, OF_LINE, UNKNOWN, DocumentMatch
from resolvers.graph.scalars import CurrencyCode
from resolvers.plan.papers import Paper
from sources.spi.facts import Fact
from sources.spi.source import Source

_AMOUNT = "Net amount and non-recoverable tax of the whole document, exact, in `currency`; null if unknown."
_LINKED = "Null where it could not be looked up; the reason is in `errors`."
_LINES = "Its lines, one per distribution; null where it could not be read."


Several = Callable[[Held, RequestContext], Awaitable[list[Paper] | None]]
Single = Callable[[Held, RequestContext], Awaitable[Paper | None]]


def _all(find: Several, *, whole: bool = True) -> Any:
    """A resolver of the documents a link leads to. `whole`: they come with all of their lines."""

    async def resolve(root: Any, info: Info) -> Any:
        found = await find(root.held, info.context)
        if found is None:
            return None
        nodes = [of_paper(paper, info.context.engine.sources, whole=whole) for paper in found]
        return sorted(nodes, key=lambda node: (str(node.date), node.id, node.line or ""))

    return resolve


def _one(find: Single) -> Any:
    """A resolver of the one document a link leads to."""

    async def resolve(root: Any, info: Info) -> Any:
        found = await find(root.held, info.context)
        return None if found is None else of_paper(found, info.context.engine.sources)

    return resolve


async def _matches(root: Any, info: Info) -> list[DocumentMatch] | None:
    found, sources = await matches.found(root.held, info.context), info.context.engine.sources
    return None if found is None else [matches.shown(each, of_paper(each.paper, sources)) for each in found]


@strawberry.type(description="A system that figures come from.")
class SourceRef:
    name: str = strawberry.field(description="Name in the configuration.")
    system: str = strawberry.field(description="Vendor and product.")


@strawberry.interface(description="A document in the system where it lives.")
class Document:
    id: strawberry.ID = strawberry.field(description="The system's own key, unique within the source.")
    number: str | None = strawberry.field(description="The number people use.")
    line: str | None = strawberry.field(
        description="Line within the document; null where the document as a whole is meant."
    )
    date: datetime.date | None = strawberry.field(
        description="Its date: posting, order, invoice or budget date; the earliest of its lines."
    )
    source: SourceRef = strawberry.field(description="Where it lives.")
    url: str | None = strawberry.field(description="Opens it in its own application, where that has pages.")
    legal_entity: LegalEntity = strawberry.field(
        resolver=held.legal_entity, description="The company whose document it is."
    )
    status: str | None = strawberry.field(
        resolver=held.status, description="Status in the words used here, e.g. OPEN, APPROVED or POSTED."
    )
    currency: CurrencyCode | None = strawberry.field(
        resolver=held.currency, description="Currency of its amounts."
    )
    amount: Decimal | None = strawberry.field(resolver=held.amount, description=_AMOUNT)
    held: strawberry.Private[Held]


@strawberry.type(description="An entry of the budget.")
class BudgetEntry(Document):
    type: str | None = strawberry.field(
        resolver=text("type"), description="ORIGINAL, REVISION, TRANSFER or CARRY_FORWARD."
    )
    scenario: str | None = strawberry.field(resolver=text("scenario"), description="Scenario, e.g. BUDGET.")
    version: str | None = strawberry.field(resolver=text("version"), description="Version, e.g. APPROVED.")
    account: Account | None = strawberry.field(resolver=held.account, description="Account.")
    cost_center: CostCenter | None = strawberry.field(resolver=held.cost_center, description="Cost centre.")
    project: Project | None = strawberry.field(resolver=held.project, description="Project.")
    period: Period | None = strawberry.field(resolver=held.period, description="Fiscal period.")


@strawberry.type(description="A purchase requisition.")
class Requisition(Document):
    supplier: Supplier | None = strawberry.field(resolver=held.supplier, description="Suggested supplier.")
    requested_on: datetime.date | None = strawberry.field(
        resolver=day("requested_on"), description="Day it was raised."
    )
    lines: list[DocumentLine] | None = strawberry.field(resolver=held.all_lines, description=_LINES)
    purchase_orders: list["PurchaseOrder"] | None = strawberry.field(
        resolver=_all(links.orders_for, whole=False),
        description=f"Orders that fulfil it, by number. {_LINKED}",
    )


@strawberry.type(description="A purchase order.")
class PurchaseOrder(Document):
    supplier: Supplier | None = strawberry.field(resolver=held.supplier, description="Who delivers.")
    ordered_on: datetime.date | None = strawberry.field(
        resolver=day("ordered_on"), description="Day it was placed."
    )
    need_by: datetime.date | None = strawberry.field(
        resolver=day("need_by"), description="Day the goods or services are needed."
    )
    blanket: str | None = strawberry.field(
        resolver=text("blanket"), description="Number of the blanket agreement it is a release of."
    )
    lines: list[DocumentLine] | None = strawberry.field(resolver=held.all_lines, description=_LINES)
    requisitions: list[Requisition] | None = strawberry.field(
        resolver=_all(links.requisitions), description=f"Requisitions it fulfils. {_LINKED}"
    )
    receipts: list["Receipt"] | None = strawberry.field(
        resolver=_all(links.receipts, whole=False), description=f"Receipts and returns against it. {_LINKED}"
    )
    invoices: list["Invoice"] | None = strawberry.field(
        resolver=_all(links.invoices, whole=False),
        description=f"Invoices and credits that name it. {_LINKED}",
    )
    journal_lines: list["JournalLine"] | None = strawberry.field(
        resolver=_all(links.bookings),
        description=f"Ledger lines that name it or carry one of its invoices. {_LINKED}",
    )


@strawberry.type(description="A receipt of goods or services, or a return.")
class Receipt(Document):
    supplier: Supplier | None = strawberry.field(resolver=held.supplier, description="Its order's supplier.")
    lines: list[DocumentLine] | None = strawberry.field(
        resolver=held.all_lines, description=f"{_LINES} Valued at the price of the order."
    )
    purchase_order: PurchaseOrder | None = strawberry.field(
        resolver=_one(links.order), description="The purchase order it was delivered for."
    )


@strawberry.type(description="A supplier invoice or credit.")
class Invoice(Document):
    type: str | None = strawberry.field(
        resolver=text("type"), description="INVOICE or CREDIT; null means INVOICE."
    )
    supplier: Supplier | None = strawberry.field(resolver=held.supplier, description="Who is to be paid.")
    supplier_invoice: str | None = strawberry.field(
        resolver=text("supplier_invoice"), description="The supplier's own number."
    )
    approved_on: datetime.date | None = strawberry.field(
        resolver=day("approved_on"), description="Day of its approval."
    )
    exported_on: datetime.date | None = strawberry.field(
        resolver=day("exported_on"), description="Day it was handed to the ledger."
    )
    lines: list[DocumentLine] | None = strawberry.field(resolver=held.all_lines, description=_LINES)
    purchase_order: PurchaseOrder | None = strawberry.field(
        resolver=_one(links.order), description="The purchase order it bills, where it names one."
    )
    journal_lines: list["JournalLine"] | None = strawberry.field(
        resolver=_all(links.postings),
        description="Ledger lines that carry it: by its id, else by supplier and the supplier's number. What "
        f"`trace` finds by order and amount is not among them. {_LINKED}",
    )
    matches: list[DocumentMatch] | None = strawberry.field(
        resolver=_matches, description=f"{OF_INVOICE}. {UNKNOWN}"
    )


@strawberry.type(description="A line of the ledger.")
class JournalLine(Document):
    type: str | None = strawberry.field(
        resolver=text("type"), description="NORMAL or CLOSING; null means NORMAL."
    )
    origin: str | None = strawberry.field(
        resolver=text("origin"), description="The sub-ledger it came from, e.g. AP or GRNI."
    )
    supplier: Supplier | None = strawberry.field(resolver=held.supplier, description="Supplier.")
    supplier_invoice: str | None = strawberry.field(
        resolver=text("ref_supplier_invoice"), description="The supplier's invoice number on it."
    )
    document_date: datetime.date | None = strawberry.field(
        resolver=day("document_date"), description="Date on the document; `date` is the posting date."
    )
    account: Account | None = strawberry.field(resolver=held.account, description="Account.")
    cost_center: CostCenter | None = strawberry.field(resolver=held.cost_center, description="Cost centre.")
    project: Project | None = strawberry.field(resolver=held.project, description="Project.")
    period: Period | None = strawberry.field(resolver=held.period, description="Fiscal period.")
    reverses: str | None = strawberry.field(
        resolver=text("reverses"), description="Number of the document it reverses."
    )
    invoice: Invoice | None = strawberry.field(
        resolver=_one(links.invoice),
        description="The upstream invoice its voucher carries, where it names one.",
    )
    purchase_order: PurchaseOrder | None = strawberry.field(
        resolver=_one(links.order),
        description="The purchase order behind it: the one it names, or the one its invoice bills.",
    )
    matches: list[DocumentMatch] | None = strawberry.field(
        resolver=_matches, description=f"{OF_LINE}. {UNKNOWN}"
    )


@strawberry.type(description="A blanket agreement: a limit that orders draw on.")
class BlanketAgreement(Document):
    supplier: Supplier | None = strawberry.field(resolver=held.supplier, description="Who delivers.")


@strawberry.type(description="Something already paid: one period of its amortisation.")
class Deferral(Document):
    supplier: Supplier | None = strawberry.field(resolver=held.supplier, description="Who was paid.")
    period: Period | None = strawberry.field(resolver=held.period, description="Fiscal period.")


@strawberry.type(description="A subscription contract: one period of it.")
class Subscription(Document):
    supplier: Supplier | None = strawberry.field(resolver=held.supplier, description="Who is paid.")
    period: Period | None = strawberry.field(resolver=held.period, description="Fiscal period.")
    committed_through: str | None = strawberry.field(
        resolver=text("committed_through"), description="Period of the earliest termination."
    )


KINDS: Final[dict[Fact, type[Document]]] = {
    Fact.BUDGET: BudgetEntry,
    Fact.REQUISITION: Requisition,
    Fact.ORDER: PurchaseOrder,
    Fact.RECEIPT: Receipt,
    Fact.INVOICE: Invoice,
    Fact.LEDGER: JournalLine,
    Fact.BLANKET: BlanketAgreement,
    Fact.DEFERRAL: Deferral,
    Fact.SUBSCRIPTION: Subscription,
}
_LINES_OF: Final = (Fact.LEDGER, Fact.VOUCHER)


def document(fact: Fact, row: Mapping[str, Any], sources: Mapping[str, Source]) -> Document:
    """A row of a fact, or a part that came from one, as a node. The rest is looked up when asked for."""
    return _made(fact, row, row["date"], row.get("line"), sources, None)


def of_paper(paper: Paper, sources: Mapping[str, Source], *, whole: bool = True) -> Document:
    """A document as a node; `whole` says whether all of its lines are there."""
    line = paper.rows[0].get("line") if paper.fact in _LINES_OF else None
    return _made(paper.fact, paper.rows[0], paper.date, line, sources, paper if whole else None)


def _made(
    fact: Fact,
    row: Mapping[str, Any],
    date: datetime.date | None,
    line: str | None,
    sources: Mapping[str, Source],
    paper: Paper | None,
) -> Document:
    source = sources[row["source"]]
    kind = KINDS[Fact.LEDGER if fact is Fact.VOUCHER else fact]
    return kind(
        id=strawberry.ID(row["id"] or row["number"] or ""),
        number=row["number"],
        line=line,
        date=date,
        source=SourceRef(name=source.name, system=source.system),
        url=source.url(fact, {"id": row["id"], "number": row["number"], "line": line}),
        held=Held(fact, row, paper),
    )
