"""The sandbox's Coupa: its query language, projections, paging, refusals and ways in."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from sources.sandbox.coupa import CLIENT, SCOPES, SECRET, app
from sources.sandbox.coupa.conditions import parse, reader, select
from sources.sandbox.coupa.shape import COMPANY_ZONE, Association, decimal, flag, integer, moment, shape, text
from sources.sandbox.estate import build
from sources.sandbox.shelf import Shelf

ESTATE = build(7, 0.05)
JSON = {"Accept": "application/json"}


@cache
def application(page_size: int | None = None) -> Starlette:
    return app(ESTATE, page_size=page_size)


def ask(target: Starlette, path: str, method: str = "GET", **options: Any) -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(target)
        async with httpx.AsyncClient(transport=transport, base_url="http://coupa.test") as client:
            return await client.request(method, path, **options)

    return asyncio.run(call())


def token(target: Starlette, scope: str = " ".join(SCOPES), **changed: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET, "scope": scope}
    return ask(target, "/oauth2/token", "POST", data={**form, **changed})


@cache
def headers(target: Starlette) -> dict[str, str]:
    return {**JSON, "Authorization": f"Bearer {token(target).json()['access_token']}"}


def get(path: str, target: Starlette | None = None, **query: str) -> Any:
    target = target or application()
    response = ask(target, f"/api/{path}", params=query, headers=headers(target))
    assert response.status_code == 200, response.text
    return response.json()


def every(path: str, target: Starlette | None = None, **query: str) -> Iterator[dict[str, Any]]:
    offset = 0
    while page := get(path, target, **query, offset=str(offset)):
        yield from page
        offset += len(page)


# A made-up shape for the query language: a thing with a number of parts, each of which may have an owner.
OWNER = shape("Owner", text("name", lambda owner: owner))
PART = shape(
    "Part",
    integer("size", lambda part: part["size"]),
    Association("owner", OWNER, lambda part: part["owner"]),
)
THING = shape(
    "Thing",
    text("the-name", lambda thing: thing["the-name"]),
    decimal("cost", lambda thing: thing["cost"]),
    flag("done", lambda thing: thing["done"]),
    moment("changed-at", lambda thing: thing["changed-at"]),
    Association("parts", PART, lambda thing: thing["parts"], many=True),
)
NAMES = st.sampled_from(["ann", "anna", "bob", ""])
MOMENTS = st.sampled_from([datetime(2026, 1, 1, h, tzinfo=z) for h in (0, 8) for z in (UTC, COMPANY_ZONE)])
PARTS = st.fixed_dictionaries({"size": st.integers(-1, 3), "owner": st.none() | NAMES})
THINGS = st.lists(
    st.fixed_dictionaries(
        {
            "the-name": st.none() | NAMES,
            "cost": st.none() | st.decimals(-2, 2, places=1),
            "done": st.booleans(),
            "changed-at": st.none() | MOMENTS,
            "parts": st.lists(PARTS, max_size=3),
        }
    ),
    max_size=8,
)
PATHS: dict[str, Any] = {
    "the_name": (NAMES, lambda thing: [thing["the-name"]]),
    "cost": (st.decimals(-2, 2, places=1), lambda thing: [thing["cost"]]),
    "changed-at": (MOMENTS, lambda thing: [thing["changed-at"]]),
    "parts[size]": (st.integers(-1, 3), lambda thing: [part["size"] for part in thing["parts"]]),
    "parts[owner][name]": (NAMES, lambda thing: [part["owner"] for part in thing["parts"]]),
}
TESTS: dict[str, Any] = {
    "": lambda found, asked: found == asked[0],
    "[not_eq]": lambda found, asked: found != asked[0],
    "[gt]": lambda found, asked: found is not None and found > asked[0],
    "[lt_or_eq]": lambda found, asked: found is not None and found <= asked[0],
    "[in]": lambda found, asked: found in asked,
    "[not_in]": lambda found, asked: found not in asked,
}


@settings(deadline=None)
@given(THINGS, st.sampled_from([*PATHS]), st.sampled_from([*TESTS]), st.data())
def test_a_condition_selects_what_its_predicate_says(
    things: list[dict[str, Any]], path: str, operator: str, data: st.DataObject
) -> None:
    values, read = PATHS[path]
    asked = data.draw(st.lists(values, min_size=1, max_size=3 if "in]" in operator else 1))
    written = ",".join(value.isoformat() if isinstance(value, datetime) else str(value) for value in asked)
    shelf = Shelf(things, lambda key: reader(THING, key), many=True)
    rows = select([parse(path + operator, written, THING)], shelf)
    holds = TESTS[operator]
    assert rows == {n for n, thing in enumerate(things) if any(holds(found, asked) for found in read(thing))}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("nothing", "1", "nothing is not a valid attribute"),
        ("parts[nothing]", "1", "nothing is not a valid attribute"),
        ("parts", "1", "is an association"),
        ("cost[almost]", "1", "almost is not a valid attribute"),
        ("cost", "cheap", "not a valid decimal"),
        ("cost", "NaN", "not a valid decimal"),
        ("parts[size][in]", "1,x", "not a valid integer"),
        ("changed_at[gt]", "yesterday", "not a valid moment"),
        ("changed_at[contains]", "2026", "not available for datetime"),
        ("changed_at[blank]", "true", "not available for datetime"),
        ("the_name[blank]", "maybe", "not a valid text"),
        ("cost[starts_with]", "1", "not available for decimal"),
        ("the_name[", "1", "not a valid query attribute"),
    ],
)
def test_what_coupa_would_refuse_is_refused(name: str, value: str, words: str) -> None:
    with pytest.raises(Exception, match=words):
        parse(name, value, THING)


def test_a_day_without_a_time_is_midnight_in_utc() -> None:
    """A day in the company's zone begins eight hours later: 'up to' that day leaves the day itself out."""
    order = max((o for o in ESTATE.invoices if o.entity == "US01"), key=lambda invoice: invoice.date)
    day = order.date.isoformat()
    assert not get("invoices", id=order.id, **{"invoice_date[lt_or_eq]": day})
    after = (order.date + timedelta(days=1)).isoformat()
    assert get("invoices", id=order.id, **{"invoice_date[lt]": after})
    assert get("invoices", id=order.id, **{"invoice-date": f"{day}T00:00:00-08:00"})


def test_pages_hold_every_object_once() -> None:
    expected = {int(o.id) for o in ESTATE.orders if o.entity == "US01"}
    assert len(get("purchase_orders", application(7))) == 7
    for target in (application(), application(7)):
        ids = [row["id"] for row in every("purchase_orders", target, fields='["id"]')]
        assert ids == sorted(expected)
    down = [row["id"] for row in every("purchase_orders", order_by="id", dir="desc", return_object="limited")]
    assert down == sorted(expected, reverse=True)
    assert len(get("invoices", limit="1000")) == 50
    assert len(get("invoices", limit="3")) == 3
    assert get("invoices", id="1") == []


def test_what_is_ordered_is_what_the_estate_ordered() -> None:
    rows = {row["po-number"]: row for row in every("purchase_orders")}
    for order in (o for o in ESTATE.orders if o.entity == "US01"):
        row = rows[order.number]
        assert (row["id"], row["currency"]["code"]) == (int(order.id), order.currency)
        for line, found in zip(order.lines, row["order-lines"], strict=True):
            amount = line.quantity * line.price if line.amount is None else line.amount
            cancelled = line.cancelled_quantity * (line.price if line.amount is None else 1)
            assert Decimal(found["total"]) == amount - cancelled
            assert found["type"] == ("OrderQuantityLine" if line.amount is None else "OrderAmountLine")
            parts = found["account-allocations"]
            assert (found["account"] is None) == (len(line.distributions) > 1) == bool(parts)
            assert [Decimal(part["pct"]) for part in parts] in ([], [d.percent for d in line.distributions])
            if parts:
                assert sum(Decimal(part["amount"]) for part in parts) == amount - cancelled


def test_counters_add_up_to_receipts_and_invoices() -> None:
    received: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in every("receiving_transactions"):
        key = row["order-line"]["order-header-number"], row["order-line"]["line-num"]
        received[key] += Decimal(row["total"] if row["quantity"] is None else row["quantity"])
    invoiced: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for invoice in every("invoices", status="approved"):
        for line in invoice["invoice-lines"]:
            if line["po-number"]:
                invoiced[line["po-number"], line["order-line-num"]] += Decimal(line["total"])
    for order in every("purchase_orders"):
        for line in order["order-lines"]:
            key = order["po-number"], line["line-num"]
            assert Decimal(line["received"]) == received[key]
            assert Decimal(line["total-invoiced"]) == invoiced[key]


def test_a_credit_note_is_negative() -> None:
    notes = {int(i.id): i for i in ESTATE.invoices if i.entity == "US01" and i.type == "CREDIT"}
    found = [*every("invoices", is_credit_note="true")]
    assert {row["id"] for row in found} == notes.keys()
    for row in found:
        for line, there in zip(notes[row["id"]].lines, row["invoice-lines"], strict=True):
            assert Decimal(there["total"]) == -line.amount
            assert there["adjustment-type"] == ("price" if line.quantity is None else "quantity")
            assert "-0" not in (there["tax-amount"], there["total"])


def test_an_account_query_does_not_see_split_lines() -> None:
    wanted = {"order_lines[account][segment_2]": "C110"}
    for row in every("purchase_orders", **wanted):
        assert any(line["account"] and line["account"]["segment-2"] == "C110" for line in row["order-lines"])
    name = "order_lines[account_allocations][account][segment_2]"
    split = [*every("purchase_orders", **{name: "C110"})]
    assert split
    assert all(any(line["account"] is None for line in row["order-lines"]) for row in split)


def test_requisitions_and_orders_name_each_other() -> None:
    requisitions = {row["id"]: row for row in every("requisitions")}
    orders = [row for row in every("purchase_orders") if row["requisition-header"]]
    assert orders
    taken: dict[str, list[int]] = defaultdict(list)
    for order in orders:
        assert requisitions[order["requisition-header"]["id"]]["status"] == "ordered"
        for line in order["order-lines"]:
            taken[line["requisition-line-id"]].append(line["id"])
    for requisition in requisitions.values():
        for line in requisition["requisition-lines"]:
            assert line["order-line-id"] in taken.get(str(line["id"]), [None])


def test_projections() -> None:
    wanted = '["id","po_number",{"order-lines":["id",{"account":["code"]}]},{"currency":[]}]'
    (row,) = get("purchase_orders", fields=wanted, limit="1")
    assert row.keys() == {"id", "po-number", "order-lines", "currency"}
    assert row["order-lines"][0].keys() == {"id", "account"}
    assert row["currency"].keys() == {"id", "code", "decimals"}
    (row,) = get("purchase_orders", return_object="shallow", limit="1")
    assert row["order-lines"][0].keys() == {"id"}
    assert row["supplier"].keys() == {"id", "name", "number"}
    assert "exchange-rate" in row["custom-fields"]
    assert get(f"purchase_orders/{row['id']}", fields='["id"]') == {"id": row["id"]}


@pytest.mark.parametrize(
    ("query", "subject"),
    [
        ({"fields": "id"}, "fields"),
        ({"fields": '["nothing"]'}, "fields"),
        ({"fields": '[{"id":["x"]}]'}, "fields"),
        ({"fields": '{"id":1}'}, "fields"),
        ({"return_object": "none"}, "return_object"),
        ({"filter": "mine"}, "filter"),
        ({"order_by": "order-lines"}, "order_by"),
        ({"dir": "up"}, "dir"),
        ({"limit": "-1"}, "limit"),
        ({"offset": "x"}, "offset"),
        ({"page": "2"}, "page"),
    ],
)
def test_bad_requests_say_what_is_wrong(query: dict[str, str], subject: str) -> None:
    response = ask(application(), "/api/purchase_orders", params=query, headers=headers(application()))
    assert (response.status_code, [*response.json()["errors"]]) == (400, [subject])


def test_only_scoped_tokens_come_in() -> None:
    target = application()
    assert ask(target, "/api/invoices", headers=JSON).status_code == 401
    assert ask(target, "/api/invoices", headers={**headers(target), "Accept": "*/*"}).status_code == 406
    assert ask(target, "/api/budgets", headers=headers(target)).status_code == 404
    assert ask(target, "/api/invoices/1", headers=headers(target)).status_code == 404
    assert token(target, client_secret="wrong").status_code == 401
    assert [token(target, scope).status_code for scope in ("", "core.budget.read")] == [400, 400]
    narrow = {**JSON, "Authorization": f"Bearer {token(target, 'core.invoice.read').json()['access_token']}"}
    assert ask(target, "/api/invoices", headers=narrow).status_code == 200
    assert ask(target, "/api/suppliers", headers=narrow).status_code == 403
    short = app(ESTATE, token_ttl=0)
    assert ask(short, "/api/invoices", headers=headers(short)).status_code == 401
