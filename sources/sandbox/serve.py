"""All systems of the sandbox over one estate: as applications in this process, or on ports."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Final

import click
import uvicorn
from starlette.types import ASGIApp

from sources.sandbox import anaplan, canonical, coupa, sap, tryton
from sources.sandbox.estate.documents import Estate
from sources.sandbox.faults import Faults

_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


def systems(
    estate: Estate, *, page_size: int | None = None, latency_ms: float = 0, error_rate: float = 0.0
) -> dict[str, ASGIApp]:
    """Every system by name. `page_size` replaces each system's own where it has one: Anaplan does not
    page, and Tryton's clients say how much they want. `latency_ms` and `error_rate` as in `Faults`.
    """
    applications: dict[str, ASGIApp] = {
        "anaplan": anaplan.app(estate),
        "sap": sap.app(estate, page_size=page_size),
        "coupa": coupa.app(estate, page_size=page_size),
        "tryton": tryton.app(estate),
        "canonical": canonical.app(estate, page_size=page_size or canonical.PAGE_SIZE),
    }
    if not latency_ms and not error_rate:
        return applications
    return {name: Faults(system, latency_ms, error_rate) for name, system in applications.items()}


def serve_on_ports(
    systems: Mapping[str, ASGIApp],
    host: str,
    first_port: int,
    announce: Callable[[str], None] = click.echo,
) -> None:
    """Serves each system on a port of its own, from `first_port` on (0: any free ones), announcing every
    address, until SIGINT or SIGTERM. Raises OSError when a port is taken.
    """
    listening = [_listen(host, first_port and first_port + i) for i in range(len(systems))]
    servers = [_Server(_config(system)) for system in systems.values()]
    for name, opened in zip(systems, listening, strict=True):
        announce(f"{name:<10} http://{host}:{opened.getsockname()[1]}")
    with _stopped_together(servers), asyncio.Runner(loop_factory=servers[0].config.get_loop_factory()) as run:
        run.run(_serve(servers, listening))


def _config(system: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(system, log_level="warning", lifespan="off", server_header=False)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


class _Server(uvicorn.Server):
    """Leaves signals alone: one signal stops several servers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(servers: Sequence[_Server], listening: Sequence[socket.socket]) -> None:
    async with asyncio.TaskGroup() as group:
        for server, opened in zip(servers, listening, strict=True):
            group.create_task(server.serve([opened]))


@contextmanager
def _stopped_together(servers: Sequence[_Server]) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        for server in servers:
            server.should_exit = True

    before = {number: signal.signal(number, stop) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
