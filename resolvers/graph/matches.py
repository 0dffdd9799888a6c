"""Whose voucher is it, on the document: what an invoice and a ledger line match, and how surely."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

import strawberry

from resolvers.graph.context import RequestContext
from resolvers.graph.held import Held
from resolvers.graph.lookups import heard
from resolvers.graph.scalars import CurrencyCode
from resolvers.plan.chain import Confidence
from resolvers.plan.matches import Asked, Match
from sources.spi.facts import Fact

if TYPE_CHECKING:
    from resolvers.graph.nodes import Document

strawberry.enum(
    Confidence,
    name="LinkConfidence",
    description="How sure a link is. EXACT: one document names the other. HIGH: supplier and the supplier's "
    "number. PROBABLE: an order line and the amount or quantity. CANDIDATE: supplier, amount and date only; "
    "never counts as posted.",
)
OF_INVOICE: Final = "The vouchers that carry it, each by its first line that counts, reversed ones too"
OF_LINE: Final = "The invoice its voucher carries, or the order the voucher was keyed on"
UNKNOWN: Final = (
    "As the figures decide it, and so by order and amount too. Null where that could not be known; `errors` "
    "say why where a source failed, or where too many documents hang on it."
)


@strawberry.type(description="A document that another one was matched with, by the ladder of the figures.")
class DocumentMatch:
    rung: int = strawberry.field(
        description="How they were matched: 1 invoice id, 2 supplier and number, 3 order line and amount or "
        "quantity, 5 keyed on the order."
    )
    confidence: Confidence = strawberry.field(description="How sure that is.")
    void: bool = strawberry.field(
        description="The voucher was reversed, or reverses another: it counts for nothing."
    )
    amount: Decimal | None = strawberry.field(description="What the voucher carries of the document.")
    currency: CurrencyCode | None = strawberry.field(description="Currency of the amount: the ledger's.")
    document: Annotated["Document", strawberry.lazy("resolvers.graph.nodes")] = strawberry.field(
        description="The document on the other side."
    )


async def found(held: Held, context: RequestContext) -> tuple[Match, ...] | None:
    """What a document matches; None where that could not be known."""
    row = held.row
    fact = Fact.INVOICE if held.fact is Fact.INVOICE else Fact.VOUCHER
    line = None if fact is Fact.INVOICE else row["line"]
    asked = Asked(fact, row["source"], held.entity, row["id"], row["number"], line)
    return await heard(context, context.loaders.matches(asked))


def shown(match: Match, document: "Document") -> DocumentMatch:
    """`document` is the match's own, as a node."""
    return DocumentMatch(
        rung=match.rung,
        confidence=match.confidence,
        void=match.void,
        amount=match.amount,
        currency=None if match.currency is None else CurrencyCode(match.currency),
        document=document,
    )
