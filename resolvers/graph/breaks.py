"""Breaks as the graph shows them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import strawberry

from resolvers.graph.enums import BreakCode, Fact
from resolvers.graph.scalars import CurrencyCode
from resolvers.plan import breaks as plan
from resolvers.plan.errors import QuestionError

MOST = 1000
First = Annotated[int, strawberry.argument(description="How many, at most 1000.")]


@strawberry.type(description="A document that a break is about.")
class BreakDocument:
    kind: Fact = strawberry.field(description="The kind of document.")
    source: str = strawberry.field(description="The source that has it.")
    id: strawberry.ID | None = strawberry.field(description="The system's own key.")
    number: str | None = strawberry.field(description="The number people use.")


@strawberry.type(description="Something that does not fit together between systems. It changes no figure.")
class Break:
    code: BreakCode = strawberry.field(description="What does not fit.")
    amount: Decimal | None = strawberry.field(
        description="How much, without sign; null if it cannot be told."
    )
    currency: CurrencyCode = strawberry.field(description="Currency of the amount.")
    legal_entity: strawberry.ID | None = strawberry.field(description="The legal entity it concerns.")
    place: str | None = strawberry.field(description="A member, a cell or a reference, where one is meant.")
    age_days: int | None = strawberry.field(
        description="Days since the document it is about; null if undated."
    )
    documents: list[BreakDocument] = strawberry.field(description="The documents it is about.")


def shown(found: Sequence[plan.Break], first: int) -> list[Break]:
    """The first of the breaks. Raises QuestionError."""
    if not 0 <= first <= MOST:
        raise QuestionError("LIMIT_EXCEEDED", f"first: {first} is not accepted; give 0 to {MOST}")
    return [
        Break(
            code=each.code,
            amount=each.amount,
            currency=CurrencyCode(each.currency),
            legal_entity=strawberry.ID(each.legal_entity) if each.legal_entity else None,
            place=each.place,
            age_days=each.age_days,
            documents=[
                BreakDocument(
                    kind=Fact(paper["fact"]), source=paper["source"], id=paper["id"], number=paper["number"]
                )
                for paper in each.documents
            ],
        )
        for each in found[:first]
    ]
