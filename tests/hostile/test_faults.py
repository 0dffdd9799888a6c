"""Whatever a system does: exact, or stale and labelled, or null with a coded error; in time, and no secret.

Each fault twice: with nothing kept, and with what was read a minute ago.
"""

import asyncio
import base64
import logging
from collections.abc import Callable

import pytest

from sources.sandbox.canonical import DEMO_KEY
from tests.hostile import upstream as at
from tests.hostile.stage import DEADLINE, Said, asked, truth
from tests.hostile.upstream import Fault, changed, first, http_date, later, saying

pytestmark = pytest.mark.slow

UNAVAILABLE, TIMEOUT = "SOURCE_UNAVAILABLE", "SOURCE_TIMEOUT"
MALFORMED, OVER, LIMITED = "SOURCE_MALFORMED", "SOURCE_OVER_LIMIT", "SOURCE_RATE_LIMITED"
REFUSED, UNAUTHORIZED, FORBIDDEN = "SOURCE_REFUSED", "SOURCE_UNAUTHORIZED", "SOURCE_FORBIDDEN"
MISSING, ERROR = "SOURCE_NOT_FOUND", "SOURCE_ERROR"
HTML = b"<html><title>Sign in</title></html>"

FAULTS: dict[str, tuple[Fault, set[str]]] = {
    "reset": (at.reset, {UNAVAILABLE}),
    "cut in the head": (at.cut_in_the_head, {UNAVAILABLE}),
    "cut in the body": (at.cut_in_the_body, {UNAVAILABLE}),
    "closed without a word": (at.closed, {UNAVAILABLE}),
    "not HTTP": (lambda x: x.raw(b"220 mail.example.test ESMTP\r\n"), {UNAVAILABLE}),
    "hangs": (at.hang, {TIMEOUT}),
    "dribbles": (at.dribble, {TIMEOUT}),
    "chunks that are none": (at.bad_chunks, {UNAVAILABLE}),
    "shorter than announced": (at.too_short, {UNAVAILABLE}),
    "labelled gzip and is not": (saying(200, b"{}", Content_Encoding="gzip"), {UNAVAILABLE}),
    "a body without end": (at.endless_body, {OVER}),
    "a head without end": (at.endless_head, {UNAVAILABLE}),
    "a bomb": (at.bomb, {OVER}),
    "empty": (saying(200), {MALFORMED}),
    "no content": (saying(204), {MALFORMED}),
    "a part of it": (saying(206, b'{"data": [], "total": 0}'), {ERROR}),
    "half of it": (at.truncated, {MALFORMED}),
    "a page to sign in": (saying(200, HTML, Content_Type="text/html"), {MALFORMED}),
    "null": (saying(200, None), {MALFORMED}),
    "a list": (saying(200, []), {MALFORMED}),
    "a text": (saying(200, "fine"), {MALFORMED}),
    "an error with 200": (saying(200, {"error": {"message": "internal"}}), {MALFORMED}),
    "deep": (saying(200, b"[" * 100_000), {MALFORMED}),
    "records that are none": (changed(data=[None]), {MALFORMED}),
    "no records": (changed(data=None), {MALFORMED}),
    "records by name": (changed(data={"0": {}}), {MALFORMED}),
    "no number": (changed(data=lambda rows: [{**row, "amount": "many"} for row in rows]), {MALFORMED}),
    "not finite": (changed(data=lambda rows: [{**row, "amount": "NaN"} for row in rows]), {MALFORMED}),
    "astronomic": (changed(data=lambda rows: [{**row, "amount": "1e400"} for row in rows]), {MALFORMED}),
    "a flag for an amount": (
        changed(data=lambda rows: [{**row, "amount": True} for row in rows]),
        {MALFORMED},
    ),
    "no day": (changed(data=lambda rows: [{**row, "date": "2026-02-30"} for row in rows]), {MALFORMED}),
    "more than there is": (changed(total=lambda total: total + 7), {UNAVAILABLE}),
    "less than there is": (changed(total=lambda total: total - 1), {UNAVAILABLE, MALFORMED}),
    "none of what there is": (changed(total=0), {UNAVAILABLE}),
    "a negative total": (changed(total=-1), {MALFORMED}),
    "a total in words": (changed(total="all"), {MALFORMED}),
    "a total that grows": (at.growing, {UNAVAILABLE}),
    "pages without end": (at.endless_pages, {OVER}),
    "the same page again": (at.stuck, {MALFORMED, UNAVAILABLE}),
    "429": (saying(429), {LIMITED}),
    "429, later": (saying(429, Retry_After="30"), {LIMITED}),
    "429, on a date": (saying(429, Retry_After=http_date(30)), {LIMITED}),
    "429, never": (saying(429, Retry_After="9" * 60), {LIMITED}),
    "500": (saying(500, HTML), {UNAVAILABLE}),
    "503": (saying(503, Retry_After="30"), {UNAVAILABLE}),
    "400": (at.echoing, {REFUSED}),
    "404": (saying(404), {MISSING}),
    "elsewhere": (saying(302, Location="http://127.0.0.1:1/"), {REFUSED}),
    "a time that is none": (changed(dataAsOf="yesterday"), {MALFORMED}),
}
PASSING: dict[str, Callable[[], Fault]] = {
    "reset": lambda: first(2, at.reset),
    "cut": lambda: first(2, at.cut_in_the_body),
    "half of it and then nothing": lambda: first(2, at.too_short),
    "429": lambda: first(2, saying(429, Retry_After="0")),
    "429, on a date gone by": lambda: first(2, saying(429, Retry_After=http_date(-3600))),
    "429, by a clock two hours ahead": lambda: first(
        2, saying(429, Retry_After=http_date(7200), Date=http_date(7200))
    ),
    "503": lambda: first(2, saying(503)),
    "more than there is": lambda: first(2, changed(total=lambda total: total + 7)),
    "an answer nobody asked for beside each": lambda: at.twice,
}
NO_LONGER_LET_IN: dict[str, tuple[Fault, set[str]]] = {
    "401": (saying(401), {UNAUTHORIZED}),
    "403": (saying(403), {FORBIDDEN}),
}


@pytest.fixture
def ask(caplog):
    def spoken(fault: Fault, *, kept: bool) -> Said:
        caplog.set_level(logging.DEBUG)
        said = asyncio.run(asked(fault, kept=kept))
        well(said, caplog.text)
        return said

    return spoken


def well(said: Said, log: str) -> None:
    """In time, as it should be over HTTP, and no secret in what is told or logged."""
    assert said.response.status_code == 200
    assert said.seconds < DEADLINE + 10
    told = said.response.text + repr(said.response.headers.raw) + log
    for secret in (DEMO_KEY, base64.b64encode(DEMO_KEY.encode()).decode()):
        assert secret not in told
    assert "INTERNAL_ERROR" not in said.codes
    assert "failed in a way it should not" not in told


@pytest.mark.parametrize("name", FAULTS)
def test_with_nothing_kept_it_is_null_and_the_rest_exact(ask, name):
    fault, codes = FAULTS[name]
    said = ask(fault, kept=False)
    assert (said.ledger["state"], said.position["completeness"]) == ("FAILED", "PARTIAL")
    assert said.ledger["error"]["code"] in codes
    assert said.codes == [said.ledger["error"]["code"]]
    assert said.response.headers["cache-control"] == "no-store"
    got, true = said.figures["totals"], truth()["totals"]
    assert got["budget"] == true["budget"]
    assert (got["actual"], got["consumed"], got["available"]) == (None, None, None)
    assert {source["state"] for source in said.position["sources"] if source["name"] != "ledger"} == {"LIVE"}


@pytest.mark.parametrize("name", FAULTS)
def test_with_something_kept_it_is_stale_and_says_why(ask, name):
    fault, codes = FAULTS[name]
    said = ask(fault, kept=True)
    assert said.ledger["state"] == "STALE", said.ledger
    assert said.ledger["withinMaxAge"] is False
    assert said.ledger["error"]["code"] in codes
    assert said.codes == [said.ledger["error"]["code"]]
    assert said.figures == truth()
    assert said.response.headers["cache-control"] == "no-store"
    assert int(said.response.headers["age"]) >= 61


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_got_over(ask, name, kept):
    said = ask(PASSING[name](), kept=kept)
    assert said.ledger["state"] == "LIVE", said.ledger
    assert said.figures == truth()
    assert said.codes == []


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("name", NO_LONGER_LET_IN)
def test_who_is_not_let_in_any_more_gets_nothing_kept(ask, name, kept):
    fault, codes = NO_LONGER_LET_IN[name]
    said = ask(fault, kept=kept)
    assert said.ledger["state"] == "FAILED"
    assert {said.ledger["error"]["code"]} == codes
    assert said.position["totals"]["actual"] is None


@pytest.mark.parametrize("days", [1.0, 3650.0])
def test_data_of_tomorrow_are_no_younger_than_now(ask, days):
    said = ask(changed(dataAsOf=later(days)), kept=False)
    assert said.figures == truth()
    assert said.ledger["dataAsOf"] < later(0.1)


def test_data_of_long_ago_are_told_to_be_old(ask):
    said = ask(changed(dataAsOf=later(-3650)), kept=False)
    assert said.figures == truth()
    assert said.ledger["withinMaxAge"] is False
