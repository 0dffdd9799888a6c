"""Commands about keys, for programs that cannot fetch tokens."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from gateway import render
from gateway.config import ConfigurationError, keys_file
from gateway.identity import keys
from resolvers.semantics.duration import seconds

_SHORT: Final = timedelta(minutes=1)

Config = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("threefold.yaml"),
    show_default=True,
    help="Configuration file that names the file of keys.",
)


@click.group()
def key() -> None:
    """Make, list and revoke keys. A running gateway notices within a second or two."""


@key.command(
    epilog="""\b
Examples:
  threefold key new powerbi --role finance --expires 365d
  threefold key new powerbi --role finance --replace 7d     (the old one ends in a week)
"""
)
@click.argument("name")
@click.option("--role", "roles", multiple=True, help="A role it has; may be given several times.")
@click.option("--expires", default=None, help="How long it counts, such as 90d.  [default: until revoked]")
@click.option("--replace", default=None, help="When keys that have the name already end, such as 7d or 0s.")
@Config
def new(name: str, roles: tuple[str, ...], expires: str | None, replace: str | None, config: Path) -> None:
    """Make a key for NAME, and show it, once."""
    if not name.isprintable() or name != name.strip() or not 1 <= len(name) <= 64:  # noqa: PLR2004  a column's width
        raise click.BadParameter("expected 1 to 64 printable characters", param_hint="NAME")
    now = datetime.now(UTC).replace(microsecond=0)
    end = None if expires is None else now + _duration("--expires", expires)
    if end is not None and end - now < _SHORT:
        raise click.BadParameter("expected at least 1m", param_hint="--expires")
    made, text = keys.made(name, roles, now, end)
    file = _file(config)
    try:
        with keys.changing(file) as held:
            if any(each.name == name for each in held):
                if replace is None:
                    message = f"{name} has a key; say with --replace when that one ends, such as 7d or 0s"
                    raise click.ClickException(message)
                held[:] = keys.superseded(held, name, now + _duration("--replace", replace))
            held.append(made)
    except keys.UnreadableError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{file}: key {made.id} of {name}, {_until(end)}. It is shown this once:", err=True)
    click.echo(text)


@key.command("list")
@Config
def listed(config: Path) -> None:
    """Show who has which keys. What they are checked against says nothing, and is not shown."""
    now = datetime.now(UTC)
    rows = [
        {
            "id": each.id,
            "name": each.name,
            "roles": " ".join(each.roles),
            "created": each.created.isoformat(),
            "state": "expired" if each.expired(now) else _until(each.expires),
        }
        for each in _read(_file(config))
    ]
    click.echo(render.as_table(rows) if rows else "no keys")


@key.command()
@click.argument("named", metavar="ID|NAME")
@Config
def revoke(named: str, config: Path) -> None:
    """End the key with that id, or all of that name, now."""
    try:
        with keys.changing(_file(config)) as held:
            before = len(held)
            held[:] = keys.without(held, named)
            gone = before - len(held)
            if not gone:
                raise click.ClickException(f"no key has the id or name {named!r}; see `threefold key list`")
    except keys.UnreadableError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"revoked {gone} key{'s' if gone > 1 else ''}")


def _file(config: Path) -> Path:
    try:
        found = keys_file(config)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    if found is None:
        raise click.ClickException(
            f"{config} names no file of keys; write\n\n  identity:\n    keys: keys.json"
        )
    return found


def _read(file: Path) -> list[keys.Key]:
    try:
        return keys.read(file)
    except keys.UnreadableError as error:
        raise click.ClickException(str(error)) from None


def _duration(option: str, text: str) -> timedelta:
    try:
        return timedelta(seconds=seconds(text))
    except (ValueError, OverflowError):
        raise click.BadParameter("expected a duration such as 12h or 90d", param_hint=option) from None


def _until(end: datetime | None) -> str:
    return "until revoked" if end is None else f"until {end.isoformat()}"
