"""How old an answer is: said in the answer and in its headers, bounded by who asks, and never hidden."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from resolvers.plan.engine import Engine
from sources.aspects.cache import Ages, Cached, Memory
from sources.spi.changes import Changes
from sources.spi.facts import Fact
from tests.gateway.world import SYSTEMS, Door, Network, model, sources

TOTALS = "totals { budget actual available }"
SOURCES = "sources { name state withinMaxAge error { code } }"


class Time:
    """The time of day, moved on by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Kept(Door):
    """A gateway that keeps what it has read for a minute, and ten more when a system is down."""

    def __init__(self) -> None:
        self.time, self.changes = Time(), Changes()
        super().__init__(self._engine, answer_bytes=10_000_000, changes=self.changes)

    def _engine(self, network: Network) -> Engine:
        store = Memory(100_000_000)
        found = sources(SYSTEMS, "http://{}".format, transport=network)
        kept = {name: self._cached(source, store) for name, source in found.items()}
        return Engine(model(), kept, max_ages=dict.fromkeys(found, 60.0), now=self.time)

    def _cached(self, source, store):
        return Cached(source, store, Ages(fresh=60, on_error=600), changes=self.changes, now=self.time)

    def later(self, seconds):
        self.time.ahead += timedelta(seconds=seconds)


@pytest.fixture
def kept() -> Iterator[Kept]:
    with Kept() as opened:
        yield opened


def position(selection, arguments=""):
    return f"{{ budgetPosition{f'({arguments})' if arguments else ''} {{ {selection} }} }}"


def states(body):
    return {s["name"]: s["state"] for s in body["data"]["budgetPosition"]["sources"]}


def test_what_is_kept_answers_without_a_call_and_says_so(kept):
    first = kept.ask(position(f"{TOTALS} {SOURCES}"))
    calls = len(kept.network.calls)
    again = kept.ask(position(f"{TOTALS} {SOURCES} totalRows"))
    assert len(kept.network.calls) == calls
    assert set(states(first).values()) == {"LIVE"}
    assert set(states(again).values()) == {"CACHED"}
    assert again["data"]["budgetPosition"]["totals"] == first["data"]["budgetPosition"]["totals"]


def test_one_panel_answers_another(kept):
    """Sums by cost centre and account hold those by account."""
    kept.ask(position("rows { actual }", "groupBy: [ACCOUNT, COST_CENTER]"))
    calls = len(kept.network.calls)
    body = kept.ask(position("rows { actual } sources { name state }", "groupBy: [ACCOUNT]"))
    assert len(kept.network.calls) == calls
    assert states(body) == {"ledger": "CACHED"}


def test_a_question_can_ask_for_younger_figures_only(kept):
    kept.ask(position(TOTALS))
    kept.later(20)
    calls = len(kept.network.calls)
    assert set(states(kept.ask(position(f"{TOTALS} {SOURCES}", 'maxStaleness: "30s"'))).values()) == {
        "CACHED"
    }
    assert len(kept.network.calls) == calls
    assert set(states(kept.ask(position(f"{TOTALS} {SOURCES}", 'maxStaleness: "10s"'))).values()) == {"LIVE"}


def test_what_is_no_length_of_time_is_refused(kept):
    (error,) = kept.post({"query": position(TOTALS, 'maxStaleness: "soon"')}).json()["errors"]
    assert "'soon' is not a duration such as 30s, 5m or PT5M" in error["message"]


def test_no_cache_reads_again(kept):
    query = {"query": position(f"{TOTALS} {SOURCES}")}
    kept.post(query)
    calls = len(kept.network.calls)
    assert set(states(kept.post(query, Cache_Control="no-cache").json()).values()) == {"LIVE"}
    assert len(kept.network.calls) == 2 * calls


def test_a_system_that_is_down_leaves_what_it_said_last(kept):
    """Its figures are there, it is said that they are stale and why, and nobody may keep the answer."""
    before = kept.ask(position(TOTALS))
    kept.later(61)
    kept.network.down = {"ledger"}
    response = kept.post({"query": position(f"{TOTALS} completeness {SOURCES}")})
    body = response.json()
    got = body["data"]["budgetPosition"]
    assert got["totals"] == before["data"]["budgetPosition"]["totals"]
    assert (got["completeness"], states(body)["ledger"], states(body)["plan"]) == (
        "COMPLETE",
        "STALE",
        "LIVE",
    )
    (ledger,) = (s for s in got["sources"] if s["name"] == "ledger")
    assert (ledger["withinMaxAge"], ledger["error"]) == (False, {"code": "SOURCE_UNAVAILABLE"})
    assert [error["extensions"]["code"] for error in body["errors"]] == ["SOURCE_UNAVAILABLE"]
    assert response.headers["cache-control"] == "no-store"
    assert int(response.headers["age"]) >= 61


def test_after_that_it_is_missing(kept):
    kept.ask(position(TOTALS))
    kept.later(661)
    kept.network.down = {"ledger"}
    got = kept.ask(position(f"{TOTALS} completeness"))["data"]["budgetPosition"]
    assert got["totals"]["actual"] is None
    assert got["totals"]["budget"] is not None
    assert got["completeness"] == "PARTIAL"


def test_headers_say_how_old_and_for_how_long(kept):
    """A minute, less what has gone by; how long answering takes is the machine's business."""
    first = kept.post({"query": position(TOTALS)})
    assert 0 < _left(first) <= 60
    kept.later(20)
    second = kept.post({"query": position(f"{TOTALS} totalRows")})
    assert int(second.headers["age"]) >= 20
    assert _left(second) <= 40


def _left(response):
    private, _, seconds = response.headers["cache-control"].partition(", max-age=")
    assert private == "private"
    return int(seconds)


def test_the_same_answer_need_not_be_sent_again(kept):
    params = {"query": position(TOTALS)}
    first = kept.request("GET", params=params)
    tag = first.headers["etag"]
    again = kept.request("GET", params=params, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert kept.request("GET", params=params, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_hundred_viewers_of_one_panel_are_one_question(kept):
    body = {"query": position(f"{TOTALS} rows {{ budget }}", "groupBy: [COST_CENTER]")}
    alone = len(kept.together(body)) and len(kept.network.calls)
    with Kept() as fresh:
        replies = fresh.together(*[body] * 100)
        assert len(fresh.network.calls) == alone
    assert {reply.content for reply in replies} == {replies[0].content}


def test_an_answer_that_was_kept_whole_is_given_again_byte_for_byte(kept):
    """Once nothing in it is read any more. It says CACHED, because that is what it is."""
    body = {"query": position(f"{TOTALS} {SOURCES}")}
    live, cached, stored = (kept.post(body) for _ in range(3))
    assert set(states(live.json()).values()) == {"LIVE"}
    assert set(states(cached.json()).values()) == {"CACHED"}
    assert stored.content == cached.content


def test_other_variables_are_another_question(kept):
    query = "query($by: [Dimension!]) { budgetPosition(groupBy: $by) { rows { cellId budget } totalRows } }"
    for _ in range(3):
        by_centre = kept.post({"query": query, "variables": {"by": ["COST_CENTER"]}}).json()
        by_entity = kept.post({"query": query, "variables": {"by": ["LEGAL_ENTITY"]}}).json()
        assert by_centre != by_entity


def test_what_has_changed_is_read_again_and_nothing_else(kept):
    body = {"query": position(f"{TOTALS} {SOURCES}")}
    for _ in range(3):
        kept.post(body)
    kept.changes.say("ledger", [Fact.LEDGER], datetime.now(UTC))
    calls = len(kept.network.calls)
    now = kept.post(body).json()
    assert {collection for _, collection in kept.network.calls[calls:]} == {"journal-lines"}
    assert {name for name, state in states(now).items() if state == "CACHED"} == {"plan", "buying", "ledger"}


def test_what_has_changed_is_not_answered_with_when_its_system_is_down(kept):
    kept.ask(position(TOTALS))
    kept.changes.say("ledger", [Fact.LEDGER], datetime.now(UTC))
    kept.network.down = {"ledger"}
    got = kept.ask(position(f"{TOTALS} completeness"))["data"]["budgetPosition"]
    assert (got["totals"]["actual"], got["completeness"]) == (None, "PARTIAL")
