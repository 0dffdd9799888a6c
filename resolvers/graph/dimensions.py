"""Dimension members as small objects: flat enough for a spreadsheet, named enough for a person."""

from datetime import date

import strawberry

from resolvers.graph.enums import AccountClass
from resolvers.graph.scalars import CurrencyCode, PeriodId

_ID = "Canonical id, unique across legal entities and sources. `UNMAPPED`: the source has a value without a "
_ID += "crosswalk row. `INVALID`: its rows are not valid on the day. `UNASSIGNED`: the source has none."
_CODE = "The code people use; the id where there is no other."


@strawberry.type(description="A company that keeps its own ledger.")
class LegalEntity:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")
    currency: CurrencyCode | None = strawberry.field(description="Currency of its ledger.", default=None)


@strawberry.type(description="Who is responsible for the money.")
class CostCenter:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")
    owner: str | None = strawberry.field(description="Person responsible.", default=None)


@strawberry.type(description="What the money is for.")
class Account:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")
    class_: AccountClass | None = strawberry.field(
        name="class", description="Null for accounts outside the chart.", default=None
    )


@strawberry.type(description="What the work belongs to.")
class Project:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")


@strawberry.type(description="Who is paid.")
class Supplier:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")


@strawberry.type(description="A fiscal period of the question's calendar.")
class Period:
    id: PeriodId = strawberry.field(description="Period id, e.g. `2026-P06`.")
    label: str = strawberry.field(description="Name for people, e.g. `Jun 2026`.")
    start: date | None = strawberry.field(description="First day.", default=None)
    end: date | None = strawberry.field(description="Last day.", default=None)
    fiscal_year: int | None = strawberry.field(description="Fiscal year the period belongs to.", default=None)
