"""Anaplan's authentication service: a token for user and password, good for 35 minutes, renewable."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sources.sandbox.tokens import basic, same

TOKEN_SECONDS: Final = 35 * 60.0

_SCHEMES: Final = frozenset({"anaplanauthtoken", "bearer"})
_META: Final = {"validationUrl": "https://auth.anaplan.com/token/validate"}


@dataclass(frozen=True, slots=True)
class Token:
    """`expires`: seconds since the epoch."""

    id: str
    value: str
    expires: float

    @property
    def expires_at(self) -> int:
        """In milliseconds, as the service tells it."""
        return int(self.expires * 1000)


class TokenService:
    """Issues tokens that live `seconds` by the clock `now` and knows which of them still do."""

    def __init__(self, login: tuple[str, str], seconds: float, now: Callable[[], float]) -> None:
        self._login = login
        self._seconds = seconds
        self._now = now
        self._issued: dict[str, Token] = {}

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/token/authenticate", self.authenticate, methods=["POST"]),
            Route("/token/refresh", self.refresh, methods=["POST"]),
            Route("/token/validate", self.validate),
        ]

    def current(self, request: Request) -> Token | None:
        """The token the request carries, unless it is unknown or expired."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        token = self._issued.get(value.strip()) if scheme.lower() in _SCHEMES else None
        return token if token is not None and token.expires > self._now() else None

    async def authenticate(self, request: Request) -> Response:
        user, password = basic(request) or ("", "")
        if not (same(user, self._login[0]) and same(password, self._login[1])):
            return _refused()
        token = self._keep(str(uuid4()), uuid4().hex)
        return _success(201, "Login successful", tokenInfo=_described(token))

    async def refresh(self, request: Request) -> Response:
        """The same token, with a full life ahead."""
        token = self.current(request)
        if token is None:
            return _refused()
        return _success(200, "Token refreshed", tokenInfo=_described(self._keep(token.id, token.value)))

    async def validate(self, request: Request) -> Response:
        token = self.current(request)
        if token is None:
            return _refused()
        info = {"expiresAt": token.expires_at, "tokenId": token.id}
        return _success(200, "Token validated", tokenInfo=info, userInfo={"userId": self._login[0]})

    def _keep(self, id_: str, value: str) -> Token:
        token = Token(id_, value, self._now() + self._seconds)
        self._issued[value] = token
        return token


def _described(token: Token) -> dict[str, Any]:
    return {
        "expiresAt": token.expires_at,
        "tokenId": token.id,
        "tokenValue": token.value,
        "refreshTokenId": token.id,
    }


def _success(status: int, message: str, **content: Any) -> Response:
    body = {"meta": _META, "status": "SUCCESS", "statusMessage": message, **content}
    return Response(orjson.dumps(body), status, media_type="application/json")


def _refused() -> Response:
    body = {"status": "FAILURE_BAD_CREDENTIAL", "statusMessage": "Invalid credentials or expired token."}
    return Response(orjson.dumps(body), 401, media_type="application/json")
