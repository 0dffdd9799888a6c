"""The command line: `threefold serve | demo | check | key | schema | query | explain | sandbox | whoami`."""

import click

from gateway.cli.configure import check, schema
from gateway.cli.key import key
from gateway.cli.question import explain, query
from gateway.cli.run import demo, sandbox, serve
from gateway.cli.whoami import whoami

_HELP = """Budget, commitments and actuals side by side, live from the systems where they live.

\b
threefold demo                     a company of five systems, and the explorer
threefold check threefold.yaml     everything wrong with a configuration, then a probe
threefold serve threefold.yaml     the gateway
threefold query question.graphql   one answer as a table
"""


@click.group(help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="threefold")
def main() -> None:
    """Run one of the commands."""


for command in (serve, demo, check, key, schema, query, explain, sandbox, whoami):
    main.add_command(command)
