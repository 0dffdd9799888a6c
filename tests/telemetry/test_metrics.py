"""/metrics: what a monitor reads is true, well-formed, bounded, and says nothing of the figures."""

import shutil
import subprocess
from datetime import timedelta
from functools import partial
from itertools import product

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as families

from gateway.watch import Outcome
from sources.sandbox.canonical import DEMO_KEY
from tests.gateway.world import NOW, SYSTEMS, Door
from tests.telemetry.company import wired

BUDGET = "{ budgetPosition(period: {fiscalYear: 2026}) { totals { budget } } }"


@pytest.fixture
def door():
    with Door(wired, answer_bytes=1_000_000) as opened:
        yield opened


def read(door):
    """Each sample by its name and its labels, sorted."""
    text = door.request("GET", "/metrics").text
    return {
        (sample.name.removeprefix("threefold_"), *sorted(sample.labels.values())): sample.value
        for family in families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_how_they_ended(door):
    door.ask(BUDGET)
    door.ask("{ nothing }")
    door.network.refuses = {"plan"}
    door.post({"query": BUDGET}, cache_control="no-cache")
    door.request("PUT")
    found = read(door)
    counted = {each: found["requests_total", each] for each in Outcome}
    assert counted == {"answered": 1, "partial": 1, "refused": 2, "failed": 0, "abandoned": 0}
    assert found["request_duration_seconds_count",] == 4
    assert found["requests_running",] == 0


def test_what_nobody_foresaw_is_counted_as_failed(door, monkeypatch):
    monkeypatch.setattr("resolvers.plan.engine.compute", lambda *_: 1 / 0)
    door.ask(BUDGET)
    assert read(door)["requests_total", "failed"] == 1


def test_a_source_is_counted_by_rate_errors_and_duration(door):
    door.ask(BUDGET)
    before = read(door)
    made = sum(system == "plan" for system, _ in door.network.calls)
    assert before["source_requests_total", "OK", "plan"] == made
    assert before["source_request_duration_seconds_count", "plan"] == made
    assert before["source_request_duration_seconds_bucket", "+Inf", "plan"] == made
    assert before["source_queue_seconds_count", "plan"] == made
    assert before["source_rows_total", "plan"] > 0
    door.network.refuses = {"plan"}
    door.post({"query": BUDGET}, cache_control="no-cache")
    after = read(door)
    assert after["source_requests_total", "SOURCE_FORBIDDEN", "plan"] >= 1
    assert after["source_scans_failed_total", "SOURCE_FORBIDDEN", "plan"] >= 1
    assert after["source_last_failure_timestamp_seconds", "plan"] > 0
    assert ("source_last_failure_timestamp_seconds", "ledger") not in after


def test_hits_and_misses_are_counted(door):
    """Read, answered with what was read, and then with the answer itself."""
    for _ in range(3):
        door.ask(BUDGET)
    found = read(door)
    assert found["source_scans_total", "cached", "plan"] == found["source_scans_total", "live", "plan"] > 0
    assert (found["answers_total", "made"], found["answers_total", "kept"]) == (2, 1)
    assert found["answers_kept",] == 1
    assert found["answers_kept_bytes",] > 0


@pytest.mark.parametrize(("hours", "missed"), [(0, False), (3, True)])
def test_the_age_of_data_and_what_is_too_old_are_told(hours, missed):
    """The systems say that their data is of noon, and it may be an hour old; the answer says the same."""
    with Door(partial(wired, now=NOW + timedelta(hours=hours))) as door:
        answer = door.ask("{ budgetPosition { totals { budget } sources { name withinMaxAge } } }")
        found = read(door)
    told = {each["name"]: each["withinMaxAge"] for each in answer["data"]["budgetPosition"]["sources"]}
    assert told == {"plan": not missed}
    assert found["source_data_age_seconds", "plan"] == hours * 3600
    assert (found["source_max_age_misses_total", "plan"] > 0) is missed


def test_calls_of_an_account_are_bounded(door):
    found = read(door)
    for name in SYSTEMS:
        assert (found["source_requests_running", name], found["source_requests_waiting", name]) == (0, 0)
        assert found["source_requests_allowed", name] == 8
        assert found["source_circuit", "CLOSED", name] == 1


def test_the_process_is_told_too(door):
    found = read(door)
    assert found["process_resident_memory_bytes",] > 1_000_000
    assert found["process_cpu_seconds_total",] > 0


def test_other_questions_make_no_other_series(door):
    """Whatever is asked, by whatever name: what there is to tell apart is known from the configuration."""
    door.ask(BUDGET)
    door.ask("query A { budgetPosition(groupBy: [COST_CENTER]) { rows { budget consumed } } }")
    before = set(read(door))
    for name, center in product("BCD", ("US-OPS-110", "DE-OPS-110", "NOBODY")):
        where = f'where: {{costCenter: {{in: ["{center}"]}}}}'
        door.ask(f"query {name} {{ budgetPosition({where}, groupBy: [ACCOUNT]) {{ rows {{ budget }} }} }}")
    assert set(read(door)) == before
    assert len(before) < 400


def test_nothing_of_the_company_is_in_it(door):
    door.ask(
        'query Secretly { budgetPosition(where: {costCenter: {in: ["US-OPS-110"]}}) { rows { budget } } }'
    )
    door.network.refuses = {"plan"}
    door.post({"query": BUDGET}, cache_control="no-cache")
    text = door.request("GET", "/metrics").text
    for told in ("US-OPS", "US01", "Secretly", DEMO_KEY, "secret reason", "budget-entries", "Bearer"):
        assert told not in text


def test_two_gateways_in_one_process_count_for_themselves(door):
    door.ask(BUDGET)
    with Door(wired) as other:
        assert read(other)["requests_total", "answered"] == 0


def test_it_speaks_openmetrics_where_that_is_asked_for(door):
    headers = {"Accept": "application/openmetrics-text;version=1.0.0"}
    reply = door.request("GET", "/metrics", headers=headers)
    assert reply.headers["content-type"].startswith("application/openmetrics-text")
    assert "threefold_requests" in {family.name for family in openmetrics(reply.text)}


def test_where_it_is_not_wanted_it_is_not_there():
    with Door(wired, metrics=False) as door:
        assert door.request("GET", "/metrics").status_code == 404


def test_promtool_has_nothing_to_say_against_it(door):
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool on the PATH (Debian: it is in the package prometheus)")
    door.ask(BUDGET)
    door.network.refuses = {"plan"}
    door.post({"query": BUDGET}, cache_control="no-cache")
    text = door.request("GET", "/metrics").text
    told = subprocess.run(
        [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (told.stdout, told.stderr, told.returncode) == ("", "", 0)


def test_an_export_is_told_as_what_it_came_to(door):
    """A table that cannot be whole is refused, whatever its status is."""
    asked = {"query": "{ budgetPosition(groupBy: [COST_CENTER]) { rows { budget } } }", "format": "csv"}
    assert door.request("GET", params=asked).status_code == 200
    door.network.refuses = {"plan"}
    fresh = {"cache-control": "no-cache"}
    assert door.request("GET", params=asked, headers=fresh).status_code == 503
    found = read(door)
    assert (found["requests_total", "answered"], found["requests_total", "refused"]) == (1, 1)
    assert found["requests_total", "failed"] == 0
