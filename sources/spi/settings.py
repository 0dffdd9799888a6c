"""A tenant's settings for one source, resolved and frozen: what configuration hands to a connector."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sources.spi.facts import Fact


class Secret:
    """A credential that never prints. `reveal()` is called by auth code only."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one source may cost or return; a connector's own numbers apply where None."""

    concurrency: int = 8
    calls_per_second: float | None = None
    page_size: int | None = None
    max_rows: int = 500_000
    max_pages: int = 10_000
    max_bytes: int = 256 * 1024 * 1024
    timeout: float = 30.0
    """Seconds for one upstream call; the question's deadline cuts it shorter."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """`entities` maps canonical legal entities to the source's company codes, `facts` narrows what the
    connector offers (empty: all), `account` names the vendor account whose concurrency is shared, `max_age`,
    `stale_while_revalidate` and `stale_if_error` say, in seconds, how long what was read may be answered
    with, `options` fills the connector's own parameters (workspace ids, database name), `mapping` overrides
    connector columns per connector entity."""

    name: str
    connector: str
    url: str
    auth: Mapping[str, str | Secret] = field(default_factory=dict)
    account: str | None = None
    entities: Mapping[str, str] = field(default_factory=dict)
    facts: frozenset[Fact] = frozenset()
    limits: Limits = field(default_factory=Limits)
    max_age: float = 60.0
    stale_while_revalidate: float = 0.0
    stale_if_error: float = 0.0
    options: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ca: str | None = None
    proxy: str | None = None


@dataclass(frozen=True, slots=True)
class ValkeySettings:
    """A Valkey that several gateways share."""

    host: str
    port: int = 6379
    database: int = 0
    tls: bool = False
    username: str | None = None
    password: Secret | None = None
