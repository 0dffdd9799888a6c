"""OData V2 word by word: conditions, envelopes, pages by link, and connectors that promise too much."""

import asyncio
import json
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from sources.connectors.load import assemble
from sources.dialects.odata_filter import UnwritableError, condition
from sources.dialects.odata_spec import ODataConnector, ODataEntity
from sources.dialects.odata_v2 import V2, flattened
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import BadRequest, Malformed, SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Op, Predicate, Scan, Value
from sources.spi.settings import Limits, SourceSettings
from sources.transport.columns import ColumnSpec
from sources.transport.limits import Accounts


def written(spec: Any, op: Op, *values: Value) -> str | None:
    return condition(V2(), ColumnSpec.model_validate(spec), Predicate("column", op, values))


SIDES = {"from": "A", "map": {"S": "a", "H": "b"}, "otherwise": "c"}


@pytest.mark.parametrize(
    ("spec", "op", "values", "text"),
    [
        ("A", Op.IN, ("x",), "A eq 'x'"),
        ("A", Op.IN, ("x", "O'Brien", "x"), "(A eq 'x' or A eq 'O''Brien')"),
        ("A", Op.GE, ("x",), "A ge 'x'"),
        ({"from": "A", "param": "B"}, Op.LE, ("x",), "B le 'x'"),
        ({"from": "A", "type": "decimal"}, Op.GE, (Decimal("1E+2"),), "A ge 100m"),
        ({"from": "A", "type": "flag"}, Op.IN, (True,), "A eq true"),
        ({"from": "A", "type": "msdate"}, Op.LE, (date(2026, 1, 31),), "A le datetime'2026-01-31T00:00:00'"),
        ({"from": "A", "type": "period"}, Op.GE, ("2026-P03",), "A ge '2026003'"),
        ({"from": "A", "type": "period"}, Op.IN, ("January",), None),
        (
            {"from": "Y+P", "type": "period", "widths": [4, 3]},
            Op.IN,
            ("2026-P03", "2026-P04"),
            "((Y eq '2026' and P eq '003') or (Y eq '2026' and P eq '004'))",
        ),
        (
            {"from": "Y+P", "type": "period", "widths": [4, 3]},
            Op.LE,
            ("2026-P03",),
            "(Y lt '2026' or (Y eq '2026' and P le '003'))",
        ),
        ({"from": "N+Y", "widths": [10, 4]}, Op.IN, ("512026",), "(N eq '51' and Y eq '2026')"),
        ({"from": "A", "map": {"S": "a", "T": "a", "H": "b"}}, Op.IN, ("a",), "(A eq 'S' or A eq 'T')"),
        ({"from": "A", "map": {"S": "a"}}, Op.IN, ("c",), None),
        (
            {"from": "A", "map": {"S": "a", "H": "b"}, "otherwise": "c"},
            Op.IN,
            ("c",),
            "(A ne 'S' and A ne 'H')",
        ),
        ({"from": "A", "map": {"S": "a", "H": "b"}, "otherwise": "c"}, Op.IN, ("c", "a"), "A ne 'H'"),
        ({"from": "A", "map": {"S": "a"}, "otherwise": "c"}, Op.IN, ("c", "a"), ""),
        ({"from": "A", "map": {"true": "a", "false": "b"}}, Op.IN, ("a",), "A eq 'true'"),
    ],
)
def test_conditions(spec: Any, op: Op, values: tuple[Value, ...], text: str | None) -> None:
    assert written(spec, op, *values) == text


def test_a_bound_that_has_no_word_is_not_left_out() -> None:
    with pytest.raises(UnwritableError):
        written({"from": "A", "type": "period"}, Op.GE, "January")


def entity(**given: Any) -> dict[str, Any]:
    return {"fact": "LEDGER", "path": "SRV/Set", "order": ["N"], "columns": {"number": "N"}, **given}


FILTERED = {"filter": {"GE": "EXACT"}}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"columns": {"nomber": "N"}}, "LEDGER has no column nomber"),
        ({"columns": {"amount": "A"}}, "amount is a NUMBER: its type must be decimal"),
        ({"columns": {"date": {"from": "D", "type": "period"}}}, "must be date or msdate"),
        ({"keys": {"account": 5}}, "columns used but not described: account"),
        ({"alwaysGrouped": True, "order": []}, "alwaysGrouped needs aggregates"),
        ({"alwaysGrouped": True, "aggregates": ["number"]}, "give no order"),
        ({"order": []}, "need an order"),
        ({"pick": {"to_Text": {"L": "EN"}}}, "picked from but not expanded: to_Text"),
        ({"columns": {"number": {"from": "to_X.N", "filter": {"IN": "EXACT"}}}}, "stands in another set"),
        (
            {"columns": {"number": {"from": ["N", "M"], "filter": {"IN": "EXACT"}}}},
            "give one path or a param",
        ),
        ({"columns": {"number": {"from": "N+M", "filter": {"IN": "EXACT"}}}}, "give its widths"),
        (
            {"columns": {"number": {"from": "N", "map": {"a": "b"}, "filter": {"GE": "EXACT"}}}},
            "have no order",
        ),
        ({"pageSize": 0}, "greater than or equal to 1"),
        ({"expnad": []}, "Extra inputs"),
    ],
)
def test_a_connector_that_makes_no_sense_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ODataEntity.model_validate(entity(**given))


class Pages(httpx.AsyncBaseTransport):
    """Answers by the query string."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        query = dict(httpx.QueryParams(request.url.query))
        self.asked.append(query.get("$skiptoken", query.get("$skip", "")))
        return httpx.Response(200, content=json.dumps(self.answers[self.asked[-1]]))


def run(answers: dict[str, Any], *, limit: int | None = None, **given: Any) -> tuple[Batch, list[str]]:
    spec = ODataConnector.model_validate(
        {
            "connector": "test",
            "system": "Test",
            "dialect": "odata",
            "docs": "-",
            "auth": [{"kind": "none"}],
            "entities": {"lines": entity(**given)},
        }
    )
    pages = Pages(answers)

    async def scene() -> Batch:
        settings = SourceSettings("test", "test", "http://sap.test/odata", limits=Limits(page_size=2))
        source = assemble(spec, settings, Accounts(), pages)
        try:
            return await source.run(
                source.accept(Scan(Fact.LEDGER, ("number",), limit=limit)), Context.within(20)
            )
        finally:
            await source.aclose()

    return asyncio.run(scene()), pages.asked


def results(*numbers: str, **more: Any) -> dict[str, Any]:
    return {"d": {"results": [{"N": number} for number in numbers], **more}}


def test_pages_that_the_server_cuts_are_followed_by_their_links() -> None:
    link = "http://sap.test/odata/SRV/Set?$select=N&$skiptoken="
    answers = {
        "": results("1", "2", __next=f"{link}a"),
        "a": results("3", __next=f"{link}b"),
        "b": results("4"),
    }
    batch, asked = run(answers, paging="link", order=[])
    assert batch.frame["number"].to_list() == ["1", "2", "3", "4"]
    assert asked == ["", "a", "b"]
    assert batch.calls == 3


def test_a_link_to_another_system_is_not_followed() -> None:
    answers = {"": results("1", __next="http://other.test/odata/SRV/Set?$skiptoken=a")}
    with pytest.raises(Malformed, match="another host"):
        run(answers, paging="link", order=[])


def test_pages_that_we_cut_are_read_together() -> None:
    answers = {
        str(skip): results(*map(str, range(skip, min(skip + 2, 5))), __count="5") for skip in (0, 2, 4)
    }
    batch, asked = run(answers)
    assert batch.frame["number"].to_list() == ["0", "1", "2", "3", "4"]
    assert sorted(asked) == ["0", "2", "4"]


@pytest.mark.parametrize(
    "answer",
    [
        {"d": None},
        {"value": []},
        [],
        {"d": {"results": {}}},
        {"d": {"results": ["x"]}},
        results(__count="many"),
    ],
)
def test_an_envelope_of_another_shape_is_malformed(answer: Any) -> None:
    with pytest.raises(Malformed):
        run({"0": answer})


def test_an_older_service_answers_with_a_bare_list() -> None:
    batch, _ = run({"0": {"d": [{"N": "1"}]}}, limit=1)
    assert batch.frame["number"].to_list() == ["1"]


def test_navigations_become_plain_lists_and_records() -> None:
    record = {
        "N": "1",
        "to_Items": {"results": [{"I": 1, "to_Notes": {"__deferred": {"uri": "…"}}, "to_Plant": {"P": 7}}]},
        "to_None": {"__deferred": {"uri": "…"}},
    }
    expand = ("to_Items", "to_Items/to_Notes", "to_Items/to_Plant", "to_None")
    assert flattened(V2(), [record], expand) == [
        {"N": "1", "to_Items": [{"I": 1, "to_Notes": None, "to_Plant": {"P": 7}}], "to_None": None}
    ]
    assert flattened(V2(), [record], ()) == [record]


def test_a_filter_that_cannot_be_cut_is_refused() -> None:
    spec = ODataConnector.model_validate(
        {
            "connector": "test",
            "system": "Test",
            "dialect": "odata",
            "docs": "-",
            "auth": [{"kind": "none"}],
            "limits": {"urlBytes": 500},
            "entities": {"lines": entity(columns={"number": {"from": "N", "filter": {"GE": "EXACT"}}})},
        }
    )

    async def scene() -> None:
        source = assemble(spec, SourceSettings("test", "test", "http://sap.test"), Accounts(), Pages({}))
        where = (Predicate("number", Op.GE, ("9" * 600,)),)
        await source.run(source.accept(Scan(Fact.LEDGER, ("number",), where=where)), Context.within(5))

    with pytest.raises(BadRequest, match="longer than the 500 bytes"):
        asyncio.run(scene())


def test_sums_only_are_not_passed_off_as_records() -> None:
    grouped = entity(
        columns={"account": "A", "amount": {"from": "X", "type": "decimal"}},
        aggregates=["account"],
        alwaysGrouped=True,
        order=[],
    )
    spec = ODataConnector.model_validate(
        {
            "connector": "test",
            "system": "Test",
            "dialect": "odata",
            "docs": "-",
            "auth": [{"kind": "none"}],
            "entities": {"cube": grouped},
        }
    )
    source = assemble(spec, SourceSettings("test", "test", "http://sap.test"), Accounts(), Pages({}))
    with pytest.raises(SourceError, match="has LEDGER only in sums; ask for groups of account"):
        source.accept(Scan(Fact.LEDGER, ("account", "amount")))
    whole = source.accept(Scan(Fact.LEDGER, ("amount",), group_by=(), measures=("amount",)))
    assert whole.grouped
