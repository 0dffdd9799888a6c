"""A system on a real socket that does to its callers what systems do on bad days.

Behind it is an honest application. Each request is answered by the fault of the moment, which is given what
the honest answer would have been and the bare connection.
"""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
from starlette.types import ASGIApp

Fault = Callable[["Exchange"], Awaitable[None]]
MEGABYTE = 1024 * 1024


@dataclass
class Exchange:
    """One request, the honest answer to it as JSON, and the connection. `number` counts the requests."""

    target: str
    authorization: str
    honest: Any
    writer: asyncio.StreamWriter
    number: int

    @property
    def offset(self) -> int:
        return int(httpx.URL(f"http://x{self.target}").params.get("offset", "0"))

    async def raw(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def send(self, body: Any, status: int = 200, length: int | None = None, **headers: str) -> None:
        """A whole response; `length` is what it says of itself."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"Content-Type": "application/json", "Content-Length": str(length or len(content))}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        await self.raw(f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + content)

    def broken(self) -> None:
        self.writer.transport.abort()


@dataclass
class Upstream:
    """Where it is, its fault of the moment, and how often it was asked."""

    fault: Fault
    url: str = ""
    asked: int = 0
    connections: set[asyncio.Task[None]] = field(default_factory=set)


@asynccontextmanager
async def upstream(app: ASGIApp, fault: Fault) -> AsyncIterator[Upstream]:
    """Listens for as long as the context lasts; whoever is still talking is cut off."""
    system = Upstream(fault)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://honest")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        system.connections.add(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await system.fault(await _heard(client, system, head.decode("latin-1"), writer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            system.connections.discard(task)
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    system.url = f"http://{host}:{port}"
    try:
        yield system
    finally:
        server.close()
        left = [*system.connections]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await client.aclose()


async def _heard(
    client: httpx.AsyncClient, system: Upstream, head: str, writer: asyncio.StreamWriter
) -> Exchange:
    first, *lines = head.splitlines()
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    target = first.split(" ")[1]
    given = {"Authorization": headers.get("authorization", "")}
    honest = (await client.get(target, headers=given)).json()
    system.asked += 1
    return Exchange(target, headers.get("authorization", ""), honest, writer, system.asked)


async def honest(x: Exchange) -> None:
    await x.send(x.honest)


def first(times: int, fault: Fault) -> Fault:
    """Of so many requests, and then no more."""

    async def passing(x: Exchange) -> None:
        nonlocal times
        times -= 1
        await (fault if times >= 0 else honest)(x)

    return passing


def saying(status: int, body: Any = b"", **headers: str) -> Fault:
    """Always the same answer."""

    async def said(x: Exchange) -> None:
        await x.send(body, status, **headers)

    return said


def changed(**parts: Any) -> Fault:
    """The honest answer with other values in it; a function makes one of the honest value."""

    async def told(x: Exchange) -> None:
        new = {name: value(x.honest.get(name)) if callable(value) else value for name, value in parts.items()}
        await x.send({**x.honest, **new})

    return told


async def reset(x: Exchange) -> None:
    x.broken()


async def cut_in_the_head(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 200 OK\r\nContent-Le")
    x.broken()


async def cut_in_the_body(x: Exchange) -> None:
    body = json.dumps(x.honest).encode()
    await x.raw(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode(), body[: len(body) // 2])
    x.broken()


async def closed(x: Exchange) -> None:
    """Not a word."""
    x.writer.close()


async def hang(x: Exchange) -> None:
    await asyncio.sleep(3600)


async def dribble(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        await x.raw(b" ")
        await asyncio.sleep(0.02)


async def truncated(x: Exchange) -> None:
    """Half of it, whole by its length."""
    body = json.dumps(x.honest).encode()
    await x.send(body[: len(body) // 2])


async def too_short(x: Exchange) -> None:
    body = json.dumps(x.honest).encode()
    await x.send(body, length=len(body) + 100)
    x.writer.close()


async def bad_chunks(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")
    x.writer.close()


async def endless_body(x: Exchange) -> None:
    await x.raw(b'HTTP/1.1 200 OK\r\n\r\n{"data": [')
    while True:
        await x.raw(b'"' + b"x" * 65_000 + b'",')


async def endless_head(x: Exchange) -> None:
    await x.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await x.raw(b"X-More: " + b"x" * 4000 + b"\r\n")


async def bomb(x: Exchange) -> None:
    """A hundred kilobytes that unpack to a hundred megabytes."""
    await x.send(BOMB, Content_Encoding="gzip")


BOMB = gzip.compress(bytes(MEGABYTE) * 100, 9)


async def endless_pages(x: Exchange) -> None:
    """There is always one more page, of rows nobody has seen yet."""
    rows = [{**row, "id": f"{row.get('id')}-{x.number}", "amount": "1"} for row in x.honest["data"][:20]]
    await x.send({"data": rows, "total": x.offset + 1_000_000_000})


async def growing(x: Exchange) -> None:
    """One more row than a moment ago."""
    await x.send({**x.honest, "total": x.honest["total"] + x.number})


async def stuck(x: Exchange) -> None:
    """The first page, wherever it is asked to begin, under a number of its own."""
    rows = [{**x.honest["data"][0], "id": f"row {n}"} for n in range(100)] if x.honest["data"] else []
    await x.send({**x.honest, "data": rows, "request": x.number})


async def echoing(x: Exchange) -> None:
    """Says what it was sent, credentials and all, wherever there is room for it."""
    said = x.authorization
    await x.send({"error": {"message": f"denied: {said}"}}, 400, X_Error=said, WWW_Authenticate=said)


async def twice(x: Exchange) -> None:
    """An answer to this request, and one to a request that nobody has made."""
    await x.send(x.honest)
    with suppress(ConnectionError):
        await x.send({"data": [], "total": 0})


def later(days: float) -> str:
    """A point in time as an API writes it."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def http_date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
