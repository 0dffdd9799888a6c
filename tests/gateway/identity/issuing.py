"""An issuer of tokens in this process: it publishes keys, changes them, and signs whatever it is told to."""

import json
import time
from functools import cache
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from gateway.identity import Issuer, Tokens

NAME = "https://login.example/tenant"
AUDIENCE = "threefold"


@cache
def private(kind: str = "EC", number: int = 1) -> Any:
    """One of several private keys of a kind."""
    if kind == "RSA":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "EC" else ed25519.Ed25519PrivateKey.generate()


def published(key: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    """The public half of a key, as a JWK."""
    kind = {"RSA": RSAAlgorithm, "EC": ECAlgorithm, "OKP": OKPAlgorithm}
    name = "RSA" if hasattr(key, "private_numbers") and hasattr(key, "key_size") else "OKP"
    name = "EC" if hasattr(key, "curve") else name
    jwk = json.loads(kind[name].to_jwk(key.public_key()))
    return {**jwk, **({} if kid is None else {"kid": kid}), **more}


class Publisher(httpx.AsyncBaseTransport):
    """What an issuer has on the network. `asked` are the paths; `down` and `says` are for bad days."""

    def __init__(self, *keys: dict[str, Any], name: str = NAME) -> None:
        self.name = name
        self.keys = list(keys) or [published(private(), "one")]
        self.asked: list[str] = []
        self.down = False
        self.says: dict[str, httpx.Response] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        if self.down:
            raise httpx.ConnectError("connection refused", request=request)
        if path in self.says:
            return self.says[path]
        if path.endswith("/.well-known/openid-configuration"):
            return httpx.Response(200, json={"issuer": self.name, "jwks_uri": f"{self.name}/keys"})
        return httpx.Response(200, json={"keys": self.keys})


def token(key: Any = None, kid: str | None = "one", algorithm: str = "ES256", **claims: Any) -> str:
    """A good token, but for what is said otherwise; a claim of None is left out."""
    now = int(time.time())
    said = {"iss": NAME, "aud": AUDIENCE, "sub": "u1", "exp": now + 300, "iat": now, **claims}
    header = {} if kid is None else {"kid": kid}
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(kept, private() if key is None else key, algorithm, header)


def tokens(publisher: Publisher, now: Any = None, **settings: Any) -> Tokens:
    given = {"issuer": publisher.name, "audiences": (AUDIENCE,), **settings}
    return Tokens([Issuer(**given)], publisher, now)
