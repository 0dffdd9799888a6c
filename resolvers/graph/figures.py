"""The measures as fields, the same on every row and every total."""

from decimal import Decimal

import strawberry

from resolvers.semantics.measures import MEASURES


def _measure(name: str) -> Decimal | None:
    """A field whose description is the measure's meaning and formula."""
    measure = MEASURES[name]
    warning = "" if measure.additive else " Not additive."
    field: Decimal | None = strawberry.field(
        default=None, description=f"{measure.meaning} Formula: {measure.formula}.{warning}"
    )
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
    actual: Decimal | None = _measure("actual")
    consumed: Decimal | None = _measure("consumed")
    available: Decimal | None = _measure("available")
    consumed_percent: Decimal | None = _measure("consumed_percent")
