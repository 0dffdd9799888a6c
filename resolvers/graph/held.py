"""What a node holds of its document, and the fields every kind of document has.

A node of a connection holds the whole document. One that stands behind a figure, or that another document
names, holds what it was found by; the rest is looked up, in batches, when it is asked for.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import strawberry

from resolvers.graph import lines, lookups, named
from resolvers.graph.context import RequestContext
from resolvers.graph.dimensions import Account, CostCenter, LegalEntity, Period, Project, Supplier
from resolvers.graph.scalars import CurrencyCode
from resolvers.plan.papers import Paper, Row, money, receipt_worth
from sources.spi.facts import Fact

Info = strawberry.Info[RequestContext, None]


@dataclass(slots=True)
class Held:
    """`row` is what the document was found by, `paper` the document, once it is known."""

    fact: Fact
    row: Row
    paper: Paper | None = None

    @property
    def entity(self) -> str:
        """The legal entity that other documents are looked up in."""
        found: str = self.row["legal_entity"]
        return found

    def says(self, column: str) -> str | None:
        """What the row it was found by says of another document."""
        found: str | None = self.row.get(column)
        return found

    async def whole(self, context: RequestContext) -> Paper | None:
        if self.paper is None:
            self.paper = await lookups.whole(context, self.fact, self.row)
        return self.paper

    async def first(self, context: RequestContext, column: str) -> Any:
        paper = await self.whole(context)
        return paper.first(column) if paper is not None else None


async def order_rows(held: Held, context: RequestContext) -> tuple[Row, ...]:
    """The rows of the order that an invoice or receipt names."""
    number = await held.first(context, "po")
    if number is None:
        return ()
    loading = context.loaders.rows(Fact.ORDER, "number", held.entity, number)
    return await lookups.heard(context, loading) or ()


async def legal_entity(root: Any, info: Info) -> LegalEntity:
    return named.legal_entity(await info.context.loaders.model(), root.held.entity)


async def status(root: Any, info: Info) -> str | None:
    paper = await root.held.whole(info.context)
    return paper.status if paper is not None else None


async def currency(root: Any, info: Info) -> CurrencyCode | None:
    found = await _currency(root.held, info.context)
    return None if found is None else CurrencyCode(found)


async def _currency(held: Held, context: RequestContext) -> str | None:
    paper = await held.whole(context)
    if paper is None:
        return None
    if paper.currency is not None:
        return paper.currency
    if held.fact in (Fact.INVOICE, Fact.RECEIPT) and paper.first("po") is not None:
        said = next((row["currency"] for row in await order_rows(held, context)), None)
        if said is not None or held.fact is Fact.RECEIPT:
            return said
    return context.engine.model.legal_entities[held.entity].currency


async def amount(root: Any, info: Info) -> Decimal | None:
    held: Held = root.held
    paper = await held.whole(info.context)
    if paper is None:
        return None
    if held.fact is Fact.RECEIPT:
        paper = await _priced(held, paper, info.context)
    return None if paper.worth is None else money(paper.worth, paper.rows[0]["decimals"])


async def _priced(held: Held, paper: Paper, context: RequestContext) -> Paper:
    """A receipt at the prices of its orders, in their currency."""
    rows: list[Row] = []
    for row in paper.rows:
        known: list[Row] = []
        if row["po"] is not None:
            loading = context.loaders.rows(Fact.ORDER, "number", held.entity, row["po"])
            known = list(await lookups.heard(context, loading) or ())
        decimals = known[0]["decimals"] if known else row["decimals"]
        rows.append({**row, "worth": receipt_worth(row, known), "decimals": decimals})
    return Paper(paper.fact, tuple(rows))


async def all_lines(root: Any, info: Info) -> list[lines.DocumentLine] | None:
    held: Held = root.held
    paper = await held.whole(info.context)
    if paper is None:
        return None
    if held.fact is Fact.RECEIPT:
        paper = await _priced(held, paper, info.context)
    return lines.lines(paper, await _currency(held, info.context))


async def supplier(root: Any, info: Info) -> Supplier | None:
    """Its own; a receipt's is its order's."""
    held: Held = root.held
    if held.fact is Fact.RECEIPT:
        id_ = next((row["supplier"] for row in await order_rows(held, info.context)), None)
    else:
        id_ = await held.first(info.context, "supplier")
    return named.supplier(await info.context.loaders.model(), id_)


async def account(root: Any, info: Info) -> Account | None:
    return named.account(await info.context.loaders.model(), await root.held.first(info.context, "account"))


async def cost_center(root: Any, info: Info) -> CostCenter | None:
    id_ = await root.held.first(info.context, "cost_center")
    return named.cost_center(await info.context.loaders.model(), id_)


async def project(root: Any, info: Info) -> Project | None:
    return named.project(await info.context.loaders.model(), await root.held.first(info.context, "project"))


async def period(root: Any, info: Info) -> Period | None:
    return named.period(await info.context.loaders.model(), await root.held.first(info.context, "period"))


def text(column: str) -> Any:
    """A resolver of what the document says in a column."""

    async def read(root: Any, info: Info) -> str | None:
        found: str | None = await root.held.first(info.context, column)
        return found

    return read


def day(column: str) -> Any:
    """A resolver of a date of the document."""

    async def read(root: Any, info: Info) -> datetime.date | None:
        found: datetime.date | None = await root.held.first(info.context, column)
        return found

    return read
