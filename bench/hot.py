"""A dashboard's question asked again and again: the gateway beside bare Starlette that returns its bytes.

`python -m bench.hot gateway|bare` is the server of one side; it prints the port it listens on.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.result import Result
from gateway.app import application
from resolvers.plan.engine import Engine
from sources.aspects.cache import Ages, Cached, Memory
from tests.gateway.world import SYSTEMS, Network, model, sources

CONNECTIONS: Final = 16
SECONDS: Final = 1.0
ROUNDS: Final = 9
GOAL: Final = 0.5
DOCUMENT: Final = """
query Panel($year: Int!) {
  budgetPosition(period: { fiscalYear: $year }, groupBy: [COST_CENTER], limit: 20) {
    rows { cellId costCenter { id name } budget consumed available consumedPercent }
    totals { budget consumed available }
    sources { name state dataAsOf withinMaxAge }
  }
}
"""
BODY: Final = orjson.dumps({"query": DOCUMENT, "variables": {"year": 2026}})


def measure() -> Result:
    with running("gateway") as ours, running("bare") as bare:
        rates = [asyncio.run(_asked(address)) for address in _turns(ours, bare)]
    gateway, plain = (sorted(rates[side::2])[ROUNDS // 2] for side in (0, 1))
    ratio = gateway[0] / plain[0]
    return Result(
        title="A hot question",
        method=(
            f"One question of a dashboard, {len(BODY):,} bytes, whose answer of {gateway[2]:,} bytes is "
            f"kept, over {CONNECTIONS} connections for {SECONDS:g} s; bare Starlette has those very bytes in "
            "a route of its own and reads nothing. Both under uvicorn, each in a process of its own, in turn."
        ),
        head=("", f"answers a second, median of {ROUNDS}", "processor time of the server for one", "ratio"),
        rows=[
            ("bare Starlette", f"{plain[0]:,.0f}", _micros(plain[1]), "1"),
            ("Threefold", f"{gateway[0]:,.0f}", _micros(gateway[1]), f"{ratio:.2f}"),
        ],
        goal=f"Goal: at least {GOAL} ×.",
        holds=ratio >= GOAL,
    )


def _turns(ours: "Server", bare: "Server") -> Iterator["Server"]:
    for _ in range(ROUNDS):
        yield ours
        yield bare


def _micros(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs" if seconds else "unknown"


class Client(asyncio.Protocol):
    """One connection that asks the same until told to stop, as lean as it can be."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._received = b""
        self._left = 0
        self.answers = 0
        self.length = 0
        self.stopping = False
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._left == 0:
            self._received += data
            head, found, body = self._received.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            self.length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            self._left, self._received = self.length - len(body), b""
        else:
            self._left -= len(data)
        if self._left == 0:
            self.answers += 1
            if self.stopping:
                self._transport.close()
                self.done.set_result(None)
            else:
                self._transport.write(self._request)


class Server:
    """A process that serves one side."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    def busy(self) -> float:
        """Seconds of processor time it has used; 0 where the system does not say."""
        told = Path(f"/proc/{self.pid}/stat")
        if not told.exists():
            return 0.0
        fields = told.read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _asked(server: Server) -> tuple[float, float, int]:
    """Answers a second, the server's processor time for one, and its bytes."""
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    loop = asyncio.get_running_loop()
    began, busy = time.perf_counter(), server.busy()
    clients = [
        (await loop.create_connection(lambda: Client(head.encode() + BODY), "127.0.0.1", server.port))[1]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(SECONDS)
    for client in clients:
        client.stopping = True
    await asyncio.gather(*(client.done for client in clients))
    answers = sum(client.answers for client in clients)
    taken = time.perf_counter() - began
    return answers / taken, (server.busy() - busy) / answers, clients[0].length


@contextmanager
def running(side: str) -> Iterator[Server]:
    """The server of one side, which has its answer ready."""
    command = [sys.executable, "-m", "bench.hot", side]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        server = Server(int(process.stdout.readline()), process.pid)
        yield server
    finally:
        process.terminate()
        process.wait()


def gateway() -> Starlette:
    """The gateway over three systems, keeping what it read and what it answered for an hour."""
    store = Memory(100_000_000)
    found = sources(SYSTEMS, "http://{}".format, transport=Network())
    kept = {name: Cached(source, store, Ages(fresh=3600)) for name, source in found.items()}
    return application(Engine(model(), kept), deadline=30, answer_bytes=100_000_000)


async def answer() -> bytes:
    """What the gateway has to say once it has read everything."""
    app = gateway()
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=60) as client,
    ):
        replies = [await client.post("/graphql", json=orjson.loads(BODY)) for _ in range(3)]
    if replies[1].content != replies[2].content or "errors" in replies[2].json():
        raise RuntimeError(replies[2].text)
    return replies[2].content


def bare() -> Starlette:
    """The same bytes, and nothing else."""
    body = asyncio.run(answer())

    async def told(_: Request) -> Response:
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/graphql", told, methods=["POST"])])


def serve(side: str) -> None:
    app = {"gateway": gateway, "bare": bare}[side]()
    with socket.create_server(("127.0.0.1", 0)) as opened:
        print(opened.getsockname()[1], flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[opened])


if __name__ == "__main__":
    serve(sys.argv[1])
