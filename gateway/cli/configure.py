"""Commands about configuration and schema."""

import asyncio
import os
from pathlib import Path

import click
import orjson

from gateway import check as checking
from gateway import wiring
from gateway.config import json_schema
from resolvers.graph.schema import build


@click.command(epilog="Example: threefold check threefold.yaml")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Report every problem of a configuration at once, then probe each source."""
    report = asyncio.run(checking.check(file, os.environ, wiring.problems, wiring.connected))
    for line in report.lines:
        click.echo(line)
    if not report.ok:
        raise SystemExit(1)


@click.command(epilog="Example: threefold schema > schema.graphql")
@click.option("--config", is_flag=True, help="Print the JSON Schema of the configuration file instead.")
def schema(*, config: bool) -> None:
    """Print the GraphQL schema."""
    if config:
        click.echo(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo(build().as_str())
