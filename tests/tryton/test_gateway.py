"""The whole gateway on a real Tryton: asked over HTTP, held against Tryton's own budget report."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway import check, wiring
from tests.tryton import door, oracle
from tests.tryton.door import ENVIRONMENT, Gateway
from tests.tryton.rpc import Client
from tests.tryton.server import DATABASE, Server

pytestmark = [pytest.mark.tryton, pytest.mark.slow]
CENTERS = """{ budgetPosition(
    period: {from: "2025-P01", to: "2026-P12"} groupBy: [COST_CENTER] %s
  ) {
    rows { cellId costCenter { name } budget commitment invoicedNotPosted actual consumed available %s }
  } }"""


@pytest.fixture(scope="module")
def client(tryton: Server) -> Client:
    return tryton.client()


@pytest.fixture(scope="module")
def configuration(tryton: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return door.configured(tryton, tmp_path_factory.mktemp("tryton"))


@pytest.fixture(scope="module")
def gateway(configuration: Path) -> Iterator[Gateway]:
    with door.opened(configuration) as ready:
        yield ready


def rows_of(gateway: Gateway, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = gateway.ask(query)["budgetPosition"]["rows"]
    return rows


def test_check_finds_nothing_wrong_and_the_server_answering(configuration: Path) -> None:
    report = asyncio.run(check.check(configuration, ENVIRONMENT, wiring.problems, wiring.connected))
    assert report.ok, report.lines


def test_budget_and_actual_per_cost_centre_equal_tryton_s_own_report(
    gateway: Gateway, client: Client
) -> None:
    report = oracle.cost_center_report(client, "Budget 2026")
    query = CENTERS.replace("2025-P01", "2026-P01") % ("", "")
    rows = {row["cellId"]: row for row in rows_of(gateway, query)}
    assert {code: Decimal(rows[code]["budget"]) for code in report} == {
        k: r.budget for k, r in report.items()
    }
    assert {code: Decimal(rows[code]["actual"]) for code in report} == {
        k: r.actual for k, r in report.items()
    }


def test_commitments_equal_the_purchase_lines_not_invoiced(gateway: Gateway, client: Client) -> None:
    expected = {k: v for k, v in oracle.to_invoice_by_center(client, "CC").items() if k and v}
    rows = rows_of(gateway, CENTERS % ("", ""))
    committed = {row["cellId"]: Decimal(row["commitment"]) for row in rows if Decimal(row["commitment"])}
    committed.pop("UNASSIGNED", None)
    assert committed == expected


def test_cost_centres_are_named_by_tryton_and_its_tree_selects_them(gateway: Gateway) -> None:
    below = 'where: {costCenter: {descendantsOf: ["OPS"]}}'
    rows = rows_of(gateway, CENTERS % (below, ""))
    names = {row["cellId"]: row["costCenter"]["name"] for row in rows}
    assert names["CC-110"] == "Consulting"
    assert not any(code.startswith("CC-2") for code in names)


def test_identities_hold_in_every_row(gateway: Gateway) -> None:
    for row in rows_of(gateway, CENTERS % ("", "preCommitment receivedNotInvoiced prepaidRemaining")):
        amount = {name: Decimal(value) for name, value in row.items() if name not in ("cellId", "costCenter")}
        stages = (
            "preCommitment",
            "commitment",
            "receivedNotInvoiced",
            "invoicedNotPosted",
            "prepaidRemaining",
            "actual",
        )
        assert amount["consumed"] == sum(amount[stage] for stage in stages)
        assert amount["available"] == amount["budget"] - amount["consumed"]


def test_a_drill_down_reaches_the_purchase_behind_a_journal_line(gateway: Gateway, client: Client) -> None:
    drill = """documents(first: 200) { edges { amount node {
        ... on JournalLine { number url purchaseOrder { number url source { system } } } } } }"""
    rows = rows_of(gateway, CENTERS % ("limit: 3", drill))
    lines = [edge["node"] for row in rows for edge in row["documents"]["edges"]]
    bought = [(line["number"], line["purchaseOrder"]) for line in lines if line.get("purchaseOrder")]
    assert len(bought) >= 10
    for move, order in bought[:10]:
        domain = [("invoice.move.number", "=", move), ("origin", "like", "purchase.line,%")]
        found = client.search("account.invoice.line", domain, "origin.purchase.number")
        assert order["number"] in {row["origin."]["purchase."]["number"] for row in found}
        assert order["source"]["system"] == "Tryton"
        assert f"/#{DATABASE}/model/purchase.purchase/" in order["url"]
