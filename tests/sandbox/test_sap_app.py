"""The sandbox's SAP: what it serves of the estate, its aggregation, paging, refusals and ways in."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from sources.sandbox.estate import build
from sources.sandbox.estate.documents import Distribution, Order, OrderLine
from sources.sandbox.sap import CLIENT, PASSWORD, SECRET, USER, app
from sources.sandbox.sap.master import Master
from sources.sandbox.sap.orders import Purchase

ESTATE = build(7, 0.05)
CODE = ESTATE.company.code
CUBE = "API_JOURNALENTRYITEMBASIC_SRV/A_JournalEntryItemBasic"
ITEMS = "API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube"
ORDERS = "API_PURCHASEORDER_PROCESS_SRV/A_PurchaseOrder"
INVOICES = "API_SUPPLIERINVOICE_PROCESS_SRV/A_SupplierInvoice"
CENTERS = "API_COSTCENTER_SRV/A_CostCenter"


@cache
def application(page_size: int | None = None) -> Starlette:
    return app(ESTATE, page_size=page_size)


def ask(target: Starlette, path: str, method: str = "GET", **options: Any) -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(target)
        async with httpx.AsyncClient(transport=transport, base_url="http://sap.test") as client:
            return await client.request(method, path, **{"auth": (USER, PASSWORD), **options})

    return asyncio.run(call())


def read(path: str, target: Starlette | None = None, **query: str) -> dict[str, Any]:
    params = {f"${name}": value for name, value in {"format": "json", **query}.items()}
    response = ask(target or application(), f"/sap/opu/odata/sap/{path}", params=params)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["d"]
    return found


def pages(path: str, target: Starlette, **query: str) -> Iterator[list[dict[str, Any]]]:
    answer = read(path, target, **query)
    while True:
        yield answer["results"]
        if "__next" not in answer:
            return
        answer = ask(target, answer["__next"]).json()["d"]


def refused(path: str, status: int = 400, **query: str) -> str:
    params = {f"${name}": value for name, value in {"format": "json", **query}.items()}
    response = ask(application(), f"/sap/opu/odata/sap/{path}", params=params)
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error["innererror"]["errordetails"][0]["message"] == error["message"]["value"]
    return str(error["message"]["value"])


def ledger() -> Iterator[tuple[Any, Any]]:
    return ((j, line) for j in ESTATE.journals if j.entity in ("US01", "GB01") for line in j.lines)


def test_the_cube_is_the_sum_of_the_lines() -> None:
    expected: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for journal, line in ledger():
        if journal.type != "CLOSING" and "2025-P01" <= journal.period <= "2025-P12":
            key = (
                CODE("sap", "legal_entity", journal.entity),
                CODE("sap", "account", line.account),
                CODE("sap", "cost_center", line.cost_center or ""),
                journal.period.replace("-P", "0"),
            )
            expected[key] += line.debit - line.credit
    names = ["CompanyCode", "GLAccount", "CostCenter", "FiscalYearPeriod"]
    query = {
        "select": ",".join([*names, "CompanyCodeCurrency", "AmountInCompanyCodeCurrency"]),
        "filter": "FiscalYearPeriod ge '2025001' and FiscalYearPeriod le '2025012'",
    }
    found = {
        tuple(row[name] for name in names): Decimal(row["AmountInCompanyCodeCurrency"])
        for page in pages(CUBE, application(100), **query)
        for row in page
    }
    assert found == expected


def test_without_its_unit_an_amount_mixes_currencies() -> None:
    amount = "AmountInCompanyCodeCurrency"
    apart = read(
        CUBE,
        select=f"CompanyCodeCurrency,{amount}",
        filter="GLAccount eq '0000610000'",
    )
    together = read(CUBE, select=amount, filter="GLAccount eq '0000610000'")
    assert {row["CompanyCodeCurrency"] for row in apart["results"]} == {"USD", "GBP"}
    (total,) = together["results"]
    assert Decimal(total[amount]) == sum(Decimal(row[amount]) for row in apart["results"])


def test_closings_are_in_the_special_period() -> None:
    special = read(CUBE, select="FiscalPeriod,LedgerFiscalYear", filter="FiscalPeriod gt '012'")["results"]
    assert {row["FiscalPeriod"] for row in special} == {"013", "016"}, "audit entries, closings"
    items = read(ITEMS, select="FiscalPeriod,AccountingDocumentType", filter="AccountingDocumentType eq 'SC'")
    assert {row["FiscalPeriod"] for row in items["results"]} == {"016"}


def test_a_voucher_names_the_invoice_upstream() -> None:
    journal, line = next((j, x) for j, x in ledger() if x.invoice and x.po and j.entity == "US01")
    (row, *_) = read(ITEMS, filter=f"Reference3IDByBusinessPartner eq '{line.invoice}'")["results"]
    assert (row["AccountingDocument"], row["DocumentReferenceID"]) == (journal.number, line.supplier_invoice)
    assert (row["PurchasingDocument"], row["PurchasingDocumentItem"]) == (line.po, f"{line.po_line:05d}")
    since = (journal.posting_date - date(1970, 1, 1)) // timedelta(milliseconds=1)
    assert row["PostingDate"] == f"/Date({since})/"
    assert row["GLAccount"] == CODE("sap", "account", line.account)


def test_a_reversal_and_its_original_name_each_other() -> None:
    journal = next(j for j, _ in ledger() if j.reverses and j.entity == "GB01")
    both = f"AccountingDocument eq '{journal.number}' or AccountingDocument eq '{journal.reverses}'"
    rows = {row["AccountingDocument"]: row for row in read(ITEMS, filter=both)["results"]}
    reversal, original = rows[journal.number], rows[str(journal.reverses)]
    names = ("ReverseDocument", "IsReversal", "IsReversed")
    assert [reversal[name] for name in names] == [journal.reverses, True, False]
    assert [original[name] for name in names] == [journal.number, False, True]


def test_orders_come_with_items_and_account_assignments() -> None:
    found = read(ORDERS, expand="to_PurchaseOrderItem/to_AccountAssignment", filter="CompanyCode eq '2010'")
    orders = [order for order in ESTATE.orders if order.entity == "GB01"]
    assert {row["PurchaseOrder"] for row in found["results"]} == {order.number for order in orders}
    for row in found["results"]:
        for item in row["to_PurchaseOrderItem"]["results"]:
            net = (
                Decimal(item["OrderQuantity"])
                * Decimal(item["NetPriceAmount"])
                / Decimal(item["NetPriceQuantity"])
            )
            parts = item["to_AccountAssignment"]["results"]
            assert sum(Decimal(part["PurgDocNetAmount"]) for part in parts) == net
            assert sum(Decimal(part["MultipleAcctAssgmtDistrPercent"]) for part in parts) == 100


def test_a_price_below_a_cent_is_for_many_units() -> None:
    target = Distribution(1, "6100", "GB-OPS-110", None, Decimal(100))
    nothing = Decimal(0)
    line = OrderLine(
        line=10,
        description="Clicks",
        match_basis="QTY",
        quantity=Decimal(500),
        price=Decimal("0.0123"),
        amount=None,
        cancelled_quantity=nothing,
        tax_rate=nothing,
        receipt_required=False,
        status=None,
        requisition=None,
        distributions=(target,),
    )
    order = Order("1", "4500000001", "GB01", "S0001", date(2026, 1, 5), "OPEN", "GBP", Decimal(1), (line,))
    (item,) = Purchase(order, Master(ESTATE.company)).items
    assert item.price == (Decimal("1.23"), Decimal(100))


def test_an_expanded_navigation_must_be_selected_too() -> None:
    query = {"expand": "to_PurchaseOrderItem", "top": "1"}
    (bare,) = read(ORDERS, **query, select="PurchaseOrder")["results"]
    assert bare.keys() == {"__metadata", "PurchaseOrder"}
    (row,) = read(ORDERS, **query, select="PurchaseOrder,to_PurchaseOrderItem/OrderQuantity")["results"]
    assert [*row["to_PurchaseOrderItem"]["results"][0]] == ["__metadata", "OrderQuantity"]


def test_an_invoice_has_order_items_and_account_items() -> None:
    found = read(INVOICES, expand="to_SuplrInvcItemPurOrdRef,to_SupplierInvoiceItemGLAcct")["results"]
    invoices = {i.id: i for i in ESTATE.invoices if i.entity == "GB01" and i.status != "VOIDED"}
    assert {row["SupplierInvoice"] + row["FiscalYear"] for row in found} == invoices.keys()
    for row in found:
        invoice = invoices[row["SupplierInvoice"] + row["FiscalYear"]]
        parts = ("to_SuplrInvcItemPurOrdRef", "to_SupplierInvoiceItemGLAcct")
        items = [item for part in parts for item in row[part]["results"]]
        total = sum(Decimal(item["SupplierInvoiceItemAmount"]) for item in items)
        assert (
            total
            == Decimal(row["InvoiceGrossAmount"])
            == sum(line.amount + line.tax for line in invoice.lines)
        )
        assert row["SupplierInvoiceIsCreditMemo"] == ("X" if invoice.type == "CREDIT" else "")


def test_a_cost_centre_has_a_row_per_validity() -> None:
    rows = read(CENTERS, expand="to_Text")["results"]
    codes = [row["CostCenter"] for row in rows]
    assert len(set(codes)) < len(codes) == len({(row["CostCenter"], row["ValidityEndDate"]) for row in rows})
    current = read(CENTERS, filter="ValidityEndDate ge datetime'2026-06-30T00:00:00'")["results"]
    assert len(current) == len({row["CostCenter"] for row in current}) == len(set(codes))
    assert all(row["to_Text"]["results"][0]["CostCenterName"] for row in rows)


@pytest.mark.parametrize("size", [7, 100])
def test_pages_hold_every_row_once_and_in_order(size: int) -> None:
    query = {"select": "AccountingDocument,AccountingDocumentItem", "filter": "CompanyCode eq '2010'"}
    ordered = {
        **query,
        "orderby": "AccountingDocument desc,AccountingDocumentItem",
        "inlinecount": "allpages",
    }
    whole = read(ITEMS, **ordered)
    expected = sum(len(j.lines) for j in ESTATE.journals if j.entity == "GB01")
    assert int(whole["__count"]) == expected
    top, skip = 60, 5
    paged = [*pages(ITEMS, application(size), **ordered, top=str(top), skip=str(skip))]
    rows = [row["AccountingDocument"] + row["AccountingDocumentItem"] for page in paged for row in page]
    every = [row["AccountingDocument"] + row["AccountingDocumentItem"] for row in whole["results"]]
    assert rows == every[skip : skip + top]
    assert all(len(page) == size for page in paged[:-1])
    seen = [row["__metadata"]["uri"] for page in pages(ITEMS, application(100), **query) for row in page]
    assert len(seen) == len(set(seen)) == expected


def test_addresses_lead_to_their_entities() -> None:
    (row,) = read(ORDERS, top="1")["results"]
    again = ask(application(), row["__metadata"]["uri"], params={"$format": "json"}).json()["d"]
    assert again == row
    items = ask(application(), row["to_PurchaseOrderItem"]["__deferred"]["uri"], params={"$format": "json"})
    (item, *_) = items.json()["d"]["results"]
    parent = ask(application(), item["to_PurchaseOrder"]["__deferred"]["uri"], params={"$format": "json"})
    assert parent.json()["d"]["PurchaseOrder"] == row["PurchaseOrder"] == item["PurchaseOrder"]
    (center, *_) = read(CENTERS, top="1")["results"]
    assert ask(application(), center["__metadata"]["uri"], params={"$format": "json"}).json()["d"] == center
    count = ask(application(), f"/sap/opu/odata/sap/{ORDERS}/$count", headers={"Accept": "application/json"})
    own = sum(order.entity == "GB01" for order in ESTATE.orders)
    assert int(count.text) == own + len(ESTATE.copied)


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        (ITEMS, {"apply": "x"}, "$apply"),
        (ITEMS, {"search": "x"}, "$search"),
        (ITEMS, {"select": "CompanyCode,Nothing"}, "Nothing"),
        (ITEMS, {"orderby": "Nothing"}, "Nothing"),
        (ITEMS, {"orderby": "CompanyCode upwards"}, "upwards"),
        (ITEMS, {"top": "-1"}, "$top"),
        (ITEMS, {"skiptoken": "x"}, "$skiptoken"),
        (ITEMS, {"inlinecount": "some"}, "$inlinecount"),
        (ORDERS, {"expand": "to_Nothing"}, "to_Nothing"),
        (ORDERS, {"select": "to_PurchaseOrderItem/OrderQuantity"}, "not expanded"),
        (CUBE, {"filter": "AmountInCompanyCodeCurrency gt 1"}, "not filterable"),
        (CUBE, {"filter": "ID eq '1'"}, "not filterable"),
        (CUBE, {"orderby": "ID"}, "not sortable"),
        (INVOICES, {"filter": "IsReversed eq true"}, "not filterable"),
        (f"{ORDERS}('1','2')", {}, "key predicate"),
    ],
)
def test_what_sap_does_not_know_is_refused(path: str, query: dict[str, str], words: str) -> None:
    assert words in refused(path, **query)


def test_unknown_addresses_and_formats() -> None:
    assert "A_Nothing" in refused("API_COSTCENTER_SRV/A_Nothing", 404)
    assert "API_NOTHING" in refused("API_NOTHING/A_CostCenter", 403)
    assert refused(f"{ORDERS}('0')", 404)
    assert refused(ITEMS, 415, format="xml")
    assert ask(application(), f"/sap/opu/odata/sap/{ITEMS}").status_code == 406


def test_only_known_users_and_clients_come_in() -> None:
    path = f"/sap/opu/odata/sap/{CENTERS}"
    accept = {"Accept": "application/json"}
    wrong = ask(application(), path, auth=(USER, "wrong"), headers=accept)
    assert (wrong.status_code, wrong.headers["www-authenticate"][:5]) == (401, "Basic")
    asked = {"grant_type": "client_credentials"}
    token = ask(application(), "/oauth/token", "POST", auth=(CLIENT, SECRET), data=asked).json()[
        "access_token"
    ]
    bearer = {**accept, "Authorization": f"Bearer {token}"}
    assert ask(application(), path, auth=None, headers=bearer).status_code == 200
    assert ask(application(), "/oauth/token", "POST", auth=(CLIENT, "wrong"), data=asked).status_code == 401
    assert ask(application(), "/oauth/token", "POST", auth=(CLIENT, SECRET), data={}).status_code == 400
    short = app(ESTATE, token_ttl=0)
    token = ask(short, "/oauth/token", "POST", auth=(CLIENT, SECRET), data=asked).json()["access_token"]
    expired = ask(short, path, auth=None, headers={**accept, "Authorization": f"Bearer {token}"})
    assert (expired.status_code, "invalid_token" in expired.headers["www-authenticate"]) == (401, True)
