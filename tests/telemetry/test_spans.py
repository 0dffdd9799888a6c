"""One trace to a request: the operation, below it a scan for each fact that is read, below that the calls."""

import pytest

from sources.sandbox.canonical import DEMO_KEY
from tests.gateway.world import Door
from tests.telemetry.company import wired

ASKED = """query Left($center: [ID!]) {
  budgetPosition(period: {fiscalYear: 2026}, groupBy: [COST_CENTER],
                 where: {costCenter: {in: $center}}) { rows { budget } }
}"""
CENTER = "US-OPS-110"
BUDGET = "{ budgetPosition(period: {fiscalYear: 2026}) { totals { budget } } }"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def door():
    with Door(wired, answer_bytes=1_000_000) as opened:
        yield opened


def of(found, name):
    return [span for span in found if span.name.startswith(name)]


def only(found, name):
    (span,) = of(found, name)
    return span


def test_a_request_is_a_trace_down_to_the_calls(door, spans):
    door.ask(ASKED, center=[CENTER])
    found = spans()
    operation = only(found, "query")
    assert (operation.kind, operation.parent, operation.failed) == ("SERVER", "", False)
    assert {span.trace for span in found} == {operation.trace}
    scan = only(found, "scan BUDGET")
    assert (scan.kind, scan.parent) == ("INTERNAL", operation.id)
    calls = of(found, "GET")
    assert len(calls) == len(door.network.calls) == len(of(found, "scan"))
    assert {call.parent for call in calls} == {span.id for span in of(found, "scan")}
    assert {call.kind for call in calls} == {"CLIENT"}


def test_the_operation_says_its_name_and_kind_and_how_it_ended(door, spans):
    door.ask(ASKED, center=[CENTER])
    told = only(spans(), "query").attributes
    digest = told.pop("threefold.document.sha256")
    assert len(digest) == 64
    assert told == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
        "graphql.operation.type": "query",
        "graphql.operation.name": "Left",
        "threefold.answer": "made",
        "threefold.outcome": "answered",
    }


def test_a_scan_says_what_was_pushed_down_and_what_came(door, spans):
    door.ask(ASKED, center=[CENTER])
    told = only(spans(), "scan BUDGET").attributes
    assert told["threefold.source"] == "plan"
    assert told["threefold.fact"] == "BUDGET"
    assert told["threefold.entity"] == "budget_entries"
    assert "legal_entity" in told["threefold.pushed"]
    assert told["threefold.residual"] == []
    assert told["threefold.rows"] > 0
    assert told["threefold.calls"] == 1
    assert told["threefold.freshness"] == "LIVE"
    assert told["threefold.data_as_of"].startswith("20")


def test_a_call_follows_the_conventions_for_http_clients(door, spans):
    door.ask(BUDGET)
    call, *further_pages = of(spans(), "GET /budget-entries")
    assert all(page.attributes == call.attributes for page in further_pages)
    assert call.attributes == {
        "http.request.method": "GET",
        "server.address": "plan",
        "server.port": 80,
        "url.template": "/budget-entries",
        "http.response.status_code": 200,
    }


def test_what_is_kept_is_told_and_calls_nobody(door, spans):
    """The first reads; the second answers with what was read; the third is the second's very answer."""
    for _ in range(3):
        door.ask(BUDGET)
    found = spans()
    assert [span.attributes["threefold.answer"] for span in of(found, "query")] == ["made", "made", "kept"]
    assert [s.attributes["threefold.freshness"] for s in of(found, "scan BUDGET")] == ["LIVE", "CACHED"]
    first = of(found, "query")[0]
    assert {call.trace for call in of(found, "GET")} == {first.trace}


def test_who_joins_another_is_told_and_has_a_trace_of_its_own(door, spans):
    door.together({"query": BUDGET}, {"query": BUDGET})
    operations = of(spans(), "query")
    assert sorted(span.attributes["threefold.answer"] for span in operations) == ["joined", "made"]
    assert len({span.trace for span in operations}) == 2


def test_the_trace_of_who_asks_is_gone_on_with(door, spans):
    door.post({"query": BUDGET}, traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
    found = spans()
    assert {span.trace for span in found} == {TRACE}
    assert only(found, "query").parent == "00f067aa0ba902b7"


@pytest.mark.parametrize("nonsense", ["", "00-zz-00-01", f"00-{'0' * 32}-00f067aa0ba902b7-01"])
def test_nonsense_begins_a_trace_of_its_own(door, spans, nonsense):
    assert door.post({"query": BUDGET}, traceparent=nonsense).status_code == 200
    assert only(spans(), "query").parent == ""


def test_a_source_that_is_down_is_told_by_its_code(door, spans):
    door.network.refuses = {"plan"}
    door.ask(BUDGET)
    found = spans()
    scan, call, operation = (only(found, name) for name in ("scan BUDGET", "GET /budget", "query"))
    assert (scan.failed, scan.attributes["error.type"]) == (True, "SOURCE_FORBIDDEN")
    assert (call.failed, call.attributes["error.type"]) == (True, "403")
    assert (operation.failed, operation.attributes["threefold.outcome"]) == (False, "partial")


@pytest.mark.parametrize(
    ("body", "outcome", "status"),
    [
        ({"query": "{ nothing }"}, "refused", 200),
        ({"query": "{ budgetPosition"}, "refused", 200),
        ({"query": ""}, "refused", 400),
    ],
)
def test_what_is_not_executed_is_refused(door, spans, body, outcome, status):
    assert door.post(body).status_code == status
    assert only(spans(), "").attributes["threefold.outcome"] == outcome


def test_nothing_that_was_asked_is_in_a_span(door, spans):
    """Members come as variables and as literals; systems say secrets in their errors."""
    door.ask(ASKED, center=[CENTER])
    door.ask(f'{{ budgetPosition(where: {{costCenter: {{in: ["{CENTER}"]}}}}) {{ totals {{ budget }} }} }}')
    door.network.refuses = {"plan", "ledger"}
    door.post({"query": ASKED, "variables": {"center": ["DE-OPS-110"]}}, cache_control="no-cache")
    found = spans()
    assert len(of(found, "query")) == 3
    told = repr(found)
    assert "US01" not in told
    for secret in (CENTER, "DE-OPS-110", DEMO_KEY, "secret reason", "Bearer"):
        assert secret not in told
    assert sum(span.events for span in found) == 0
