"""What binds beyond a single order: phases of an order line, blanket agreements, prepayments, subscriptions.

Only a system that publishes everything it knows can show them; purchasing and ledger APIs have no fields.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Phase:
    """The net part of an order line that is due in a `period` (YYYY-Pnn), in the order's currency."""

    order: str
    line: int
    entity: str
    period: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Blanket:
    """A limit that orders draw on. `status`: OPEN, CLOSED, CANCELLED; `amount` is the whole limit, in
    `currency`."""

    id: str
    number: str
    entity: str
    status: str
    account: str
    cost_center: str
    project: str
    supplier: str
    date: datetime.date
    currency: str
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Instalment:
    """What one period (YYYY-Pnn) of a prepayment or a subscription costs, in the ledger currency.
    `committed_through` (subscriptions only) is the period of the earliest termination."""

    id: str
    number: str
    line: int
    entity: str
    account: str
    cost_center: str
    project: str
    supplier: str
    period: str
    currency: str
    amount: Decimal
    committed_through: str | None = None
