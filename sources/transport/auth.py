"""Who we say we are: the ways into a vendor's API, and one renewal for everybody who waits for it.

Credentials are `Secret`s until the moment they are put into a header. Nothing here prints one.
"""

import asyncio
import base64
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, Malformed, SourceError
from sources.spi.settings import Secret, SourceSettings
from sources.transport.message import Call, Reply
from sources.transport.rules import at

Send = Callable[[Call, Context], Awaitable[Reply]]
"""Sends a call as it stands: no credentials added, no renewal, retries as usual."""

AuthKind = Literal["none", "basic", "bearer", "header", "oauth2", "login", "session"]


class AuthSpec(BaseModel):
    """How the vendor wants to be addressed. `fields` are the credential names a tenant gives under `auth`.

    kind    fields                                     sent
    none                                               nothing
    basic   username, password                         Authorization: Basic …
    bearer  token                                      {header}: {scheme} {token}
    header  key                                        {header}: {key}
    oauth2  client_id, client_secret[, token_url]      {header}: {scheme} {token}, by client credentials
    login   username, password[, token_url]            {header}: {scheme} {token}, POST with Basic
    session                                            what the dialect's own login gives

    `tokenPath` is relative to the source's address unless it is a whole one. A tenant's `token_url` replaces
    it, as a tenant's `scope` replaces the connector's.
    `tokenAt` and `expiresAt` are the paths of the token and of its lifetime in seconds in the reply; where
    it states none, or only a point in time, `expiresAt` is null and `lifetime` says the vendor's rule.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    kind: AuthKind
    fields: tuple[str, ...] = ()
    token_path: str | None = Field(default=None, alias="tokenPath")
    scope: str | None = None
    header: str = "Authorization"
    scheme: str = "Bearer"
    token_at: str = Field(default="access_token", alias="tokenAt")
    expires_at: str | None = Field(default="expires_in", alias="expiresAt")
    lifetime: float = Field(default=1800.0, gt=0)

    @model_validator(mode="after")
    def _tokens_come_from_somewhere(self) -> "AuthSpec":
        if self.kind in ("oauth2", "login") and not (self.token_path or "token_url" in self.fields):
            raise ValueError(f"{self.kind} needs tokenPath, or token_url among its fields")
        return self


class Auth(Protocol):
    """`apply` puts the credentials into the headers of one attempt. `renew` is called when they were
    refused: it answers whether to ask again, given the headers that were refused, so that of many refused
    callers one renews and the others use what it got. `secrets` are kept out of every message.
    """

    async def apply(self, headers: MutableMapping[str, str], ctx: Context, send: Send) -> None: ...

    async def renew(self, refused: Mapping[str, str], ctx: Context, send: Send) -> bool: ...

    def secrets(self) -> tuple[str, ...]: ...


def auth_for(spec: AuthSpec, settings: SourceSettings) -> Auth:
    """The spec's way in with the tenant's credentials. Raises ValueError naming what is missing."""
    secrets = {name: _secret(value) for name, value in settings.auth.items() if name != "kind"}
    if missing := [name for name in spec.fields if name not in secrets]:
        raise ValueError(f"auth {spec.kind!r} needs {', '.join(missing)}")
    if spec.kind == "oauth2":
        return ClientCredentials(settings.name, spec, secrets)
    if spec.kind == "login":
        return Login(settings.name, spec, secrets)
    return Fixed(_fixed(spec, secrets), secrets)


def _secret(value: str | Secret) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def _fixed(spec: AuthSpec, secrets: Mapping[str, Secret]) -> dict[str, Secret]:
    if spec.kind == "basic":
        return {spec.header: Secret(basic(secrets["username"], secrets["password"]))}
    if spec.kind == "bearer":
        return {spec.header: Secret(f"{spec.scheme} {secrets['token'].reveal()}")}
    if spec.kind == "header":
        return {spec.header: secrets["key"]}
    return {}


def basic(username: Secret, password: Secret) -> str:
    """The value of an Authorization header by RFC 7617."""
    pair = f"{username.reveal()}:{password.reveal()}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


class Fixed:
    """The same headers on every call; there is nothing to renew."""

    def __init__(self, headers: Mapping[str, Secret], secrets: Mapping[str, Secret]) -> None:
        self._headers = headers
        self._secrets = (*secrets.values(), *headers.values())

    async def apply(self, headers: MutableMapping[str, str], ctx: Context, send: Send) -> None:  # noqa: ARG002 - protocol
        headers.update({name: value.reveal() for name, value in self._headers.items()})

    async def renew(self, refused: Mapping[str, str], ctx: Context, send: Send) -> bool:  # noqa: ARG002 - as above
        return False

    def secrets(self) -> tuple[str, ...]:
        return tuple(secret.reveal() for secret in self._secrets)


class TokenAuth(ABC):
    """A token fetched when first needed, kept until shortly before it expires, renewed once for all.

    Callers queue for the token; the first one fetches it. One that goes away leaves the next to fetch it;
    a failure is everybody's who was waiting, so that wrong credentials are tried once and not many times.
    """

    MARGIN: ClassVar[float] = 30.0
    """Seconds before expiry at which a token is no longer used, at most a tenth of its lifetime."""

    def __init__(self, source: str, spec: AuthSpec, secrets: Mapping[str, Secret]) -> None:
        self.source = source
        self.spec = spec
        self._secrets = secrets
        self._token: Secret | None = None
        self._expires = 0.0
        self._lock = asyncio.Lock()
        self._attempts = 0
        self._failure: SourceError | None = None

    @property
    def address(self) -> str:
        given = self._secrets.get("token_url")
        return given.reveal() if given is not None else self.spec.token_path or ""

    @abstractmethod
    def call(self) -> Call:
        """The request that gets a token."""

    async def apply(self, headers: MutableMapping[str, str], ctx: Context, send: Send) -> None:
        if self._current() is None:
            await self._fetched(None, ctx, send)
        headers[self.spec.header] = self._header()

    async def renew(self, refused: Mapping[str, str], ctx: Context, send: Send) -> bool:
        await self._fetched(refused.get(self.spec.header), ctx, send)
        return True

    def secrets(self) -> tuple[str, ...]:
        held = (*self._secrets.values(), *((self._token,) if self._token else ()))
        return tuple(secret.reveal() for secret in held)

    def _header(self) -> str:
        return f"{self.spec.scheme} {self._token.reveal() if self._token else ''}"

    def _current(self) -> Secret | None:
        return self._token if asyncio.get_running_loop().time() < self._expires else None

    async def _fetched(self, refused: str | None, ctx: Context, send: Send) -> None:
        seen = self._attempts
        try:
            async with asyncio.timeout(ctx.remaining(self.source)), self._lock:
                if self._current() is not None and self._header() != refused:
                    return
                if self._attempts != seen and self._failure is not None:
                    raise self._failure.with_traceback(None)
                await self._fetch(ctx, send)
        except TimeoutError:
            raise DeadlineExceeded(self.source, "the login took all the time the question had") from None

    async def _fetch(self, ctx: Context, send: Send) -> None:
        self._failure = None
        sent = asyncio.get_running_loop().time()
        try:
            reply = await send(self.call(), ctx)
            token, lifetime = self._read(reply.json())
        except DeadlineExceeded:
            raise
        except SourceError as error:
            self._attempts += 1
            self._failure = error
            raise
        self._attempts += 1
        self._token = Secret(token)
        self._expires = sent + lifetime - min(self.MARGIN, lifetime / 10)

    def _read(self, body: Any) -> tuple[str, float]:
        token = at(body, self.spec.token_at)
        if not isinstance(token, str) or not token:
            raise Malformed(self.source, f"the login answered without a token at {self.spec.token_at}")
        stated = at(body, self.spec.expires_at) if self.spec.expires_at else None
        try:
            return token, float(stated) if stated is not None else self.spec.lifetime
        except (TypeError, ValueError):
            raise Malformed(self.source, "the login answered with an unreadable lifetime") from None


class ClientCredentials(TokenAuth):
    """OAuth 2.0, RFC 6749 section 4.4: the client authenticates with Basic."""

    def call(self) -> Call:
        form = {"grant_type": "client_credentials"}
        given = self._secrets.get("scope")
        if (scope := self.spec.scope if given is None else given.reveal()) is not None:
            form["scope"] = scope
        headers = {"Authorization": basic(self._secrets["client_id"], self._secrets["client_secret"])}
        return Call("POST", self.address, headers=headers, form=form)


class Login(TokenAuth):
    """A token for a user name and password, sent as Basic."""

    def call(self) -> Call:
        headers = {"Authorization": basic(self._secrets["username"], self._secrets["password"])}
        return Call("POST", self.address, headers=headers, json={})
