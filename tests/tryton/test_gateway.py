"""The whole gateway on a real Tryton: asked over HTTP, held against Tryton's own budget report."""

import asyncio
import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from gateway import check, wiring
from gateway.app import application
from gateway.config import load
from tests.tryton import oracle
from tests.tryton.books import READER
from tests.tryton.rpc import Client
from tests.tryton.server import DATABASE, Server

pytestmark = [pytest.mark.tryton, pytest.mark.slow]
COMPANY = "Harbour Services"
CONFIGURATION = """
version: 1
profile: demo
reportingCurrency: EUR
calendar: YEAR
calendars: [{{id: YEAR, startMonth: 1, firstYear: 2025, lastYear: 2026}}]
legalEntities:
  - {{id: HARBOUR, name: Harbour Services, currency: EUR, unused: [REQUISITION, RECEIPT]}}
accounts: {{csv: accounts.csv}}
sources:
  erp:
    connector: tryton
    url: {url}
    auth: {{username: {user}, password: env:TRYTON_PASSWORD}}
    entities: {{HARBOUR: Harbour Services}}
    facts: [BUDGET, ORDER, INVOICE, VOUCHER, LEDGER, COST_CENTER, SUPPLIER]
    options: {{database: {database}, plan: CC, expense: 5.1.3}}
"""
CENTERS = """{ budgetPosition(
    period: {from: "2025-P01", to: "2026-P12"} groupBy: [COST_CENTER] %s
  ) {
    rows { cellId costCenter { name } budget commitment invoicedNotPosted actual consumed available %s }
  } }"""


@pytest.fixture(scope="module")
def client(tryton: Server) -> Client:
    return tryton.client()


@pytest.fixture(scope="module")
def configuration(tryton: Server, client: Client, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration as a user would write it; the chart of accounts is an export of Tryton's."""
    folder = tmp_path_factory.mktemp("tryton")
    path = folder / "threefold.yaml"
    path.write_text(CONFIGURATION.format(url=tryton.url, user=READER[0], database=DATABASE))
    with (folder / "accounts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "class"))
        for row in client.search("account.account", [], "code", "name", "type.statement", "type.revenue"):
            if row["code"] and row["type."]:
                writer.writerow((row["code"], row["name"], _class(row["type."])))
    return path


def _class(kind: dict[str, Any]) -> str:
    if kind["statement"] != "income":
        return "BALANCE_SHEET"
    return "REVENUE" if kind["revenue"] else "EXPENSE"


@pytest.fixture(scope="module")
def gateway(configuration: Path) -> Iterator["Gateway"]:
    with asyncio.Runner() as runner:
        ready = Gateway(configuration, runner)
        yield ready
        runner.run(ready.close())


class Gateway:
    """The application of a configuration, asked over HTTP on one loop."""

    def __init__(self, path: Path, runner: asyncio.Runner) -> None:
        loaded = load(path, {"TRYTON_PASSWORD": READER[1]}, wiring.problems)
        self._app = application(wiring.engine(loaded), loaded.deadline)
        self._runner = runner

    async def close(self) -> None:
        async with self._app.router.lifespan_context(self._app):
            pass  # leaving it closes the sources

    def ask(self, query: str) -> dict[str, Any]:
        async def ask() -> bytes:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=120) as http:
                return (await http.post("/graphql", json={"query": query})).content

        body = orjson.loads(self._runner.run(ask()))
        assert "errors" not in body, body["errors"]
        position: dict[str, Any] = body["data"]["budgetPosition"]
        return position


def test_check_finds_nothing_wrong_and_the_server_answering(configuration: Path) -> None:
    environment = {"TRYTON_PASSWORD": READER[1]}
    report = asyncio.run(check.check(configuration, environment, wiring.problems, wiring.connected))
    assert report.ok, report.lines


def test_budget_and_actual_per_cost_centre_equal_tryton_s_own_report(
    gateway: Gateway, client: Client
) -> None:
    report = oracle.cost_center_report(client, "Budget 2026")
    query = CENTERS.replace("2025-P01", "2026-P01") % ("", "")
    rows = {row["cellId"]: row for row in gateway.ask(query)["rows"]}
    assert {code: Decimal(rows[code]["budget"]) for code in report} == {
        k: r.budget for k, r in report.items()
    }
    assert {code: Decimal(rows[code]["actual"]) for code in report} == {
        k: r.actual for k, r in report.items()
    }


def test_commitments_equal_the_purchase_lines_not_invoiced(gateway: Gateway, client: Client) -> None:
    expected = {k: v for k, v in oracle.to_invoice_by_center(client, "CC").items() if k and v}
    rows = gateway.ask(CENTERS % ("", ""))["rows"]
    committed = {row["cellId"]: Decimal(row["commitment"]) for row in rows if Decimal(row["commitment"])}
    committed.pop("UNASSIGNED", None)
    assert committed == expected


def test_cost_centres_are_named_by_tryton_and_its_tree_selects_them(gateway: Gateway) -> None:
    below = 'where: {costCenter: {descendantsOf: ["OPS"]}}'
    rows = gateway.ask(CENTERS % (below, ""))["rows"]
    names = {row["cellId"]: row["costCenter"]["name"] for row in rows}
    assert names["CC-110"] == "Consulting"
    assert not any(code.startswith("CC-2") for code in names)


def test_identities_hold_in_every_row(gateway: Gateway) -> None:
    for row in gateway.ask(CENTERS % ("", "preCommitment receivedNotInvoiced"))["rows"]:
        amount = {name: Decimal(value) for name, value in row.items() if name not in ("cellId", "costCenter")}
        stages = ("preCommitment", "commitment", "receivedNotInvoiced", "invoicedNotPosted", "actual")
        assert amount["consumed"] == sum(amount[stage] for stage in stages)
        assert amount["available"] == amount["budget"] - amount["consumed"]


def test_a_drill_down_reaches_the_purchase_behind_a_journal_line(gateway: Gateway, client: Client) -> None:
    drill = """documents(first: 200) { edges { amount node {
        ... on JournalLine { number url purchaseOrder { number url source { system } } } } } }"""
    rows = gateway.ask(CENTERS % ("limit: 3", drill))["rows"]
    lines = [edge["node"] for row in rows for edge in row["documents"]["edges"]]
    bought = [(line["number"], line["purchaseOrder"]) for line in lines if line.get("purchaseOrder")]
    assert len(bought) >= 10
    for move, order in bought[:10]:
        domain = [("invoice.move.number", "=", move), ("origin", "like", "purchase.line,%")]
        found = client.search("account.invoice.line", domain, "origin.purchase.number")
        assert order["number"] in {row["origin."]["purchase."]["number"] for row in found}
        assert order["source"]["system"] == "Tryton"
        assert f"/#{DATABASE}/model/purchase.purchase/" in order["url"]
