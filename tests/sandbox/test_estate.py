"""The company's history: the same every time, balanced, coherent, and full of what goes wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from sources.sandbox.estate import build
from sources.sandbox.estate.clock import TODAY
from sources.sandbox.estate.company import SHARED_COST_CENTER, UNMAPPED_COST_CENTER, UNMAPPED_SAP_CODE
from sources.sandbox.estate.documents import Estate, JournalLine, Order, OrderLine
from sources.sandbox.estate.fiscal import fiscal_period
from sources.sandbox.estate.history import _build
from sources.sandbox.estate.master import rows
from sources.sandbox.estate.money import split

KINDS = ("requisitions", "orders", "receipts", "invoices", "journals", "budget")
POSTED = {"POSTED_PER_S2P", "PAID_PER_S2P"}
CLOSED = {(entity, year) for entity in ("US01", "DE01", "JP01") for year in (2024, 2025)} | {
    ("GB01", 2025),
    ("GB01", 2026),
}
"""Fiscal years that are over."""


@pytest.fixture(scope="module")
def estate() -> Estate:
    return build()


def order_lines(estate: Estate) -> Iterator[tuple[Order, OrderLine]]:
    return ((order, line) for order in estate.orders for line in order.lines)


def vouchers(estate: Estate) -> list[JournalLine]:
    return [x for j in estate.journals for x in j.lines if x.invoice or x.po]


def count(estate: Estate) -> int:
    return sum(len(getattr(estate, kind)) for kind in KINDS)


def bad(estate: Estate) -> set[str]:
    """Numbers of the documents that go wrong on purpose."""
    return {number for numbers in estate.hazards.values() for number in numbers}


def test_equal_arguments_give_equal_histories_and_others_do_not():
    first = _build.__wrapped__(11, Decimal("0.05"))
    assert first == _build.__wrapped__(11, Decimal("0.05"))
    assert first.orders != _build.__wrapped__(12, Decimal("0.05")).orders


def test_a_build_is_kept(estate):
    assert build(7, 1) is build(seed=7, scale=Decimal("1.0")) is estate


def test_scale_multiplies_what_is_transacted(estate):
    small, half = build(7, 0.1), build(7, 0.5)
    for kind in ("orders", "invoices", "journals"):
        assert len(getattr(small, kind)) < len(getattr(half, kind)) < len(getattr(estate, kind))
    usual = [len([o for o in e.orders if o.number not in bad(e)]) for e in (half, estate)]
    assert usual[0] * 2 == usual[1]
    assert len(small.budget) == pytest.approx(len(estate.budget), rel=0.05)


@pytest.mark.parametrize("scale", [0, -1])
def test_a_scale_that_is_no_size_is_refused(scale):
    with pytest.raises(ValueError, match="positive"):
        build(7, scale)


def test_about_thirty_thousand_documents_most_of_them_journals(estate):
    assert 27_000 <= count(estate) <= 33_000
    assert len(estate.journals) == max(len(getattr(estate, kind)) for kind in KINDS)
    recent = [o for o in estate.orders if o.entity == "US01" and o.date >= date(2026, 1, 1)]
    assert 200 <= len(recent) <= 400


def test_the_company_has_the_shape_it_promises(estate):
    company = estate.company
    assert {(e.id, e.currency) for e in company.entities} == {
        ("US01", "USD"),
        ("DE01", "EUR"),
        ("GB01", "GBP"),
        ("JP01", "JPY"),
    }
    assert 55 <= len(company.cost_centers) <= 65
    assert 75 <= len(company.accounts) <= 90
    assert {a.kind for a in company.accounts} == {"EXPENSE", "REVENUE", "CAPEX", "BALANCE_SHEET"}
    assert len(company.projects) == 15
    assert len(company.suppliers) == 200


@pytest.mark.parametrize("members", ["accounts", "cost_centers"])
def test_every_parent_is_a_member_and_no_tree_bites_its_tail(estate, members):
    parents = {m.id: m.parent for m in getattr(estate.company, members)}
    for member in parents:
        seen: set[str] = set()
        at: str | None = member
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = parents[at]


def test_codes_are_one_to_one_and_in_each_systems_style(estate):
    for dimensions in estate.company.codes.values():
        for codes in dimensions.values():
            assert len(set(codes.values())) == len(codes)
    code = estate.company.code
    assert code("sap", "cost_center", "US-OPS-110") == "0010101101"
    assert code("sap", "account", "6100") == "0000610000"
    assert code("sap", "legal_entity", "GB01") == "2010"
    assert code("coupa", "cost_center", "US-OPS-110") == "C110"
    assert code("anaplan", "cost_center", "US-OPS-110") == "Operations East"
    assert code("tryton", "legal_entity", "DE01") == "DE01"
    assert code("canonical", "account", "6100") == "6100"


def test_one_sap_cost_center_is_posted_to_and_mapped_nowhere(estate):
    posted = {x.cost_center for j in estate.journals if j.entity == "US01" for x in j.lines}
    assert UNMAPPED_COST_CENTER in posted
    assert estate.company.code("sap", "cost_center", UNMAPPED_COST_CENTER) == UNMAPPED_SAP_CODE
    assert UNMAPPED_SAP_CODE not in {row["source"] for row in rows("crosswalk_sap")}
    assert UNMAPPED_COST_CENTER not in {b.cost_center for b in estate.budget}
    mapped = {r["target"] for r in rows("crosswalk_sap") if r["dimension"] == "cost_center"}
    used = {x.cost_center for j in estate.journals if j.entity in {"US01", "GB01"} for x in j.lines}
    assert used - mapped == {UNMAPPED_COST_CENTER, SHARED_COST_CENTER, None}


def test_every_journal_balances_and_every_amount_fits_its_currency(estate):
    for journal in estate.journals:
        assert sum((x.debit - x.credit for x in journal.lines), Decimal(0)) == 0, journal.number
        own = fiscal_period(journal.entity, journal.posting_date)
        assert journal.period in (own, own.replace("P12", "P13") if journal.entity == "US01" else own)
        assert journal.posting_date <= TODAY
        for line in journal.lines:
            assert (line.debit == 0) or (line.credit == 0)
            if journal.currency == "JPY":
                assert line.debit == line.debit.to_integral_value()


def test_numbers_and_ids_are_unique(estate):
    for kind in KINDS:
        keys = Counter((d.entity, d.id) for d in getattr(estate, kind))
        assert max(keys.values()) == 1, kind
    for kind in ("requisitions", "orders", "journals"):
        assert max(Counter(d.number for d in getattr(estate, kind)).values()) == 1, kind


def charged(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Entity, account and cost centre of everything that names them."""
    for documents in (estate.orders, estate.requisitions, estate.invoices):
        for document in documents:
            for line in document.lines:
                for share in line.distributions:
                    yield document.entity, share.account, share.cost_center
    for entry in estate.budget:
        yield entry.entity, entry.account, entry.cost_center
    for journal in estate.journals:
        for line in journal.lines:
            if line.cost_center:
                yield journal.entity, line.account, line.cost_center


def test_master_data_references_resolve(estate):
    accounts = {a.id for a in estate.company.accounts if a.id.isdigit()}
    owner = {c.id: c.entity for c in estate.company.cost_centers if c.entity}
    suppliers = {s.id for s in estate.company.suppliers}
    for entity, account, center in charged(estate):
        assert account in accounts
        assert owner[center] == entity
    assert {o.supplier for o in estate.orders} <= suppliers
    assert {x.account for j in estate.journals for x in j.lines} <= accounts


def test_documents_refer_to_documents_that_exist(estate):
    ordered = {(o.entity, o.number, line.line): line for o, line in order_lines(estate)}
    asked = {(r.number, line.line) for r in estate.requisitions for line in r.lines}
    invoices = {i.id for i in estate.invoices}
    for _, line in order_lines(estate):
        if line.requisition:
            assert line.requisition[:2] in asked
    for receipt in estate.receipts:
        line = ordered[receipt.entity, receipt.po, receipt.po_line]
        assert line.receipt_required
        assert (receipt.amount is None) == (line.amount is None)
    for invoice in estate.invoices:
        for billed in invoice.lines:
            assert bool(billed.distributions) == (billed.po is None)
            assert billed.po is None or (invoice.entity, billed.po, billed.po_line) in ordered
    for voucher in vouchers(estate):
        assert voucher.invoice is None or voucher.invoice in invoices
    numbers = {j.number for j in estate.journals}
    assert all(j.reverses in numbers for j in estate.journals if j.reverses)


def test_exactly_the_posted_invoices_are_in_the_ledger_for_their_value(estate):
    """Cost = net and non-recoverable tax at the invoice's rate, rounded to the ledger's currency."""
    unit = {e.id: Decimal(1) if e.currency == "JPY" else Decimal("0.01") for e in estate.company.entities}
    booked: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for journal in estate.journals:
        for line in journal.lines:
            if line.invoice:
                booked[journal.entity, line.invoice] += line.debit - line.credit
    on_purpose = bad(estate)
    for invoice in estate.invoices:
        if invoice.number in on_purpose:
            continue
        value = booked.get((invoice.entity, invoice.id))
        if invoice.status in POSTED:
            assert value is not None
        if invoice.status in {"DRAFT", "PENDING", "APPROVED", "VOIDED"}:
            assert value is None
        if value is not None:
            sign = -1 if invoice.type == "CREDIT" else 1
            due = sum((x.amount + x.tax for x in invoice.lines), Decimal(0)) * invoice.rate * sign
            assert abs(value - due) <= unit[invoice.entity] * len(invoice.lines)


def test_dates_run_in_the_order_of_events(estate):
    for invoice in estate.invoices:
        days = [d for d in (invoice.approved_on, invoice.exported_on) if d is not None]
        assert days == sorted(days)
        assert all(day <= TODAY for day in (invoice.date, *days))
        assert (invoice.approved_on is None) == (invoice.status in {"DRAFT", "PENDING", "VOIDED"})


def test_closing_clears_income_and_expense_of_each_closed_year(estate):
    kinds = {a.id: a.kind for a in estate.company.accounts}
    balances: defaultdict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for journal in estate.journals:
        for line in journal.lines:
            if kinds[line.account] in {"EXPENSE", "REVENUE"}:
                balances[journal.entity, int(journal.period[:4])] += line.debit - line.credit
    assert {key for key, balance in balances.items() if balance == 0} == CLOSED
    closings = [j for j in estate.journals if j.type == "CLOSING"]
    assert {(j.entity, j.period) for j in closings} == {(entity, f"{year}-P12") for entity, year in CLOSED}


def test_budgets_hold_every_type_and_transfers_balance(estate):
    kinds = Counter((b.scenario, b.version, b.type) for b in estate.budget)
    for type_ in ("ORIGINAL", "REVISION", "TRANSFER", "CARRY_FORWARD"):
        assert kinds["BUDGET", "APPROVED", type_] > 20
    assert kinds["BUDGET", "DRAFT", "ORIGINAL"] > 100
    assert kinds["FORECAST", "6+6", "ORIGINAL"] > 1000
    transfers: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in estate.budget:
        if entry.type == "TRANSFER":
            transfers[entry.number] += entry.amount
        if entry.type == "CARRY_FORWARD" and entry.number not in bad(estate):
            assert entry.period.endswith("P01")
    assert set(transfers.values()) == {Decimal(0)}
    periods = {b.period for b in estate.budget if b.version == "APPROVED"}
    assert periods == {f"{year}-P{month:02d}" for year in (2025, 2026) for month in range(1, 13)}


def test_most_cells_consume_between_half_and_a_little_more_than_their_budget(estate):
    spent: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    planned: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for journal in estate.journals:
        if journal.type == "NORMAL" and journal.posting_date.year == 2025:
            for line in journal.lines:
                if line.cost_center:
                    spent[line.cost_center, line.account] += line.debit - line.credit
    for entry in estate.budget:
        if entry.version == "APPROVED" and entry.period.startswith("2025"):
            planned[entry.cost_center, entry.account] += entry.amount
    usual = [
        cell for cell, plan in planned.items() if Decimal("0.5") <= abs(spent[cell]) / plan <= Decimal("1.1")
    ]
    assert len(usual) > 0.9 * len(planned)


@pytest.mark.parametrize(
    ("amount", "weights", "step", "parts"),
    [
        ("100.00", ("33.33", "33.33", "33.34"), "0.01", ("33.33", "33.33", "33.34")),
        ("0.01", ("1", "1", "1"), "0.01", ("0.01", "0.00", "0.00")),
        ("-10", ("60", "40"), "1", ("-6", "-4")),
        ("5", ("1", "1"), "1", ("3", "2")),
    ],
)
def test_a_split_adds_up_and_the_first_of_equals_gets_the_rest(amount, weights, step, parts):
    found = split(Decimal(amount), [Decimal(w) for w in weights], Decimal(step))
    assert found == tuple(Decimal(part) for part in parts)
