"""Documents as Relay connections: filtered, sorted, paged, and linked to each other."""

import datetime
from enum import Enum
from typing import Annotated, Any, Final, Generic, TypeVar

import strawberry
from graphql import GraphQLError

from resolvers.graph import nodes
from resolvers.graph.context import RequestContext
from resolvers.graph.costs import EDGES, READS
from resolvers.graph.documents import PageInfo
from resolvers.graph.inputs import Direction, MemberFilter, PeriodInput, PositionWhere, filters, span
from resolvers.graph.report import Completeness
from resolvers.plan.documents import Listed
from resolvers.plan.errors import QuestionError
from resolvers.plan.gathering import Gap
from resolvers.plan.listing import Listing, Sort
from sources.spi.facts import Fact

Info = strawberry.Info[RequestContext, None]
Node = TypeVar("Node", bound=nodes.Document)


@strawberry.type(description="A document on its page.")
class Edge(Generic[Node]):
    cursor: str = strawberry.field(description="Where it stands in this order, for `after`.")
    node: Node = strawberry.field(description="The document.")


@strawberry.type(description="What could not be had, so that documents may be missing.")
class DocumentGap:
    legal_entities: list[strawberry.ID] = strawberry.field(description="Whose documents may be missing.")
    source: str | None = strawberry.field(description="The source; null where none is configured.")
    code: str = strawberry.field(
        description="Stable code: that of the source's error, NOT_PROVIDED where no source is configured, or "
        "DIMENSION_ABSENT where the source does not say what is filtered by."
    )
    message: str = strawberry.field(description="What happened.")


@strawberry.type(
    description="Documents, one page of them. Dates first, latest on top, unless asked otherwise."
)
class Connection(Generic[Node]):
    edges: list[Edge[Node]] = strawberry.field(description="The page.")
    page_info: PageInfo = strawberry.field(description="Paging.")
    total_count: int = strawberry.field(description="Documents in all, whatever page was asked for.")
    completeness: Completeness = strawberry.field(
        description="PARTIAL where something could not be had: documents, or parts of them, may be missing."
    )
    missing: list[DocumentGap] = strawberry.field(description="What could not be had, and why.")
    restricted: bool = strawberry.field(
        description="Whether your roles hold back documents that are asked for, or their lines, or may do so."
    )


@strawberry.enum(description="What documents are sorted by; unknown values come last.")
class DocumentOrderField(Enum):
    DATE = Sort.DATE
    NUMBER = Sort.NUMBER
    AMOUNT = Sort.AMOUNT


@strawberry.input(description="One sort key.")
class DocumentOrder:
    field: DocumentOrderField = strawberry.field(
        description="DATE is the earliest date of the lines that match; NUMBER compares as text; AMOUNT as "
        "written, whatever its currency."
    )
    direction: Direction = strawberry.field(default=Direction.ASC, description="Which way.")


@strawberry.input(description="One of a list of values.")
class ValueFilter:
    in_: list[str] = strawberry.field(name="in", description="These values.")


@strawberry.input(description="Days, both included; either may be left open.")
class DateFilter:
    from_: datetime.date | None = strawberry.field(name="from", default=None, description="First day.")
    to: datetime.date | None = strawberry.field(default=None, description="Last day.")


@strawberry.input(
    description="Which documents: those with a line that meets every filter. Invoices and receipts stand "
    "where the order lines they name do."
)
class DocumentWhere:
    legal_entity: MemberFilter | None = strawberry.field(default=None, description="Legal entities.")
    cost_center: MemberFilter | None = strawberry.field(default=None, description="Cost centres.")
    account: MemberFilter | None = strawberry.field(default=None, description="Accounts of any class.")
    project: MemberFilter | None = strawberry.field(default=None, description="Projects.")
    supplier: MemberFilter | None = strawberry.field(
        default=None, description="Suppliers; budget entries have none."
    )
    number: ValueFilter | None = strawberry.field(default=None, description="Document numbers, as written.")
    status: ValueFilter | None = strawberry.field(
        default=None, description="Statuses of the documents, e.g. OPEN; receipts have none."
    )
    date: DateFilter | None = strawberry.field(
        default=None,
        description="Days of the posting, order, invoice, receipt or budget date. Not with `period`.",
    )
    period: PeriodInput | None = strawberry.field(
        default=None,
        description="Fiscal periods. Default: the current fiscal year, unless `date` or `number` is given.",
    )


def _about(text: str) -> object:
    return strawberry.argument(description=text)


Where = Annotated[DocumentWhere | None, _about("Filters; they all apply.")]
First = Annotated[int, _about("How many, at most 1000.")]
After = Annotated[str | None, _about("`endCursor` of the page before, asked in the same order.")]
OrderBy = Annotated[list[DocumentOrder] | None, _about("Default: latest date first, then number.")]


def _listing(
    fact: Fact,
    where: DocumentWhere | None,
    first: int,
    after: str | None,
    order_by: list[DocumentOrder] | None,
) -> Listing:
    asked = where or DocumentWhere()
    placed = PositionWhere(
        legal_entity=asked.legal_entity,
        cost_center=asked.cost_center,
        account=asked.account,
        project=asked.project,
        supplier=asked.supplier,
    )
    return Listing(
        fact,
        filters(placed),
        tuple(asked.number.in_) if asked.number is not None else None,
        tuple(asked.status.in_) if asked.status is not None else None,
        asked.date.from_ if asked.date is not None else None,
        asked.date.to if asked.date is not None else None,
        span(asked.period) if asked.period is not None else None,
        tuple((o.field.value, o.direction is Direction.DESC) for o in order_by or ()),
        first,
        after,
    )


def _listed(fact: Fact) -> Any:
    """The resolver of a kind of document."""

    async def listed(
        info: Info, where: Where = None, first: First = 50, after: After = None, order_by: OrderBy = None
    ) -> Any:
        context = info.context
        asked = _listing(fact, where, first, after, order_by)
        try:
            if context.plans is not None:
                plan = context.engine.explain_documents(asked, context.sources)
                context.plans[str(info.path.key)] = plan
                raise GraphQLError("explained, not answered", extensions={"code": "EXPLAINED"})
            found = await context.engine.list_documents(asked, context.sources)
        except QuestionError as error:
            raise GraphQLError(error.message, extensions={"code": error.code}) from None
        _report(found.gaps, info)
        return _connection(found, info)

    return listed


def _report(gaps: tuple[Gap, ...], info: Info) -> None:
    """One coded error per lost source, beside the data."""
    lost = {gap.error.source: gap.error for gap in gaps if gap.error is not None}
    for name, error in lost.items():
        extensions: dict[str, Any] = {"code": error.code, "source": name}
        if error.retry_after is not None:
            extensions["retryAfter"] = round(error.retry_after)
        path = info.path.as_list()
        info.context.problems.append(GraphQLError(str(error), path=path, extensions=extensions))


def _connection(found: Listed, info: Info) -> Connection[Any]:
    sources = info.context.engine.sources
    edges = [
        Edge(cursor=cursor, node=nodes.of_paper(paper, sources))
        for cursor, paper in zip(found.cursors, found.papers, strict=True)
    ]
    return Connection(
        edges=edges,
        page_info=PageInfo(has_next_page=found.more, end_cursor=edges[-1].cursor if edges else None),
        total_count=found.total,
        completeness=Completeness.PARTIAL if found.gaps else Completeness.COMPLETE,
        missing=[
            DocumentGap(
                legal_entities=[strawberry.ID(entity) for entity in gap.entities],
                source=gap.source,
                code=gap.code,
                message=gap.message,
            )
            for gap in found.gaps
        ],
        restricted=found.restricted,
    )


_WAY: Final = "Filtered where the documents live, as far as their systems can; linked to each other."


@strawberry.type(description="Documents as they are.")
class Listings:
    """The root fields of documents."""

    requisitions: Connection[nodes.Requisition] | None = strawberry.field(
        resolver=_listed(Fact.REQUISITION),
        directives=[READS, EDGES],
        description=f"Purchase requisitions. {_WAY}",
    )
    purchase_orders: Connection[nodes.PurchaseOrder] | None = strawberry.field(
        resolver=_listed(Fact.ORDER), directives=[READS, EDGES], description=f"Purchase orders. {_WAY}"
    )
    receipts: Connection[nodes.Receipt] | None = strawberry.field(
        resolver=_listed(Fact.RECEIPT), directives=[READS, EDGES], description=f"Receipts and returns. {_WAY}"
    )
    invoices: Connection[nodes.Invoice] | None = strawberry.field(
        resolver=_listed(Fact.INVOICE),
        directives=[READS, EDGES],
        description=f"Supplier invoices and credits. {_WAY}",
    )
    journal_lines: Connection[nodes.JournalLine] | None = strawberry.field(
        resolver=_listed(Fact.LEDGER),
        directives=[READS, EDGES],
        description=f"Lines of the ledger, on accounts of any class. {_WAY}",
    )
    budget_entries: Connection[nodes.BudgetEntry] | None = strawberry.field(
        resolver=_listed(Fact.BUDGET),
        directives=[READS, EDGES],
        description=f"Entries of the budget, of every scenario, version and status. {_WAY}",
    )
