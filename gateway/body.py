"""The body of a request, as long as it may be."""

from typing import Final

from starlette.requests import ClientDisconnect, Request

MOST_BYTES: Final = 1024 * 1024


class TooLargeError(Exception):
    """More than anybody has to say."""


async def read(request: Request) -> bytes:
    """All of it. Raises TooLargeError as soon as it is too long, ClientDisconnect when there is no more."""
    chunks, size, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MOST_BYTES:
            raise TooLargeError(f"the body: at most {MOST_BYTES} bytes are accepted")
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)
