"""Two gateways as operating them goes: processes of their own, over one company and one Valkey."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.sandbox import CONFIGURATION
from sources.sandbox.canonical import DEMO_KEY, app
from sources.sandbox.estate import build
from tests.aspects.valkeys import Server
from tests.browser.serving import serving

ROOT: Final = Path(__file__).parent.parent.parent
HOOK_SECRET: Final = "whsec_fleet"
_SOURCES: Final = """
sources:
  plan: {{facts: [BUDGET], maxAge: 10m, connector: canonical, url: {url}, auth: &in {{kind: bearer, token: env:TOKEN}}, entities: &all {{US01: US01, DE01: DE01, GB01: GB01, JP01: JP01}}}}
  buying: {{facts: [REQUISITION, ORDER, RECEIPT, INVOICE], maxAge: 10m, connector: canonical, url: {url}, auth: *in, entities: *all}}
  ledger: {{facts: [LEDGER, VOUCHER], maxAge: 10m, connector: canonical, url: {url}, auth: *in, entities: *all, hook: {{scheme: hmac, secret: env:HOOK}}}}
"""  # noqa: E501  a source is a line
_THREEFOLD: Final = (sys.executable, "-c", "from gateway.cli import main; main()")
_COMPANY: Final = ("US01", "DE01", "GB01", "JP01")


class System:
    """The system behind them. `calls` are addresses with their questions; each takes `seconds`."""

    def __init__(self) -> None:
        self._app: ASGIApp = app(build(seed=7, scale=0.05), entities=_COMPANY, budget=True)
        self.calls: Counter[str] = Counter()
        self.seconds = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.calls[f"{scope['path']}?{scope['query_string'].decode()}"] += 1
            await asyncio.sleep(self.seconds)
        await self._app(scope, receive, send)


class Fleet:
    """Running while in use as a context."""

    def __init__(self, folder: Path) -> None:
        self.system, self.valkey = System(), Server()
        self._folder = folder
        self._stack = ExitStack()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.addresses: list[str] = []

    def __enter__(self) -> Self:
        with self._stack:
            address = self._stack.enter_context(serving(self.system))
            self._stack.enter_context(self.valkey)
            file = self._folder / "threefold.yaml"
            file.write_text(_configuration(address, self.valkey.port), encoding="utf-8")
            for _ in range(2):
                self._begin(file)
            for address, process in zip(self.addresses, self.processes, strict=True):
                _ready(address, process)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _begin(self, file: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [*_THREEFOLD, "serve", str(file), "--port", str(port), "--drain", "1"],
            cwd=ROOT,
            env={**os.environ, "TOKEN": DEMO_KEY, "HOOK": HOOK_SECRET, "PYTHONPATH": str(ROOT)},
        )
        self._stack.callback(_ended, process)
        self.processes.append(process)
        self.addresses.append(f"http://127.0.0.1:{port}")

    def together(self, *bodies: Any, **headers: str) -> list[httpx.Response]:
        """The replies to questions that are asked at once, of one replica and of the other in turn."""

        async def scene() -> list[httpx.Response]:
            async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None)) as client:
                return await asyncio.gather(
                    *(
                        client.post(f"{self.addresses[i % 2]}/graphql", json={"query": body}, headers=headers)
                        for i, body in enumerate(bodies)
                    )
                )

        return asyncio.run(scene())

    def ask(self, replica: int, query: str) -> Any:
        reply = httpx.post(f"{self.addresses[replica]}/graphql", json={"query": query}, timeout=60)
        assert reply.status_code == 200
        return reply.json()

    def terminate(self, replica: int) -> None:
        self.processes[replica].send_signal(signal.SIGTERM)


def _configuration(address: str, port: int) -> str:
    """The demo's company, its documents in one system."""
    company = CONFIGURATION.read_text(encoding="utf-8").partition("crosswalks:")[0]
    company = company.replace("../../sources", str(ROOT / "sources"))
    company = re.sub(r"(, currency: [A-Z]{3})[^}]*}", r"\1, unused: [DEFERRAL]}", company)
    cache = f"cache: {{url: 'valkey://127.0.0.1:{port}/0'}}\n"
    return company + cache + _SOURCES.format(url=address)


def _ready(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"it ended at once, with {process.returncode}")
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(address)


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
