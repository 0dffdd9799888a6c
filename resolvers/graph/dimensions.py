"""Dimension members as small objects: flat enough for a spreadsheet, named enough for a person."""

from datetime import date

import strawberry

from resolvers.graph.enums import AccountClass
from resolvers.graph.scalars import CurrencyCode, PeriodId

_ID = "Canonical id, unique across legal entities and sources. `UNMAPPED`: the source has a value without a "
_ID += "crosswalk row. `INVALID`: its rows are not valid on the day. `UNASSIGNED`: the source has none."
_CODE = "The code people use; the id where there is no other."
_OWNER = "Person responsible."
_ENTITY = "Id of the only legal entity it belongs to; null where it may belong to any."
_PARENT = "Id of the node above it; null at the top, and where there is no tree."


@strawberry.type(description="A company that keeps its own ledger.")
class LegalEntity:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")
    currency: CurrencyCode | None = strawberry.field(description="Currency of its ledger.", default=None)
    calendar: str | None = strawberry.field(description="Calendar of its fiscal periods.", default=None)
    parent: strawberry.ID | None = strawberry.field(description=_PARENT, default=None)


@strawberry.type(description="Who is responsible for the money.")
class CostCenter:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")
    owner: str | None = strawberry.field(description=_OWNER, default=None)
    legal_entity: strawberry.ID | None = strawberry.field(description=_ENTITY, default=None)
    parent: strawberry.ID | None = strawberry.field(description=_PARENT, default=None)


@strawberry.type(description="What the money is for.")
class Account:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")
    class_: AccountClass | None = strawberry.field(
        name="class", description="Null for accounts outside the chart.", default=None
    )
    parent: strawberry.ID | None = strawberry.field(description=_PARENT, default=None)


@strawberry.type(description="What the work belongs to.")
class Project:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")
    owner: str | None = strawberry.field(description=_OWNER, default=None)
    legal_entity: strawberry.ID | None = strawberry.field(description=_ENTITY, default=None)
    parent: strawberry.ID | None = strawberry.field(description=_PARENT, default=None)


@strawberry.type(description="Who is paid.")
class Supplier:
    id: strawberry.ID = strawberry.field(description=_ID)
    code: str = strawberry.field(description=_CODE)
    name: str = strawberry.field(description="Display name.")
    parent: strawberry.ID | None = strawberry.field(description=_PARENT, default=None)


@strawberry.type(description="A fiscal period of a calendar.")
class Period:
    id: PeriodId = strawberry.field(description="Period id, e.g. `2026-P06`.")
    label: str = strawberry.field(description="Name for people, e.g. `Jun 2026`.")
    start: date | None = strawberry.field(description="First day.", default=None)
    end: date | None = strawberry.field(description="Last day.", default=None)
    fiscal_year: int | None = strawberry.field(description="Fiscal year the period belongs to.", default=None)
    number: int | None = strawberry.field(description="Its number within the fiscal year.", default=None)
    adjustment: bool | None = strawberry.field(
        description="Whether it is for closing entries and overlaps the last ordinary period.", default=None
    )
    calendar: str | None = strawberry.field(description="Calendar it belongs to.", default=None)
