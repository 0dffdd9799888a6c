"""Whatever is sent, the reply is GraphQL JSON and never a 500."""

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.asking import JSON
from gateway.http import MODERN
from tests.gateway.world import Door

STATUSES = {200, 400, 403, 405, 406, 413, 415}
NAMES = st.sampled_from(["query", "variables", "operationName", "extensions", "id", ""])
QUERIES = st.sampled_from(
    [
        "{ __typename }",
        "query A($n: Int!) { budgetPosition(limit: $n) { totalRows } }",
        "query A($c: CurrencyCode) { budgetPosition(currency: $c) { queryPlan { cost } } }",
        "{ ...A } fragment A on Query { ...A }",
        "{ a: __typename a: __schema { types { name } } }",
        "subscription { a }",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | QUERIES
    | st.text(st.characters(categories=["Cs", "Cc"]), max_size=3)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(), inner, max_size=3)
)
BODIES = (
    st.binary(max_size=60)
    | VALUES.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(NAMES, VALUES).map(lambda value: json.dumps(value).encode())
    | st.builds(
        lambda query, variables: json.dumps({"query": query, "variables": variables}).encode(),
        QUERIES | st.text(),
        st.dictionaries(st.sampled_from(["n", "c"]), VALUES),
    )
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(
            [JSON, f"{JSON}; charset=utf-8", "text/plain", f"{JSON};charset", ";"]
        ),
        "accept": st.sampled_from(
            ["*/*", JSON, "application/graphql-response+json", "text/csv", ";q=", ",,"]
        ),
        "accept-encoding": st.sampled_from(["gzip", "br;q=0.1, *", "identity;q=0", "q=", ""]),
        "content-encoding": st.sampled_from(["gzip", "identity"]),
        "origin": st.sampled_from(["null", "http://gateway", "https://[x"]),
        "if-none-match": st.sampled_from(["*", '"', 'W/"a"']),
    },
)


@pytest.fixture(scope="module")
def opened():
    with Door() as door:
        yield door


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    method=st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "OPTIONS"]),
    body=BODIES,
    headers=HEADERS,
    parameters=st.dictionaries(NAMES, QUERIES | st.text(st.characters(codec="utf-8"), max_size=20)),
)
def test_no_request_breaks_it(opened, method, body, headers, parameters):
    if method == "POST":
        headers = {"content-type": JSON, **headers}
    response = opened.request(method, content=body, headers=headers, params=parameters)
    assert response.status_code in STATUSES
    content = response.json()
    assert content["errors"] if response.status_code != 200 else content


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from('{}[]()"\\ abc$!:@.\n#&|=…\U0001f3c3'), max_size=60))
def test_no_document_breaks_it(opened, text):
    response = opened.post({"query": text}, accept=MODERN)
    assert response.status_code in (200, 400)


@pytest.mark.parametrize(
    "body",
    [
        b" " * 20_000_000,
        b'{"query": "' + b"x" * 20_000_000 + b'"}',
        gzip.compress(b"x" * 1_000_000),
        b'{"query": "{ __typename }", "variables": {'
        + b",".join(b'"a%d": 1' % n for n in range(50_000))
        + b"}}",
        b'{"query": "{ __typename }", "variables": {' + b",".join([b'"a": 1'] * 50_000) + b"}}",
        b'{"query": "{ __typename }", "variables": ' + b"[" * 500_000,
        b'{"query": "' + b"{" * 300_000 + b'"}',
        b'{"query": "' + b"#" * 900_000 + b'"}',
        b'{"query": "' + b"#\\n" * 200_000 + b'"}',
        b'{"query": "{' + b"a" * 900_000 + b'}"}',
    ],
    ids=["spaces", "text", "gzip", "names", "twice", "deep", "braces", "comment", "comments", "name"],
)
def test_large_ones_are_refused_or_answered(opened, body):
    response = opened.request("POST", content=body, headers={"content-type": JSON})
    assert response.status_code in (200, 400, 413)
    assert response.json()
