"""`threefold whoami`: whom a gateway takes us for, and what it shows us."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import click

from gateway.cli.ask import Ask, posted
from gateway.cli.question import KEY

_ASKED = """{ me { name anyone expires ignoredRoles
  roles { name rows { dimension members descendantsOf } measures documents masked } } }"""


@click.command(epilog="Example: THREEFOLD_KEY=tfk_… threefold whoami --url https://threefold.example/graphql")
@click.option("--url", required=True, help="A running gateway, e.g. http://127.0.0.1:8000/graphql.")
def whoami(url: str) -> None:
    """Show whom a gateway takes the key or token in THREEFOLD_KEY for, and what that may see."""
    try:
        body = posted(url, Ask(_ASKED), os.environ.get(KEY))
    except OSError as error:
        raise click.ClickException(f"--url {url}: {error}") from None
    for told in body.get("errors", ()):
        raise click.ClickException(f"{told.get('extensions', {}).get('code', 'ERROR')}: {told['message']}")
    for line in _lines(body["data"]["me"]):
        click.echo(line)


def _lines(me: Mapping[str, Any]) -> Iterator[str]:
    yield me["name"] + (f", until {me['expires']}" if me["expires"] else "")
    if me["anyone"]:
        yield "anyone may ask here, and sees everything"
    elif not me["roles"]:
        yield "no role, so nothing is shown"
    for role in me["roles"]:
        yield f"role {role['name']}"
        for reach in role["rows"]:
            below = [f"{node} and below" for node in reach["descendantsOf"]]
            yield f"  {reach['dimension']:<14}{', '.join([*reach['members'], *below]) or 'none'}"
        for kind in ("measures", "documents"):
            if role[kind] is not None:
                yield f"  {kind:<14}{', '.join(role[kind]) or 'none'}"
        if role["masked"]:
            yield f"  {'masked':<14}{', '.join(role['masked'])}"
    if me["ignoredRoles"]:
        yield f"not known here: {', '.join(me['ignoredRoles'])}"
