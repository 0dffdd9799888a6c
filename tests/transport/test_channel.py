"""One call, from the slot it waits for to the reply or the typed error it ends as."""

import asyncio
from functools import partial

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sources.spi.context import Context
from sources.spi.errors import (
    BadRequest,
    Broken,
    DeadlineExceeded,
    Forbidden,
    Malformed,
    Missing,
    OverLimit,
    RateLimited,
    SourceError,
    Unauthorized,
    Unavailable,
)
from sources.spi.settings import Limits, Secret
from sources.transport.auth import AuthSpec
from sources.transport.breaker import Breaker, Circuit, CircuitOpen, Tolerance
from sources.transport.message import Call
from sources.transport.pages import together
from sources.transport.retry import Retry
from sources.transport.rules import ErrorRule
from tests.transport.servers import GET, application, ask, channel, reply


def test_the_address_the_query_and_the_body_arrive_as_meant() -> None:
    async def answer(request: Request) -> Response:
        return reply(
            {
                "path": request.url.path,
                "query": request.query_params.multi_items(),
                "body": (await request.body()).decode(),
                "accept": request.headers["accept"],
            }
        )

    params = (("$filter", "Name eq 'O''Brien & Søn + 1%'"), ("a[in]", "1,2"), ("a[in]", "3"))
    seen = ask(answer, Call("POST", "/orders", params, json={"q": 1})).json()
    assert seen["path"] == "/api/orders"
    assert [tuple(pair) for pair in seen["query"]] == [*params]
    assert seen["body"] == '{"q":1}'
    assert seen["accept"] == "application/json"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (206, Broken),
        (301, BadRequest),
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, Missing),
        (408, Unavailable),
        (418, BadRequest),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_a_status_without_a_rule_of_its_own(status: int, error: type[SourceError]) -> None:
    async def answer(_: Request) -> Response:
        return reply({}, status)

    with pytest.raises(error) as raised:
        ask(answer)
    assert type(raised.value) is error
    assert str(raised.value).startswith("erp: ")


def test_a_redirect_is_not_followed() -> None:
    visited = []

    async def answer(request: Request) -> Response:
        visited.append(str(request.url))
        return RedirectResponse("http://elsewhere.test/orders")

    with pytest.raises(BadRequest, match="HTTP 307"):
        ask(answer)
    assert visited == ["http://erp.test/api/orders"]


def test_a_vendor_says_too_many_requests_with_200() -> None:
    async def answer(_: Request) -> Response:
        return reply({"success": False, "reasons": [{"code": 70, "message": "slow down"}]})

    rule = ErrorRule.model_validate(
        {
            "status": 200,
            "body": {"at": "success", "equals": "false"},
            "then": "rateLimited",
            "retryAfter": 7,
            "message": "reasons.0.message",
        }
    )
    with pytest.raises(RateLimited, match=r"asks for fewer calls \(HTTP 200\): slow down") as raised:
        ask(answer, rules=(rule,), seconds=5)
    assert raised.value.retry_after == 7


def test_missing_can_mean_empty() -> None:
    async def answer(_: Request) -> Response:
        return reply({"error": "none found"}, 404)

    found = ask(answer, rules=(ErrorRule.model_validate({"status": 404, "then": "empty"}),))
    assert found.empty
    assert found.body == b""


def test_a_rule_can_say_the_answer_is_broken() -> None:
    async def answer(_: Request) -> Response:
        return reply({"error": {"code": "X"}})

    rule = ErrorRule.model_validate({"status": "2xx", "body": {"at": "error"}, "then": "broken"})
    with pytest.raises(Broken):
        ask(answer, rules=(rule,))


def test_retries_are_counted_and_end() -> None:
    asked = []

    async def answer(_: Request) -> Response:
        asked.append(1)
        return reply({"ok": True}) if len(asked) == 3 else reply({}, 503)

    assert ask(answer).attempts == 3
    asked.extend([1, 1])
    before = len(asked)
    with pytest.raises(Unavailable):
        ask(answer)
    assert len(asked) - before == 4


def test_waiting_longer_than_the_question_lasts_is_not_begun() -> None:
    asked = []

    async def answer(_: Request) -> Response:
        asked.append(1)
        return reply({}, 429, {"Retry-After": "60"})

    with pytest.raises(RateLimited) as raised:
        ask(answer, seconds=30)
    assert raised.value.retry_after == 60
    assert len(asked) == 1


def test_an_answer_over_the_bound_is_an_error() -> None:
    async def answer(_: Request) -> Response:
        return Response(b"x" * 1001)

    with pytest.raises(OverLimit, match="more than 1000 bytes"):
        ask(answer, limits=Limits(max_bytes=1000))


def test_what_is_not_json_is_malformed_and_not_shown() -> None:
    async def answer(_: Request) -> Response:
        return Response(b"<html>hunter2</html>", media_type="text/html")

    with pytest.raises(Malformed) as raised:
        ask(answer).json()
    assert "hunter2" not in str(raised.value)


def test_a_link_to_another_host_is_not_followed() -> None:
    async def answer(_: Request) -> Response:
        return reply({})

    for link in (
        "http://evil.test/orders",
        "https://erp.test/orders",
        "//evil.test/x",
        "http://erp.test:81/",
    ):
        with pytest.raises(Malformed, match="another host"):
            ask(answer, Call("GET", link))
    assert ask(answer, Call("GET", "http://erp.test/other?page=2")).status == 200


def test_the_deadline_ends_a_call() -> None:
    async def answer(_: Request) -> Response:
        await asyncio.sleep(60)
        return reply({})

    with pytest.raises(DeadlineExceeded):
        ask(answer, seconds=0.05)


def test_a_slow_call_is_tried_again_while_there_is_time() -> None:
    asked = []

    async def answer(_: Request) -> Response:
        asked.append(1)
        if len(asked) == 1:
            await asyncio.sleep(60)
        return reply({"ok": True})

    assert ask(answer, limits=Limits(timeout=0.05)).attempts == 2


def test_a_system_that_hangs_is_soon_not_asked_any_more() -> None:
    """However short the time that its calls are given: 20 calls of 0.05 s, of which at most 11 are made."""

    async def scene() -> None:
        asked = []

        async def answer(_: Request) -> Response:
            asked.append(1)
            await asyncio.sleep(60)
            return reply({})

        hanging = channel(application(answer), limits=Limits(timeout=0.05), retry=Retry(attempts=1))
        for _ in range(20):
            with pytest.raises((DeadlineExceeded, CircuitOpen)):
                await hanging.send(GET, Context.within(5))
        assert len(asked) <= 11
        await hanging.aclose()

    asyncio.run(scene())


def test_a_login_that_is_down_is_soon_not_tried_any_more() -> None:
    async def scene() -> None:
        asked = []

        async def answer(_: Request) -> Response:
            asked.append(1)
            return reply({}, 503)

        way = AuthSpec(kind="oauth2", fields=("client_id", "client_secret"), tokenPath="/oauth/token")
        client = {"client_id": "me", "client_secret": Secret("s3cr3t")}
        closed = channel(application(answer), way=way, credentials=client)
        for _ in range(20):
            with pytest.raises(Unavailable):
                await closed.send(GET, Context.within(5))
        assert len(asked) <= 11
        await closed.aclose()

    asyncio.run(scene())


def test_a_system_that_is_back_is_asked_by_all_calls_of_a_question() -> None:
    """Eight calls at once, of which the first failure ends the others: one probes, and the others wait for
    what comes of it instead of ending it."""

    async def scene() -> None:
        down = True

        async def answer(_: Request) -> Response:
            await asyncio.sleep(0.02)
            return reply({}, 503 if down else 200)

        breaker = Breaker(Tolerance(calls=2, pause=0.1))
        once = channel(application(answer), retry=Retry(attempts=1), breaker=breaker)

        async def question() -> None:
            ctx = Context.within(5)
            await together([partial(once.send, GET, ctx)] * 8, 8)

        for _ in range(2):
            with pytest.raises(Unavailable):
                await question()
        assert breaker.circuit is Circuit.OPEN
        down = False
        await asyncio.sleep(0.15)
        await question()
        assert breaker.circuit is Circuit.CLOSED
        await once.aclose()

    asyncio.run(scene())


def test_a_deadline_that_has_passed_makes_no_call() -> None:
    async def never(_: Request) -> Response:
        raise AssertionError

    with pytest.raises(DeadlineExceeded):
        ask(never, seconds=-1)


def test_cancelling_reaches_the_server_and_frees_the_slot() -> None:
    async def scene() -> None:
        started, stopped = asyncio.Event(), asyncio.Event()

        async def answer(request: Request) -> Response:
            if "quick" in request.url.path:
                return reply({})
            started.set()
            try:
                await asyncio.sleep(60)
            finally:
                stopped.set()
            return reply({})

        only = channel(application(answer), limits=Limits(concurrency=1))
        call = asyncio.create_task(only.send(GET, Context.within(600)))
        await started.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert stopped.is_set()
        assert (await only.send(Call("GET", "quick"), Context.within(5))).status == 200
        await only.aclose()

    asyncio.run(scene())


def test_every_attempt_is_counted_in_the_context() -> None:
    async def scene() -> None:
        asked = []

        async def answer(_: Request) -> Response:
            asked.append(1)
            return reply({}, 200 if len(asked) % 2 == 0 else 500)

        ctx = Context.within(30)
        twice = channel(application(answer))
        await twice.send(GET, ctx)
        await twice.send(GET, ctx)
        assert ctx.calls == {"erp": 4}
        await twice.aclose()

    asyncio.run(scene())
