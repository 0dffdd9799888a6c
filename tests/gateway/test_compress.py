"""Responses are compressed as the client accepts, and say so."""

import asyncio
import gzip
import zlib

import brotli
import httpx
import pytest
import zstandard
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from gateway.accept import coding
from gateway.compress import CODINGS, LEAST_BYTES, Compressed

LONG = "Operations East " * LEAST_BYTES
DECODED = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda content: zstandard.ZstdDecompressor().decompressobj().decompress(content),
}


def fetched(response, accept_encoding):
    """The head and the body of an application's response as they came, not decoded."""
    headers = {"accept-encoding": accept_encoding}

    async def scene():
        transport = httpx.ASGITransport(app=Compressed(response))
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://gateway") as client,
            client.stream("GET", "/", headers=headers) as reply,
        ):
            return reply.headers, b"".join([part async for part in reply.aiter_raw()])

    return asyncio.run(scene())


@pytest.mark.parametrize("name", CODINGS)
@pytest.mark.parametrize("text", [LONG, LONG * 20])
def test_a_long_text_is_compressed(name, text):
    headers, content = fetched(PlainTextResponse(text), accept_encoding=name)
    assert (headers["content-encoding"], headers["vary"]) == (name, "Accept-Encoding")
    assert len(content) < len(text) / 4
    assert DECODED[name](content).decode() == text
    assert int(headers.get("content-length", len(content))) == len(content)


@pytest.mark.parametrize("name", CODINGS)
def test_what_comes_in_parts_is_compressed_part_by_part(name):
    """Each part can be read when it has come, before the next is made."""

    async def parts():
        for number in range(3):
            yield f"{number}: {LONG}"

    headers, content = fetched(StreamingResponse(parts(), media_type="text/csv"), accept_encoding=name)
    assert headers["content-encoding"] == name
    assert DECODED[name](content).decode() == "".join(f"{number}: {LONG}" for number in range(3))
    coder = CODINGS[name]()
    readers = {
        "gzip": lambda: zlib.decompressobj(31).decompress,
        "br": lambda: brotli.Decompressor().process,
        "zstd": lambda: zstandard.ZstdDecompressor().decompressobj().decompress,
    }
    read = readers[name]()
    for number in range(3):
        assert read(coder.part(b"part %d" % number)) == b"part %d" % number


@pytest.mark.parametrize(
    ("response", "accepted"),
    [
        (PlainTextResponse("x" * (LEAST_BYTES - 1)), "gzip"),
        (PlainTextResponse(LONG), "identity"),
        (PlainTextResponse(LONG), "gzip;q=0"),
        (PlainTextResponse(LONG), "deflate"),
        (PlainTextResponse(LONG, headers={"Content-Encoding": "other"}), "gzip"),
        (Response(LONG, media_type="application/vnd.apache.parquet"), "gzip"),
    ],
)
def test_what_is_short_or_unwanted_or_compressed_already_is_left_alone(response, accepted):
    headers, content = fetched(response, accept_encoding=accepted)
    assert headers.get("content-encoding") in (None, "other")
    assert content == response.body


def test_a_tag_says_that_the_bytes_differ():
    tagged = PlainTextResponse(LONG, headers={"ETag": '"a"'})
    assert fetched(tagged, accept_encoding="gzip")[0]["etag"] == 'W/"a"'
    tagged = PlainTextResponse(LONG, headers={"ETag": '"a"'})
    assert fetched(tagged, accept_encoding="identity")[0]["etag"] == '"a"'


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("*", "zstd"),
        ("*;q=0.5, zstd;q=0", "br"),
        ("*;q=0", None),
        ("", None),
        ("identity, gzip;q=0.5", None),
        ("gzip;q=2", None),
    ],
)
def test_the_coding_wanted_most_is_taken(accepted, chosen):
    assert coding(accepted, tuple(CODINGS)) == chosen


def test_answers_are_compressed(door):
    query = "{ __schema { types { name description } } }"
    reply = door.post({"query": query}, accept_encoding="br")
    assert reply.headers["content-encoding"] == "br"
    assert {*reply.headers["vary"].split(", ")} == {"Accept", "Accept-Encoding"}
    assert reply.json()["data"]["__schema"]["types"]
