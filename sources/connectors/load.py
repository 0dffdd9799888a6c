"""From a connector's name and a tenant's settings to a source that can be asked.

A connector is a YAML file beside this module. Its dialect says by which model it is read; a misspelt key
or an unknown column is an error that names it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import httpx
from pydantic import ValidationError

from sources.connectors import strict
from sources.dialects.base import ConnectedSource
from sources.dialects.spec import ConnectorSpec
from sources.spi.settings import SourceSettings
from sources.transport.auth import AuthSpec
from sources.transport.channel import Channel
from sources.transport.limits import Accounts
from sources.transport.retry import Retry

_HERE: Final = Path(__file__).parent
DIALECTS: Final = ("odata", "rest", "grid", "rpc")


class SettingsError(ValueError):
    """A tenant's settings do not fit the connector; `problems` lists every reason, not only the first."""

    def __init__(self, source: str, problems: list[str]) -> None:
        super().__init__(f"source {source!r}: {'; '.join(problems)}")
        self.problems = tuple(problems)


def connectors() -> tuple[str, ...]:
    """The names of all connectors, sorted."""
    return tuple(sorted(path.stem for path in _HERE.glob("*.yaml")))


@cache
def connector(name: str) -> ConnectorSpec[Any]:
    """The connector of that name. Raises ValueError for one that does not exist or is not well-formed."""
    if name not in connectors():
        raise ValueError(f"there is no connector {name!r}; there are {', '.join(connectors())}")
    data = strict.read(_HERE / f"{name}.yaml")
    return dialect(str(data.get("dialect"))).spec_model.model_validate(data)


@cache
def dialect(name: str) -> type[ConnectedSource[Any]]:
    """The source class of a dialect: the one its module defines."""
    if name not in DIALECTS:
        raise ValueError(f"there is no dialect {name!r}; there are {', '.join(DIALECTS)}")
    module = import_module(f"sources.dialects.{name}")
    classes = (item for item in vars(module).values() if isinstance(item, type))
    return next(c for c in classes if issubclass(c, ConnectedSource) and c.__module__ == module.__name__)


def build(
    settings: SourceSettings,
    accounts: Accounts,
    transport: httpx.AsyncBaseTransport | None = None,
    retry: Retry | None = None,
) -> ConnectedSource[Any]:
    """The source of a connector, by name. See `assemble`."""
    return assemble(connector(settings.connector), settings, accounts, transport, retry)


def assemble(
    described: ConnectorSpec[Any],
    settings: SourceSettings,
    accounts: Accounts,
    transport: httpx.AsyncBaseTransport | None = None,
    retry: Retry | None = None,
) -> ConnectedSource[Any]:
    """The source. `accounts` is shared by all sources of a process; `transport` replaces the network.

    Raises SettingsError with everything that does not fit.
    """
    spec = _overridden(described, settings)
    options, problems = _options(spec, settings)
    way = _way(spec, settings, problems)
    if problems:
        raise SettingsError(settings.name, problems)
    filled = replace(settings, options=options)
    source = dialect(spec.dialect)
    concurrency = min(settings.limits.concurrency, spec.limits.concurrency)
    channel = Channel(
        filled,
        auth=source.auth(way, filled),
        limiter=accounts.limiter(
            settings.account or f"source {settings.name}", concurrency, settings.limits.calls_per_second
        ),
        rules=spec.errors,
        headers=spec.headers,
        transport=transport,
        retry=retry,
    )
    return source(spec, filled, channel)


def _overridden(spec: ConnectorSpec[Any], settings: SourceSettings) -> ConnectorSpec[Any]:
    try:
        return spec.overridden({entity: dict(columns) for entity, columns in settings.mapping.items()})
    except ValidationError as error:
        problems = [f"mapping {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise SettingsError(settings.name, problems) from None
    except ValueError as error:
        raise SettingsError(settings.name, [f"mapping: {error}"]) from None


def _options(spec: ConnectorSpec[Any], settings: SourceSettings) -> tuple[dict[str, str], list[str]]:
    """The options with defaults filled in, and what is wrong with them."""
    problems = [
        f"option {name!r} is not one of {', '.join(spec.options) or 'this connector'}"
        for name in settings.options
        if name not in spec.options
    ]
    given: Mapping[str, str | None] = {
        name: settings.options.get(name, option.default) for name, option in spec.options.items()
    }
    for name, option in spec.options.items():
        value = given[name]
        if value is None:
            problems.append(f"option {name!r} is missing: {option.meaning}")
        elif option.pattern is not None and not re.fullmatch(option.pattern, value):
            problems.append(f"option {name!r} must match {option.pattern}")
    return {name: value for name, value in given.items() if value is not None}, problems


def _way(spec: ConnectorSpec[Any], settings: SourceSettings, problems: list[str]) -> AuthSpec:
    """The way in that the tenant chose, else the connector's first."""
    kind = settings.auth.get("kind", spec.auth[0].kind)
    way = next((way for way in spec.auth if way.kind == kind), None)
    if way is None:
        problems.append(f"auth kind {kind!r} is not one of {', '.join(way.kind for way in spec.auth)}")
        return spec.auth[0]
    missing = [name for name in way.fields if not settings.auth.get(name)]
    problems.extend(f"auth {way.kind!r} needs {name!r}" for name in missing)
    return way
