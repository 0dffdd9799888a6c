"""The SAP connector on the sandbox's SAP: as able as it says, and the same figures as the history behind."""

import asyncio
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from sources.connectors.load import build
from sources.sandbox.estate import build as history
from sources.sandbox.estate.documents import Estate
from sources.sandbox.sap.app import CLIENT, ROOT, SECRET, app
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import AsOfUnsupported, BadRequest, OverLimit
from sources.spi.facts import Fact, Sign
from sources.spi.scan import Keys, Op, Predicate, Scan
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts
from tests.connectors.conformance import Conformance

ENTITIES = ("US01", "GB01")
"""What the sandbox keeps in SAP; the orders and supplier invoices of the second only."""


@cache
def estate() -> Estate:
    return history(seed=7, scale=0.05)


@cache
def application() -> Starlette:
    return app(estate())


def source(limits: Limits) -> Source:
    settings = SourceSettings(
        name="sap",
        connector="sap_s4",
        url=f"http://sap.test{ROOT}",
        auth={"client_id": CLIENT, "client_secret": Secret(SECRET), "token_url": "/oauth/token"},
        limits=limits,
        options={"ui": "https://sap.test/ui"},
    )
    return build(settings, Accounts(), httpx.ASGITransport(app=application()))


class TestSap(Conformance):
    open = staticmethod(source)


def run(scan: Scan, limits: Limits | None = None) -> Batch:
    async def scene() -> Batch:
        opened = source(limits or Limits())
        try:
            return await opened.run(opened.accept(scan), Context.within(600))
        finally:
            await opened.aclose()

    return asyncio.run(scene())


def code(dimension: str, member: str | None) -> str | None:
    return None if member is None else estate().company.code("sap", dimension, member)


NORMAL = Predicate("type", Op.IN, ("NORMAL",))


def test_actuals_by_period_are_one_call_and_leave_closings_out() -> None:
    groups = ("legal_entity", "account", "cost_center", "period")
    batch = run(Scan(Fact.LEDGER, groups, where=(NORMAL,), group_by=groups, measures=("amount",)))
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for journal in estate().journals:
        if journal.entity in ENTITIES and journal.type == "NORMAL":
            for line in journal.lines:
                key = (
                    code("legal_entity", journal.entity),
                    code("account", line.account),
                    code("cost_center", line.cost_center),
                    journal.period,
                )
                sums[key] += line.debit - line.credit
    found = {row[:4]: row[4] for row in batch.frame.select(*groups, "amount").iter_rows()}
    assert found == sums
    assert batch.calls == -(-batch.frame.height // 1000)


def test_closings_are_their_own_type() -> None:
    batch = run(Scan(Fact.LEDGER, ("type",), group_by=("type",), measures=("amount",)))
    assert {*batch.frame["type"]} == {"NORMAL", "CLOSING"}
    assert "currency" in batch.frame.columns, "amounts of two currencies are never one sum"


def test_a_reversal_names_what_it_reverses_and_not_the_other_way_round() -> None:
    batch = run(Scan(Fact.LEDGER, ("number", "reverses")))
    found = {row for row in batch.frame.unique().iter_rows() if row[1] is not None}
    expected = {(j.number, j.reverses) for j in estate().journals if j.entity in ENTITIES and j.reverses}
    assert found == expected


def test_vouchers_are_looked_up_by_the_invoice_they_carry() -> None:
    lines = [
        (journal.number, line.invoice, line.supplier_invoice, line.quantity)
        for journal in estate().journals
        if journal.entity in ENTITIES
        for line in journal.lines
        if line.invoice
    ]
    wanted = tuple(sorted({line[1] for line in lines})[:7])
    columns = ("number", "ref_invoice", "ref_supplier_invoice", "ref_quantity")
    batch = run(Scan(Fact.VOUCHER, columns, keys=Keys("ref_invoice", wanted)))
    assert Counter(batch.frame.rows()) == Counter(line for line in lines if line[1] in wanted)
    assert batch.calls == 1


def test_orders_have_quantities_prices_and_distributions() -> None:
    expected = Counter(
        (
            order.number,
            f"{line.line:05d}",
            f"{position:02d}",
            code("cost_center", target.cost_center),
            line.quantity if line.match_basis == "AMOUNT" else line.quantity - line.cancelled_quantity,
            "CANCELLED" if order.status == "CANCELLED" else order.status in ("DRAFT", "PENDING"),
        )
        for order in estate().orders
        if order.entity == "GB01" or order.number in estate().copied
        for line in order.lines
        for position, target in enumerate(line.distributions, start=1)
    )
    batch = run(Scan(Fact.ORDER, ("number", "line", "dist", "cost_center", "quantity", "status")))
    found = Counter(
        (*row[:5], row[5] if row[5] == "CANCELLED" else row[5] in ("DRAFT", "PENDING"))
        for row in batch.frame.iter_rows()
    )
    assert found == expected


def test_a_price_per_several_units_is_the_price_of_one() -> None:
    batch = run(Scan(Fact.ORDER, ("number", "line", "match_basis", "price", "price_unit")))
    prices = {
        (order.number, f"{line.line:05d}"): line.price
        for order in estate().orders
        if order.entity == "GB01" or order.number in estate().copied
        for line in order.lines
        if line.match_basis == "QTY"
    }
    found = {row[:2]: row[3] / row[4] for row in batch.frame.iter_rows() if row[2] == "QTY"}
    assert found == prices


def test_invoices_have_both_kinds_of_items_and_prices_without_quantity() -> None:
    columns = ("number", "type", "po", "quantity", "amount")
    batch = run(Scan(Fact.INVOICE, columns))
    invoices = [i for i in estate().invoices if i.entity == "GB01" and i.status != "VOIDED"]
    gross: dict[str, Decimal] = defaultdict(Decimal)
    for number, _, _, _, amount in batch.frame.iter_rows():
        gross[number] += amount
    assert gross == {i.number: sum(line.amount + line.tax for line in i.lines) for i in invoices}
    ordered = Counter(
        (i.number, "CREDIT" if i.type == "CREDIT" else None, line.po, line.quantity)
        for i in invoices
        for line in i.lines
        if line.po is not None
    )
    assert Counter(row[:4] for row in batch.frame.iter_rows() if row[2] is not None) == ordered


def test_cost_centres_have_names_and_validity() -> None:
    columns = ("code", "name", "valid_from", "valid_to")
    batch = run(Scan(Fact.COST_CENTER, columns, keys=Keys("code", ("0010101101",))))
    assert batch.frame["valid_to"].sort().cast(str).to_list() == ["2024-12-31", "9999-12-31"]
    assert all(batch.frame["name"].str.len_chars() > 0)


def test_calls_are_rows_over_page_size() -> None:
    scan = Scan(Fact.LEDGER, ("number", "amount"))
    for size in (1000, 333):
        batch = run(scan, Limits(page_size=size))
        assert batch.calls == -(-batch.frame.height // size)


def test_a_limit_is_one_call_where_nothing_is_left_to_do() -> None:
    batch = run(Scan(Fact.LEDGER, ("number",), limit=5))
    assert (batch.frame.height, batch.calls) == (5, 1)


def test_long_lists_are_cut_into_calls_that_fit_an_address() -> None:
    centers = run(Scan(Fact.COST_CENTER, ("code",))).frame["code"].unique().to_list()
    many = tuple(sorted({*centers, *(f"{n:010d}" for n in range(300))}))
    where = (Predicate("cost_center", Op.IN, many), Predicate("account", Op.IN, tuple(map(str, range(200)))))
    assert run(Scan(Fact.LEDGER, ("number",), where=where)).frame.height == 0
    batch = run(Scan(Fact.LEDGER, ("cost_center",), where=where[:1]))
    whole = run(Scan(Fact.LEDGER, ("cost_center",)))
    assert batch.frame.height == whole.frame["cost_center"].is_not_null().sum()
    assert batch.calls > 3


def test_too_many_rows_are_an_error_and_not_a_part() -> None:
    with pytest.raises(OverLimit, match="more than 100 rows"):
        run(Scan(Fact.LEDGER, ("number",)), Limits(max_rows=100))


def test_what_cannot_be_had_is_said_before_any_call() -> None:
    opened = source(Limits())
    day = estate().clock.date()
    with pytest.raises(AsOfUnsupported, match="ORDER"):
        opened.accept(Scan(Fact.ORDER, ("number",), as_of=day))
    with pytest.raises(BadRequest, match="does not provide BUDGET"):
        opened.accept(Scan(Fact.BUDGET, ("amount",)))
    with pytest.raises(BadRequest, match="cannot look up LEDGER by account"):
        opened.accept(Scan(Fact.LEDGER, ("amount",), keys=Keys("account", ("1",))))


def test_a_bound_that_is_no_period_is_refused() -> None:
    where = (Predicate("period", Op.GE, ("January",)),)
    with pytest.raises(BadRequest, match="period cannot be compared"):
        run(Scan(Fact.LEDGER, ("amount",), where=where))


def test_a_past_ledger_is_read_from_the_lines() -> None:
    opened = source(Limits())
    groups = ("account", "period")
    scan = Scan(Fact.LEDGER, groups, group_by=groups, measures=("amount",))
    assert opened.accept(scan).entity == "journal_cube"
    past = opened.accept(Scan(**{**_fields(scan), "as_of": estate().clock.date()}))
    assert past.entity == "journal_items"
    assert not past.grouped
    assert past.as_of is None


def _fields(scan: Scan) -> dict[str, Any]:
    return {name: getattr(scan, name) for name in ("fact", "columns", "group_by", "measures")}


def test_documents_open_in_the_launchpad() -> None:
    opened = source(Limits())
    link = opened.url(Fact.ORDER, {"number": "45/1"})
    assert link == "https://sap.test/ui#PurchaseOrder-displayFactSheet?PurchaseOrder=45%2F1"
    assert opened.url(Fact.ORDER, {"number": None}) is None
    assert opened.sign(Fact.LEDGER) is Sign.DEBIT


def test_a_probe_is_one_call() -> None:
    async def scene() -> tuple[bool, dict[str, int]]:
        opened = source(Limits())
        ctx = Context.within(20)
        health = await opened.probe(ctx)
        await opened.aclose()
        return health.ok, ctx.calls

    assert asyncio.run(scene()) == (True, {"sap": 2}), "the login and the call"
