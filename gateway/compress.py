"""Responses made smaller for clients that accept it: zstd, Brotli or gzip, whichever is wanted most.

A response that comes whole is left alone where that is not worth it; one that comes in parts is compressed
part by part, so that nobody waits for the end.
"""

import asyncio
import zlib
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import brotli
import zstandard
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.accept import coding

LEAST_BYTES: Final = 1024
_AT_ONCE: Final = 64 * 1024
"""What takes longer to compress than this is not done on the event loop."""
_KINDS: Final = ("text/", "application/json", "application/graphql-response+json", "application/javascript")


class _Coder(Protocol):
    """One response on its way into a coding; what is returned may be sent on."""

    def part(self, content: bytes) -> bytes: ...

    def end(self) -> bytes: ...


class _Gzip:
    def __init__(self) -> None:
        self._coder = zlib.compressobj(6, zlib.DEFLATED, 31)

    def part(self, content: bytes) -> bytes:
        return self._coder.compress(content) + self._coder.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._coder.flush()


class _Zstd:
    def __init__(self) -> None:
        self._coder = zstandard.ZstdCompressor(level=3).compressobj()

    def part(self, content: bytes) -> bytes:
        return self._coder.compress(content) + self._coder.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._coder.flush()


class _Brotli:
    def __init__(self) -> None:
        self._coder = brotli.Compressor(quality=4)

    def part(self, content: bytes) -> bytes:
        return bytes(self._coder.process(content) + self._coder.flush())

    def end(self) -> bytes:
        return bytes(self._coder.finish())


CODINGS: Final[Mapping[str, Callable[[], _Coder]]] = {"zstd": _Zstd, "br": _Brotli, "gzip": _Gzip}
"""What is offered, the cheapest for its size first."""


class Compressed:
    """An application whose text responses are compressed as the client accepts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = coding(Headers(scope=scope).get("accept-encoding", ""), tuple(CODINGS))
        await self._app(scope, receive, _Response(wanted, send).send)


class _Response:
    """A response on its way out. Its head waits for the first part of its body, which says how long it is."""

    def __init__(self, wanted: str | None, send: Send) -> None:
        self._wanted = wanted
        self._send = send
        self._head: Message | None = None
        self._coder: _Coder | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        if self._head is not None:
            await self._begin(self._head, message)
            self._head = None
        if self._coder is None:
            await self._send(message)
            return
        content, more = message.get("body", b""), message.get("more_body", False)
        large = len(content) > _AT_ONCE
        body = await asyncio.to_thread(self._coder.part, content) if large else self._coder.part(content)
        await self._send({**message, "body": body if more else body + self._coder.end()})

    async def _begin(self, head: Message, first: Message) -> None:
        headers = MutableHeaders(raw=head["headers"])
        if headers.get("content-type", "").startswith(_KINDS):
            headers.add_vary_header("Accept-Encoding")
            if self._wanted is not None and _worth(headers, first):
                self._coder = CODINGS[self._wanted]()
                headers["Content-Encoding"] = self._wanted
                del headers["Content-Length"]
                if (tag := headers.get("etag", "")).startswith('"'):
                    headers["ETag"] = f"W/{tag}"
        await self._send(head)


def _worth(headers: MutableHeaders, first: Message) -> bool:
    if "content-encoding" in headers:
        return False
    return bool(first.get("more_body", False)) or len(first.get("body", b"")) >= LEAST_BYTES
