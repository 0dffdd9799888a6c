"""What is told of each request to a system: a span for whoever traces, and how it ended for whoever counts.

The span follows OpenTelemetry's conventions for HTTP clients, without `url.full`: an address may hold codes
of members and keys of documents. In its place stands the path below the source's own address, with what looks
like a key taken out. Headers, parameters, bodies and a system's own words are in none of it.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from time import perf_counter
from types import TracebackType
from typing import Final, Self

import httpx
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from sources.spi.errors import SourceError
from sources.spi.settings import SourceSettings
from sources.spi.standing import ANSWERED, GIVEN_UP, REFUSED, Calls

_TRACER: Final = get_tracer("threefold")
_W3C: Final = TraceContextTextMapPropagator()
_PARENT: Final = "traceparent"
_ERROR: Final = 400
"""From here on a status is an error, for spans of clients."""
_KEY: Final = re.compile(
    r"""[0-9]{3,}                          # a number that is no version
      | (?=[^/]*[0-9])[0-9A-Fa-f-]{8,}     # a number in hexadecimal, a UUID
      | (?=[^/]*[0-9])[\w-]{24,} | .{48,}  # too long for a word
      | .*[^\w.~$;=:@+-].*                 # written in no plain letters""",
    re.VERBOSE,
)


class Watch:
    """The requests of one source, whose address is `base`."""

    def __init__(self, settings: SourceSettings, base: httpx.URL) -> None:
        self.calls = Calls()
        self._base = base.raw_path.decode()
        self._origin = base.host
        self._propagates = settings.traceparent

    def request(self, method: str, url: httpx.URL, attempt: int) -> "Exchange":
        """Around one request, the `attempt`-th of its call."""
        if attempt > 1:
            self.calls.repeated += 1
        template = self._template(url)
        span = _TRACER.start_span(f"{method} {template}", kind=SpanKind.CLIENT)
        if span.is_recording():
            span.set_attribute("http.request.method", method)
            span.set_attribute("server.address", url.host)
            span.set_attribute("server.port", url.port or (443 if url.scheme == "https" else 80))
            span.set_attribute("url.template", template)
            if attempt > 1:
                span.set_attribute("http.request.resend_count", attempt - 1)
        return Exchange(self.calls, span, propagates=self._propagates)

    @asynccontextmanager
    async def queue(self, slot: AbstractAsyncContextManager[None]) -> AsyncIterator[None]:
        """The slot, the time until it is had or given up being told."""
        began = perf_counter()
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(slot)
            finally:
                self.calls.waited.add(perf_counter() - began)
            yield

    def _template(self, url: httpx.URL) -> str:
        path = url.raw_path.decode().partition("?")[0]
        if url.host == self._origin and path.startswith(self._base):
            path = path[len(self._base) :]
        return "/" + "/".join(map(_plain, path.strip("/").split("/")))


class Exchange:
    """One request while it is under way. `status` is of the response, once there is one; `refused` when its
    credentials were, which is to be expected now and then."""

    __slots__ = ("_began", "_calls", "_propagates", "_span", "refused", "status")

    def __init__(self, calls: Calls, span: Span, *, propagates: bool) -> None:
        self._calls = calls
        self._span = span
        self._propagates = propagates
        self.status: int | None = None
        self.refused = False

    def headers(self, given: Mapping[str, str]) -> Mapping[str, str]:
        """What to send: with the trace's parent where the source is to be told. Never with its state, which
        holds what others put there."""
        if not self._propagates:
            return given
        carrier: dict[str, str] = {}
        _W3C.inject(carrier, set_span_in_context(self._span))
        return {**given, _PARENT: carrier[_PARENT]} if _PARENT in carrier else given

    def __enter__(self) -> Self:
        self._began = perf_counter()
        return self

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        outcome = REFUSED if self.refused else _outcome(error)
        self._calls.ended(outcome, perf_counter() - self._began)
        span = self._span
        if span.is_recording():
            if self.status is not None:
                span.set_attribute("http.response.status_code", self.status)
            if outcome != ANSWERED:
                failed = self.status is not None and self.status >= _ERROR
                span.set_attribute("error.type", str(self.status) if failed else outcome)
                span.set_status(Status(StatusCode.ERROR))
        span.end()


def _plain(segment: str) -> str:
    """A part of a path without the key in it: ``Orders('4711')`` is ``Orders({key})``."""
    name, bracket, _ = segment.partition("(")
    if bracket:
        return f"{_plain(name)}({{key}})"
    return "{id}" if _KEY.fullmatch(segment) else segment


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return ANSWERED
    return error.code if isinstance(error, SourceError) else GIVEN_UP
