"""A small company whose plan, purchasing and ledger are three systems, and a gateway whose calls count."""

import asyncio
import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Self

import httpx
from starlette.applications import Starlette

from gateway.app import application
from resolvers.plan.engine import Engine
from resolvers.semantics.calendar import Calendar, Period
from resolvers.semantics.dimensions import AccountClass, Dimension, Member
from resolvers.semantics.entities import LegalEntity
from resolvers.semantics.model import Model, Provision, Rate
from sources.connectors.load import build as connect
from sources.sandbox.canonical import DEMO_KEY, app
from sources.sandbox.estate import build
from sources.sandbox.estate.documents import Estate
from sources.spi.facts import Fact
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts

ENTITIES = ("US01", "DE01")
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
SYSTEMS: Mapping[str, frozenset[Fact]] = {
    "plan": frozenset({Fact.BUDGET}),
    "buying": frozenset({Fact.REQUISITION, Fact.ORDER, Fact.RECEIPT, Fact.INVOICE}),
    "ledger": frozenset({Fact.LEDGER, Fact.VOUCHER}),
}


@cache
def estate(scale: float = 0.02) -> Estate:
    return build(seed=7, scale=scale)


@cache
def publication(scale: float = 0.02) -> Starlette:
    return app(estate(scale), entities=ENTITIES, budget=True)


@dataclass
class Network(httpx.AsyncBaseTransport):
    """Every system behind its host name. `calls` are (system, collection); who is in `refuses` says no, who
    is in `down` does not answer."""

    calls: list[tuple[str, str]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    down: set[str] = field(default_factory=set)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append((request.url.host, request.url.path.strip("/")))
        if request.url.host in self.down:
            raise httpx.ConnectError("connection refused", request=request)
        if request.url.host in self.refuses:
            return httpx.Response(403, json={"error": {"message": "the secret reason"}}, request=request)
        return await httpx.ASGITransport(app=publication()).handle_async_request(request)

    @property
    def systems(self) -> set[str]:
        return {system for system, _ in self.calls}


class Door:
    """The gateway as a client meets it, and the network behind it. Open while in use as a context."""

    def __init__(self, make: Callable[["Network"], Engine] | None = None, **given: Any) -> None:
        self.network = Network()
        self._app = application((make or engine)(self.network), deadline=30, **given)
        self._runner = asyncio.Runner()
        self._open = self._app.router.lifespan_context(self._app)
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://gateway")

    def __enter__(self) -> Self:
        self._runner.run(self._open.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.aclose())
        self._runner.run(self._open.__aexit__(None, None, None))
        self._runner.close()

    def request(self, method: str, path: str = "/graphql", **options: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, path, **options))

    def together(self, *bodies: Any) -> list[httpx.Response]:
        """The replies to JSON bodies that are sent at once."""

        async def scene() -> list[httpx.Response]:
            return await asyncio.gather(*(self._client.post("/graphql", json=body) for body in bodies))

        return self._runner.run(scene())

    def post(self, body: Any, **headers: str) -> httpx.Response:
        """The reply to a JSON body; headers by name with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", json=body, headers=named)

    def ask(self, query: str, **variables: Any) -> Any:
        """The body of the answer to a well-formed request."""
        response = self.post({"query": query, "variables": variables})
        assert response.status_code == 200
        return response.json()


def engine(network: Network, page_size: int = 1000) -> Engine:
    """The engine of the company whose systems are behind a network."""
    return Engine(model(), sources(SYSTEMS, "http://{}".format, page_size, network), now=lambda: NOW)


def sources(
    systems: Mapping[str, frozenset[Fact]],
    address: Callable[[str], str],
    page_size: int = 1000,
    transport: httpx.AsyncBaseTransport | None = None,
) -> dict[str, Source]:
    accounts = Accounts()
    settings = (
        SourceSettings(
            name,
            "canonical",
            address(name),
            auth={"token": Secret(DEMO_KEY)},
            entities={entity: entity for entity in ENTITIES},
            facts=facts,
            limits=Limits(page_size=page_size),
        )
        for name, facts in systems.items()
    )
    return {each.name: connect(each, accounts, transport) for each in settings}


def model(systems: Mapping[str, frozenset[Fact]] = SYSTEMS) -> Model:
    company = estate().company
    return Model(
        legal_entities={
            e.id: LegalEntity(e.id, e.name, e.currency, "GROUP", frozenset({Fact.DEFERRAL}))
            for e in company.entities
            if e.id in ENTITIES
        },
        members={
            Dimension.ACCOUNT: {
                a.id: Member(a.id, a.name, parent=a.parent, kind=AccountClass(a.kind))
                for a in company.accounts
            },
            Dimension.COST_CENTER: {
                c.id: Member(c.id, c.name, parent=c.parent, legal_entity=c.entity, owner=c.owner)
                for c in company.cost_centers
            },
            Dimension.SUPPLIER: {s.id: Member(s.id, s.name) for s in company.suppliers},
        },
        calendars={"GROUP": Calendar("GROUP", tuple(_months(2025, 2026)))},
        calendar="GROUP",
        reporting_currency="USD",
        rates=tuple(Rate("EUR", "USD", year, Decimal("1.08")) for year in (2025, 2026)),
        crosswalk=(),
        provisions=tuple(Provision(name, facts, {e: e for e in ENTITIES}) for name, facts in systems.items()),
        today=NOW.date(),
    )


def _months(*years: int):
    for year in years:
        for n in range(1, 13):
            last = calendar.monthrange(year, n)[1]
            yield Period(
                f"{year}-P{n:02d}",
                year,
                n,
                date(year, n, 1),
                date(year, n, last),
                f"{calendar.month_abbr[n]} {year}",
            )
        end = date(year, 12, 31)
        yield Period(f"{year}-P13", year, 13, end, end, f"Adjustments {year}", adjustment=True)
