"""Bearer tokens: signed by a configured issuer, for this gateway, now.

What a token says of itself chooses among what is configured and never adds to it: its `iss` picks the issuer,
its `kid` one of that issuer's published keys, its `alg` one of the algorithms allowed, which has to be one of
the key's own kind. Keys that a token brings along (`jwk`, `jku`, `x5c`) are not looked at. Algorithms with a
shared secret cannot be configured, so a public key is never taken for one. See RFC 8725.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import jwt
from jwt.types import Options

from gateway.identity.jwks import KeySet, Published
from gateway.identity.principal import Principal, UnknownError

KEY_TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    "EdDSA": "OKP",
}
"""The algorithms there are, and the kind of key each needs."""
USUAL: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Those that are allowed unless an issuer's say otherwise."""
MOST: Final = 16 * 1024
"""Characters a token may have."""
_OPTIONS: Final[Options] = {"require": ["exp", "iss", "aud", "sub"], "enforce_minimum_key_length": True}
_SAID: Final[Mapping[type[jwt.PyJWTError], str]] = {
    jwt.ExpiredSignatureError: "the token has expired",
    jwt.ImmatureSignatureError: "the token is not valid yet",
    jwt.InvalidAudienceError: "the token is for another audience",
    jwt.InvalidAlgorithmError: "the token is signed with an algorithm that is not allowed",
    jwt.InvalidSignatureError: "the token is not signed with its issuer's key",
    jwt.MissingRequiredClaimError: "the token lacks one of exp, iss, aud and sub",
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whom tokens are believed of. `issuer` is their `iss`, `audiences` of which their `aud` has one, `jwks`
    where the keys are, if not where discovery says. `roles_claim` is the claim that names roles, or the way
    to it (``realm_access.roles``); `called` what those names are called here; everybody has `roles`. `skew`
    is how far clocks may differ, in seconds. `ca` is a file of certificates to trust."""

    issuer: str
    audiences: tuple[str, ...]
    jwks: str | None = None
    algorithms: tuple[str, ...] = USUAL
    roles_claim: str = "roles"
    called: Mapping[str, str] | None = None
    roles: frozenset[str] = frozenset()
    name_claim: str = "sub"
    skew: float = 30.0
    ca: str | None = None


class Tokens:
    """Verifies tokens of some issuers. `transport` replaces the network."""

    def __init__(
        self,
        issuers: Iterable[Issuer],
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        clock = {} if now is None else {"now": now}
        self._issuers = {
            each.issuer: (each, KeySet(each.issuer, each.jwks, _client(each, transport), **clock))
            for each in issuers
        }

    async def principal(self, token: str) -> Principal:
        """Whose token it is. Raises UnknownError."""
        issuer, keys, header = self._claimed(token)
        algorithm = header.get("alg")
        if algorithm not in issuer.algorithms:
            raise UnknownError(_SAID[jwt.InvalidAlgorithmError])
        candidates = [key for key in await keys.keys(header.get("kid")) if _fits(key, algorithm)]
        if len(candidates) != 1:
            raise UnknownError(_SAID[jwt.InvalidSignatureError])
        try:
            claims = jwt.decode(
                token,
                candidates[0].made(algorithm),
                algorithms=[algorithm],
                audience=issuer.audiences,
                issuer=issuer.issuer,
                leeway=issuer.skew,
                options=_OPTIONS,
            )
        except jwt.PyJWTError as error:
            raise UnknownError(_SAID.get(type(error), "the token cannot be verified")) from None
        return _principal(issuer, claims)

    async def aclose(self) -> None:
        for _, keys in self._issuers.values():
            await keys.aclose()

    def _claimed(self, token: str) -> tuple[Issuer, KeySet, dict[str, Any]]:
        """What a token says of itself, of which nothing is believed yet."""
        try:
            if len(token) > MOST:
                raise UnknownError(f"a token of more than {MOST} characters is not read")
            whole = jwt.decode_complete(token, options={"verify_signature": False})
        except jwt.PyJWTError:
            raise UnknownError("what was sent is neither a token nor a key") from None
        header: dict[str, Any] = whole["header"]
        said = whole["payload"].get("iss")
        if not isinstance(said, str) or said not in self._issuers or "crit" in header:
            raise UnknownError("the token is of an issuer that is not known here")
        return *self._issuers[said], header


def _client(issuer: Issuer, transport: httpx.AsyncBaseTransport | None) -> Callable[[], httpx.AsyncClient]:
    def made() -> httpx.AsyncClient:
        if transport is not None:
            return httpx.AsyncClient(transport=transport, follow_redirects=False)
        verify = True if issuer.ca is None else httpx.create_ssl_context(verify=issuer.ca)
        return httpx.AsyncClient(verify=verify, follow_redirects=False)

    return made


def _fits(published: Published, algorithm: str) -> bool:
    """Whether a published key is one that signs, and in this way (RFC 7517 §4)."""
    key = published.said
    operations = key.get("key_ops", ["verify"])
    return (
        key.get("kty") == KEY_TYPES.get(algorithm)
        and key.get("alg", algorithm) == algorithm
        and key.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
    )


def _principal(issuer: Issuer, claims: Mapping[str, Any]) -> Principal:
    name = claim(claims, issuer.name_claim)
    called = issuer.called or {}
    told = (called.get(each, each) for each in _words(claim(claims, issuer.roles_claim)))
    return Principal(
        id=f"{issuer.issuer} {claims['sub']}",
        name=name if isinstance(name, str) and name else str(claims["sub"]),
        roles=issuer.roles.union(told),
        expires=datetime.fromtimestamp(int(claims["exp"]), UTC),
    )


def claim(claims: Mapping[str, Any], way: str) -> Any:
    """The claim of that name, or the one that the way with dots leads to; None where there is none."""
    if way in claims:
        return claims[way]
    found: Any = claims
    for step in way.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _words(value: Any) -> list[str]:
    """Names in a list, or in a text with spaces, as `scope` has them."""
    if isinstance(value, str):
        return value.split()
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
