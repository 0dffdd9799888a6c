"""An issuer's public keys, read from where it publishes them, and read again when it changes them.

    a key we have                        used; behind it, the set is read again once it is older than FRESH
    a key we have not, set just read     refused: whoever invents key ids makes us read once in COOLDOWN
    a key we have not                    the set is read again, then used or refused
    the issuer does not answer           the keys we have count until they are older than KEPT; asked again
                                         once in RETRY

Discovery is https://openid.net/specs/openid-connect-discovery-1_0.html, the set is RFC 7517.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import jwt
import orjson

from gateway.identity.principal import UnverifiableError

log = logging.getLogger("threefold.identity")

FRESH: Final = 600.0
COOLDOWN: Final = 30.0
RETRY: Final = 5.0
KEPT: Final = 86_400.0
"""Seconds: when a set is read again; the least time between two readings, and after one that failed; how long
a set counts at most."""
_TIMEOUT: Final = 5.0
_MOST_BYTES: Final = 256 * 1024
_MOST_KEYS: Final = 100
_DISCOVERY: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Published:
    """A key as its issuer publishes it (RFC 7517). `ready` is what was made of it, by algorithm: to read a
    key takes longer than to verify with it."""

    said: Mapping[str, Any]
    ready: dict[str, jwt.PyJWK] = field(default_factory=dict)

    def made(self, algorithm: str) -> jwt.PyJWK:
        """The key for an algorithm. Raises jwt.PyJWTError for one that is none."""
        if algorithm not in self.ready:
            self.ready[algorithm] = jwt.PyJWK(dict(self.said), algorithm)
        return self.ready[algorithm]


class KeySet:
    """The keys of the issuer at `issuer`, published at `address` or where its discovery document says.
    `client` makes what it is read with; `now` is a clock in seconds."""

    def __init__(
        self,
        issuer: str,
        address: str | None,
        client: Callable[[], httpx.AsyncClient],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._address = address
        self._client = client
        self._now = now
        self._keys: tuple[Published, ...] = ()
        self._read_at: float | None = None
        self._not_before = -math.inf
        self._reading: asyncio.Task[None] | None = None

    async def keys(self, kid: str | None) -> tuple[Published, ...]:
        """The keys that `kid` may mean, or all where it is None; none, if the issuer has no such key. Raises
        UnverifiableError where the issuer's keys cannot be had."""
        found = self._known(kid)
        if found and self._age() <= FRESH:
            return found
        if found and self._age() <= KEPT:
            self._begin()
            return found
        await self._again()
        if self._age() > KEPT:
            raise UnverifiableError("the keys of the token's issuer cannot be read at the moment")
        return self._known(kid)

    async def aclose(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def _known(self, kid: str | None) -> tuple[Published, ...]:
        return self._keys if kid is None else tuple(key for key in self._keys if key.said.get("kid") == kid)

    def _age(self) -> float:
        return KEPT + 1 if self._read_at is None else self._now() - self._read_at

    async def _again(self) -> None:
        """Reads the set, or waits for who is reading it already."""
        if (reading := self._begin()) is not None:
            await asyncio.shield(reading)

    def _begin(self) -> "asyncio.Task[None] | None":
        if self._reading is None:
            if self._now() < self._not_before:
                return None
            self._not_before = self._now() + RETRY
            self._reading = asyncio.ensure_future(self._read())
            self._reading.add_done_callback(self._done)
        return self._reading

    def _done(self, _: "asyncio.Task[None]") -> None:
        self._reading = None

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(_TIMEOUT), self._client() as client:
                address = self._address or await self._discovered(client)
                found = (await _json(client, address)).get("keys")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError) as error:
            log.warning("the keys of %s cannot be read: %s", self._issuer, error or type(error).__name__)
            return
        if not isinstance(found, list) or len(found) > _MOST_KEYS:
            log.warning("what %s publishes is no set of at most %d keys", self._issuer, _MOST_KEYS)
            return
        self._keys = tuple(Published(key) for key in found if isinstance(key, dict))
        self._read_at = self._now()
        self._not_before = self._read_at + COOLDOWN

    async def _discovered(self, client: httpx.AsyncClient) -> str:
        said = await _json(client, self._issuer.rstrip("/") + _DISCOVERY)
        address = said.get("jwks_uri")
        if said.get("issuer") != self._issuer:
            raise ValueError("its discovery document names another issuer")
        if not isinstance(address, str) or not address.startswith(("https://", "http://")):
            raise ValueError("its discovery document names no jwks_uri")
        if self._issuer.startswith("https://") and not address.startswith("https://"):
            raise ValueError("its discovery document names an unencrypted jwks_uri")
        return address


async def _json(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    async with client.stream("GET", address, headers={"Accept": "application/json"}) as response:
        if response.status_code != httpx.codes.OK:
            raise ValueError(f"{address} answered {response.status_code}")
        content = b""
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > _MOST_BYTES:
                raise ValueError(f"{address} answered with more than {_MOST_BYTES} bytes")
    found = orjson.loads(content)
    if not isinstance(found, dict):
        raise ValueError(f"{address} answered with no JSON object")  # noqa: TRY004  all of these are ValueErrors
    return found
