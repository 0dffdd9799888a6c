"""From the headers of a request to the one who asks."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.identity.keys import PREFIX, Keys
from gateway.identity.principal import Principal, UnknownError
from gateway.identity.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Identity:
    """Who may ask: those with a token of some issuer, those with a key of our own, or both."""

    tokens: Tokens | None = None
    keys: Keys | None = None

    @property
    def schemes(self) -> tuple[str, ...]:
        """The ways to show who one is, as `WWW-Authenticate` names them."""
        return ("Bearer",) if self.keys is None else ("Bearer", "Basic")

    async def principal(self, headers: Mapping[str, str]) -> Principal:
        """Who asks. Raises UnknownError."""
        shown = presented(headers)
        if shown.startswith(PREFIX):
            if self.keys is None:
                raise UnknownError("keys are not accepted here; send a token")
            return self.keys.principal(shown)
        if self.tokens is None:
            raise UnknownError("tokens are not accepted here; send a key")
        return await self.tokens.principal(shown)

    async def aclose(self) -> None:
        if self.tokens is not None:
            await self.tokens.aclose()


def presented(headers: Mapping[str, str]) -> str:
    """The token or key that a request shows, once. Raises UnknownError."""
    key, authorization = headers.get("x-api-key", "").strip(), headers.get("authorization", "").strip()
    if key and authorization:
        raise UnknownError("send one of Authorization and X-API-Key, not both")
    if key:
        if not key.startswith(PREFIX):
            raise UnknownError("X-API-Key takes a key of this gateway")
        return key
    scheme, _, value = authorization.partition(" ")
    if not value.strip():
        ways = "a token or a key as Authorization: Bearer, or a key as X-API-Key or as the Basic password"
        raise UnknownError(f"say who you are: {ways}", shown=False)
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        return _password(value.strip())
    raise UnknownError("Authorization takes Bearer, or Basic with a key as the password")


def _password(value: str) -> str:
    """A key that was sent as a password. Whose it is, it says itself: the user name may be anything."""
    try:
        password = base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        password = ""
    if not password.startswith(PREFIX):
        raise UnknownError("the Basic password takes a key of this gateway")
    return password
