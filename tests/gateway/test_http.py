"""GraphQL over HTTP: what is accepted, what is refused, and how it is said."""

import json
import logging

import pytest
from graphql import GraphQLError

from gateway.body import MOST_BYTES
from gateway.media import LEGACY, MODERN
from tests.gateway.world import Door, engine, model

NAME = "{ __typename }"
SAYS = {"data": {"__typename": "Query"}}


def code(response):
    (error,) = response.json()["errors"]
    return error["extensions"]["code"]


def test_post(door):
    response = door.post({"query": NAME})
    assert (response.status_code, response.json()) == (200, SAYS)
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"


def test_get(door):
    query = "query A($yes: Boolean!) { kind: __typename @include(if: $yes) } query B { __typename }"
    asked = {"query": query, "variables": '{"yes": true}', "operationName": "A"}
    assert door.request("GET", params=asked).json() == {"data": {"kind": "Query"}}
    assert door.request("GET", params={"query": NAME, "variables": ""}).json() == SAYS


def test_head_is_get_without_a_body(door):
    response = door.request("HEAD", params={"query": NAME})
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
def test_other_methods_are_told_which_there_are(door, method):
    response = door.request(method, params={"query": NAME})
    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "accept",
    [
        MODERN,
        f"{MODERN}; charset=utf-8, {LEGACY};q=0.9",
        f"{LEGACY}, {MODERN}",
        f"{LEGACY};q=0.5, {MODERN};q=0.51",
        f"*/*, {MODERN}",
        MODERN.upper(),
    ],
)
def test_the_newer_media_type_is_used_when_asked_for(door, accept):
    assert door.post({"query": NAME}, accept=accept).headers["content-type"] == f"{MODERN}; charset=utf-8"


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/*",
        "",
        " , ",
        LEGACY,
        f"{MODERN};q=0, */*",
        f"{MODERN};q=0.9, {LEGACY}",
        f"{MODERN};q=nonsense, {LEGACY};q=0.1",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ],
)
def test_else_the_older_one(door, accept):
    assert door.post({"query": NAME}, accept=accept).headers["content-type"] == f"{LEGACY}; charset=utf-8"


@pytest.mark.parametrize(
    "accept", ["text/html", f"{LEGACY};q=0", "image/*", f"{LEGACY}; charset=utf-16", "*/*;q=0", "*/*;q=7"]
)
def test_what_accepts_neither_is_told_what_there_is(door, accept):
    response = door.post({"query": NAME}, accept=accept)
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")
    assert MODERN in response.json()["errors"][0]["message"]


def test_caches_are_told_that_the_answer_depends_on_accept(door):
    assert "Accept" in door.post({"query": NAME}).headers["vary"].split(", ")
    assert "Accept" in door.request("PUT").headers["vary"].split(", ")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/graphql", ""]
)
def test_only_json_bodies_are_read(door, kind):
    response = door.request("POST", content=json.dumps({"query": NAME}), headers={"content-type": kind})
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "parameters", ["", "; charset=utf-8", ';CHARSET="UTF-8"', "; charset=us-ascii", ";v=1"]
)
def test_the_content_type_may_have_parameters(door, parameters):
    headers = {"content-type": f"Application/JSON{parameters}"}
    assert door.request("POST", content=json.dumps({"query": NAME}), headers=headers).json() == SAYS


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json; charset=iso-8859-1"},
        {"content-type": "application/json; charset="},
        {"content-type": LEGACY, "content-encoding": "gzip"},
    ],
)
def test_bodies_in_another_charset_or_coding_are_not_read(door, headers):
    response = door.request("POST", content=json.dumps({"query": NAME}), headers=headers)
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b"[" * 5000,
        b'"{ __typename }"',
        b"[]",
        b"null",
        b"1",
        b'{"query": "\\ud800"}',
        b'{"query": "{ __typename }", "query": "{ a }"}',
        b'{"query": "{ __typename }", "variables": {"a": 1, "a": 1}}',
        b'{"query": "{ __typename }", "variables": {"a": NaN}}',
        b'{"query": "{ __typename }", "variables": {"a": -Infinity}}',
        b'{"query": "{ __typename }", "variables": {"a": 1e400}}',
        b'{"query": "{ __typename }", "variables": {"a": 0.12345678901234567890}}',
        b'{"query": "{ __typename }", "variables": {"a": 123456789012345678901}}',
        b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 10_000 + b"}}",
        b'{"query": "{ __typename }", "variables": {"a": 0.' + b"1" * 10_000 + b"}}",
        b'{"query": "{ __typename }", "variables": ' + b'{"a": ' * 100 + b"1" + b"}" * 101,
        b"[" * 100_000,
        b"[" * 500 + b"]" * 500,
        b'{"a":' * 100_000,
        b'{"query": "{ __typename }"}{',
        b'\xef\xbb\xbf{"query": "{ __typename }"}',
    ],
)
def test_a_body_that_is_no_json_object_is_refused(door, body):
    response = door.request("POST", content=body, headers={"content-type": LEGACY})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "query"),
        ({"query": None}, "query"),
        ({"query": ""}, "query"),
        ({"query": 1}, "query"),
        ({"query": NAME, "variables": []}, "variables"),
        ({"query": NAME, "variables": "{}"}, "variables"),
        ({"query": NAME, "extensions": []}, "extensions"),
        ({"query": NAME, "extensions": "x"}, "extensions"),
        ({"query": NAME, "operationName": 1}, "operationName"),
    ],
)
@pytest.mark.parametrize("accept", [MODERN, LEGACY])
def test_a_request_that_lacks_something_is_told_what(door, body, field, accept):
    response = door.post(body, accept=accept)
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert response.json()["errors"][0]["message"].startswith(f"{field}: expected ")


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "query=",
        "query={__typename}&variables={",
        "query={__typename}&variables=1",
        'query={__typename}&variables={"a":1,"a":2}',
        "query={__typename}&extensions=[]",
        "query={__typename}&query={a}",
        "query=%ff",
        "query={__typename}" + "".join(f"&p{n}=1" for n in range(30)),
    ],
)
def test_so_is_an_address(door, asked):
    response = door.request("GET", f"/graphql?{asked}")
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


def test_a_body_has_at_most_a_mebibyte(door):
    padded = json.dumps({"query": NAME, "extensions": {"pad": ""}})
    fits = padded.replace('""', f'"{"x" * (MOST_BYTES - len(padded))}"')
    assert len(fits) == MOST_BYTES
    for body, status in ((fits, 200), (fits + " ", 413)):
        response = door.request("POST", content=body, headers={"content-type": LEGACY})
        assert response.status_code == status
    assert code(response) == "BODY_TOO_LARGE"


REFUSED = {
    "{ budgetPosition {": "GRAPHQL_PARSE_FAILED",
    "#": "GRAPHQL_PARSE_FAILED",
    f"{{ {'a ' * 16_000} }}": "LIMIT_EXCEEDED",
    "#\n" * 1_001 + NAME: "LIMIT_EXCEEDED",
    f"{'{a' * 3000}{'}' * 3000}": "LIMIT_EXCEEDED",
    "{ budgetPosition { rows { nonsense } } }": "GRAPHQL_VALIDATION_FAILED",
    "{ budgetPosition }": "GRAPHQL_VALIDATION_FAILED",
    '{ budgetPosition(asOf: "soon") { totalRows } }': "GRAPHQL_VALIDATION_FAILED",
    "mutation { budgetPosition { totalRows } }": "GRAPHQL_VALIDATION_FAILED",
}


@pytest.mark.parametrize("query", REFUSED)
@pytest.mark.parametrize(("accept", "status"), [(MODERN, 400), (LEGACY, 200)])
def test_a_document_that_cannot_be_executed(door, query, accept, status):
    response = door.post({"query": query}, accept=accept)
    assert (response.status_code, response.headers["content-type"]) == (status, f"{accept}; charset=utf-8")
    body = response.json()
    assert "data" not in body
    assert {error["extensions"]["code"] for error in body["errors"]} == {REFUSED[query]}


UNEXECUTABLE = [
    {"query": "query A { __typename } query B { __typename }"},
    {"query": "query A { __typename }", "operationName": "B"},
    {"query": "query A($n: Int!) { budgetPosition(limit: $n) { totalRows } }"},
    {"query": "query A($n: Int) { budgetPosition(limit: $n) { totalRows } }", "variables": {"n": "x"}},
    {"query": "query A($d: Date) { budgetPosition(asOf: $d) { totalRows } }", "variables": {"d": "soon"}},
    {
        "query": "query A($c: CurrencyCode) { budgetPosition(currency: $c) { totalRows } }",
        "variables": {"c": 5},
    },
]


@pytest.mark.parametrize("body", UNEXECUTABLE)
@pytest.mark.parametrize(("accept", "status"), [(MODERN, 400), (LEGACY, 200)])
def test_an_operation_that_cannot_be_started(door, body, accept, status):
    response = door.post(body, accept=accept)
    assert (response.status_code, code(response)) == (status, "BAD_REQUEST")
    assert "data" not in response.json()


@pytest.mark.parametrize("accept", [MODERN, LEGACY])
def test_a_field_that_fails_is_still_an_answer(door, accept):
    query = "query A($n: Int) { __typename budgetPosition(limit: $n) { totalRows } }"
    response = door.post({"query": query, "variables": {"n": None}}, accept=accept)
    assert (response.status_code, code(response)) == (200, "BAD_INPUT")
    assert response.json()["data"] == {"__typename": "Query", "budgetPosition": None}


def test_what_is_no_field_s_fault_is_masked_too(door, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr("gateway.http.judged", lambda *_, **__: broken())
    with caplog.at_level(logging.ERROR, "threefold"):
        response = door.post({"query": NAME})
    assert (response.status_code, code(response)) == (500, "INTERNAL_ERROR")
    assert "hunter2" not in response.text
    assert response.json()["errors"][0]["extensions"]["incident"] in caplog.records[0].getMessage()


class Failing:
    """An engine that answers every question with one error."""

    def __init__(self, error):
        self.sources, self.model = {}, model()
        self._error = error

    def scoped(self, _):
        return self

    async def ask(self, *_):
        raise self._error


def test_what_nobody_expected_is_logged_under_an_incident_and_not_told(caplog):
    failing = Failing(RuntimeError("password=hunter2"))
    with Door(lambda _: failing) as door, caplog.at_level(logging.ERROR, "threefold"):
        body = door.ask("{ __typename budgetPosition { rows { budget } } }")
    assert body["data"] == {"__typename": "Query", "budgetPosition": None}
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert error["path"] == ["budgetPosition"]
    assert "hunter2" not in str(body)
    (record,) = caplog.records
    assert error["extensions"]["incident"] in record.getMessage()
    assert error["extensions"]["incident"] in error["message"]
    assert isinstance(record.exc_info[1], RuntimeError)


def test_what_carries_a_code_is_told_as_it_is(caplog):
    with Door(lambda _: Failing(GraphQLError("no", extensions={"code": "MINE"}))) as door:
        (error,) = door.ask("{ budgetPosition { rows { budget } } }")["errors"]
    assert (error["message"], error["extensions"]) == ("no", {"code": "MINE"})
    assert not caplog.records


def test_it_says_that_it_lives(door):
    assert door.request("GET", "/livez").text == "alive"
    ready = door.request("GET", "/readyz").json()
    assert ready["ready"] is True
    assert [source["name"] for source in ready["sources"]] == ["buying", "ledger", "plan"]
    assert door.network.calls == []


def test_its_sources_are_closed_with_it():
    closed = []

    def watched(network):
        made = engine(network)
        for source in made.sources.values():
            source.aclose = lambda close=source.aclose: closed.append(1) or close()
        return made

    with Door(watched):
        assert closed == []
    assert len(closed) == 3
