"""Wiring: from a configuration to an engine. The only room that knows which connectors exist."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import pbkdf2_hmac
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import httpx

from gateway.config import Configuration
from resolvers.plan.engine import Engine
from sources.aspects.cache import APART, Ages, Cached, Memory, Shared, Store, Told, Valkey
from sources.aspects.coalesce import Coalesced
from sources.connectors import load
from sources.spi.changes import Changes
from sources.spi.replicas import Alone, Replicas
from sources.spi.settings import Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts

_ROUNDS: Final = 100_000


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
    known_by = fingerprint(settings) if isinstance(store, Shared) else repr(settings)
    return Cached(source, store, ages, known_by, changes)


@dataclass(frozen=True, slots=True)
class Wired:
    """A gateway's engine, what it hears has changed, and whom it tells."""

    engine: Engine
    changes: Changes
    replicas: Replicas


def wired(configuration: Configuration, transport: httpx.AsyncBaseTransport | None = None) -> Wired:
    """One of several replicas where the configuration names what they share; else the only one."""
    if configuration.shared is None:
        changes = Changes()
        return Wired(engine(configuration, transport, changes), changes, Alone())
    changes = Changes(APART)
    valkey = Valkey(configuration.shared)
    store = Shared(Memory(configuration.cache_bytes), valkey)
    return Wired(engine(configuration, transport, changes, store), changes, Told(valkey, changes))


def engine(
    configuration: Configuration,
    transport: httpx.AsyncBaseTransport | None = None,
    changes: Changes | None = None,
    store: Store | None = None,
) -> Engine:
    """The engine of a configuration, on its clock. What it reads is kept in `store`, or in this process."""
    if store is None and configuration.cache_bytes:
        store = Memory(configuration.cache_bytes)
    return Engine(
        configuration.model,
        connected(configuration.sources, transport, store, changes),
        max_ages={name: settings.max_age for name, settings in configuration.sources.items()},
        now=_clock(configuration.clock),
    )


def fingerprint(settings: SourceSettings) -> str:
    """All that decides what a source answers, for a store that others use too. Its secrets are among it,
    since other accounts may see other rows; hashed slowly, because what is made of this lies outside.
    Every process says the same of the same settings: sets, which it orders in its own way, are sorted."""
    secrets = sorted(
        (name, each.reveal()) for name, each in settings.auth.items() if isinstance(each, Secret)
    )
    hashed = pbkdf2_hmac("sha256", repr(secrets).encode(), b"threefold", _ROUNDS).hex() if secrets else ""
    ordered = replace(settings, facts=frozenset()), sorted(settings.facts)
    return repr((ordered, hashed, _release()))


def _release() -> str:
    """Another release may read the same system otherwise."""
    try:
        return version("threefold")
    except PackageNotFoundError:
        return ""


def _clock(pinned: datetime | None) -> Callable[[], datetime]:
    if pinned is None:
        return lambda: datetime.now(UTC)
    return lambda: pinned
