"""Coupa's records in our columns, where one answer needs more than a look at one place."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import httpx

from sources.connectors.load import build, connector
from sources.dialects.rest_spec import RestEntity
from sources.spi.context import Context
from sources.spi.settings import Secret, SourceSettings
from sources.transport.decode import explode, frame
from sources.transport.limits import Accounts

COUPA = connector("coupa")


def decoded(entity: RestEntity, *records: dict[str, Any]) -> list[dict[str, Any]]:
    return frame("coupa", entity.fact, explode(records, entity.rows), entity.columns).to_dicts()


def order(status: str, /, **line: Any) -> dict[str, Any]:
    return {"id": 1, "status": status, "order-lines": [line]}


def test_a_line_is_charged_to_its_account_or_to_its_allocations() -> None:
    one, two = (
        {"account": {"segment-2": center}, "pct": pct} for center, pct in (("C1", "60"), ("C2", "40"))
    )
    split = {"account": None, "account-allocations": [{"id": 11, **one}, {"id": 12, **two}]}
    whole = {"account": {"segment-2": "C3"}, "account-allocations": []}
    record = {"id": 1, "status": "issued", "order-lines": [split, whole]}
    rows = decoded(COUPA.entities["purchase_orders"], record)
    assert [(row["dist"], row["cost_center"], row["percent"]) for row in rows] == [
        ("11", "C1", Decimal(60)),
        ("12", "C2", Decimal(40)),
        (None, "C3", None),
    ]


def test_a_rate_is_what_the_books_say_of_the_total() -> None:
    totals = {"total": "200.00", "accounting-total": "217.2500"}
    free = {"total": "0.00", "accounting-total": "0.0000"}
    orders = [order("issued", **totals), order("issued", **free)]
    rows = decoded(COUPA.entities["purchase_orders"], *orders)
    assert [row["rate"] for row in rows] == [Decimal("1.08625"), None]


def test_a_line_has_a_status_of_its_own_only_when_it_ended() -> None:
    words = ("created", "partially_received", "soft_closed_for_invoicing", "closed", "cancelled", None)
    rows = decoded(COUPA.entities["purchase_orders"], *(order("draft", status=word) for word in words))
    assert {row["status"] for row in rows} == {"DRAFT"}
    assert [row["line_status"] for row in rows] == [None, None, "CLOSED", "FINALLY_CLOSED", "CANCELLED", None]


def test_what_goes_back_is_negative_and_what_was_voided_can_be_taken_off() -> None:
    mapping = {"receipts": {"quantity": {"minus": "voided-value"}}}
    records: tuple[dict[str, Any], ...] = (
        {"type": "ReceivingQuantityConsumption", "quantity": "5.0", "total": "50", "voided-value": "2.0"},
        {"type": "ReceivingQuantityReturnToSupplier", "quantity": "1.0", "total": "10", "voided-value": None},
        {"type": "ReceivingAmountConsumption", "quantity": None, "total": "70.00", "voided-value": None},
        {"type": "ReceivingAmountReturnToSupplier", "quantity": None, "total": "7.00", "voided-value": None},
    )
    rows = decoded(COUPA.overridden(mapping).entities["receipts"], *records)
    assert [row["quantity"] for row in rows] == [Decimal(3), Decimal(-1), None, None]
    assert [row["amount"] for row in rows] == [None, None, Decimal(70), Decimal(-7)]
    assert dict(COUPA.entities["receipts"].params)["status[not_eq]"] == "voided"


def test_a_credit_is_positive_whichever_sign_it_is_shown_with() -> None:
    for sign in ("", "-"):
        line = {"type": "InvoiceQuantityLine", "quantity": f"{sign}2", "price": "10", "total": f"{sign}20"}
        record = {"id": 1, "is-credit-note": True, "invoice-lines": [line]}
        (row,) = decoded(COUPA.entities["invoices"], record)
        assert (row["type"], row["quantity"], row["amount"]) == ("CREDIT", Decimal(2), Decimal(20))
    record = {"id": 1, "is-credit-note": False, "invoice-lines": [line]}
    (row,) = decoded(COUPA.entities["invoices"], record)
    assert (row["type"], row["quantity"], row["amount"]) == ("INVOICE", Decimal(-2), Decimal(-20))


def test_an_invoice_is_approved_when_the_last_of_its_approvers_did() -> None:
    approvals = [{"approval-date": f"2026-03-{day}T09:00:00-08:00"} for day in ("02", "11", "05")]
    open_ = [*approvals, {"approval-date": None}]
    records = ({"id": n, "approvals": a, "invoice-lines": [{}]} for n, a in enumerate((open_, [], None)))
    rows = decoded(COUPA.entities["invoices"], *records)
    assert [row["approved_on"] for row in rows] == [date(2026, 3, 11), None, None]


def test_a_paid_invoice_is_paid_and_another_is_what_its_status_says() -> None:
    pairs = ((True, "approved"), (False, "approved"), (None, "ap_hold"), (False, "voided"))
    records = ({"id": 1, "paid": paid, "status": word, "invoice-lines": [{}]} for paid, word in pairs)
    rows = decoded(COUPA.entities["invoices"], *records)
    assert [row["status"] for row in rows] == ["PAID_PER_S2P", "APPROVED", "PENDING", "VOIDED"]


def test_a_client_with_fewer_rights_asks_for_its_own_scope() -> None:
    forms: list[dict[str, list[str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/token":
            forms.append(parse_qs(request.content.decode()))
            assert request.headers["content-type"] == "application/x-www-form-urlencoded"
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        assert request.headers["accept"] == request.headers["content-type"] == "application/json"
        return httpx.Response(200, json=[])

    async def probe(**scope: str) -> None:
        auth: dict[str, str | Secret] = {"client_id": "c", "client_secret": Secret("secret"), **scope}
        settings = SourceSettings("buying", "coupa", "http://coupa.test", auth=auth)
        source = build(settings, Accounts(), httpx.MockTransport(answer))
        assert (await source.probe(Context.within(5))).ok
        await source.aclose()

    asyncio.run(probe())
    asyncio.run(probe(scope="core.purchase_order.read"))
    assert "core.requisition.read" in forms[0]["scope"][0].split()
    assert forms[1]["scope"] == ["core.purchase_order.read"]
