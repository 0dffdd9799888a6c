"""Commands that ask one question."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from gateway import render, wiring
from gateway import sandbox as boxes
from gateway.cli.ask import Ask, answered, posted
from gateway.cli.run import configured
from gateway.config import load

_DEFAULT = Path("threefold.yaml")
Config = click.option(
    "--config", type=click.Path(path_type=Path), help="Configuration file.  [default: threefold.yaml]"
)
Url = click.option("--url", help="Ask a running gateway, e.g. http://127.0.0.1:8000/graphql.")
Demo = click.option("--demo", is_flag=True, help="Ask the sandbox company.")
Variables = click.option("--variables", default=None, help="Variables as a JSON object.")


@click.command(
    epilog="""\b
Examples:
  threefold query --demo question.graphql
  threefold query --url http://127.0.0.1:8000/graphql --format csv question.graphql > left.csv
  echo '{ budgetPosition { totals { budget consumed available } } }' | threefold query --demo -
"""
)
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
@Config
@Url
@Demo
@Variables
def query(
    file: Any, form: str, config: Path | None, url: str | None, variables: str | None, *, demo: bool
) -> None:
    """Ask the question in FILE (or - for standard input) and print its rows."""
    body = _ask(file.read(), config, url, variables, demo=demo)
    if form == "json":
        click.echo(orjson.dumps(body, option=orjson.OPT_INDENT_2).decode())
    elif data := _answer(body):
        rows = render.rows_of(data) or [data]
        click.echo(render.as_csv(rows) if form == "csv" else render.as_table(rows))
    _complain(body)


@click.command(epilog="Example: threefold explain --demo question.graphql")
@click.argument("file", type=click.File(encoding="utf-8"))
@Config
@Url
@Demo
@Variables
def explain(file: Any, config: Path | None, url: str | None, variables: str | None, *, demo: bool) -> None:
    """Show who would be asked what for the question in FILE, without asking anyone."""
    body = _ask(file.read(), config, url, variables, demo=demo, explain=True)
    for plan in body.get("extensions", {}).get("queryPlans", ()):
        click.echo(f"{plan['field']}: {plan['cost']} calls known beforehand")
        for number, wave in enumerate(plan["waves"], start=1):
            click.echo(f"  wave {number}")
            for scan in wave:
                _describe(scan)
    _complain(body)


def _describe(scan: Mapping[str, Any]) -> None:
    click.echo(f"    {scan['source']}: {scan['fact']} from {scan['entity'] or 'nothing'}")
    for kind in ("pushed", "residual"):
        for text in scan[kind]:
            click.echo(f"      {kind:<9}{text}")


def _ask(
    text: str,
    config: Path | None,
    url: str | None,
    variables: str | None,
    *,
    demo: bool,
    explain: bool = False,
) -> dict[str, Any]:
    ask = Ask(text, _variables(variables), explain)
    if url is not None:
        try:
            return posted(url, ask)
        except OSError as error:
            raise click.ClickException(f"--url {url}: {error}") from None
    if demo:
        configuration = load(boxes.CONFIGURATION, boxes.CREDENTIALS, wiring.problems)
        engine = wiring.engine(configuration, boxes.in_process())
        return answered(engine, configuration.deadline, ask, configuration.limits)
    file = config or _DEFAULT
    if not file.exists():
        raise click.UsageError(
            f"{file} does not exist; give --config FILE, --url ADDRESS of a running gateway, or --demo"
        )
    configuration = configured(file)
    return answered(wiring.engine(configuration), configuration.deadline, ask, configuration.limits)


def _variables(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise click.BadParameter(f"not JSON: {error}", param_hint="--variables") from None
    if not isinstance(value, dict):
        raise click.BadParameter("expected a JSON object", param_hint="--variables")
    return value


def _answer(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields that could be answered."""
    return {name: value for name, value in (body.get("data") or {}).items() if value is not None}


def _complain(body: Mapping[str, Any]) -> None:
    """Errors on standard error; the exit status says whether there was an answer."""
    for error in body.get("errors", ()):
        click.echo(f"{error.get('extensions', {}).get('code', 'ERROR')}: {error['message']}", err=True)
    if body.get("errors") and not _answer(body) and "extensions" not in body:
        raise SystemExit(1)
