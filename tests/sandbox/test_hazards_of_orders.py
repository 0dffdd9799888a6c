"""Hazards of what is ordered, received, agreed and planned, as the systems serve them."""

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.sandbox.hazard_systems import SEEDS, Row, Systems, systems_of


@pytest.fixture(scope="module", params=SEEDS)
def company(request: pytest.FixtureRequest) -> Systems:
    return systems_of(request.param)


def amount(rows: list[Row], **values: object) -> Decimal:
    """The sum of the rows with these values."""
    chosen = [row for row in rows if all(row[name] == value for name, value in values.items())]
    return sum((Decimal(row["amount"]) for row in chosen), Decimal(0))


def test_nothing_happened_to_a_forgotten_order(company: Systems) -> None:
    (number,) = company.estate.hazards["forgotten_order"]
    order = company.coupa_order(number)
    assert (order["status"], order["created-at"][:7]) == ("issued", "2025-10")
    assert order["updated-at"] == order["created-at"]
    assert [line["received"] for line in order["order-lines"]] == ["0"]


def test_a_ledger_books_what_comes(company: Systems) -> None:
    order, receipt, journal = company.estate.hazards["received_in_the_ledger"]
    (line,) = company.published("purchase-orders", order)
    (came,) = company.published("receipts", receipt)
    booked = company.published("vouchers", journal)
    assert (line["receipt_required"], came["po"], came["quantity"]) == (True, order, "6")
    value = Decimal(came["quantity"]) * Decimal(line["price"])
    assert amount(booked, origin="GRNI", ref_po=order, account=line["account"]) == value
    assert amount(company.published("journal-lines", journal), account="2150") == -value


def test_an_invoice_waits_for_what_is_booked(company: Systems) -> None:
    order, _, journal, number = company.estate.hazards["invoice_of_booked_receipt"]
    (invoice,) = company.published("invoices", number)
    assert (invoice["status"], invoice["po"]) == ("APPROVED", order)
    assert amount(company.published("journal-lines", journal), account="2150") == -amount([invoice])
    assert [row["number"] for row in company.billing(order)] == [number]


def test_a_voucher_that_only_clears_has_no_expense(company: Systems) -> None:
    found = company.estate.hazards["voucher_clears_receipt_only"]
    marks = []
    for order, _, _, number, voucher in (found[:5], found[5:]):
        (invoice,) = company.published("invoices", number)
        (cleared,) = company.published("vouchers", voucher)
        assert (cleared["account"], cleared["ref_po"], cleared["ref_invoice"]) == (
            "2150",
            order,
            invoice["id"],
        )
        accounts = {row["account"] for row in company.published("journal-lines", voucher)}
        assert accounts == {"2150", "2100"}
        assert Decimal(cleared["amount"]) == Decimal(invoice["amount"])
        marks.append(cleared["counts_as_posting"])
    assert marks == [True, None]


@pytest.mark.parametrize(("name", "net"), [("accrual_beside_receipt", 5), ("accrual_reversed", 0)])
def test_an_accrual_names_the_order_that_was_received(company: Systems, name: str, net: int) -> None:
    order, _, *journals = company.estate.hazards[name]
    (line,) = company.coupa_order(order)["order-lines"]
    assert (line["received"], line["receipt-required"]) == ("5", True)
    lines = [row for number in journals for row in company.postings(number) if row["CostCenter"]]
    assert {row["AccountingDocumentType"] for row in lines} == {"ZA"}
    assert {row["PurchasingDocument"] for row in lines} == {order}
    booked = sum(Decimal(row["AmountInCompanyCodeCurrency"]) for row in lines)
    assert booked == net * Decimal(line["price"])


def test_more_comes_and_more_is_billed_than_ordered(company: Systems) -> None:
    order, _ = company.estate.hazards["over_received"]
    (line,) = company.coupa_order(order)["order-lines"]
    assert Decimal(line["received"]) > Decimal(line["quantity"])
    order, number, _ = company.estate.hazards["over_invoiced"]
    (item,) = company.sap_order(order)["to_PurchaseOrderItem"]["results"]
    path = "API_SUPPLIERINVOICE_PROCESS_SRV/A_SupplierInvoice"
    (bill,) = company.sap(path, f"SupplierInvoice eq '{number}'", "to_SuplrInvcItemPurOrdRef")
    (billed,) = bill["to_SuplrInvcItemPurOrdRef"]["results"]
    assert billed["PurchaseOrder"] == order
    assert Decimal(billed["QuantityInPurchaseOrderUnit"]) > Decimal(item["OrderQuantity"])


def test_two_systems_hold_one_order(company: Systems) -> None:
    (number,) = company.estate.hazards["order_in_both_systems"]
    (here,) = company.coupa_order(number)["order-lines"]
    copy = company.sap_order(number)
    (there,) = copy["to_PurchaseOrderItem"]["results"]
    assert copy["CompanyCode"] == company.estate.company.code("sap", "legal_entity", "US01")
    assert Decimal(there["OrderQuantity"]) == Decimal(here["quantity"])
    assert Decimal(there["NetPriceAmount"]) == Decimal(here["price"])


def test_an_order_takes_some_of_its_requisition(company: Systems) -> None:
    asked, number = company.estate.hazards["requisition_and_its_order"]
    (requisition,) = company.coupa("requisitions", id=asked)
    order = company.coupa_order(number)
    (wish,), (line,) = requisition["requisition-lines"], order["order-lines"]
    assert order["requisition-header"]["id"] == requisition["id"]
    assert line["requisition-line-id"] == str(wish["id"])
    assert (Decimal(wish["quantity"]), Decimal(line["quantity"])) == (Decimal(10), Decimal(6))


def test_releases_name_their_agreement(company: Systems) -> None:
    number, open_, closed, _, voucher = company.estate.hazards["blanket_and_releases"]
    (agreed,) = company.published("blankets", number)
    releases = company.published("purchase-orders", open_, closed)
    assert {(row["blanket"], row["status"]) for row in releases} == {(number, "OPEN"), (number, "CLOSED")}
    drawn = sum(Decimal(row["quantity"]) * Decimal(row["price"]) for row in releases)
    assert 0 < drawn < Decimal(agreed["amount"])
    assert company.published("vouchers", voucher)[0]["ref_po"] == closed


def test_phases_are_the_order_in_two_fiscal_years(company: Systems) -> None:
    number, invoice, _ = company.estate.hazards["phased_order"]
    (line,) = company.published("purchase-orders", number)
    phases = company.published("order-schedules", number)
    assert amount(phases) == Decimal(line["amount"])
    years: dict[str, Decimal] = defaultdict(Decimal)
    for row in phases:
        years[row["period"][:4]] += Decimal(row["amount"])
    assert years.keys() == {"2025", "2026"}
    (billed,) = company.published("invoices", invoice)
    assert 0 < Decimal(billed["amount"]) < years["2025"]
    assert (line["ordered_on"], line["need_by"]) == ("2025-09-29", "2025-10-01")


def test_an_invoice_and_its_voucher_name_a_distribution(company: Systems) -> None:
    order, number, voucher = company.estate.hazards["invoice_names_distribution"]
    shares = {row["dist"]: row for row in company.published("purchase-orders", order)}
    (invoice,) = company.published("invoices", number)
    (booked,) = company.published("vouchers", voucher)
    assert {dist: row["percent"] for dist, row in shares.items()} == {"1": "60", "2": "40"}
    assert (invoice["po_dist"], booked["ref_dist"]) == ("2", "2")
    assert booked["cost_center"] == shares["2"]["cost_center"] != shares["1"]["cost_center"]


def test_an_order_half_billed_still_says_all_of_it(company: Systems) -> None:
    order, _, voucher = company.estate.hazards["cumulative_commitment"]
    (item,) = company.sap_order(order)["to_PurchaseOrderItem"]["results"]
    net = Decimal(item["OrderQuantity"]) * Decimal(item["NetPriceAmount"])
    booked = Decimal(company.postings(voucher)[0]["AmountInCompanyCodeCurrency"])
    assert (net, item["IsFinallyInvoiced"]) == (2 * booked, False)


def test_what_one_year_gives_the_other_takes_and_the_order_goes_with_it(company: Systems) -> None:
    order, number = company.estate.hazards["carried_forward"]
    (line,) = company.published("purchase-orders", order)
    assert (line["ordered_on"], line["date"]) == ("2025-11-25", "2026-01-01")
    moved = [entry for entry in company.estate.budget if entry.number == number]
    value = Decimal(line["quantity"]) * Decimal(line["price"])
    assert {entry.period: entry.amount for entry in moved} == {"2025-P12": -value, "2026-P01": value}
    code = company.estate.company.code
    row = (
        code("anaplan", "legal_entity", "JP01"),
        code("anaplan", "cost_center", line["cost_center"]),
        code("anaplan", "account", line["account"]),
        "Carry Forward",
    )
    assert Decimal(company.plan("Budget Approved")[row][11]) == -value


def test_the_plan_shows_a_group_beside_its_cost_centres(company: Systems) -> None:
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    shown: dict[tuple[str, ...], Decimal] = {}
    parts = {"Client Support Americas", "Client Support DACH", "Client Support UK"}
    for (entity, center, *rest), cells in company.plan("Budget Approved").items():
        total = sum((Decimal(cell) for cell in cells if cell), Decimal(0))
        if center in parts:
            sums[entity, *rest] += total
        if center == "Total Client Support":
            shown[entity, *rest] = total
    assert company.estate.hazards["budget_of_a_group"] == ("OPS-SUPPORT",)
    assert len(shown) > 10
    assert shown == sums


def test_loaded_actuals_are_the_ledgers_and_stand_apart(company: Systems) -> None:
    loaded = company.plan("Actual Loaded")
    assert {row[3] for row in loaded} == {"Actual"}
    assert "Actual" not in {row[3] for row in company.plan("Budget Approved")}
    (center,) = {row[1] for row in loaded}
    (here,) = [
        c
        for c in company.estate.company.cost_centers
        if company.estate.company.code("anaplan", "cost_center", c.id) == center and c.entity
    ]
    bad = {number for numbers in company.estate.hazards.values() for number in numbers}
    spent = sum(
        (
            x.debit - x.credit
            for j in company.estate.journals
            if j.number not in bad and "2026-P01" <= j.period <= "2026-P05"
            for x in j.lines
            if x.cost_center == here.id
        ),
        Decimal(0),
    )
    assert spent > 0
    assert sum(Decimal(cell) for cells in loaded.values() for cell in cells if cell) == spent


def test_closings_are_in_every_ledger(company: Systems) -> None:
    found = company.estate.hazards["closing_journal"]
    assert len(found) == 8
    of_sap = [number for number in found if number[0] in "12"]
    assert {row["AccountingDocumentType"] for number in of_sap for row in company.postings(number)} == {"SC"}
    of_japan = [number for number in found if number.startswith("4")]
    assert {row["type"] for row in company.published("journal-lines", *of_japan)} == {"CLOSING"}


def test_a_code_nobody_mapped_is_posted_to(company: Systems) -> None:
    (number,) = company.estate.hazards["unmapped_code"]
    assert "0010101991" in {row["CostCenter"] for row in company.postings(number)}


def test_half_of_a_prepayment_is_cost_already(company: Systems) -> None:
    number, paid, *charged = company.estate.hazards["prepaid"]
    schedule = company.published("deferrals", number)
    assert [row["period"] for row in schedule] == [f"2026-P{month:02d}" for month in range(1, 13)]
    assert amount(company.published("journal-lines", paid), account="1400") == amount(schedule)
    expensed = amount(company.published("journal-lines", *charged), account=schedule[0]["account"])
    assert expensed == amount([row for row in schedule if row["period"] <= "2026-P06"])


def test_a_subscription_can_be_ended(company: Systems) -> None:
    number, *charged = company.estate.hazards["subscription"]
    schedule = company.published("subscriptions", number)
    assert len(schedule) == 12
    assert {row["committed_through"] for row in schedule} == {"2026-P09"}
    expensed = amount(company.published("journal-lines", *charged), account=schedule[0]["account"])
    assert expensed == amount([row for row in schedule if row["period"] <= "2026-P06"])
