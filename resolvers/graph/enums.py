"""The engine's enumerations as GraphQL enums. Registered once, here, before any type names them."""

import strawberry

from resolvers.plan.answer import State
from resolvers.semantics.calendar import Window
from resolvers.semantics.measures import Stage
from resolvers.semantics.model import AccountClass, Dimension
from sources.spi.facts import Fact

__all__ = ["AccountClass", "Dimension", "Fact", "Stage", "State", "Window"]

strawberry.enum(
    AccountClass, description="What an account measures. Budget scope is EXPENSE, REVENUE and CAPEX."
)
strawberry.enum(Dimension, description="What figures can be grouped by.")
strawberry.enum(
    Window,
    description="PTD the period · QTD its quarter so far · YTD its year so far · ITD everything so far · "
    "FY the whole fiscal year, adjustment periods included.",
)
strawberry.enum(Stage, description="Where money stands on its way from plan to ledger.")
strawberry.enum(
    State,
    name="SourceState",
    description="LIVE: read for this answer. FAILED: could not be read; its figures are null.",
)
strawberry.enum(Fact, name="Fact", description="A kind of business record a source provides.")
