"""OAuth 2.0 client credentials, as far as the sandbox's systems need them."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import compare_digest, token_urlsafe
from time import monotonic
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

_TOKEN_BYTES: Final = 48


@dataclass(frozen=True, slots=True)
class Grant:
    """`expires` on the office's own clock."""

    client: str
    scopes: frozenset[str]
    expires: float


class TokenOffice:
    """Issues and checks bearer tokens. `ttl` in seconds; `now` is a monotonic clock."""

    def __init__(self, clients: Mapping[str, str], ttl: float, now: Callable[[], float] = monotonic) -> None:
        self.ttl = ttl
        self._clients = clients
        self._now = now
        self._grants: dict[str, Grant] = {}

    def knows(self, client: str, secret: str) -> bool:
        return same(self._clients.get(client, ""), secret) and client in self._clients

    def issue(self, client: str, scopes: frozenset[str]) -> str:
        now = self._now()
        self._grants = {token: grant for token, grant in self._grants.items() if grant.expires > now}
        token = token_urlsafe(_TOKEN_BYTES)
        self._grants[token] = Grant(client, scopes, now + self.ttl)
        return token

    def revoke(self, token: str) -> None:
        self._grants.pop(token, None)

    def grant(self, token: str) -> Grant | None:
        """What the token allows; None when it is unknown or has expired."""
        found = self._grants.get(token)
        return found if found is not None and found.expires > self._now() else None


async def form(request: Request) -> dict[str, str]:
    """The fields of an application/x-www-form-urlencoded body; of repeated ones the first."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}


def basic(request: Request) -> tuple[str, str] | None:
    """User and password of the Authorization header, None when it is another kind or malformed."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, found, password = b64decode(encoded, validate=True).decode().partition(":")
    except (Base64Error, UnicodeDecodeError):
        return None
    return (user, password) if found else None


def bearer(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def same(left: str, right: str) -> bool:
    return compare_digest(left.encode(), right.encode())
