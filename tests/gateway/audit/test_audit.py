"""One line per question: who asked what, of whom, and what came of it; and nothing in it that is secret."""

import asyncio
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audit.redact import MOST_ITEMS, MOST_TEXT, REDACTED, shown
from tests.gateway.world import Door

SPEND = """query Spend($n: Int = 3, $by: [Dimension!]) {
  budgetPosition(limit: $n, groupBy: $by) { rows { budget actual } sources { name } }
}"""


@pytest.fixture
def lines():
    return []


@pytest.fixture
def door(lines):
    with Door(answer_bytes=1_000_000, audit=lambda line: lines.append(json.loads(line))) as opened:
        yield opened


def test_an_answer_is_one_line(door, lines):
    door.ask(SPEND, n=2, by=["COST_CENTER"])
    (line,) = lines
    assert line["document"] == hashlib.sha256(SPEND.encode()).hexdigest()
    assert line["name"] == "Spend"
    assert line["variables"] == {"n": 2, "by": ["COST_CENTER"]}
    assert (line["outcome"], line["status"], line["codes"]) == ("answered", 200, [])
    assert (line["method"], line["format"], line["principal"]) == ("POST", "json", None)
    assert line["rows"] == 2
    assert line["cost"] == 10 + 1 + 2 + 10
    assert {name: each["calls"] for name, each in line["systems"].items()} == {
        name: sum(system == name for system, _ in door.network.calls) for name in ("plan", "ledger")
    }
    assert line["bytes"] > 50
    assert line["milliseconds"] > 0


def test_whose_answer_was_given_again_made_no_call(door, lines):
    door.together({"query": SPEND}, {"query": SPEND})
    assert sorted(line["kept"] for line in lines) == [False, True]
    assert all(each["calls"] == 0 for line in lines if line["kept"] for each in line["systems"].values())


def test_an_export_is_a_line_too(door, lines):
    content = door.request("GET", params={"query": SPEND, "format": "csv", "table": "budgetPosition.rows"})
    assert (lines[0]["format"], lines[0]["rows"], lines[0]["bytes"]) == ("csv", 1, len(content.content))
    door.request("GET", params={"query": SPEND, "format": "csv"})
    assert (lines[1]["outcome"], lines[1]["status"], lines[1]["codes"]) == ("refused", 400, ["NOT_ONE_TABLE"])


@pytest.mark.parametrize(
    ("request_", "status", "codes", "name"),
    [
        ({"method": "PUT"}, 405, ["METHOD_NOT_ALLOWED"], None),
        ({"method": "POST", "content": b"{"}, 415, ["UNSUPPORTED_MEDIA_TYPE"], None),
        ({"method": "GET", "params": {"query": "{"}}, 200, ["GRAPHQL_PARSE_FAILED"], None),
        ({"method": "GET", "params": {"query": "query A { no }"}}, 200, ["GRAPHQL_VALIDATION_FAILED"], "A"),
        (
            {"method": "GET", "params": {"query": "{ budgetPosition(limit: -1) { rows { budget } } }"}},
            200,
            ["BAD_INPUT"],
            None,
        ),
        ({"method": "GET", "headers": {"Accept": "text/html"}}, 406, ["NOT_ACCEPTABLE"], None),
    ],
)
def test_what_is_refused_is_a_line(door, lines, request_, status, codes, name):
    door.request(**request_)
    (line,) = lines
    assert (line["outcome"], line["status"], line["codes"], line["name"]) == ("refused", status, codes, name)
    assert line["systems"] == {}


def test_what_is_lost_and_what_fails(door, lines, monkeypatch):
    door.network.down.add("ledger")
    door.ask(SPEND)
    assert (lines[0]["outcome"], lines[0]["codes"]) == ("partial", ["SOURCE_UNAVAILABLE"])
    monkeypatch.setattr("gateway.weighing.cost", lambda *_: 1 / 0)
    door.post({"query": SPEND})
    assert (lines[1]["outcome"], lines[1]["status"], lines[1]["codes"]) == ("failed", 500, ["INTERNAL_ERROR"])


def test_who_leaves_is_a_line(lines, door):
    async def gone():
        return {"type": "http.disconnect"}

    async def nobody(_):
        raise AssertionError

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    asyncio.run(door._app.router.routes[0].app(scope, gone, nobody))
    assert (lines[0]["outcome"], lines[0]["status"]) == ("abandoned", None)


SECRETS = (
    "Bearer abc.def",
    "Basic dXNlcjpwYXNz",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "-----BEGIN PRIVATE KEY-----",
    "https://user:hunter2@erp.example.com",
    "0123456789abcdef0123456789abcdef",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_known_by_its_look(door, lines, secret):
    door.post({"query": SPEND, "variables": {"by": [secret], "n": 1}})
    door.post({"query": SPEND, "variables": {"by": {secret: secret}, "password": "hunter2"}})
    assert [line["variables"] for line in lines] == [{"by": [REDACTED], "n": 1}, {"by": {REDACTED: REDACTED}}]
    assert secret not in json.dumps(lines)


@pytest.mark.parametrize(
    "name", ["password", "dbPass", "API_KEY", "apiKey", "accessToken", "clientSecret", "authorization"]
)
def test_a_secret_is_known_by_its_name(name):
    assert shown({"a": [{name: "short"}], "account": "6100"}) == {"a": [{name: REDACTED}], "account": "6100"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=500),
    lambda inner: st.lists(inner, max_size=80) | st.dictionaries(st.text(max_size=300), inner, max_size=80),
    max_leaves=100,
)


@given(JSON)
def test_what_is_shown_is_short(value):
    def check(each):
        if isinstance(each, str):
            assert len(each) <= MOST_TEXT + 1
        elif isinstance(each, list | dict):
            assert len(each) <= MOST_ITEMS + 1
            for one in each if isinstance(each, list) else (*each, *each.values()):
                check(one)

    check(shown(value))


def test_a_line_stays_one_line(door, lines):
    raw = []
    with Door(audit=raw.append) as other:
        other.post({"query": SPEND, "variables": {"by": ['a\n{"outcome":"answered"}\u2028']}})
    (line,) = raw
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
