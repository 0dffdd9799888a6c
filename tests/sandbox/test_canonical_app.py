"""The system that publishes documents as they are: filters, pages, groups, and loud refusals."""

import asyncio
from collections import defaultdict
from decimal import Decimal
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from sources.sandbox.canonical import DEMO_KEY, app, app_of
from sources.sandbox.canonical.columns import COLLECTIONS
from sources.sandbox.estate import build
from sources.sandbox.estate.clock import CLOCK

ESTATE = build(7, 0.2)
WHOLE = app(ESTATE, entities=("US01", "DE01", "GB01", "JP01"), budget=True, page_size=100_000)

LINES = [
    {"id": "1", "line": "1", "dist": "1", "account": "6100", "cost_center": "A", "date": "2026-01-05"},
    {"id": "1", "line": "1", "dist": "2", "account": "6200", "cost_center": "B", "date": "2026-01-05"},
    {"id": "1", "line": "2", "dist": "1", "account": "6200", "cost_center": "A", "date": "2026-01-05"},
    {"id": "2", "line": "1", "dist": "1", "account": "6300", "cost_center": None, "date": "2026-03-01"},
]
SMALL = app_of(
    {
        "purchase-orders": LINES,
        "journal-lines": [
            {"id": "a", "account": "6100", "currency": "USD", "amount": "10.10", "period": "2026-P01"},
            {"id": "b", "account": "6100", "currency": "EUR", "amount": "1", "period": "2026-P02"},
            {"id": "c", "account": "6100", "currency": "USD", "amount": "-0.10", "period": "2026-P10"},
            {"id": "d", "account": None, "currency": "USD", "amount": None, "period": None},
        ],
        "receipts": [],
    },
    data_as_of=CLOCK,
    page_size=3,
)


def get(system: ASGIApp, path: str, key: str | None = DEMO_KEY) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=system)
        async with httpx.AsyncClient(transport=transport, base_url="http://canonical") as client:
            return await client.get(path, headers={"Authorization": f"Bearer {key}"} if key else {})

    return asyncio.run(ask())


def data(system: ASGIApp, path: str) -> list[dict[str, Any]]:
    answer = get(system, path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def ids(rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(r["id"], r["line"], r["dist"]) for r in rows]


def test_the_envelope_tells_total_and_time_of_the_data():
    body = get(SMALL, "/journal-lines?limit=2").json()
    assert [row["id"] for row in body["data"]] == ["a", "b"]
    assert (body["total"], body["dataAsOf"]) == (4, "2026-06-30T12:00:00Z")
    assert set(body["data"][0]) == set(COLLECTIONS["journal-lines"])


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_collection_answers_rows_of_its_columns(collection):
    row = data(WHOLE, f"/{collection}?limit=1")[0]
    assert list(row) == list(COLLECTIONS[collection])
    assert all(value is None or isinstance(value, (str, bool)) for value in row.values())


@pytest.mark.parametrize("collection", ["journal-lines", "purchase-orders"])
def test_pages_put_together_are_the_whole(collection):
    whole = data(WHOLE, f"/{collection}")
    pages = [data(WHOLE, f"/{collection}?limit=997&offset={at}") for at in range(0, len(whole), 997)]
    assert [row for page in pages for row in page] == whole


def test_the_demo_serves_japan_and_no_budget():
    japan = app(ESTATE)
    assert {row["legal_entity"] for row in data(japan, "/purchase-orders?fields=legal_entity")} == {"JP01"}
    assert refusal(get(japan, "/budget-entries")) == (404, "unknown_collection")
    assert len(data(japan, "/journal-lines")) == 1000


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("account=6100&account=6300", [("1", "1", "1"), ("1", "1", "2"), ("2", "1", "1")]),
        ("account=6200&cost_center=B", [("1", "1", "1"), ("1", "1", "2")]),
        ("account=6100&cost_center=B", [("1", "1", "1"), ("1", "1", "2")]),
        ("cost_center=", []),
        ("dist=2", [("1", "1", "2")]),
        ("date.ge=2026-02-01", [("2", "1", "1")]),
        ("date.le=2026-01-05&line=2", [("1", "2", "1")]),
    ],
)
def test_a_filter_on_a_distribution_selects_whole_lines_other_filters_rows(query, found):
    assert ids(data(SMALL, f"/purchase-orders?{query}")) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("amount=1.00", ["b"]),
        ("amount.ge=1", ["a", "b"]),
        ("amount.le=0", ["c"]),
        ("period.ge=2026-P02", ["b", "c"]),
        ("account=6100&currency=USD", ["a", "c"]),
    ],
)
def test_numbers_compare_as_numbers_and_null_never_matches(query, found):
    assert [row["id"] for row in data(SMALL, f"/journal-lines?{query}")] == found


def test_flags_are_filtered_as_flags():
    needed = data(WHOLE, "/purchase-orders?receipt_required=true&fields=receipt_required")
    spared = data(WHOLE, "/purchase-orders?receipt_required=false&fields=receipt_required")
    assert {row["receipt_required"] for row in needed} == {True}
    assert len(needed) + len(spared) == get(WHOLE, "/purchase-orders?limit=1").json()["total"]


def test_groups_keep_currencies_apart_and_null_is_not_zero():
    assert data(SMALL, "/journal-lines?group_by=account") == [
        {"account": None, "currency": "USD", "amount": None},
        {"account": "6100", "currency": "EUR", "amount": "1"},
        {"account": "6100", "currency": "USD", "amount": "10.00"},
    ]
    assert data(SMALL, "/journal-lines?group_by=account&fields=amount&limit=1") == [{"amount": None}]


@pytest.mark.parametrize("collection", ["journal-lines", "budget-entries"])
@pytest.mark.parametrize("names", ["legal_entity", "account,period", "cost_center,account,type"])
def test_grouped_sums_equal_the_ungrouped(collection, names):
    keys = [*names.split(","), "currency"]
    expected: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in data(WHOLE, f"/{collection}"):
        expected[tuple(row[key] for key in keys)] += Decimal(row["amount"])
    grouped = data(WHOLE, f"/{collection}?group_by={names}")
    assert {tuple(r[key] for key in keys): Decimal(r["amount"]) for r in grouped} == expected


def test_a_filter_and_a_group_go_together():
    where = "type=NORMAL&period.ge=2026-P01&account=6100"
    rows = data(WHOLE, f"/journal-lines?{where}")
    grouped = data(WHOLE, f"/journal-lines?{where}&group_by=account")
    for currency in ("USD", "EUR", "GBP", "JPY"):
        part = [Decimal(r["amount"]) for r in rows if r["currency"] == currency]
        total = [Decimal(r["amount"]) for r in grouped if r["currency"] == currency]
        assert sum(part) == sum(total)


def test_vouchers_are_the_journal_lines_that_carry_a_reference():
    lines = data(WHOLE, "/journal-lines")
    referring = [row for row in lines if any(row[name] for name in row if name.startswith("ref_"))]
    assert data(WHOLE, "/vouchers") == referring
    one = next(row for row in referring if row["ref_invoice"])
    assert one in data(WHOLE, f"/vouchers?ref_invoice={one['ref_invoice']}&ref_invoice=none")


def test_amount_matched_lines_have_no_quantity_and_invoices_of_orders_no_account():
    amounts = data(WHOLE, "/purchase-orders?match_basis=AMOUNT")
    assert amounts
    assert all(row["quantity"] is row["price"] is None and row["amount"] for row in amounts)
    for row in data(WHOLE, "/invoices"):
        assert (row["account"] is None) == (row["po"] is not None)


def test_budget_and_journals_are_exact_to_the_estate():
    lines = data(WHOLE, "/journal-lines?fields=amount,legal_entity")
    assert sum(Decimal(row["amount"]) for row in lines) == 0
    assert len(lines) == sum(len(j.lines) for j in ESTATE.journals)
    budget = data(WHOLE, "/budget-entries?fields=amount")
    assert sum(Decimal(r["amount"]) for r in budget) == sum(b.amount for b in ESTATE.budget)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/journal-lines?as_of=2026-06-30", "unknown_parameter"),
        ("/journal-lines?amount.gt=1", "unknown_parameter"),
        ("/journal-lines?Account=6100", "unknown_parameter"),
        ("/purchase-orders?receipt_required.ge=true", "unknown_parameter"),
        ("/purchase-orders?group_by=account", "unknown_parameter"),
        ("/journal-lines?fields=account,colour", "unknown_column"),
        ("/journal-lines?group_by=colour", "unknown_column"),
        ("/journal-lines?group_by=account&fields=period", "unknown_column"),
        ("/journal-lines?amount=ten", "bad_number"),
        ("/journal-lines?amount.ge=NaN", "bad_number"),
        ("/journal-lines?limit=4", "bad_number"),
        ("/journal-lines?limit=0", "bad_number"),
        ("/journal-lines?offset=-1", "bad_number"),
        ("/journal-lines?date.ge=yesterday", "bad_date"),
        ("/purchase-orders?receipt_required=yes", "bad_flag"),
        ("/journal-lines?limit=1&limit=2", "repeated_parameter"),
        ("/journal-lines?amount.ge=1&amount.ge=2", "repeated_parameter"),
    ],
)
def test_what_is_not_understood_is_refused(path, code):
    assert refusal(get(SMALL, path)) == (400, code)


@pytest.mark.parametrize("key", [None, "wrong"])
def test_without_the_key_nothing_is_told(key):
    assert refusal(get(SMALL, "/journal-lines", key)) == (401, "unauthorized")
    assert refusal(get(SMALL, "/nowhere", key)) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("collections", "complaint"),
    [({"colours": []}, "no such collection: colours"), ({"receipts": [{"hue": "red"}]}, "no column hue")],
)
def test_rows_that_do_not_fit_are_refused_when_the_system_is_made(collections, complaint):
    with pytest.raises(ValueError, match=complaint):
        app_of(collections, data_as_of=CLOCK)
