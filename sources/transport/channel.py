"""The way to one source: a call goes in, a reply or one of the typed errors comes out.

    send ── retry ── breaker ── slot of the account ── credentials ── attempt, bounded in time, bytes ── rules
      └──── credentials refused: renewed once, then once more

Every attempt is counted in the context. An error never carries a payload, an address or a credential, and
never chains to one that might.
"""

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import aiohttp
import httpx

from sources.spi.context import Context
from sources.spi.errors import (
    BadRequest,
    Broken,
    DeadlineExceeded,
    Forbidden,
    Malformed,
    Missing,
    OverLimit,
    RateLimited,
    SourceError,
    Unauthorized,
    Unavailable,
)
from sources.spi.settings import SourceSettings
from sources.spi.standing import Standing
from sources.transport.auth import Auth
from sources.transport.breaker import Breaker, Tolerance
from sources.transport.budget import RetryBudget
from sources.transport.http import client
from sources.transport.inflate import pieces
from sources.transport.limits import Limiter
from sources.transport.message import Call, Reply, presentable
from sources.transport.retry import Retry, retry_after
from sources.transport.rules import ErrorRule, Outcome, at, relevant
from sources.transport.watch import Exchange, Watch

_ERRORS: Final[Mapping[Outcome, tuple[type[SourceError], str]]] = {
    Outcome.RETRY: (Unavailable, "is not available"),
    Outcome.RATE_LIMITED: (RateLimited, "asks for fewer calls"),
    Outcome.UNAUTHORIZED: (Unauthorized, "rejected the credentials"),
    Outcome.FORBIDDEN: (Forbidden, "denied access"),
    Outcome.REFUSED: (BadRequest, "refused the request"),
    Outcome.MISSING: (Missing, "does not have what was asked for"),
    Outcome.BROKEN: (Broken, "answered with an error of its own"),
    Outcome.OVER_LIMIT: (OverLimit, "does not give so much at once"),
}


_SLOW: Final = 2 / 3
"""The part of a call's longest time from which on it counts as a failure of the system."""


@dataclass(frozen=True, slots=True)
class _Stale:
    """Credentials were refused; `headers` are those that were sent."""

    message: str
    headers: Mapping[str, str] = field(repr=False)


class Channel:
    """One source's address, credentials and limits. Closed by its owner with `aclose`."""

    def __init__(
        self,
        settings: SourceSettings,
        *,
        auth: Auth,
        limiter: Limiter,
        rules: Sequence[ErrorRule] = (),
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        retry: Retry | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self.source = settings.name
        self.base = httpx.URL(settings.url.rstrip("/") + "/")
        self._limits = settings.limits
        self._auth = auth
        self._limiter = limiter
        self._rules = tuple(rules)
        self._headers = dict(headers or {})
        self._retry = retry or Retry()
        self._breaker = breaker or Breaker(Tolerance(slow=_SLOW * settings.limits.timeout))
        self._budget = RetryBudget()
        self._watch = Watch(settings, self.base)
        self._client = client(settings, transport)

    async def send(self, call: Call, ctx: Context) -> Reply:
        """The reply to `call`, after retries and, once, renewed credentials. Raises a `SourceError`."""
        url = self._own(call.path)
        count = _Count()
        reply = await self._retried(call, url, ctx, count)
        if isinstance(reply, _Stale) and await self._auth.renew(reply.headers, ctx, self._bare):
            reply = await self._retried(call, url, ctx, count)
        if isinstance(reply, _Stale):
            self._watch.calls.failed(Unauthorized.code)
            raise Unauthorized(self.source, reply.message)
        return reply

    def standing(self) -> Standing:
        """How the system does, as far as its calls tell."""
        limiter = self._limiter
        return Standing(
            self._breaker.circuit, limiter.running, limiter.waiting, limiter.allowed, self._watch.calls
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _bare(self, call: Call, ctx: Context) -> Reply:
        """Sends a login: unsigned, outside the account's slots (its caller may hold one), to any address,
        since only configuration says where. A system that lets nobody in is in trouble like any other.
        """
        url, count = self.base.join(call.path), _Count()
        headers = {**self._headers, **call.headers}

        async def attempt() -> "Reply | _Stale":
            await self._breaker.turn(self.source, ctx)
            with self._breaker.call(self.source):
                return await self._bounded(call, url, headers, ctx, count)

        reply = await self._retry.run(attempt, ctx, self.source, self._budget)
        if isinstance(reply, _Stale):
            raise Unauthorized(self.source, reply.message)
        return reply

    def _own(self, path: str) -> httpx.URL:
        """The address on the source's own origin. Credentials go nowhere else, whatever a link says."""
        try:
            url = self.base.join(path if "://" in path or path.startswith("//") else path.lstrip("/"))
        except httpx.InvalidURL:
            url = None
        if url is None or _origin(url) != _origin(self.base):
            raise Malformed(self.source, "a link leads to another host; it was not followed")
        return url

    async def _retried(self, call: Call, url: httpx.URL, ctx: Context, count: "_Count") -> "Reply | _Stale":
        attempt = partial(self._attempt, call, url, ctx, count)
        return await self._retry.run(attempt, ctx, self.source, self._budget)

    async def _attempt(self, call: Call, url: httpx.URL, ctx: Context, count: "_Count") -> "Reply | _Stale":
        headers = {**self._headers, **call.headers}
        await self._breaker.turn(self.source, ctx)
        async with self._watch.queue(self._limiter.slot(self.source, ctx)):
            await self._auth.apply(headers, ctx, self._bare)
            await self._breaker.turn(self.source, ctx)
            try:
                with self._breaker.call(self.source):
                    reply = await self._bounded(call, url, headers, ctx, count)
            except RateLimited:
                self._limiter.narrow()
                raise
            self._limiter.widen()
            return reply

    async def _bounded(
        self, call: Call, url: httpx.URL, headers: Mapping[str, str], ctx: Context, count: "_Count"
    ) -> "Reply | _Stale":
        """One exchange within the call's timeout and the question's deadline, with our errors for theirs.

        They are raised outside the handlers, so that nothing hangs on to the request and its credentials.
        """
        seconds = min(ctx.remaining(self.source), self._limits.timeout)
        ctx.count(self.source)
        count.attempts += 1
        failure: SourceError
        with self._watch.request(call.method, url, count.attempts) as seen:
            try:
                async with asyncio.timeout(seconds):
                    return await self._exchange(call, url, headers, count.attempts, seen)
            except TimeoutError:
                failure = DeadlineExceeded(self.source, f"no complete answer within {seconds:.3g} s")
            except (httpx.RequestError, aiohttp.ClientError, OSError, EOFError, zlib.error) as error:
                failure = Unavailable(self.source, f"the connection failed ({_named(error)})")
            except (httpx.InvalidURL, httpx.StreamError, ValueError) as error:
                failure = BadRequest(self.source, f"the request could not be sent ({_named(error)})")
            raise failure

    async def _exchange(
        self, call: Call, url: httpx.URL, headers: Mapping[str, str], attempt: int, seen: Exchange
    ) -> "Reply | _Stale":
        sent_at = datetime.now(UTC)
        target = url if not call.params else url.copy_with(query=_joined(url, call).encode())
        sent = seen.headers(headers)
        stream = self._client.stream(call.method, target, headers=sent, json=call.json, data=call.form)
        async with stream as response:
            seen.status = response.status_code
            body = await self._body(response)
        reply = Reply(self.source, response.status_code, _lower(response), body, sent_at, attempt)
        judged = self._judged(reply, headers)
        seen.refused = isinstance(judged, _Stale)
        return judged

    async def _body(self, response: httpx.Response) -> bytes:
        received = bytearray()
        async for piece in pieces(response):
            received += piece
            if len(received) > self._limits.max_bytes:
                raise OverLimit(self.source, f"an answer of more than {self._limits.max_bytes} bytes")
        return bytes(received)

    def _judged(self, reply: Reply, headers: Mapping[str, str]) -> "Reply | _Stale":
        """The reply if it is an answer, else what the first matching rule makes of it."""
        rules = relevant(self._rules, reply.status)
        if not rules:
            return reply
        body = _lenient(reply)
        rule = next((rule for rule in rules if rule.matches(reply.headers, body)), None)
        if rule is None:
            return reply
        if rule.then is Outcome.EMPTY:
            return replace(reply, body=b"", empty=True)
        words = at(body, rule.message) if rule.message else None
        said = f" (HTTP {reply.status})"
        if words:
            said += f": {presentable(words, self._auth.secrets())}"
        if rule.then is Outcome.REAUTHENTICATE:
            return _Stale(f"rejected the credentials{said}", headers)
        kind, meaning = _ERRORS[rule.then]
        wait = retry_after(reply.headers) if rule.retry_after == "header" else rule.retry_after
        raise kind(self.source, meaning + said, retry_after=wait)


class _Count:
    """Requests made for one call."""

    __slots__ = ("attempts",)

    def __init__(self) -> None:
        self.attempts = 0


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _joined(url: httpx.URL, call: Call) -> str:
    own = url.query.decode()
    return f"{own}&{call.query}" if own else call.query


def _lower(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _lenient(reply: Reply) -> Any:
    try:
        return reply.json()
    except Malformed:
        return None


def _named(error: BaseException) -> str:
    """The kind of failure; its text may hold an address with a key in it."""
    return type(error.__cause__ or error).__name__
