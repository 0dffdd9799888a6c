"""Exports over HTTP: how they are asked for, what is said beside them, and when there is none."""

import json

import pytest

from gateway.exports.formats import MEDIA, Format
from gateway.limits import Limits
from tests.gateway.exports import reading
from tests.gateway.world import Door, engine

SPAN = 'period: { fiscalYear: 2026, window: YTD, through: "2026-P06" }'
ROWS = f"""{{ budgetPosition({SPAN}, groupBy: [COST_CENTER]) {{
  rows {{ costCenter {{ code }} budget actual }}
}} }}"""
SPEND = f"query Spend {ROWS}"
FINE = (
    f"{{ budgetPosition({SPAN}, groupBy: [COST_CENTER, ACCOUNT, PERIOD]) {{ totalRows rows {{ cellId }} }} }}"
)
ITEMS = f"""{{ reconcile(kind: UNPOSTED_INVOICES, {SPAN}) {{
  rows {{ legalEntity {{ code }} currency items {{ reason amount ageDays }} }}
}} }}"""
HEADING = "costCenter.code,budget,actual"


def codes(response):
    return [error["extensions"]["code"] for error in response.json()["errors"]]


def export(door, query=ROWS, **params):
    return door.request("GET", params={"query": query, "format": "csv", **params})


def test_all_ways_to_ask_come_to_the_same(door):
    ways = [
        door.request("GET", params={"query": SPEND, "format": "csv"}),
        door.request("GET", params={"query": SPEND}, headers={"Accept": "text/csv"}),
        door.request("POST", params={"format": "csv"}, json={"query": SPEND}),
        door.post({"query": SPEND}, accept="text/csv, application/json;q=0.5"),
    ]
    assert {way.status_code for way in ways} == {200}
    assert {way.content for way in ways} == {ways[0].content}
    assert ways[0].text.split("\r\n")[0] == HEADING
    assert ways[0].headers["content-disposition"] == 'attachment; filename="Spend.csv"'
    assert ways[0].headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("media", "form"), MEDIA.items())
def test_every_format_has_a_media_type_and_a_name(door, media, form):
    accepted = door.post({"query": SPEND}, accept=media)
    named = door.request("POST", params={"format": form}, json={"query": SPEND})
    assert accepted.headers["content-type"].split(";")[0] == media
    assert accepted.headers["content-disposition"] == f'attachment; filename="Spend.{form}"'
    assert accepted.content == named.content


def test_the_address_says_it_louder_than_accept(door):
    csv = door.request(
        "POST", params={"format": "csv"}, json={"query": SPEND}, headers={"Accept": "text/html"}
    )
    assert csv.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    answer = door.request(
        "POST", params={"format": "json"}, json={"query": SPEND}, headers={"Accept": "text/csv"}
    )
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["data"]["budgetPosition"]["rows"]


def test_who_takes_json_too_gets_json(door):
    for accept in ("*/*", "application/json, text/csv", "application/*"):
        assert door.post({"query": SPEND}, accept=accept).json()["data"]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"format": "xls"}, "format: 'xls' is not accepted; give json, csv, ndjson, arrow, parquet, xlsx"),
        ({"decimals": "float"}, "decimals: 'float' is not accepted; give string, number"),
        ({"partial": ""}, "partial: '' is not accepted; give refuse, allow"),
        ({"format": ["csv", "csv"]}, "format: stands twice in the address"),
    ],
)
def test_what_the_address_may_say(door, params, message):
    response = door.request("POST", params=params, json={"query": SPEND})
    (error,) = response.json()["errors"]
    assert (response.status_code, error["message"]) == (400, message)


def test_head_is_get_without_a_body(door):
    response = door.request("HEAD", params={"query": SPEND, "format": "parquet"})
    assert (response.status_code, response.content) == (200, b"")
    assert int(response.headers["content-length"]) > 500


def test_columns_stand_where_there_are_no_rows(door):
    query = ROWS.replace("groupBy", 'where: { costCenter: { in: ["US-OPS-110"] } }, offset: 9, groupBy')
    assert export(door, query).text == f"{HEADING}\r\n"
    assert export(door, query, format="ndjson").content == b""
    for name, reads in reading.TYPED.items():
        response = export(door, query, format=name)
        assert all(read(response.content) == [] for read in reads)
    schema = reading.pa.ipc.open_stream(export(door, query, format="arrow").content).schema
    assert [str(kind) for kind in schema.types] == ["large_string", "decimal128(38, 2)", "decimal128(38, 2)"]


def test_all_rows_come_unless_a_page_is_asked_for():
    def small(network):
        made = engine(network)
        object.__setattr__(made.model, "max_rows", 4000)
        return made

    with Door(small) as door:
        total = door.ask(FINE)["data"]["budgetPosition"]["totalRows"]
        assert total > 1000
        everything = export(door, FINE)
        assert everything.text.count("\r\n") == total + 1
        assert everything.headers["threefold-truncated"] == "false"
        page = export(door, FINE.replace("groupBy", "limit: 7, groupBy"))
        assert page.text.count("\r\n") == 8
        assert page.headers["threefold-truncated"] == "true"


def test_documents_of_a_list(door):
    listed = "{ journalLines { edges { cursor node { __typename number date amount account { code } } } } }"
    rows = reading.ndjson(export(door, listed, format="ndjson").content)
    assert list(rows[0]) == ["cursor", "__typename", "number", "date", "amount", "account.code"]
    assert len(rows) > 50
    nodes = [
        edge["node"]
        for edge in door.ask(listed.replace("journalLines", "journalLines(first: 1000)"))["data"][
            "journalLines"
        ]["edges"]
    ]
    assert [(row["number"], row["amount"], row["date"]) for row in rows] == [
        (node["number"], node["amount"], node["date"]) for node in nodes
    ]
    for name, reads in reading.TYPED.items():
        content = export(door, listed, format=name).content
        for read in reads:
            assert [str(row["amount"].normalize()) for row in read(content)] == [
                str(reading.Decimal(node["amount"]).normalize()) for node in nodes
            ]


def test_lists_within_lists_are_one_table(door):
    body = door.ask(ITEMS)["data"]["reconcile"]["rows"]
    wanted = [
        {"legalEntity.code": row["legalEntity"]["code"], "currency": row["currency"]}
        | {f"items.{name}": value for name, value in item.items()}
        for row in body
        for item in row["items"]
    ]
    assert wanted
    assert reading.ndjson(export(door, ITEMS, format="ndjson").content) == wanted
    response = export(door, ITEMS.replace("currency", "difference"))
    assert (response.status_code, codes(response)) == (400, ["REPEATED_AMOUNT"])
    assert "difference: would stand on every line of items" in response.text


def test_one_of_several_tables_is_named(door):
    query = ROWS.replace("rows {", "sources { name state } rows {")
    response = export(door, query)
    assert (response.status_code, codes(response)) == (400, ["NOT_ONE_TABLE"])
    assert "selects budgetPosition.sources, budgetPosition.rows" in response.text
    assert export(door, query, table="budgetPosition.rows").text == export(door).text
    assert "has budgetPosition.sources, budgetPosition.rows" in export(door, query, table="rows").text


@pytest.mark.parametrize(
    "query", ["{ __typename }", f"{{ budgetPosition({SPAN}) {{ totals {{ budget }} }} }}"]
)
def test_no_list_is_no_table_and_nobody_is_called(door, query):
    response = export(door, query)
    assert (response.status_code, codes(response)) == (400, ["NOT_ONE_TABLE"])
    assert response.headers["content-type"].startswith("application/graphql-response+json")
    assert door.network.calls == []


def test_errors_are_no_tables(door):
    wrong = export(door, ROWS.replace("budget ", "budgets "))
    assert (wrong.status_code, codes(wrong)) == (400, ["GRAPHQL_VALIDATION_FAILED"])
    unknown = export(door, ROWS.replace("groupBy", 'where: { account: { in: ["nothing"] } }, groupBy'))
    assert (unknown.status_code, codes(unknown)) == (400, ["UNKNOWN_MEMBER"])
    given = {
        "query": "query A($n: Int!) { budgetPosition(limit: $n) { rows { budget } } }",
        "variables": "{}",
    }
    missing = door.request("GET", params={**given, "format": "csv"})
    assert (missing.status_code, codes(missing)) == (400, ["BAD_REQUEST"])


def test_half_an_answer_is_refused_unless_it_will_do(door):
    door.network.down.add("ledger")
    refused = export(door)
    assert (refused.status_code, codes(refused)) == (503, ["PARTIAL_ANSWER", "SOURCE_UNAVAILABLE"])
    allowed = export(door, partial="allow")
    assert allowed.status_code == 200
    assert allowed.headers["threefold-completeness"] == "PARTIAL"
    assert allowed.headers["threefold-errors"] == "SOURCE_UNAVAILABLE;source=ledger"
    assert allowed.headers["cache-control"] == "no-store"
    assert all(row["actual"] == "" and row["budget"] for row in reading.csv(allowed.content))


def test_what_is_too_large_is_refused_as_a_whole():
    with Door(limits=Limits(max_response_bytes=1000)) as door:
        for form in Format:
            response = export(door, format=form)
            assert (response.status_code, codes(response)) == (400, ["LIMIT_EXCEEDED"])
    with Door(limits=Limits(enforced=False, max_response_bytes=1000)) as door:
        assert export(door).status_code == 200


def test_what_takes_too_long_to_write_is_refused(door, monkeypatch):
    monkeypatch.setattr("gateway.http.until", lambda _: 0.0)
    for form in Format:
        response = export(door, format=form)
        assert (response.status_code, codes(response)) == (503, ["DEADLINE_EXCEEDED"])


def test_limits_hold_for_all_rows_that_may_come():
    with Door(limits=Limits(max_cost=5000)) as door:
        assert door.post({"query": ROWS}).status_code == 200
        assert codes(export(door)) == ["LIMIT_EXCEEDED"]
        assert export(door, ROWS.replace("groupBy", "limit: 100, groupBy")).status_code == 200


def test_a_plan_is_told_as_ever(door):
    response = door.request(
        "GET", params={"query": ROWS, "format": "csv"}, headers={"Threefold-Explain": "true"}
    )
    assert json.loads(response.content)["extensions"]["queryPlans"]
    assert door.network.calls == []
