"""What is told of each request: a span for whoever traces, and how it ended for whoever counts.

The span follows OpenTelemetry's conventions for HTTP servers and for GraphQL, without `graphql.document`:
literals in a document are members and amounts. In its place stands a hash, which says whether two are the
same. Of variables there is nothing at all.
"""

from collections import Counter
from collections.abc import Mapping
from time import perf_counter
from types import TracebackType
from typing import Final, Self

from opentelemetry import context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.outcome import Outcome
from gateway.repeats import Told
from sources.spi.standing import Spread

_TRACER: Final = get_tracer("threefold")
_W3C: Final = TraceContextTextMapPropagator()
_CARRIED: Final = ("traceparent", "tracestate")
_LONGEST: Final = 80
"""Characters of a name that who asks has chosen."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ABANDONED: Final = 499
_REFUSED: Final = 400
_FAILED: Final = 500


class Requests:
    """All requests of one endpoint: how they ended, how long they took, and how many are under way."""

    def __init__(self, route: str) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.took = Spread()
        self.running = 0
        self._route = route

    def request(self, method: str, headers: Mapping[str, str]) -> "Seen":
        """Around one request. The trace that its headers name is gone on with."""
        method = method if method in _METHODS else "_OTHER"
        carried = {name: headers[name] for name in _CARRIED if name in headers}
        above = _W3C.extract(carried) if carried else None
        span = _TRACER.start_span(f"{method} {self._route}", above, SpanKind.SERVER)
        if span.is_recording():
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", self._route)
        return Seen(self, span)


class Seen:
    """One request while it is under way. `status` is the response's; `outcome` where that alone does not say
    it."""

    __slots__ = ("_all", "_began", "_span", "_token", "outcome", "status")

    def __init__(self, every: Requests, span: Span) -> None:
        self._all = every
        self._span = span
        self.status = _FAILED
        self.outcome: Outcome | None = None

    def asks(self, told: Told) -> None:
        """What it turned out to ask."""
        span = self._span
        if not span.is_recording():
            return
        if told.kind:
            span.update_name(told.kind)
            span.set_attribute("graphql.operation.type", told.kind)
        if told.name is not None:
            span.set_attribute("graphql.operation.name", told.name[:_LONGEST])
        span.set_attribute("threefold.document.sha256", told.sha256)

    def __enter__(self) -> Self:
        self._began = perf_counter()
        self._all.running += 1
        self._token = context.attach(set_span_in_context(self._span))
        return self

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        context.detach(self._token)
        self._all.running -= 1
        if error is not None:
            self.status = _ABANDONED
        said = None if self.status == _ABANDONED else self.outcome
        outcome = said or _of(self.status)
        self._all.outcomes[outcome] += 1
        self._all.took.add(perf_counter() - self._began)
        span = self._span
        if span.is_recording():
            span.set_attribute("http.response.status_code", self.status)
            span.set_attribute("threefold.outcome", outcome)
            if outcome is Outcome.FAILED:
                span.set_attribute("error.type", str(self.status))
                span.set_status(Status(StatusCode.ERROR))
        span.end()

    def abandoned(self) -> None:
        """Who asked went away."""
        self.status = _ABANDONED


def _of(status: int) -> Outcome:
    if status == _ABANDONED:
        return Outcome.ABANDONED
    if status >= _FAILED:
        return Outcome.FAILED
    return Outcome.REFUSED if status >= _REFUSED else Outcome.ANSWERED
