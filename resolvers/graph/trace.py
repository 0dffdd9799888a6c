"""`trace`: a document and all it hangs together with, as nodes, edges and gaps."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

import strawberry
from graphql import GraphQLError

from resolvers.graph import nodes
from resolvers.graph.context import RequestContext
from resolvers.graph.enums import Stage
from resolvers.graph.report import Completeness
from resolvers.graph.scalars import CurrencyCode
from resolvers.plan.chain import Confidence, Edge, Kind, Node
from resolvers.plan.errors import QuestionError
from resolvers.plan.holes import Hole, Missing
from resolvers.plan.trace import Beginning, Start, Trace
from sources.spi.errors import SourceError
from sources.spi.facts import Fact

Info = strawberry.Info[RequestContext, None]

strawberry.enum(Start, name="DocumentType", description="A kind of document.")
strawberry.enum(
    Kind,
    name="LinkKind",
    description="ORDERED: requisition to order. RECEIVED: order to receipt. INVOICED: order to invoice. "
    "POSTED: invoice to voucher. KEYED: order to a voucher entered without an invoice. ACCRUED: to the "
    "posting of a receipt or an accrual. PARKED: to a ledger document that is not posted, or closes a year. "
    "REVERSED: a ledger document to the one that reverses it.",
)
strawberry.enum(
    Hole,
    name="TraceGapKind",
    description="NOT_ORDERED: an approved requisition without order. NOT_RECEIVED: an order that needs "
    "receipts and has none. NOT_INVOICED: an order without invoice. NOT_POSTED: an approved invoice that no "
    "voucher carries. REVERSED: all its vouchers were reversed. UNKNOWN_REQUISITION, UNKNOWN_ORDER, "
    "UNKNOWN_INVOICE: a document names one that nobody has. DUPLICATE_VOUCHER: an invoice posted again. "
    "UNREAD: something could not be looked up.",
)
STAGES: Final = {
    Fact.REQUISITION: Stage.REQUISITION,
    Fact.ORDER: Stage.ORDER,
    Fact.RECEIPT: Stage.RECEIPT,
    Fact.INVOICE: Stage.INVOICE,
    Fact.VOUCHER: Stage.LEDGER,
}


@strawberry.input(description="The document to begin at.")
class TraceStart:
    source: str = strawberry.field(description="Name of the source that has it.")
    type: Start = strawberry.field(description="What it is.")
    number: str = strawberry.field(description="Its number, as people write it.")
    legal_entity: strawberry.ID | None = strawberry.field(
        default=None, description="Needed only where several legal entities use the number."
    )


@strawberry.type(
    description="A document in the chain. A ledger document is one per invoice or order it posts."
)
class TraceNode:
    id: strawberry.ID = strawberry.field(description="Key within this trace, for `from` and `to`.")
    document: nodes.Document = strawberry.field(
        description="The document; of a ledger document the first line that counts."
    )
    stage: Stage = strawberry.field(description="Where in the chain it stands.")
    date: datetime.date | None = strawberry.field(
        description="Day it was raised, placed, received, invoiced or posted."
    )
    amount: Decimal | None = strawberry.field(
        description="Net amount and non-recoverable tax; of a voucher the lines on accounts of a budget. A "
        "credit is negative. Null where it is not known."
    )
    currency: CurrencyCode | None = strawberry.field(description="Currency of the amount.")
    lines: list[str] = strawberry.field(description="Lines of the document that it is about.")
    void: bool = strawberry.field(description="Reversed, or a reversal: it counts for nothing.")


@strawberry.type(description="One document leads to another.")
class TraceEdge:
    from_: strawberry.ID = strawberry.field(name="from", description="`id` of the earlier node.")
    to: strawberry.ID = strawberry.field(description="`id` of the later node.")
    kind: Kind = strawberry.field(description="What happened.")
    rung: int | None = strawberry.field(
        description="How a voucher was matched: 1 invoice id, 2 supplier and number, 3 order line and "
        "amount, 4 supplier, amount and date, 5 keyed on an order. Null where documents name each other."
    )
    confidence: Confidence = strawberry.field(description="How sure it is.")
    lag_days: int | None = strawberry.field(description="Days from the one to the other; null if undated.")
    amount: Decimal | None = strawberry.field(
        description="The part of the later document that is of the earlier."
    )
    currency: CurrencyCode | None = strawberry.field(description="Currency of the amount.")


@strawberry.type(description="Where the chain ends too early.")
class TraceGap:
    kind: Hole = strawberry.field(description="What is missing.")
    message: str = strawberry.field(description="In words.")
    document: nodes.Document | None = strawberry.field(description="The document it is missing from.")


@strawberry.type(description="A document and all it hangs together with, from requisition to ledger.")
class DocumentTrace:
    nodes: list[TraceNode] = strawberry.field(description="The documents, in the order of the chain.")
    edges: list[TraceEdge] = strawberry.field(description="How they hang together.")
    gaps: list[TraceGap] = strawberry.field(description="What should be there and is not.")
    truncated: bool = strawberry.field(
        description="Whether more hangs on it than 500 documents or six steps away."
    )
    completeness: Completeness = strawberry.field(
        description="PARTIAL where something could not be looked up; see the gaps of kind UNREAD."
    )
    restricted: bool = strawberry.field(
        description="Whether documents of the chain, or lines of them, are held back by your roles."
    )


async def trace(
    info: Info,
    document: Annotated[TraceStart, strawberry.argument(description="The document to begin at.")],
) -> DocumentTrace | None:
    start = Beginning(document.source, document.type, document.number, document.legal_entity)
    context = info.context
    try:
        if context.plans is not None:
            context.plans[str(info.path.key)] = context.engine.explain_documents(start, context.sources)
            raise GraphQLError("explained, not answered", extensions={"code": "EXPLAINED"})
        found = await context.engine.trace(start, context.sources)
    except QuestionError as error:
        raise GraphQLError(error.message, extensions={"code": error.code}) from None
    except SourceError as error:
        raise GraphQLError(str(error), extensions=_told(error)) from None
    for lost in found.errors:
        path = info.path.as_list()
        info.context.problems.append(GraphQLError(str(lost), path=path, extensions=_told(lost)))
    return _answered(found, info)


def _told(error: SourceError) -> dict[str, Any]:
    after = {} if error.retry_after is None else {"retryAfter": round(error.retry_after)}
    return {"code": error.code, "source": error.source, **after}


def _answered(found: Trace, info: Info) -> DocumentTrace:
    sources = info.context.engine.sources
    documents = {node.key: nodes.of_paper(node.paper, sources) for node in found.nodes}
    unread = any(gap.hole is Hole.UNREAD for gap in found.gaps)
    return DocumentTrace(
        nodes=[_node(node, documents) for node in found.nodes],
        edges=[_edge(edge) for edge in found.edges],
        gaps=[_gap(gap, documents) for gap in found.gaps],
        truncated=found.truncated,
        completeness=Completeness.PARTIAL if unread else Completeness.COMPLETE,
        restricted=found.restricted,
    )


def _node(node: Node, documents: Mapping[str, nodes.Document]) -> TraceNode:
    return TraceNode(
        id=strawberry.ID(node.key),
        document=documents[node.key],
        stage=STAGES[node.fact],
        date=node.date,
        amount=node.amount,
        currency=_currency(node.currency),
        lines=list(dict.fromkeys(row["line"] for row in node.paper.rows if row.get("line"))),
        void=node.void,
    )


def _edge(edge: Edge) -> TraceEdge:
    return TraceEdge(
        from_=strawberry.ID(edge.start),
        to=strawberry.ID(edge.end),
        kind=edge.kind,
        rung=edge.rung,
        confidence=edge.confidence,
        lag_days=edge.lag,
        amount=edge.amount,
        currency=_currency(edge.currency),
    )


def _gap(gap: Missing, documents: Mapping[str, nodes.Document]) -> TraceGap:
    return TraceGap(
        kind=gap.hole,
        message=gap.message,
        document=documents[gap.node.key] if gap.node is not None else None,
    )


def _currency(code: str | None) -> CurrencyCode | None:
    return None if code is None else CurrencyCode(code)
