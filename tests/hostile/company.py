"""The sandbox company as it runs: five systems, each a process that can be killed, and a gateway before them.

`python -m tests.hostile.company SYSTEM PORT` is one system.
"""

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

import httpx
import uvicorn

from gateway.sandbox import CONFIGURATION, CREDENTIALS
from sources.sandbox import serve
from sources.sandbox.estate import build

ROOT: Final = Path(__file__).parent.parent.parent
SYSTEMS: Final = ("anaplan", "sap", "coupa", "tryton", "canonical")
SCALE: Final = 0.02
_THREEFOLD: Final = (sys.executable, "-c", "from gateway.cli import main; main()")
_PATIENCE: Final = 120
"""Seconds for a process to start, however busy the machine is."""


class System:
    """One system at a port that stays its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.port = _free()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns at once; `ready` waits."""
        command = [sys.executable, "-m", "tests.hostile.company", self.name, str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ready(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0


class Company:
    """Running while in use as a context. What was read is fresh for a second and answers for ten minutes
    when its system is down."""

    def __init__(self, folder: Path) -> None:
        self.systems = [System(name) for name in SYSTEMS]
        self.port = _free()
        self._file = folder / "threefold.yaml"
        self._stack = ExitStack()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    def __enter__(self) -> Self:
        with self._stack:
            for system in self.systems:
                self._stack.callback(system.kill)
                system.start()
            for system in self.systems:
                _until(system.ready)
            self._file.write_text(self._configuration(), encoding="utf-8")
            gateway = subprocess.Popen(
                [*_THREEFOLD, "serve", str(self._file), "--port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, **CREDENTIALS, "PYTHONPATH": str(ROOT)},
            )
            self._stack.callback(gateway.wait)
            self._stack.callback(gateway.kill)
            _until(self._answers)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/livez").status_code == 200
        except httpx.TransportError:
            return False

    def _configuration(self) -> str:
        """The demo's, its systems on their ports."""
        text = CONFIGURATION.read_text(encoding="utf-8").replace("../../sources", str(ROOT / "sources"))
        for system in self.systems:
            text = text.replace(f"http://{system.name}.sandbox", f"http://127.0.0.1:{system.port}")
        return re.sub(r"(?m)^( +)connector: (.*)$", r"\g<0>\n\1maxAge: 1s\n\1staleIfError: 10m", text)

    async def kill_one_after_the_other(self, seconds: float) -> None:
        """Each is down for the half of its share of the time."""
        share = seconds / len(self.systems)
        for system in self.systems:
            await asyncio.to_thread(system.kill)
            await asyncio.sleep(share / 2)
            system.start()
            await asyncio.to_thread(_until, system.ready)
            await asyncio.sleep(share / 2)


def _until(true: Any) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port: int = opened.getsockname()[1]
        return port


def main(name: str, port: int) -> None:
    app = serve.systems(build(seed=7, scale=SCALE))[name]
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", lifespan="off")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
