"""How a scan is said to a canonical publication, and what of its answers is not believed."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sources.connectors.load import build, connector
from sources.dialects.rest_query import queries
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import BadRequest, Malformed, Unauthorized, Unavailable
from sources.spi.facts import Fact
from sources.spi.scan import Op, Predicate, Scan
from sources.spi.settings import Secret, SourceSettings
from sources.transport.limits import Accounts
from sources.transport.retry import Retry

CANONICAL = connector("canonical")


def ask(scan: Scan, answer: Callable[[httpx.Request], httpx.Response]) -> Batch:
    async def run() -> Batch:
        settings = SourceSettings("own", "canonical", "http://own.test", auth={"token": Secret("secret")})
        transport = httpx.MockTransport(answer)
        source = build(settings, Accounts(), transport, Retry(attempts=1))
        try:
            return await source.run(source.accept(scan), Context.within(5))
        finally:
            await source.aclose()

    return asyncio.run(run())


def saying(body: Any, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, content=json.dumps(body).encode())


SUPPLIERS = Scan(Fact.SUPPLIER, ("code", "name"))


def test_values_are_repeated_and_bounds_have_a_name() -> None:
    where = (
        Predicate("cost_center", Op.IN, ("C1", "C,2")),
        Predicate("date", Op.GE, (date(2026, 1, 1),)),
    )
    scan = Scan(Fact.LEDGER, ("account", "amount"), where=where)
    (query,) = queries(CANONICAL.protocol, CANONICAL.entities["journal_lines"], scan, 6000)
    assert query == (
        ("fields", "account,amount"),
        ("cost_center", "C1"),
        ("cost_center", "C,2"),
        ("date.ge", "2026-01-01"),
    )


def test_flags_and_numbers_are_written_out() -> None:
    filters = {"receipt_required": {"filter": {"IN": "EXACT"}}, "quantity": {"filter": {"GE": "EXACT"}}}
    orders = CANONICAL.overridden({"purchase_orders": filters}).entities["purchase_orders"]
    where = (
        Predicate("receipt_required", Op.IN, (True, False)),
        Predicate("quantity", Op.GE, (Decimal("1E+3"),)),
    )
    (query,) = queries(CANONICAL.protocol, orders, Scan(Fact.ORDER, ("number",), where=where), 6000)
    assert query[1:] == (
        ("receipt_required", "true"),
        ("receipt_required", "false"),
        ("quantity.ge", "1000"),
    )


def test_groups_are_named_instead_of_fields() -> None:
    groups = ("cost_center", "currency")
    scan = Scan(Fact.BUDGET, (*groups, "amount"), group_by=groups, measures=("amount",))
    (query,) = queries(CANONICAL.protocol, CANONICAL.entities["budget_entries"], scan, 6000)
    assert query == (("group_by", "cost_center,currency"),)


def test_numbers_are_exact_and_the_data_is_as_old_as_it_says() -> None:
    row = {"id": "1", "cost_center": "C1", "amount": "0.1234567890123456"}
    stated = {"data": [row], "total": 1, "dataAsOf": "2026-03-31T06:00:00+02:00"}
    batch = ask(Scan(Fact.LEDGER, ("cost_center", "amount")), saying(stated))
    assert batch.frame.to_dicts() == [{"cost_center": "C1", "amount": Decimal("0.1234567890123456")}]
    assert batch.data_as_of == datetime(2026, 3, 31, 4, tzinfo=UTC)
    assert batch.calls == 1


def test_a_limit_is_one_short_page() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.params["limit"] == "3"
        rows = [{"code": str(n), "name": "x"} for n in range(3)]
        return saying({"data": rows, "total": 500})(request)

    batch = ask(Scan(Fact.SUPPLIER, ("code",), limit=3), answer)
    assert (batch.frame.height, batch.calls) == (3, 1)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"data": None, "total": 0},
        {"data": ["S1"], "total": 1},
        {"data": [{"code": "S1"}], "total": "1"},
        {"data": [{"code": "S1"}], "total": True},
        {"data": [{"code": "S1"}], "total": -1},
        {"data": [{"code": "S1"}], "total": 1, "dataAsOf": "yesterday"},
        {"data": [{"code": "S1"}], "total": 1, "dataAsOf": "2026-03-31T06:00:00"},
        {"data": [{"code": ["S1"]}], "total": 1},
        {"data": [{"code": 1.5}], "total": 1},
    ],
)
def test_an_answer_that_is_not_what_was_promised_is_malformed(body: Any) -> None:
    with pytest.raises(Malformed):
        ask(SUPPLIERS, saying(body))


def test_rows_that_do_not_add_up_can_be_asked_for_again() -> None:
    with pytest.raises(Unavailable, match="announced"):
        ask(SUPPLIERS, saying({"data": [{"code": "S1"}, {"code": "S2"}], "total": 1}))


def test_a_refusal_says_why_and_a_rejection_does_not_tell_the_key() -> None:
    with pytest.raises(BadRequest, match="no such column"):
        ask(SUPPLIERS, saying({"error": {"code": "unknown_column", "message": "no such column"}}, 400))
    with pytest.raises(Unauthorized) as refused:
        ask(SUPPLIERS, saying({"error": {"message": "key secret is wrong"}}, 401))
    assert "secret" not in str(refused.value)
