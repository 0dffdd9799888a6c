"""`POST /hooks/{source}`: a system says that something changed, so that nothing kept of it is answered with.

Who says so proves it, as vendors do: an HMAC-SHA256 over a timestamp and the body, in hexadecimal.

    stripe   Stripe-Signature: t=1718000000,v1=5257a8…     https://docs.stripe.com/webhooks#verify-manually
    hmac     X-Timestamp: 1718000000                        the same over "{timestamp}.{body}"
             X-Signature: 5257a8…

A message older than five minutes is refused, and so is one that comes a second time.
"""

import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway import encode
from gateway.body import TooLargeError, read
from sources.spi.changes import Changes
from sources.spi.facts import Fact
from sources.spi.replicas import Alone, Replicas
from sources.spi.settings import Secret

TOLERANCE: Final = 300
"""Seconds a message may be old, or ahead."""
_MOST_SEEN: Final = 100_000
_STRIPE: Final = re.compile(r"(?:^|,)\s*(t|v1)=([0-9a-f]+)")


class Scheme(StrEnum):
    """How a system signs what it says."""

    STRIPE = "stripe"
    HMAC = "hmac"


@dataclass(frozen=True, slots=True)
class Hook:
    """`events` are patterns of the message's `type` and the facts they are about; what matches none, or has
    no type, is about all of `facts`."""

    scheme: Scheme
    secret: Secret
    facts: frozenset[Fact]
    events: Mapping[str, frozenset[Fact]]

    def about(self, body: bytes) -> frozenset[Fact]:
        try:
            message: Any = orjson.loads(body)
        except orjson.JSONDecodeError:
            return self.facts
        kind = message.get("type") if isinstance(message, dict) else None
        found = [
            f for pattern, f in self.events.items() if isinstance(kind, str) and fnmatchcase(kind, pattern)
        ]
        return frozenset().union(*found) & self.facts if found else self.facts


class RefusedError(Exception):
    """Why a message is not believed; `status` is the answer's."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Hooks:
    """The hooks of the sources, by name. What changed is said to `changes` and told the other replicas."""

    def __init__(
        self,
        hooks: Mapping[str, Hook],
        changes: Changes,
        replicas: Replicas | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._hooks = hooks
        self._changes = changes
        self._replicas = replicas or Alone()
        self._now = now
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def __call__(self, request: Request) -> Response:
        try:
            body = await read(request)
            facts = await self._heard(request.path_params["source"], request.headers, body)
        except TooLargeError as error:
            return _told(413, encode.failure("BODY_TOO_LARGE", str(error)))
        except RefusedError as refusal:
            return _told(refusal.status, encode.failure(refusal.code, str(refusal)))
        return _told(200, orjson.dumps({"dropped": sorted(facts)}))

    async def _heard(self, source: str, headers: Mapping[str, str], body: bytes) -> frozenset[Fact]:
        hook = self._hooks.get(source)
        if hook is None:
            raise RefusedError(404, "UNKNOWN_SOURCE", "no source of that name has a hook")
        now = self._now()
        message = self._believed(source, hook, headers, body, now.timestamp())
        if not await self._replicas.first(message, 2 * TOLERANCE):
            raise _repeated()
        facts = hook.about(body)
        self._changes.say(source, facts, now)
        await self._replicas.tell(source, facts, now)
        return facts

    def _believed(self, source: str, hook: Hook, headers: Mapping[str, str], body: bytes, now: float) -> str:
        """What the message is known by. Raises RefusedError for one that is not signed, not of now, or known
        already."""
        timestamp, signatures = _signed(hook.scheme, headers)
        key = hook.secret.reveal().encode()
        expected = hmac.new(key, f"{timestamp}.".encode() + body, sha256).hexdigest()
        if not any(hmac.compare_digest(expected, signature) for signature in signatures):
            raise RefusedError(401, "BAD_SIGNATURE", "the signature is not that of this body and timestamp")
        if abs(now - int(timestamp)) > TOLERANCE:
            raise RefusedError(401, "MESSAGE_EXPIRED", f"the message is more than {TOLERANCE} s old or ahead")
        self._once(f"{source}:{expected}", now)
        return f"{source}:{expected}"

    def _once(self, message: str, now: float) -> None:
        while self._seen and (len(self._seen) >= _MOST_SEEN or next(iter(self._seen.values())) < now):
            self._seen.popitem(last=False)
        if message in self._seen:
            raise _repeated()
        self._seen[message] = now + 2 * TOLERANCE


def _repeated() -> RefusedError:
    return RefusedError(409, "MESSAGE_REPEATED", "the message came before")


def _signed(scheme: Scheme, headers: Mapping[str, str]) -> tuple[str, Iterable[str]]:
    """The timestamp and the signatures a message comes with."""
    if scheme is Scheme.STRIPE:
        parts = _STRIPE.findall(headers.get("stripe-signature", ""))
        times = [value for name, value in parts if name == "t"]
        timestamp, signatures = times[0] if times else "", [value for name, value in parts if name == "v1"]
    else:
        timestamp, signatures = headers.get("x-timestamp", ""), [headers.get("x-signature", "").lower()]
    if not re.fullmatch(r"[0-9]{1,12}", timestamp) or not all(s.isascii() for s in signatures):
        raise RefusedError(401, "BAD_SIGNATURE", "the message has no signature with a timestamp")
    return timestamp, signatures


def _told(status: int, body: bytes) -> Response:
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json; charset=utf-8")
