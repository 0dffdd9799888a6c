"""Wiring: from a configuration to an engine. The only room that knows which connectors exist."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import httpx

from gateway.config import Configuration
from resolvers.plan.engine import Engine
from sources.aspects.cache import Ages, Cached, Memory, Store
from sources.aspects.coalesce import Coalesced
from sources.connectors import load
from sources.spi.changes import Changes
from sources.spi.settings import SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts


def problems(settings: SourceSettings) -> list[str]:
    """What is wrong with one source's settings, as far as its connector can tell."""
    try:
        load.build(settings, Accounts())
    except load.SettingsError as error:
        return list(error.problems)
    except ValueError as error:
        return [str(error)]
    return []


def connected(
    settings: Mapping[str, SourceSettings],
    transport: httpx.AsyncBaseTransport | None = None,
    store: Store | None = None,
    changes: Changes | None = None,
) -> dict[str, Source]:
    """A source for each, equal scans in flight being one. `transport` replaces the network; what was read is
    kept in `store`, if there is one, until `changes` say that it changed."""
    accounts = Accounts()
    found: dict[str, Source] = {}
    for name, each in settings.items():
        source = Coalesced(load.build(each, accounts, transport))
        found[name] = source if store is None else _kept(source, each, store, changes)
    return found


def _kept(source: Source, settings: SourceSettings, store: Store, changes: Changes | None) -> Cached:
    ages = Ages(
        settings.max_age,
        settings.stale_while_revalidate,
        settings.stale_if_error,
        2 * settings.limits.timeout,
    )
    return Cached(source, store, ages, repr(settings), changes)


def engine(
    configuration: Configuration,
    transport: httpx.AsyncBaseTransport | None = None,
    changes: Changes | None = None,
) -> Engine:
    """The engine of a configuration, on its clock."""
    store = Memory(configuration.cache_bytes) if configuration.cache_bytes else None
    return Engine(
        configuration.model,
        connected(configuration.sources, transport, store, changes),
        max_ages={name: settings.max_age for name, settings in configuration.sources.items()},
        now=_clock(configuration.clock),
    )


def _clock(pinned: datetime | None) -> Callable[[], datetime]:
    if pinned is None:
        return lambda: datetime.now(UTC)
    return lambda: pinned
