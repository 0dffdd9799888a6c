"""A company for one case: three sandbox systems over HTTP, the gateway in front of them, and a desk to ask.

case → systems (ASGI) ← connectors ← crosswalk ← plan ← engine ← GraphQL ← POST /graphql
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

import httpx

from gateway import wiring
from gateway.app import application
from gateway.sandbox import Hosts
from resolvers.plan.engine import Engine
from resolvers.semantics.calendar import Calendar
from resolvers.semantics.dimensions import AccountClass, CrosswalkRow, Dimension, Hierarchy, Member
from resolvers.semantics.entities import LegalEntity
from resolvers.semantics.model import Model, PeriodRate, Provision, Rate, SpotRate
from resolvers.semantics.spreading import Spreading
from sources.sandbox.canonical import DEMO_KEY, app_of
from sources.spi.facts import Fact
from sources.spi.settings import Secret, SourceSettings
from tests.golden.publish import Published
from tests.golden.question import ROOT, NotBuiltError, Question

DEADLINE: Final = 60.0
FACTS: Final = {
    "budget-entries": Fact.BUDGET,
    "requisitions": Fact.REQUISITION,
    "purchase-orders": Fact.ORDER,
    "receipts": Fact.RECEIPT,
    "invoices": Fact.INVOICE,
    "vouchers": Fact.VOUCHER,
    "journal-lines": Fact.LEDGER,
    "order-schedules": Fact.ORDER_SCHEDULE,
    "blankets": Fact.BLANKET,
    "deferrals": Fact.DEFERRAL,
    "subscriptions": Fact.SUBSCRIPTION,
    "cost-centers": Fact.COST_CENTER,
}


@dataclass(frozen=True, slots=True)
class Company:
    """`entities` have a ledger currency each, `accounts` a class; `members` closes further dimensions. `day`
    is today; without one it is the last day of the calendar. What `hierarchies` order are members."""

    published: Published
    entities: Mapping[str, str]
    accounts: Mapping[str, str]
    calendar: Calendar
    reporting_currency: str = "USD"
    members: Mapping[Dimension, frozenset[str]] = field(default_factory=dict)
    crosswalk: tuple[CrosswalkRow, ...] = ()
    rates: tuple[Rate, ...] = ()
    average_rates: tuple[PeriodRate, ...] = ()
    closing_rates: tuple[SpotRate, ...] = ()
    day: date | None = None
    hierarchies: tuple[Hierarchy, ...] = ()
    spreading: tuple[Spreading, ...] = ()

    @property
    def today(self) -> date:
        return self.day or max(period.end for period in self.calendar.periods)

    def model(self) -> Model:
        accounts = {id_: Member(id_, id_, kind=AccountClass(kind)) for id_, kind in self.accounts.items()}
        closed = {d: {id_: Member(id_, id_) for id_ in sorted(ids)} for d, ids in self.members.items()}
        trees: dict[Dimension, tuple[Hierarchy, ...]] = {}
        for tree in self.hierarchies:
            trees[tree.dimension] = (*trees.get(tree.dimension, ()), tree)
            listed = (
                accounts if tree.dimension is Dimension.ACCOUNT else closed.setdefault(tree.dimension, {})
            )
            ends = sorted({end for edge in tree.edges for end in (edge.child, edge.parent)} - listed.keys())
            listed |= {id_: Member(id_, id_) for id_ in ends}
        return Model(
            legal_entities={
                id_: LegalEntity(id_, id_, currency, self.calendar.id)
                for id_, currency in self.entities.items()
            },
            members={Dimension.ACCOUNT: accounts, **closed},
            calendars={self.calendar.id: self.calendar},
            calendar=self.calendar.id,
            reporting_currency=self.reporting_currency,
            rates=self.rates,
            average_rates=self.average_rates,
            closing_rates=self.closing_rates,
            crosswalk=self.crosswalk,
            provisions=tuple(
                Provision(system, self.facts(system), self._codes()) for system in self.published.systems
            ),
            today=self.today,
            hierarchies=trees,
            spreading=self.spreading,
        )

    def facts(self, system: str) -> frozenset[Fact]:
        return frozenset(FACTS[collection] for collection in self.published.systems[system])

    def settings(self) -> dict[str, SourceSettings]:
        return {
            system: SourceSettings(
                system,
                "canonical",
                f"http://{system}.sandbox",
                auth={"token": Secret(DEMO_KEY)},
                entities=self._codes(),
                facts=self.facts(system),
            )
            for system in self.published.systems
        }

    def network(self) -> Hosts:
        noon = datetime.combine(self.today, time(12), UTC)
        return Hosts({name: app_of(held, data_as_of=noon) for name, held in self.published.systems.items()})

    def _codes(self) -> dict[str, str]:
        return {entity: entity for entity in self.entities}


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is the position; `lacking` what was wanted and could not be asked; `errors` what GraphQL
    reported beside the data."""

    data: Mapping[str, Any]
    lacking: tuple[str, ...]
    errors: tuple[str, ...]

    def cells(self) -> dict[str, dict[str, Any]]:
        """Rows by cell id."""
        return {row["cellId"]: {k: v for k, v in row.items() if k != "cellId"} for row in self.data["rows"]}


class Desk:
    """Where a case's questions are asked, over HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def ask(self, question: Question) -> Answer:
        """Raises NotBuiltError when an argument does not exist or the gateway refuses the question."""
        unknown = question.unknown_arguments()
        if unknown:
            raise NotBuiltError(*unknown)
        body = {"query": question.text(), "variables": dict(question.arguments)}
        response = await self._client.post("/graphql", json=body)
        reply = json.loads(response.content, parse_float=Decimal)
        errors = tuple(str(error["message"]) for error in reply.get("errors") or ())
        data = (reply.get("data") or {}).get(ROOT)
        if data is None:
            raise NotBuiltError(*(f"the gateway refuses: {error}" for error in errors))
        return Answer(data, tuple(question.unknown_fields()), errors)


@asynccontextmanager
async def open_desk(company: Company) -> AsyncIterator[Desk]:
    """The gateway over the company's systems, for as long as the context lasts."""
    engine = Engine(company.model(), wiring.connected(company.settings(), company.network()))
    transport = httpx.ASGITransport(app=application(engine, DEADLINE))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
            yield Desk(client)
    finally:
        for source in engine.sources.values():
            await source.aclose()
