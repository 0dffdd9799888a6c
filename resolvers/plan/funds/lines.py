"""Lines of spend as they are asked about."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from resolvers.plan.question import Span


@dataclass(frozen=True, slots=True)
class Line:
    """A line of spend as it is asked about. `amount` includes non-recoverable tax; `currency` None: the
    entity's ledger currency; `day` None: the as-of of the question, else today."""

    legal_entity: str
    account: str
    cost_center: str
    amount: Decimal
    id: str | None = None
    project: str | None = None
    currency: str | None = None
    day: date | None = None
    requisition: str | None = None


@dataclass(frozen=True, slots=True)
class FundsQuestion:
    """`span` stands in for the windows of the entities' controls. `currency` None: each node is shown in its
    entity's ledger currency."""

    lines: tuple[Line, ...]
    span: Span | None = None
    scenario: str = "BUDGET"
    version: str = "APPROVED"
    currency: str | None = None
    as_of: date | None = None
