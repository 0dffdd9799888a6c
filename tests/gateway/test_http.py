"""GraphQL over HTTP: what is accepted, what is refused, and how it is said."""

import json
import logging

import pytest
from graphql import GraphQLError

from gateway.body import MOST_BYTES
from gateway.http import LEGACY, MODERN
from tests.gateway.world import Door, engine

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


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_which_there_are(door, method):
    response = door.request(method)
    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["allow"].split(", "))


@pytest.mark.parametrize("accept", [MODERN, f"{MODERN}; charset=utf-8, {LEGACY};q=0.9"])
def test_the_newer_media_type_is_used_when_asked_for(door, accept):
    assert door.post({"query": NAME}, accept=accept).headers["content-type"] == f"{MODERN}; charset=utf-8"


@pytest.mark.parametrize("accept", ["*/*", LEGACY, "text/html"])
def test_else_the_older_one(door, accept):
    assert door.post({"query": NAME}, accept=accept).headers["content-type"] == f"{LEGACY}; charset=utf-8"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/graphql", ""]
)
def test_only_json_bodies_are_read(door, kind):
    response = door.request("POST", content=json.dumps({"query": NAME}), headers={"content-type": kind})
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_the_content_type_may_have_parameters(door):
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert door.request("POST", content=json.dumps({"query": NAME}), headers=headers).json() == SAYS


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
        ({"query": NAME, "operationName": 1}, "operationName"),
    ],
)
@pytest.mark.parametrize("accept", [MODERN, LEGACY])
def test_a_request_that_lacks_something_is_told_what(door, body, field, accept):
    response = door.post(body, accept=accept)
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert response.json()["errors"][0]["message"].startswith(f"{field}: expected ")


@pytest.mark.parametrize(
    "asked", [{}, {"query": ""}, {"query": NAME, "variables": "{"}, {"query": NAME, "variables": "1"}]
)
def test_so_is_an_address(door, asked):
    response = door.request("GET", params=asked)
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
    f"{{ {'a ' * 16_000} }}": "GRAPHQL_PARSE_FAILED",
    f"{'{a' * 3000}{'}' * 3000}": "GRAPHQL_PARSE_FAILED",
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


class Failing:
    """An engine that answers every question with one error."""

    def __init__(self, error):
        self.sources = {}
        self._error = error

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
    assert door.request("GET", "/readyz").json() == {"ready": True, "sources": ["buying", "ledger", "plan"]}
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
