"""Errors say what went wrong and nothing that must not be said."""

import asyncio
import traceback
from collections.abc import Iterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from sources.spi.context import Context
from sources.spi.errors import BadRequest, SourceError, Unavailable
from sources.spi.settings import Secret
from sources.transport.auth import AuthSpec
from sources.transport.channel import Channel
from sources.transport.rules import ErrorRule
from tests.transport.servers import GET, ask, channel, reply

SECRETS = ("s3cr3t-key", "czNjcjN0LWtleQ==")


def _leaks(error: BaseException) -> Iterator[str]:
    """Everything a log, a tracer or a debugger could print of an error and what it hangs on to."""
    seen: BaseException | None = error
    while seen is not None:
        yield from (str(seen), repr(seen), repr(vars(seen)))
        seen = seen.__cause__ or seen.__context__
    yield "".join(traceback.format_exception(error))


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500])
def test_no_error_shows_a_secret(status: int) -> None:
    async def answer(request: Request) -> Response:
        return reply(
            {"message": f"bad key {request.headers['x-key']} for Bearer abcdef {SECRETS[1]}"}, status
        )

    rule = ErrorRule.model_validate({"status": status, "then": "refused", "message": "message"})
    way = AuthSpec(kind="header", fields=("key",), header="X-Key")
    with pytest.raises(SourceError) as raised:
        ask(answer, way=way, credentials={"key": Secret(SECRETS[0])}, rules=(rule,))
    text = "".join(_leaks(raised.value))
    assert "bad key …" in text
    assert not any(secret in text for secret in (*SECRETS, "abcdef"))


class _Failing(httpx.AsyncBaseTransport):
    def __init__(self, error: Exception) -> None:
        self._error = error

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        raise self._error


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (httpx.ConnectError("s3cr3t-key"), Unavailable),
        (httpx.ReadError("s3cr3t-key"), Unavailable),
        (httpx.RemoteProtocolError("s3cr3t-key"), Unavailable),
        (OSError("s3cr3t-key"), Unavailable),
        (httpx.InvalidURL("s3cr3t-key"), BadRequest),
        (ValueError("s3cr3t-key"), BadRequest),
    ],
)
def test_errors_of_the_engine_become_ours_and_are_let_go(error: Exception, ours: type[SourceError]) -> None:
    async def scene() -> None:
        failing: Channel = channel(_Failing(error))
        with pytest.raises(ours) as raised:
            await failing.send(GET, Context.within(5))
        assert raised.value.__cause__ is None
        assert raised.value.__context__ is None
        assert "s3cr3t" not in "".join(_leaks(raised.value))

    asyncio.run(scene())
