"""A process of its own that serves sandbox systems: `python -m bench.server ROWS… --latency MS`.

    /budget/…    one budget of so many distinct cells for each ROWS, as legal entities R1000, R10000 …
    /plan, /requests, /buying, /ledger    one company's documents, every answer late by so much

It prints the port it listens on.
"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from sources.sandbox.canonical import app_of
from sources.sandbox.faults import Faults
from tests.gateway.world import publication

SYSTEMS = ("plan", "requests", "buying", "ledger")
ACCOUNTS, MONTHS = 100, 10


def entries(rows: int) -> Iterator[dict[str, str]]:
    """Budget entries that no grouping makes fewer: cost centre × account × period, each once."""
    for n in range(rows):
        center, rest = divmod(n, ACCOUNTS * MONTHS)
        account, month = divmod(rest, MONTHS)
        yield {
            "id": f"B{n}",
            "number": f"B{n}",
            "type": "ORIGINAL",
            "legal_entity": f"R{rows}",
            "account": str(6000 + account),
            "cost_center": f"R{rows}-{center}",
            "period": f"2026-P{month + 1:02d}",
            "date": "2026-01-01",
            "scenario": "BUDGET",
            "version": "APPROVED",
            "status": "APPROVED",
            "currency": "USD",
            "amount": f"{(n * 7919) % 10_000_000}.{n % 100:02d}",
        }


@click.command()
@click.argument("rows", nargs=-1, type=int)
@click.option("--latency", default=0.0)
def serve(rows: tuple[int, ...], latency: float) -> None:
    budget = [entry for count in rows for entry in entries(count)]
    late = Faults(publication(scale=1), latency_ms=latency)
    app = Starlette(
        routes=[
            Mount(
                "/budget", app_of({"budget-entries": budget}, data_as_of=datetime(2026, 6, 30, tzinfo=UTC))
            ),
            *(Mount(f"/{name}", late) for name in SYSTEMS),
        ]
    )
    with socket.create_server(("127.0.0.1", 0)) as opened:
        click.echo(opened.getsockname()[1])
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[opened])


@contextmanager
def running(*rows: int, latency: float = 0) -> Iterator[str]:
    """The address of a server that lives as long as the context."""
    command = [sys.executable, "-m", "bench.server", *map(str, rows), "--latency", str(latency)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    serve()
