"""The measures as fields, the same on every row and every total, and what both sides of a ledger come to."""

from decimal import Decimal

import strawberry

from resolvers.graph.enums import Favorability
from resolvers.graph.report import Completeness
from resolvers.graph.scalars import CurrencyCode
from resolvers.semantics.measures import MEASURES


def _described(name: str) -> str:
    """The measure's meaning and formula."""
    measure = MEASURES[name]
    warning = "" if measure.additive else " Not additive."
    return f"{measure.meaning} Formula: {measure.formula}.{warning}"


def _measure(name: str) -> Decimal | None:
    field: Decimal | None = strawberry.field(default=None, description=_described(name))
    return field


@strawberry.type
class Figures:
    """Null means unknown or not applicable, never zero."""

    original_budget: Decimal | None = _measure("original_budget")
    budget_revision: Decimal | None = _measure("budget_revision")
    budget_transfer: Decimal | None = _measure("budget_transfer")
    carry_forward: Decimal | None = _measure("carry_forward")
    budget: Decimal | None = _measure("budget")
    pre_commitment: Decimal | None = _measure("pre_commitment")
    commitment: Decimal | None = _measure("commitment")
    received_not_invoiced: Decimal | None = _measure("received_not_invoiced")
    invoiced_not_posted: Decimal | None = _measure("invoiced_not_posted")
    prepaid_remaining: Decimal | None = _measure("prepaid_remaining")
    actual: Decimal | None = _measure("actual")
    consumed: Decimal | None = _measure("consumed")
    consumed_known: Decimal | None = _measure("consumed_known")
    available: Decimal | None = _measure("available")
    consumed_percent: Decimal | None = _measure("consumed_percent")
    variance: Decimal | None = _measure("variance")
    actual_minus_budget: Decimal | None = _measure("actual_minus_budget")
    variance_percent: Decimal | None = _measure("variance_percent")
    attainment_percent: Decimal | None = _measure("attainment_percent")
    favorability: Favorability | None = strawberry.field(default=None, description=_described("favorability"))
    operational_variance: Decimal | None = _measure("operational_variance")
    fx_variance: Decimal | None = _measure("fx_variance")
    fx_effect: Decimal | None = _measure("fx_effect")
    pending_pre_commitment: Decimal | None = _measure("pending_pre_commitment")
    blanket_remaining: Decimal | None = _measure("blanket_remaining")
    over_invoiced: Decimal | None = _measure("over_invoiced")
    over_received: Decimal | None = _measure("over_received")
    received_in_actual: Decimal | None = _measure("received_in_actual")
    commitment_revaluation: Decimal | None = _measure("commitment_revaluation")
    forecast: Decimal | None = _measure("forecast")
    closed_actual: Decimal | None = _measure("closed_actual")
    forecast_to_go: Decimal | None = _measure("forecast_to_go")
    outlook: Decimal | None = _measure("outlook")
    prior_year_actual: Decimal | None = _measure("prior_year_actual")


@strawberry.type(
    description="Revenue less spend, of what is in scope: ask for EXPENSE and REVENUE for the net income. "
    "What is not in scope counts as nothing."
)
class PositionNet:
    currency: CurrencyCode = strawberry.field(description="Currency of every amount.")
    completeness: Completeness = strawberry.field(description="PARTIAL where a measure is unknown.")
    budget: Decimal | None = strawberry.field(description="Budgeted revenue − budgeted spend.", default=None)
    actual: Decimal | None = strawberry.field(description="Actual revenue − actual spend.", default=None)
    variance: Decimal | None = strawberry.field(
        description="Its variance, above zero where it is favourable: net actual − net budget, and the sum "
        "of all variances in scope.",
        default=None,
    )


@strawberry.type(
    description="What consolidation took off in scope. What one entity booked beyond its partner stays, and "
    "is the break IC_MISMATCH."
)
class Eliminated:
    currency: CurrencyCode = strawberry.field(description="Currency of every amount.")
    completeness: Completeness = strawberry.field(description="PARTIAL where a ledger is unknown.")
    spend: Decimal | None = strawberry.field(description="Taken off actual spend.", default=None)
    revenue: Decimal | None = strawberry.field(description="Taken off actual revenue.", default=None)
