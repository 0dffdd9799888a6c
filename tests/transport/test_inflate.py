"""What was compressed comes whole, in small pieces, or not at all."""

import gzip
import zlib

import pytest
from starlette.requests import Request
from starlette.responses import Response

from sources.transport.inflate import Inflating
from tests.transport.servers import ask

WORDS = b"the same words again and again " * 10_000


def inflated(sent: bytes, size: int = 1000) -> tuple[list[bytes], bool]:
    """The pieces of what comes in chunks, and whether that was all."""
    inflating = Inflating()
    chunks = [sent[at : at + size] for at in range(0, len(sent), size)]
    return [piece for chunk in chunks for piece in inflating.pieces(chunk)], inflating.whole


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
@pytest.mark.parametrize("words", [WORDS, b""], ids=["words", "nothing"])
@pytest.mark.parametrize("size", [1, 1000, 10**9])
def test_it_is_what_it_was(compress, words, size):
    found, whole = inflated(compress(words), size)
    assert (b"".join(found), whole) == (words, True)


def test_several_members_are_one_content():
    found, whole = inflated(gzip.compress(b"one ") + gzip.compress(b"two ") + gzip.compress(WORDS))
    assert (b"".join(found), whole) == (b"one two " + WORDS, True)


def test_no_piece_is_large_however_much_there_is():
    found, _ = inflated(gzip.compress(bytes(50_000_000)), 10**9)
    assert max(map(len, found)) <= 64 * 1024
    assert sum(map(len, found)) == 50_000_000


def test_what_was_cut_short_is_not_whole():
    assert inflated(gzip.compress(WORDS)[:-9])[1] is False
    assert inflated(b"")[1] is True


def test_a_compressed_answer_is_read_and_what_is_asked_for_is_said():
    asked = []

    async def answer(request: Request) -> Response:
        asked.append(request.headers["accept-encoding"])
        return Response(gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"})

    assert ask(answer).json() == {"a": 1}
    assert asked == ["gzip, deflate"]
