"""The real engine against real sockets that break off, dribble, lie about lengths or never stop."""

import asyncio
import gzip
import ssl
from pathlib import Path

import pytest

from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, OverLimit, SourceError, Unavailable
from sources.spi.settings import Limits
from sources.transport.http import client
from sources.transport.message import Call, Reply
from tests.transport.servers import Raw, Talk, channel, raw, settings

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def _asked(listening: Raw, limits: Limits, call: Call, seconds: float) -> Reply:
    network = channel(None, url=listening.url, limits=limits)
    try:
        return await network.send(call, Context.within(seconds))
    finally:
        await network.aclose()


def ask(talk: Talk, *, limits: Limits | None = None, call: Call | None = None, seconds: float = 20) -> Reply:
    async def scene() -> Reply:
        async with raw(talk) as listening:
            return await _asked(listening, limits or Limits(), call or Call("GET", "x"), seconds)

    return asyncio.run(scene())


def test_a_chunked_answer_arrives_whole() -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for part in (b'{"a"', b": 1}"):
            writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    assert ask(talk).json() == {"a": 1}


def test_a_query_reaches_the_wire_encoded_once() -> None:
    async def scene() -> bytes:
        async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")

        async with raw(talk) as listening:
            params = (("$filter", "Name eq 'A+B & 5%20'"), ("id[in]", "1,2"))
            await _asked(listening, Limits(), Call("GET", "Set", params), 20)
            return listening.requests[0]

    head = asyncio.run(scene())
    line = head.split(b"\r\n")[0].decode()
    assert line == "GET /api/Set?$filter=Name%20eq%20'A%2BB%20%26%205%2520'&id%5Bin%5D=1,2 HTTP/1.1"
    assert b"cookie" not in head.lower()


def test_a_connection_broken_off_is_tried_again_and_then_unavailable() -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    with pytest.raises(Unavailable, match="the connection failed"):
        ask(talk)


def test_a_body_shorter_than_announced_is_unavailable() -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b'Content-Length: 100\r\n\r\n{"a": 1}')
        await writer.drain()

    with pytest.raises(Unavailable):
        ask(talk)


def test_something_that_is_not_http_is_unavailable() -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.test ESMTP\r\n")

    with pytest.raises(Unavailable):
        ask(talk)


def test_nobody_listening_is_unavailable() -> None:
    async def scene() -> None:
        gone = Raw(url="http://127.0.0.1:1/api")
        with pytest.raises(Unavailable):
            await _asked(gone, Limits(), Call("GET", "x"), 20)

    asyncio.run(scene())


def test_a_body_that_never_ends_stops_at_the_bound_and_the_connection_is_closed() -> None:
    async def scene() -> None:
        async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(HEAD + b"\r\n")
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()

        async with raw(talk) as listening:
            with pytest.raises(OverLimit):
                await _asked(listening, Limits(max_bytes=1_000_000), Call("GET", "x"), 20)
            await asyncio.wait_for(listening.closed.wait(), 10)

    asyncio.run(scene())


def test_a_small_body_that_unpacks_to_a_large_one_is_over_the_bound() -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        packed = gzip.compress(b"0" * 5_000_000)
        length = f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        writer.write(HEAD + length.encode() + packed)
        await writer.drain()

    with pytest.raises(OverLimit):
        ask(talk, limits=Limits(max_bytes=1_000_000))


def test_a_body_labelled_gzip_that_is_not_is_unavailable() -> None:
    async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    with pytest.raises(SourceError) as raised:
        ask(talk)
    assert isinstance(raised.value, Unavailable)


def test_a_dribbling_body_ends_with_the_deadline() -> None:
    async def scene() -> None:
        async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(HEAD + b"Content-Length: 1000\r\n\r\n")
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)

        async with raw(talk) as listening:
            with pytest.raises(DeadlineExceeded):
                await _asked(listening, Limits(), Call("GET", "x"), 0.2)
            await asyncio.wait_for(listening.closed.wait(), 10)

    asyncio.run(scene())


def test_cancelling_closes_the_connection() -> None:
    async def scene() -> None:
        answering = asyncio.Event()

        async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(HEAD + b"Content-Length: 1000\r\n\r\n")
            await writer.drain()
            answering.set()
            await asyncio.sleep(60)

        async with raw(talk) as listening:
            call = asyncio.create_task(_asked(listening, Limits(), Call("GET", "x"), 60))
            await answering.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await asyncio.wait_for(listening.closed.wait(), 10)

    asyncio.run(scene())


def test_a_missing_ca_file_is_found_out_at_once() -> None:
    with pytest.raises(OSError, match="No such file"):
        client(settings(ca="/nowhere/ca.pem"))


def test_a_ca_file_is_used(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("not a certificate")
    with pytest.raises(ssl.SSLError):
        client(settings(ca=str(empty)))


def test_a_proxy_is_asked_for_the_whole_address() -> None:
    async def scene() -> bytes:
        async def talk(_: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")

        async with raw(talk) as listening:
            proxy = listening.url.removesuffix("/api").replace("//", "//user:secret@")
            network = channel(None, url="http://erp.test/api", proxy=proxy)
            await network.send(Call("GET", "x"), Context.within(20))
            await network.aclose()
            return listening.requests[0]

    head = asyncio.run(scene())
    assert head.startswith(b"GET http://erp.test/api/x HTTP/1.1")
    assert b"Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=" in head
