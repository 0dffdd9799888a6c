"""Policies: how entities keep their books, and what a question may assume instead."""

from collections.abc import Mapping
from enum import Enum

import strawberry

from resolvers.graph.enums import Blankets, CommitmentDate, ReliefRate, Tax
from resolvers.plan.question import WhatIf
from resolvers.semantics.entities import Policy

_GRNI = (
    "Receipts are posted when goods arrive (goods received, invoice not received), so the ledger holds what "
    "is received."
)
_BLANKET = "What of a blanket agreement is committed."
_RATE = "The exchange rate commitments count at."
_DATE = "The date whose period a commitment belongs to."
_TAX = "The tax that counts before the ledger."
_OWNER = "The source whose copy of an order counts where two systems hold it."
_DAYS = "Days an exported invoice may take to be posted before it is a break."


@strawberry.enum(
    description="PARALLEL: all systems are read at the same time. STRICT: in the order documents flow, the "
    "ledger last, so that one that moves meanwhile is seen."
)
class Consistency(Enum):
    PARALLEL = "PARALLEL"
    STRICT = "STRICT"


@strawberry.input(
    description="What-if: policies the question assumes for every entity. Left out: the entity's own."
)
class PolicyInput:
    grni_in_ledger: bool | None = strawberry.field(default=None, description=_GRNI)
    blanket: Blankets | None = strawberry.field(default=None, description=_BLANKET)
    relief_rate: ReliefRate | None = strawberry.field(default=None, description=_RATE)
    commitment_date: CommitmentDate | None = strawberry.field(default=None, description=_DATE)
    tax: Tax | None = strawberry.field(default=None, description=_TAX)
    commitment_owner: str | None = strawberry.field(default=None, description=_OWNER)
    stale_export_days: int | None = strawberry.field(default=None, description=_DAYS)


@strawberry.type(description="The policy an entity's figures were made with.")
class EntityPolicy:
    legal_entity: strawberry.ID = strawberry.field(description="The legal entity.")
    grni_in_ledger: bool = strawberry.field(description=_GRNI)
    blanket: Blankets = strawberry.field(description=_BLANKET)
    relief_rate: ReliefRate = strawberry.field(description=_RATE)
    commitment_date: CommitmentDate = strawberry.field(description=_DATE)
    tax: Tax = strawberry.field(description=_TAX)
    commitment_owner: str | None = strawberry.field(description=_OWNER)
    stale_export_days: int = strawberry.field(description=_DAYS)


def what_if(given: PolicyInput | None) -> WhatIf:
    if given is None:
        return WhatIf()
    return WhatIf(
        grni_in_ledger=given.grni_in_ledger,
        blanket=given.blanket,
        relief_rate=given.relief_rate,
        commitment_date=given.commitment_date,
        tax=given.tax,
        commitment_owner=given.commitment_owner,
        stale_export_days=given.stale_export_days,
    )


def policies(found: Mapping[str, Policy]) -> list[EntityPolicy]:
    return [
        EntityPolicy(
            legal_entity=strawberry.ID(entity),
            grni_in_ledger=policy.grni_in_ledger,
            blanket=policy.blanket,
            relief_rate=policy.relief_rate,
            commitment_date=policy.commitment_date,
            tax=policy.tax,
            commitment_owner=policy.commitment_owner,
            stale_export_days=policy.stale_export_days,
        )
        for entity, policy in found.items()
    ]
