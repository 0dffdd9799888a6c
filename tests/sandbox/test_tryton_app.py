"""The sandbox's Tryton: its books and purchases, what it reads and how it refuses."""

import asyncio
import base64
from collections import defaultdict
from decimal import Decimal
from functools import cache
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from sources.sandbox.estate import build
from sources.sandbox.tryton import DATABASE, PASSWORD, USER, app
from sources.sandbox.tryton.wire import dumps, loads

ESTATE = build(7, 0.05)
CODE = ESTATE.company.code
POSTED = ["move.state", "=", "posted"]


@cache
def application(page_size: int | None = None) -> Starlette:
    return app(ESTATE, page_size=page_size)


def post(target: Starlette, content: Any, path: str = f"/{DATABASE}/rpc/", **headers: str) -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(target)
        async with httpx.AsyncClient(transport=transport, base_url="http://tryton.test") as client:
            body = content if isinstance(content, bytes) else dumps(content)
            return await client.post(
                path, content=body, headers={"Content-Type": "application/json", **headers}
            )

    return asyncio.run(call())


@cache
def session(target: Starlette) -> str:
    reply = post(target, {"id": 1, "method": "common.db.login", "params": [USER, {"password": PASSWORD}]})
    uid, token, _ = reply.json()["result"]
    return "Session " + base64.b64encode(f"{USER}:{uid}:{token}".encode()).decode()


def call(method: str, *params: Any, target: Starlette | None = None) -> Any:
    target = target or application()
    request = {"id": 7, "method": f"model.{method}", "params": [*params, {}]}
    reply = post(target, request, authorization=session(target))
    assert reply.status_code == 200, reply.text
    answer = loads(reply.content)
    assert answer.pop("id") == 7
    return answer


def search_read(name: str, domain: list[Any], *fields: str, order: Any = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call(f"{name}.search_read", domain, 0, None, order, [*fields])["result"]
    return found


def test_posted_lines_are_the_journal_lines_of_the_estate() -> None:
    expected: dict[tuple[str, str | None, str], Decimal] = defaultdict(Decimal)
    for journal in (j for j in ESTATE.journals if j.entity == "DE01" and j.type == "NORMAL"):
        for line in journal.lines:
            center = line.cost_center and CODE("tryton", "cost_center", line.cost_center)
            expected[line.account, center, journal.number] += line.debit - line.credit
    fields = (
        "account.code",
        "debit",
        "credit",
        "move.number",
        "analytic_lines.account.code",
        "analytic_lines.account.root.code",
    )
    found: dict[tuple[str, str | None, str], Decimal] = defaultdict(Decimal)
    for row in search_read("account.move.line", [POSTED, ["journal.type", "!=", "situation"]], *fields):
        charged = [
            a["account."]["code"] for a in row["analytic_lines."] if a["account."]["root."]["code"] == "CC"
        ]
        key = row["account."]["code"], charged[0] if charged else None, row["move."]["number"]
        found[key] += row["debit"] - row["credit"]
    assert found == expected


def test_a_closing_is_a_situation_in_an_adjustment_period() -> None:
    rows = search_read("account.move", [["journal.type", "=", "situation"]], "number", "period.type")
    closings = {j.number for j in ESTATE.journals if j.entity == "DE01" and j.type == "CLOSING"}
    assert {row["number"] for row in rows} == closings
    assert {row["period."]["type"] for row in rows} == {"adjustment"}


def test_a_validated_invoice_has_a_draft_move_that_balances() -> None:
    invoices = search_read("account.invoice", [["state", "=", "validated"]], "move", "total_amount")
    waiting = [i for i in ESTATE.invoices if i.entity == "DE01" and i.status == "APPROVED"]
    assert {row["id"] for row in invoices} == {int(invoice.id) for invoice in waiting}
    drafts = search_read("account.move", [["state", "=", "draft"]], "number", "lines.debit", "lines.credit")
    assert {row["id"] for row in drafts} == {row["move"] for row in invoices}
    for row in drafts:
        assert row["number"] is None
        assert sum(line["debit"] - line["credit"] for line in row["lines."]) == 0


def test_a_posting_leads_to_its_invoice_and_purchase() -> None:
    journal = next(j for j in ESTATE.journals if j.entity == "DE01" and any(x.po for x in j.lines))
    line = next(x for x in journal.lines if x.po)
    domain = [["origin.invoice", "=", int(line.invoice or 0), "account.invoice.line"]]
    fields = (
        "move_origin",
        "origin.invoice.reference",
        "origin.invoice.party.code",
        "origin.origin.purchase.number",
    )
    (row, *_) = search_read("account.move.line", domain, *fields)
    assert row["move_origin"] == f"account.invoice,{line.invoice}"
    invoice = row["origin."]["invoice."]
    assert invoice["reference"] == line.supplier_invoice
    assert invoice["party."]["code"] == CODE("tryton", "supplier", line.supplier or "")
    assert row["origin."]["origin."]["purchase."]["number"] == line.po


def test_purchases_and_invoices_are_those_of_the_estate() -> None:
    fields = (
        "number",
        "state",
        "lines.amount",
        "lines.quantity",
        "lines.analytic_accounts.account.code",
        "untaxed_amount",
    )
    purchases = {row["id"]: row for row in search_read("purchase.purchase", [], *fields)}
    orders = {int(o.id): o for o in ESTATE.orders if o.entity == "DE01"}
    assert purchases.keys() == orders.keys()
    for id_, order in orders.items():
        amount = sum(line.amount or line.quantity * line.price for line in order.lines)
        assert (
            purchases[id_]["untaxed_amount"]
            == amount
            == sum(line["amount"] for line in purchases[id_]["lines."])
        )
        assert purchases[id_]["number"] == (None if order.status == "DRAFT" else order.number)
        codes = [line["analytic_accounts."][0]["account."]["code"] for line in purchases[id_]["lines."]]
        assert codes == [
            CODE("tryton", "cost_center", line.distributions[0].cost_center) for line in order.lines
        ]
    invoices = {
        row["id"]: row for row in search_read("account.invoice", [], "total_amount", "sequence_type_cache")
    }
    for invoice in (i for i in ESTATE.invoices if i.entity == "DE01"):
        sign = -1 if invoice.type == "CREDIT" else 1
        row = invoices[int(invoice.id)]
        assert row["total_amount"] == sign * sum(line.amount for line in invoice.lines)
        assert row["sequence_type_cache"] == ("credit_note" if sign < 0 else "invoice")


def test_a_credit_of_money_only_leaves_the_quantity_alone() -> None:
    lines = search_read("account.invoice.line", [["correction", "=", True]], "quantity", "invoice")
    quantities: dict[int, float] = defaultdict(float)
    for line in lines:
        quantities[line["invoice"]] += line["quantity"]
    assert set(quantities.values()) <= {0.0}


@pytest.mark.parametrize("size", [7, 500])
def test_pages_hold_every_record_once(size: int) -> None:
    every = [
        row["id"] for row in search_read("account.move.line", [], order=[["date", "DESC"], ["id", "ASC"]])
    ]
    order, offset, seen = [["date", "DESC"], ["id", "ASC"]], 0, []
    while page := call("account.move.line.search", [], offset, size, order)["result"]:
        seen += page
        offset += size
    assert seen == every
    assert call("account.move.line.search_count", [], 0, None)["result"] == len(every) == len(set(every))
    limited = application(size)
    request = {"id": 1, "method": "model.account.move.line.search", "params": [[], 0, size + 1, None, {}]}
    assert post(limited, request, authorization=session(limited)).status_code == 413


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("party.party.search_read", [[], 0, 1, None, ["nothing"]], ["'nothing'", ""]),
        ("party.party.search_read", [[], 0, 1, None, ["name.x"]], ["'name' has no relation", ""]),
        ("party.party.search", [[], 0, 1, [["nothing", "ASC"]]], ["'nothing'", ""]),
        ("party.party.search", [[], 0, 1, [["name", "UP"]]], ["'UP'", ""]),
        ("nothing.at.all.search", [[]], ["'nothing.at.all'", ""]),
        ("party.party.search", [[], 0, -1], ["Wrong limit: -1", ""]),
        ("party.party.search", [], ["search() missing 1 required positional argument: 'domain'", ""]),
        ("party.party.read", [1, ["name"]], ["'int' object is not iterable", ""]),
    ],
)
def test_errors_of_models_come_with_status_200(method: str, params: list[Any], error: list[Any]) -> None:
    assert call(method, *params) == {"error": error}


def test_reading() -> None:
    (row, again) = call("party.party.read", [1, 2, 1], ["name", "code"])["result"]
    assert (row["id"], again["id"]) == (1, 2)
    kind, (message, *_) = call("party.party.read", [1, 999_999], ["name"])["error"]
    assert (kind, "999999" in message) == ("UserError", True)
    fields = call("purchase.line.fields_get", ["quantity", "product", "amount", "nothing"])["result"]
    assert {name: field["type"] for name, field in fields.items()} == {
        "quantity": "float",
        "product": "many2one",
        "amount": "numeric",
    }
    assert (fields["product"]["relation"], fields["amount"]["searchable"]) == ("product.product", False)


def test_the_protocol() -> None:
    target, search = application(), "model.party.party.search"
    wrong = post(target, {"id": 1, "method": "common.db.login", "params": [USER, {"password": "x"}]})
    assert wrong.status_code == 401
    request = {"id": 1, "method": search, "params": [[], {}]}
    known = session(target)
    assert post(target, request).status_code == 401
    assert post(target, request, authorization="Session x").status_code == 401
    assert post(target, request, path="/other/rpc/", authorization=known).status_code == 404
    assert post(target, {**request, "params": [[]]}, authorization=known).status_code == 422
    assert (
        post(target, {**request, "method": "model.party.party.write"}, authorization=known).status_code == 403
    )
    assert post(target, b"x", authorization=known).status_code == 400
    assert post(target, {"method": search, "params": [[], {}]}, authorization=known).json()[:1] == [1]
    version = post(target, {"id": 1, "method": "common.server.version", "params": []}, path="/rpc/")
    assert version.json()["result"] == "8.2"
    own = app(ESTATE)
    mine = session(own)
    assert post(own, request, authorization=mine).status_code == 200
    logout = {"id": 1, "method": "common.db.logout", "params": []}
    assert post(own, logout, authorization=mine).json() == {"id": 1, "result": None}
    assert post(own, request, authorization=mine).status_code == 401
