"""A tiny GraphQL schema with the shape of the real one: an answer with rows, totals, a plan and sources."""

from decimal import Decimal

import strawberry
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from strawberry.asgi import GraphQL

from gateway.explorer import Question


@strawberry.type(description="An organisational unit that answers for money.")
class CostCenter:
    code: str = strawberry.field(description="The code people know it by.")
    name: str


@strawberry.type
class Row:
    cost_center: CostCenter
    budget: Decimal = strawberry.field(description="The revised budget.")
    actual: Decimal | None = strawberry.field(
        description="Posted ledger lines; null where the ledger is silent."
    )


@strawberry.type
class Totals:
    budget: Decimal


@strawberry.type
class SourceState:
    name: str
    state: str


@strawberry.type
class Plan:
    cost: int


@strawberry.type
class Position:
    rows: list[Row]
    totals: Totals
    sources: list[SourceState] = strawberry.field(description="Where the figures came from.")
    query_plan: Plan


ROWS = [
    Row(
        cost_center=CostCenter(code="OPS-10", name="Field service"),
        budget=Decimal("120000.00"),
        actual=Decimal("98765.43"),
    ),
    Row(cost_center=CostCenter(code="OPS-20", name="Depots"), budget=Decimal("80000.00"), actual=None),
]


@strawberry.type
class Query:
    @strawberry.field(description="Budget and actuals by cost centre.")
    def budget_position(self, limit: int = 100) -> Position:
        return Position(
            rows=ROWS[:limit],
            totals=Totals(budget=sum((row.budget for row in ROWS[:limit]), Decimal(0))),
            sources=[SourceState(name="ledger", state="LIVE")],
            query_plan=Plan(cost=7),
        )


_ROWS = "rows { costCenter { code name } budget actual } totals { budget }"
QUESTIONS = (
    Question("Budget against actual", f"query BudgetAgainstActual {{\n  budgetPosition {{ {_ROWS} }}\n}}\n"),
    Question(
        "The first rows",
        f"query FirstRows($limit: Int!) {{\n  budgetPosition(limit: $limit) {{ {_ROWS} }}\n}}\n",
        {"limit": 1},
    ),
    Question("Where figures come from", "query Origin {\n  budgetPosition { sources { name state } }\n}\n"),
    Question("What it would cost", "query Cost {\n  budgetPosition { queryPlan { cost } }\n}\n"),
    Question("Totals", "query Totals {\n  budgetPosition { totals { budget } }\n}\n"),
)


def application(explorer: list[BaseRoute]) -> Starlette:
    """The schema at ``/graphql`` and the given pages beside it."""
    graphql = GraphQL(strawberry.Schema(Query), graphql_ide=None)
    return Starlette(routes=[Route("/graphql", graphql), *explorer])
