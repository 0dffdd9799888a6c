"""The same bytes are read once, and other bytes are another request."""

from dataclasses import replace
from itertools import product

import pytest
from starlette.requests import Request

from gateway import weighing
from gateway.asking import Asked
from gateway.limits import USUAL
from gateway.media import LEGACY, MODERN
from gateway.policy import Leave
from gateway.repeats import How, Repeats, Told, Weighed

QUERY = "{ measures { name } }"
LEAVE = Leave(None, USUAL, introspection=True)
HOW = How(modern=False, leave=LEAVE, cost=None, explain=False, no_cache=False)


def request(method: str = "POST", query: str = "", **headers: str) -> Request:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "query_string": query.encode(), "headers": given})


def weighed(text: str = QUERY, how: How = HOW, variables: dict[str, object] | None = None) -> Weighed:
    return Weighed(Asked(text, variables, None), Told(""), how, "application/json", 1)


@pytest.fixture
def read(monkeypatch):
    """The requests that were read."""
    found = []
    asked = weighing.asked
    monkeypatch.setattr(weighing, "asked", lambda *given: found.append(given) or asked(*given))
    return found


def test_what_was_read_is_not_read_again(door, read):
    replies = [door.post({"query": QUERY}) for _ in range(3)]
    assert len(read) == 1
    assert len({reply.content for reply in replies}) == 1
    door.post({"query": "{ measures { formula } }"})
    assert len(read) == 2


def test_how_it_is_asked_is_part_of_it(door):
    """Each way twice: the second time is as the first."""
    modern, costly, planned = (
        {"Accept": MODERN},
        {"Threefold_Cost": "true"},
        {"Threefold_Explain": "true"},
    )
    query = {"query": "{ budgetPosition { totals { budget } } }"}
    for _ in range(2):
        assert door.post(query, **modern).headers["content-type"].startswith(MODERN)
        assert door.post(query).headers["content-type"].startswith(LEGACY)
        assert "cost" in door.post(query, **costly).json()["extensions"]
        assert "queryPlans" in door.post(query, **planned).json()["extensions"]
        assert "extensions" not in door.post(query).json()
        assert door.post(query, Accept="image/png").status_code == 406
        assert door.post(query, Content_Type="text/plain").status_code == 415


def test_a_page_of_another_site_is_refused_what_another_may_ask(door):
    params = {"query": QUERY}
    for _ in range(2):
        assert door.request("GET", params=params).status_code == 200
        foreign = door.request("GET", params=params, headers={"Origin": "https://evil.test"})
        assert foreign.status_code == 403


def test_what_is_refused_is_refused_again(door):
    for _ in range(2):
        (error,) = door.post({"query": "{ nothing }"}).json()["errors"]
        assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_no_two_requests_share_a_hash():
    """However their parts are cut."""
    kept, parts = Repeats(), ("", "a", "b", "ab")
    found = {}
    for method, query, accept, body in product(("GET", "POST"), parts, parts, parts):
        asked = request(method, query, accept=accept)
        kept.put(asked, body.encode(), replace(weighed(), price=len(found)))
        found[method, query, accept, body] = asked
    for price, ((*_, body), asked) in enumerate(found.items()):
        assert kept.get(asked, body.encode(), LEAVE).price == price


def test_other_limits_are_another_request():
    kept, strict = Repeats(), replace(LEAVE, limits=replace(USUAL, max_cost=1))
    kept.put(request(), b"{}", weighed())
    assert kept.get(request(), b"{}", LEAVE) is not None
    assert kept.get(request(), b"{}", strict) is None


def test_ten_times_as_many_stay_within_the_bound():
    """Room for 1,000 bytes, requests of 10."""
    kept = Repeats(most_bytes=1000)
    for n in range(1000):
        kept.put(request(), b"%010d" % n, weighed())
        kept.put(request(), b"%010d" % n, weighed())
        assert kept.bytes <= 1000
    there = [n for n in range(1000) if kept.get(request(), b"%010d" % n, LEAVE)]
    assert there == [*range(900, 1000)]


def test_a_long_request_is_not_kept():
    kept = Repeats()
    kept.put(request(), bytes(100_000), weighed())
    assert kept.bytes == 0
    assert kept.get(request(), bytes(100_000), LEAVE) is None


def test_the_same_question_in_other_words_of_json_has_the_same_key():
    one = weighed(variables={"a": 1, "b": 2})
    other = weighed(variables={"b": 2, "a": 1})
    assert one.key == other.key
    assert one.key != weighed(variables={"a": 1}).key
