"""Valkey behind TLS: `valkeys://` speaks it, and to nobody whose certificate is not to be trusted.

The TLS is a server's of our own before a real Valkey, which may have been built without.
"""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from sources.aspects.cache import Memory, Shared
from sources.spi.settings import ValkeySettings
from tests.aspects.valkeys import Connected


@pytest.fixture
def certificate(tmp_path) -> Path:
    """Of 127.0.0.1, signed by itself, its key beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not there")
    made = tmp_path / "valkey.crt"
    options = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=valkey"]
    options += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(made)]
    options += ["-keyout", str(made.with_suffix(".key"))]
    subprocess.run(["openssl", *options], check=True, capture_output=True)
    return made


@asynccontextmanager
async def encrypted(port: int, certificate: Path) -> AsyncIterator[ValkeySettings]:
    """What takes nothing but TLS, and passes on what is in it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))

    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while some := await reader.read(65536):
                writer.write(some)
                await writer.drain()
        writer.close()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(passed(reader, behind[1]), passed(behind[0], writer))

    async with await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context) as server:
        yield ValkeySettings("127.0.0.1", server.sockets[0].getsockname()[1], tls=True)


def test_what_one_puts_through_tls_the_other_gets(server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async def scene() -> None:
        async with (
            encrypted(server.port, certificate) as settings,
            Connected(settings) as one,
            Connected(settings) as other,
        ):
            await Shared(Memory(0), one).put("a", b"rows", 60)
            assert await Shared(Memory(0), other).get("a") == b"rows"
            async with Shared(Memory(0), one).turn("a", 1):
                pass
            assert not one.away
            assert not other.away

    asyncio.run(scene())


def test_a_certificate_nobody_vouches_for_gets_nothing(server, certificate, caplog):
    async def scene() -> None:
        async with encrypted(server.port, certificate) as settings, Connected(settings) as valkey:
            store = Shared(Memory(1000), valkey)
            await store.put("a", b"rows", 60)
            assert valkey.away
            assert await store.get("a") == b"rows"
        async with Connected(server.settings) as plain:
            assert await plain.client.keys("*") == []

    asyncio.run(scene())
    assert "cannot be used" in caplog.text


def test_who_should_speak_tls_does_not_speak_without(server):
    async def scene() -> None:
        async with Connected(ValkeySettings("127.0.0.1", server.port, tls=True)) as valkey:
            await Shared(Memory(0), valkey).put("a", b"rows", 60)
            assert valkey.away

    asyncio.run(scene())
