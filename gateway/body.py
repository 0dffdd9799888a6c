"""The body of a request, as long as it may be."""

from typing import Final

from starlette.requests import Request

MOST_BYTES: Final = 1024 * 1024


class TooLargeError(Exception):
    """More than anybody has to say."""


async def read(request: Request) -> bytes:
    """All of it. Raises TooLargeError as soon as it is too long."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            raise TooLargeError(f"the body: at most {MOST_BYTES} bytes are accepted")
        chunks.append(chunk)
    return b"".join(chunks)
