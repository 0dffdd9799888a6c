"""Servers to misbehave: an ASGI application from a function, and a raw socket that says what it likes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sources.spi.context import Context
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.transport.auth import Auth, AuthSpec, auth_for
from sources.transport.breaker import Breaker
from sources.transport.channel import Channel
from sources.transport.limits import Limiter
from sources.transport.message import Call, Reply
from sources.transport.retry import Retry
from sources.transport.rules import ErrorRule

Answer = Callable[[Request], Awaitable[Response]]
Talk = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


GET = Call("GET", "orders")


async def no_sleep(_: float) -> None:
    await asyncio.sleep(0)


HASTY = Retry(sleep=no_sleep, chance=lambda: 0.0)


def reply(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(content), status, headers, media_type="application/json")


def application(answer: Answer) -> httpx.ASGITransport:
    route = Route("/{path:path}", answer, methods=["GET", "POST"])
    return httpx.ASGITransport(app=Starlette(routes=[route]))


def settings(url: str = "http://erp.test/api", **given: Any) -> SourceSettings:
    return SourceSettings(name="erp", connector="none", url=url, **given)


def channel(
    transport: httpx.AsyncBaseTransport | None,
    *,
    way: AuthSpec | None = None,
    credentials: Mapping[str, str | Secret] | None = None,
    auth: Auth | None = None,
    rules: tuple[ErrorRule, ...] = (),
    limits: Limits | None = None,
    retry: Retry = HASTY,
    breaker: Breaker | None = None,
    **given: Any,
) -> Channel:
    configured = settings(limits=limits or Limits(), auth=credentials or {}, **given)
    return Channel(
        configured,
        auth=auth or auth_for(way or AuthSpec(kind="none"), configured),
        limiter=Limiter(configured.limits.concurrency),
        rules=rules,
        transport=transport,
        retry=retry,
        breaker=breaker,
    )


def ask(answer: Answer, call: Call = GET, *, seconds: float = 30, **given: Any) -> Reply:
    async def asked() -> Reply:
        open_channel = channel(application(answer), **given)
        try:
            return await open_channel.send(call, Context.within(seconds))
        finally:
            await open_channel.aclose()

    return asyncio.run(asked())


@dataclass
class Raw:
    """A listening socket: where it is, the requests it read, and how many connections were closed on it."""

    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def raw(talk: Talk) -> AsyncIterator[Raw]:
    """Reads the head of each request and lets `talk` answer it on the bare connection."""
    listening = Raw()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            listening.requests.append(head)
            talking = asyncio.ensure_future(talk(head, writer))
            await asyncio.wait({talking, asyncio.ensure_future(reader.read())}, return_when="FIRST_COMPLETED")
            if talking.done():
                talking.result()
            else:
                listening.closed.set()
                talking.cancel()
        except (ConnectionError, asyncio.IncompleteReadError):
            listening.closed.set()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    listening.url = f"http://{host}:{port}/api"
    try:
        yield listening
    finally:
        server.close()
