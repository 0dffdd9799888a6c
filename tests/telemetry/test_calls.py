"""What is told of calls to systems: each attempt, by the conventions, and nothing that must not be said."""

import asyncio

import httpx
import pytest
from starlette.requests import Request

from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, SourceError, Unauthorized, Unavailable
from sources.spi.settings import Limits, Secret
from sources.spi.standing import BOUNDS, Circuit, Spread
from sources.transport.auth import AuthSpec
from sources.transport.message import Call
from sources.transport.rules import ErrorRule
from sources.transport.watch import Watch
from tests.transport.servers import GET, application, channel, reply, settings

BUSY = ErrorRule.model_validate({"status": 503, "then": "retry"})
KEY = AuthSpec(kind="header", fields=("key",), header="X-Key")


def sent(answer, call=GET, *, seconds=30, times=1, **given):
    """The outcomes of calls, one after the other, and how the channel stands after them."""

    async def scene():
        opened = channel(application(answer), **given)
        outcomes = []
        for _ in range(times):
            try:
                outcomes.append(await opened.send(call, Context.within(seconds)))
            except SourceError as error:
                outcomes.append(error)
        await opened.aclose()
        return outcomes, opened.standing()

    return asyncio.run(scene())


def answering(*statuses):
    """An answer with each status in turn; the last one from then on."""
    left = list(statuses)

    async def answer(_: Request):
        return reply({}, left.pop(0) if len(left) > 1 else left[0])

    return answer


def test_each_attempt_is_a_span_that_says_how_often_it_was_made_before(spans):
    _, standing = sent(answering(503, 503, 200), rules=(BUSY,))
    found = spans()
    assert [span.attributes.get("http.request.resend_count") for span in found] == [None, 1, 2]
    assert [span.attributes["http.response.status_code"] for span in found] == [503, 503, 200]
    assert [span.attributes.get("error.type") for span in found] == ["503", "503", None]
    assert [span.failed for span in found] == [True, True, False]
    assert standing.calls.repeated == 2
    assert standing.calls.outcomes == {"SOURCE_UNAVAILABLE": 2, "OK": 1}


def test_the_last_failure_stays_when_all_is_well_again():
    (first, _), standing = sent(answering(503, 503, 503, 503, 200), rules=(BUSY,), times=2)
    calls = standing.calls
    assert isinstance(first, Unavailable)
    assert calls.last_failure.code == "SOURCE_UNAVAILABLE"
    assert calls.last_success > calls.last_failure.at


def test_too_slow_and_not_reached_have_no_status(spans):
    async def late(_: Request):
        await asyncio.sleep(30)

    ((error,), standing) = sent(late, limits=Limits(timeout=0.01), seconds=0.05)
    assert isinstance(error, DeadlineExceeded)
    assert {span.attributes["error.type"] for span in spans()} == {"SOURCE_TIMEOUT"}
    assert set(standing.calls.outcomes) == {"SOURCE_TIMEOUT"}


def test_who_gives_up_blames_nobody(spans):
    async def late(_: Request):
        await asyncio.sleep(30)

    async def scene():
        opened = channel(application(late))
        asking = asyncio.ensure_future(opened.send(GET, Context.within(30)))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await opened.aclose()
        return opened.standing().calls

    calls = asyncio.run(scene())
    assert (calls.outcomes, calls.last_failure) == ({"CANCELLED": 1}, None)
    assert [span.attributes["error.type"] for span in spans()] == ["CANCELLED"]


def test_credentials_that_ran_out_are_no_failure_until_new_ones_are_refused_too():
    stale = ErrorRule.model_validate({"status": 401, "then": "reauthenticate"})
    ((error,), standing) = sent(answering(401), rules=(stale,), way=KEY, credentials={"key": Secret("k")})
    assert isinstance(error, Unauthorized)
    assert standing.calls.outcomes == {"REAUTHENTICATE": 1}
    assert standing.calls.last_failure.code == "SOURCE_UNAUTHORIZED"


def test_the_circuit_and_the_queue_are_told():
    _, standing = sent(answering(503), rules=(BUSY,), times=6)
    assert standing.circuit is Circuit.OPEN
    assert (standing.running, standing.waiting, standing.allowed) == (0, 0, 8)
    assert sum(standing.calls.waited.counts) == sum(standing.calls.outcomes.values())


def test_waiting_for_a_turn_is_told_of_those_who_got_none_too():
    async def scene():
        opened = channel(application(answering(200)), limits=Limits(concurrency=1))
        async with opened._limiter.slot("erp", Context.within(5)):
            with pytest.raises(DeadlineExceeded):
                await opened.send(GET, Context.within(0.05))
        await opened.aclose()
        return opened.standing().calls

    calls = asyncio.run(scene())
    assert sum(calls.waited.counts) == 1
    assert calls.waited.seconds >= 0.04
    assert not calls.outcomes


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("orders", "/orders"),
        ("2/0/models/0A1B2C3D4E5F/views/101000000001/data", "/2/0/models/{id}/views/{id}/data"),
        ("API_X_SRV;v=0002/A_Order('4500000017')/to_Item", "/API_X_SRV;v=0002/A_Order({key})/to_Item"),
        ("A_Item(Order='a/b',Item='10')", "/A_Item({key})/{id}"),
        ("suppliers/M%C3%BCller%20GmbH", "/suppliers/{id}"),
        ("invoices/9f1c2d3e-0000-4111-8222-abcdefabcdef", "/invoices/{id}"),
        ("orders?$filter=Supplier eq 'ACME'&token=s3cr3t", "/orders"),
        ("x" * 60, "/{id}"),
    ],
)  # fmt: skip
def test_a_path_is_told_without_the_keys_in_it(spans, path, template):
    sent(answering(200), Call("GET", path, (("q", "US-OPS-110"),)))
    (span,) = spans()
    assert span.attributes["url.template"] == template
    assert span.name == f"GET {template}"
    assert not {"ACME", "s3cr3t", "US-OPS"} & set(repr(span).split())
    assert "US-OPS-110" not in repr(span)


def test_a_login_elsewhere_names_that_address(spans):
    watch = Watch(settings(), httpx.URL("http://erp.test/api/"))
    with watch.request("POST", httpx.URL("https://login.test:8443/tenant/0f0f0f0f0f0f/token"), 1):
        pass
    (span,) = spans()
    assert (span.attributes["server.address"], span.attributes["server.port"]) == ("login.test", 8443)
    assert span.attributes["url.template"] == "/tenant/{id}/token"


def test_no_span_shows_a_secret(spans):
    async def answer(request: Request):
        return reply({"message": f"bad key {request.headers['x-key']}"}, 400)

    refused = ErrorRule.model_validate({"status": 400, "then": "refused", "message": "message"})
    sent(answer, way=KEY, credentials={"key": Secret("s3cr3t-key")}, rules=(refused,))
    (span,) = spans()
    assert span.attributes["error.type"] == "400"
    assert "s3cr3t" not in repr(span)
    assert "bad key" not in repr(span)


@pytest.mark.parametrize(("configured", "carried"), [(True, True), (False, False)])
def test_a_system_is_told_of_the_trace_where_that_is_configured(spans, configured, carried):
    """The parent is the span of the call itself; what others put into the trace's state goes nowhere."""
    heard = {}

    async def answer(request: Request):
        heard.update(request.headers)
        return reply({})

    sent(answer, traceparent=configured)
    (span,) = spans()
    assert ("traceparent" in heard) is carried
    if carried:
        parent, _, sampled = heard["traceparent"].rpartition("-")
        assert parent == f"00-{span.trace}-{span.id}"
        assert int(sampled, 16) & 1
    assert "tracestate" not in heard
    assert "baggage" not in heard


def test_durations_are_told_by_their_bounds():
    spread = Spread()
    for seconds in (0.0, BOUNDS[0], 0.006, BOUNDS[-1], 31.0):
        spread.add(seconds)
    assert spread.counts == [2, 1, *[0] * 9, 1, 1]
    assert spread.seconds == pytest.approx(0.011 + 61)
