"""The lines of documents, one per distribution."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import strawberry

from resolvers.graph import named
from resolvers.graph.context import RequestContext
from resolvers.graph.dimensions import Account, CostCenter, Period, Project
from resolvers.graph.lookups import heard
from resolvers.graph.scalars import CurrencyCode
from resolvers.plan.papers import Paper, Row, money
from resolvers.semantics.dimensions import UNASSIGNED
from sources.spi.facts import Fact

Info = strawberry.Info[RequestContext, None]
_BEHIND = "An invoice or receipt stands where the order line it names does; null where that is in several."


def exact(number: Decimal | None) -> Decimal | None:
    """A quantity or price without the zeros it was carried with."""
    if number is None:
        return None
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def worth(row: Row) -> Decimal | None:
    amount: Decimal | None = row.get("worth")
    return None if amount is None else money(amount, row["decimals"])


async def _placed(row: Row, info: Info, column: str) -> str | None:
    """Where a line stands: as it says, else as all distributions of the order line it names do."""
    own: str | None = row.get(column)
    order = row.get("po")
    if own not in (None, UNASSIGNED) or order is None:
        return own
    rows = await heard(
        info.context, info.context.loaders.rows(Fact.ORDER, "number", row["legal_entity"], order)
    )
    dist = row.get("po_dist")
    there = [
        r[column] for r in rows or () if r["line"] == row.get("po_line") and dist in (None, r.get("dist"))
    ]
    return there[0] if there and set(there) == {there[0]} else None


async def _account(root: Any, info: Info) -> Account | None:
    return named.account(await info.context.loaders.model(), await _placed(root.row, info, "account"))


async def _cost_center(root: Any, info: Info) -> CostCenter | None:
    return named.cost_center(await info.context.loaders.model(), await _placed(root.row, info, "cost_center"))


async def _project(root: Any, info: Info) -> Project | None:
    return named.project(await info.context.loaders.model(), await _placed(root.row, info, "project"))


async def _period(root: Any, info: Info) -> Period | None:
    return named.period(await info.context.loaders.model(), root.row.get("period"))


@strawberry.type(description="A line of a document, or one of the distributions it is split over.")
class DocumentLine:
    line: str | None = strawberry.field(description="Line within the document.")
    distribution: str | None = strawberry.field(description="Distribution within the line.")
    status: str | None = strawberry.field(description="The line's own status, else the document's.")
    account: Account | None = strawberry.field(resolver=_account, description=f"Account. {_BEHIND}")
    cost_center: CostCenter | None = strawberry.field(
        resolver=_cost_center, description=f"Cost centre. {_BEHIND}"
    )
    project: Project | None = strawberry.field(resolver=_project, description=f"Project. {_BEHIND}")
    period: Period | None = strawberry.field(resolver=_period, description="Fiscal period of its date.")
    date: datetime.date | None = strawberry.field(description="Budget date of the line, or its own date.")
    quantity: Decimal | None = strawberry.field(description="Quantity of the whole line.")
    cancelled_quantity: Decimal | None = strawberry.field(
        description="What was cancelled of it; an amount on a line that is matched by amount."
    )
    price: Decimal | None = strawberry.field(description="Net price of `priceUnit` units.")
    price_unit: Decimal | None = strawberry.field(description="Units the price is for; null means 1.")
    amount: Decimal | None = strawberry.field(
        description="Net amount and non-recoverable tax of this distribution, in `currency`; a credit is "
        "negative, what was cancelled is left out. Null where it is not known."
    )
    currency: CurrencyCode | None = strawberry.field(description="Currency of price and amount.")
    percent: Decimal | None = strawberry.field(description="Relative weight of the distribution.")
    purchase_order: str | None = strawberry.field(description="Number of the order the line names.")
    purchase_order_line: str | None = strawberry.field(description="Line of that order.")
    requisition: str | None = strawberry.field(description="Number of the requisition the line fulfils.")
    requisition_line: str | None = strawberry.field(description="Line of that requisition.")
    row: strawberry.Private[Row]


def lines(paper: Paper, currency: str | None) -> list[DocumentLine]:
    """The lines of a document, in its own order."""
    return [_line(row, paper, currency) for row in _sorted(paper.rows)]


def _sorted(rows: Sequence[Row]) -> list[Row]:
    def position(value: str | None) -> tuple[int, str]:
        return (int(value), "") if value is not None and value.isdecimal() else (-1, value or "")

    return sorted(rows, key=lambda row: (position(row.get("line")), position(row.get("dist"))))


def _line(row: Row, paper: Paper, currency: str | None) -> DocumentLine:
    said = row.get("currency") or currency
    return DocumentLine(
        line=row.get("line"),
        distribution=row.get("dist"),
        status=row.get("line_status") or paper.status,
        date=row["date"],
        quantity=exact(row["quantity"]),
        cancelled_quantity=exact(row.get("cancelled_quantity")),
        price=exact(row.get("price")),
        price_unit=exact(row.get("price_unit")),
        amount=worth(row),
        currency=None if said is None else CurrencyCode(said),
        percent=exact(row.get("percent")),
        purchase_order=row.get("po"),
        purchase_order_line=row.get("po_line"),
        requisition=row.get("req"),
        requisition_line=row.get("req_line"),
        row=row,
    )
