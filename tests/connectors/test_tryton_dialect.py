"""Tryton's JSON-RPC: sessions, pages and errors."""

import asyncio
import base64
from typing import Any

import httpx
import pytest

from sources.spi.context import Context
from sources.spi.errors import (
    BadRequest,
    Broken,
    Forbidden,
    Malformed,
    OverLimit,
    SourceError,
    Unauthorized,
    Unavailable,
)
from sources.spi.facts import Fact
from sources.spi.scan import Scan
from sources.spi.settings import Limits
from sources.spi.source import Source
from tests.connectors.tryton_server import COLD, Server, parties, read, source, used


def test_many_questions_share_one_login_and_one_renewal() -> None:
    server = Server(parties(3))

    async def use(opened: Source) -> list[int]:
        scan = opened.accept(Scan(Fact.SUPPLIER, ("code",)))

        async def ask() -> int:
            return (await opened.run(scan, Context.within(10))).frame.height

        first = await asyncio.gather(*(ask() for _ in range(8)))
        server.tokens.clear()
        return [*first, *await asyncio.gather(*(ask() for _ in range(8)))]

    assert used(source(server), use) == [3] * 16
    assert server.logins == 2


def test_the_session_is_user_id_and_token_in_base64() -> None:
    seen: list[str] = []

    class Listening(Server):
        async def __call__(self, request: httpx.Request) -> httpx.Response:
            seen.append(request.headers.get("Authorization", ""))
            return await super().__call__(request)

    read(Listening(parties(1)), Fact.SUPPLIER, "code")
    assert base64.b64decode(seen[-1].removeprefix("Session ")) == b"reader:7:token-1"


def test_a_wrong_password_is_tried_once_and_never_shown() -> None:
    server = Server(parties(1))
    with pytest.raises(Unauthorized) as refused:
        read(server, Fact.SUPPLIER, "code", secret="wrong-horse")
    assert server.logins == 1
    assert "horse" not in repr(refused.value)


def test_a_login_without_a_session_is_malformed() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": 0, "result": None})

    with pytest.raises(Malformed, match="without a session"):
        read(answer, Fact.SUPPLIER, "code")  # type: ignore[arg-type]


@pytest.mark.parametrize("errors", [[COLD], [["ConcurrencyException", "changed"]], [503], [COLD, 504, COLD]])
def test_what_passes_is_tried_again(errors: list[Any]) -> None:
    assert read(Server(parties(2), errors=errors), Fact.SUPPLIER, "code").height == 2


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (["UserError", ['You are not allowed to access "Party".', "", None]], Forbidden, '"Party"'),
        (["UserError", ["The value is not valid.", "", None]], BadRequest, "not valid"),
        (["UserWarning", ["key", "Are you sure?", ""]], BadRequest, "sure"),
        (["LoginException", ["otp", "One-time password", "char"]], Unauthorized, "credentials"),
        (["'no_such_field'", "Traceback"], BadRequest, "no_such_field"),
        (["maximum recursion depth exceeded", "Traceback: secret"], Broken, "error of its own"),
        (404, SourceError, "does not have"),
    ],
)
def test_errors_say_what_the_caller_can_do(error: Any, kind: type[SourceError], words: str) -> None:
    with pytest.raises(kind, match=words) as raised:
        read(Server(parties(1), errors=[error]), Fact.SUPPLIER, "code")
    assert "secret" not in str(raised.value)


def test_a_worker_that_never_wakes_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        read(Server(parties(1), errors=[COLD] * 40), Fact.SUPPLIER, "code")


@pytest.mark.parametrize(
    ("rows", "windows"),
    [
        (0, [[0, 100]]),
        (99, [[0, 100]]),
        (100, [[0, 100], "count"]),
        (250, [[0, 100], "count", [100, 100], [200, 100]]),
    ],
)
def test_pages_are_counted_only_when_the_first_is_full(rows: int, windows: list[Any]) -> None:
    server = Server(parties(rows))
    limits = Limits(page_size=100)
    assert read(server, Fact.SUPPLIER, "code", limits=limits)["code"].to_list() == [
        f"S{n}" for n in range(1, rows + 1)
    ]
    made = [call["params"][1:3] if "read" in call["method"] else "count" for call in server.calls]
    assert made == windows


def test_pages_larger_than_the_server_gives_are_halved_once_for_all() -> None:
    server = Server(parties(120), limit=130)

    async def use(opened: Source) -> int:
        scan = opened.accept(Scan(Fact.SUPPLIER, ("code",)))
        await opened.run(scan, Context.within(10))
        return (await opened.run(scan, Context.within(10))).frame.height

    assert used(source(server), use) == 120
    assert [call["params"][2] for call in server.calls] == [1000, 500, 250, 125, 125]


def test_a_server_that_gives_next_to_nothing_is_an_error() -> None:
    with pytest.raises(OverLimit, match="so much at once"):
        read(Server(parties(120), limit=10), Fact.SUPPLIER, "code")


def test_our_own_bound_on_rows_does_not_make_pages_smaller() -> None:
    server = Server(parties(120))
    with pytest.raises(OverLimit, match="more than 100 rows"):
        read(server, Fact.SUPPLIER, "code", limits=Limits(max_rows=100))
    assert len(server.calls) == 1


def test_a_limit_asks_for_no_more() -> None:
    server = Server(parties(120))
    assert read(server, Fact.SUPPLIER, "code", limit=5).height == 5
    assert [call["params"][2] for call in server.calls] == [5]


@pytest.mark.parametrize("result", [None, "text", {"a": 1}, [1, 2], 3.5])
def test_a_result_that_is_none_is_malformed(result: Any) -> None:
    server = Server()
    server.answer = lambda _: result  # type: ignore[method-assign]
    with pytest.raises(Malformed):
        read(server, Fact.SUPPLIER, "code")
