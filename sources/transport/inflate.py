"""Compressed answers made whole again a little at a time, so that a small one cannot become a large one at
once: whoever reads can stop at any piece.
"""

import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

import httpx

ACCEPTED: Final = "gzip, deflate"
"""What is asked for; anything else that comes is refused."""
_PIECE: Final = 64 * 1024
_EITHER: Final = zlib.MAX_WBITS | 32
"""zlib's word for gzip or zlib, whichever it is."""


async def pieces(response: httpx.Response) -> AsyncIterator[bytes]:
    """The content as it was before its coding. Raises zlib.error for what is not in a coding that was asked
    for, EOFError for what was cut short."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity") or response.is_stream_consumed:
        async for chunk in response.aiter_bytes():
            yield chunk
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise zlib.error("a content coding that was not asked for")
    inflating = Inflating()
    async for chunk in response.aiter_raw():
        for piece in inflating.pieces(chunk):
            yield piece
    if not inflating.whole:
        raise EOFError("the compressed content was cut short")


class Inflating:
    """One stream of gzip members, or of zlib."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_EITHER)
        self._begun = False

    @property
    def whole(self) -> bool:
        """Whether nothing is missing at the end."""
        return self._member.eof or not self._begun

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._member.eof:
                self._member = zlib.decompressobj(_EITHER)
            self._begun = True
            yield self._member.decompress(chunk, _PIECE)
            chunk = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
