"""Commands that run until they are stopped."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
import httpx
from starlette.applications import Starlette

from gateway import render, wiring
from gateway import sandbox as boxes
from gateway.app import application
from gateway.audit.sink import Sink, sink
from gateway.cli.ask import Ask, posted
from gateway.cli.server import Server
from gateway.config import Configuration, ConfigurationError, load
from gateway.questions import QUESTIONS
from gateway.telemetry import begin

_OPEN: Final = "profile 'demo': anyone who reaches this address can read every figure"
_CLOSED: Final = """\
{file}: profile 'production' does not start open; it needs identity. Write who may ask, for example

  identity:
    keys: keys.json            # made by `threefold key new NAME --role ROLE`
    issuers:
      - issuer: https://login.example.com
        audience: [threefold]
  roles:
    everything: {{}}             # sees everything; what is no role here sees nothing

or profile: demo, on a machine and a network you trust. docs/security.md explains both."""
"""What is said where nobody would have to say who they are."""
Port = click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
Host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")


def configured(file: Path) -> Configuration:
    """The configuration, or every problem printed and the command ended."""
    try:
        configuration = load(file, os.environ, wiring.problems)
    except ConfigurationError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        raise SystemExit(1) from None
    for warning in configuration.warnings:
        click.echo(f"{warning} (warning)", err=True)
    return configuration


@click.command(epilog="Example: threefold serve threefold.yaml --host 0.0.0.0 --port 8000")
@click.argument("file", type=click.Path(path_type=Path))
@Host
@Port
@click.option(
    "--drain",
    type=click.FloatRange(0),
    default=5.0,
    show_default=True,
    help="Seconds from SIGTERM, when /readyz says no, until the door closes.",
)
def serve(file: Path, host: str, port: int, drain: float) -> None:
    """Serve the gateway: GraphQL at /graphql, the explorer at /."""
    configuration = configured(file)
    if configuration.identity is None:
        if configuration.profile != "demo":
            raise click.ClickException(_CLOSED.format(file=file))
        click.echo(_OPEN, err=True)
    _run(Server(_application(configuration), host, port, configuration.deadline, drain))


@click.command(epilog="Example: threefold demo --port 8010")
@Port
@click.option("--seed", default=7, show_default=True, help="Another seed, another company history.")
@click.option("--scale", default=1, show_default=True, help="Multiplies the number of documents.")
def demo(port: int, seed: int, scale: int) -> None:
    """Serve the gateway over a sandbox company of five systems, all in this process."""
    configuration = load(boxes.CONFIGURATION, boxes.CREDENTIALS, wiring.problems)
    app = _application(configuration, boxes.in_process(seed, scale))
    click.echo(_OPEN, err=True)
    _run(Server(app, "127.0.0.1", port, configuration.deadline), _introduce)


@click.command(epilog="Example: threefold sandbox --latency 50 --error-rate 0.02 --page-size 100")
@Host
@click.option("--port", default=9000, show_default=True, help="The first of five ports.")
@click.option("--latency", default=0.0, help="Milliseconds added to every answer.")
@click.option(
    "--error-rate", type=click.FloatRange(0, 1), default=0.0, help="Share of calls refused with 503."
)
@click.option(
    "--page-size", type=click.IntRange(1), default=None, help="Rows per page, where a system pages."
)
@click.option("--seed", default=7, show_default=True, help="Another seed, another company history.")
@click.option("--scale", default=1, show_default=True, help="Multiplies the number of documents.")
def sandbox(
    host: str, port: int, latency: float, error_rate: float, page_size: int | None, seed: int, scale: int
) -> None:
    """Serve the sandbox company's systems, each on a port, in its vendor's dialect."""
    boxes.on_ports(
        host, port, seed=seed, scale=scale, page_size=page_size, latency_ms=latency, error_rate=error_rate
    )


def _application(
    configuration: Configuration, transport: httpx.AsyncBaseTransport | None = None
) -> Starlette:
    """The gateway of a configuration, which this process traces. `transport` replaces the network."""
    wired = wiring.wired(configuration, transport)
    return application(
        wired.engine,
        configuration.deadline,
        configuration.answer_bytes,
        configuration.hooks,
        wired.changes,
        configuration.limits,
        wired.replicas,
        wired.identity,
        roles=configuration.roles,
        audit=audit(configuration),
        metrics=configuration.telemetry.metrics,
        last=begin(configuration.telemetry),
    )


def audit(configuration: Configuration) -> Sink:
    """Where its audit goes, or what is wrong with that and the command ended."""
    try:
        return sink(configuration.audit)
    except OSError as error:
        raise click.ClickException(f"audit.file: cannot be written: {error.strerror}") from None


def _run(server: Server, ready: Callable[[str], None] | None = None) -> None:
    if ready is not None:
        threading.Thread(target=_announced, args=(server, ready), daemon=True).start()
    server.run()


def _announced(server: Server, ready: Callable[[str], None]) -> None:
    """Tells `ready` the address once the server listens."""
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    ready(f"http://{host}:{port}")


def _introduce(address: str) -> None:
    question = QUESTIONS[0]
    body = posted(f"{address}/graphql", Ask(question.document))
    click.echo(f"Threefold demo at {address}\n")
    click.echo(f"  explorer  {address}/\n  GraphQL   {address}/graphql\n")
    click.echo(question.document)
    click.echo(render.as_table(render.rows_of(body["data"])))
    asked = ", ".join(source["name"] for source in body["data"]["budgetPosition"]["sources"])
    click.echo(f"\nEvery figure was read just now from {asked}. Press Ctrl+C to stop.")
