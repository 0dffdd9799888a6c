"""The gateway in front of a Tryton, as a user would configure it, asked over HTTP."""

import asyncio
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson

from gateway import wiring
from gateway.app import application
from gateway.config import load
from tests.tryton.books import READER
from tests.tryton.server import DATABASE, Server

ENVIRONMENT = {"TRYTON_PASSWORD": READER[1]}
SOURCE = "erp"
_CONFIGURATION = """
version: 1
profile: demo
reportingCurrency: EUR
calendar: YEAR
calendars: [{{id: YEAR, startMonth: 1, firstYear: 2025, lastYear: 2026}}]
legalEntities:
  - {{id: HARBOUR, name: Harbour Services, currency: EUR, unused: [REQUISITION, RECEIPT, DEFERRAL]}}
accounts: {{csv: accounts.csv}}
sources:
  {source}:
    connector: tryton
    url: {url}
    auth: {{username: {user}, password: env:TRYTON_PASSWORD}}
    entities: {{HARBOUR: Harbour Services}}
    facts: [BUDGET, ORDER, INVOICE, VOUCHER, LEDGER, COST_CENTER, SUPPLIER]
    maxAge: 0s
    options: {{database: {database}, plan: CC, expense: 5.1.3}}
"""


def configured(server: Server, folder: Path) -> Path:
    """A configuration in the folder; the chart of accounts beside it is an export of Tryton's."""
    path = folder / "threefold.yaml"
    path.write_text(_CONFIGURATION.format(source=SOURCE, url=server.url, user=READER[0], database=DATABASE))
    fields = ("code", "name", "type.statement", "type.revenue")
    with (folder / "accounts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "class"))
        for row in server.client().search("account.account", [], *fields):
            if row["code"] and row["type."]:
                writer.writerow((row["code"], row["name"], _class(row["type."])))
    return path


def _class(kind: dict[str, Any]) -> str:
    if kind["statement"] != "income":
        return "BALANCE_SHEET"
    return "REVENUE" if kind["revenue"] else "EXPENSE"


class Gateway:
    """The application of a configuration, asked on one loop."""

    def __init__(self, path: Path, runner: asyncio.Runner) -> None:
        loaded = load(path, ENVIRONMENT, wiring.problems)
        self._app = application(wiring.engine(loaded), loaded.deadline)
        self._runner = runner

    async def close(self) -> None:
        async with self._app.router.lifespan_context(self._app):
            pass  # leaving it closes the sources

    def ask(self, query: str) -> dict[str, Any]:
        """What is under `data`; an answer with errors fails the test."""

        async def ask() -> bytes:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=120) as http:
                return (await http.post("/graphql", json={"query": query})).content

        body = orjson.loads(self._runner.run(ask()))
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data


@contextmanager
def opened(path: Path) -> Iterator[Gateway]:
    with asyncio.Runner() as runner:
        gateway = Gateway(path, runner)
        try:
            yield gateway
        finally:
            runner.run(gateway.close())
