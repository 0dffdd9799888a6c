"""A collector: takes OTLP over HTTP as one does, decodes the protobuf, and keeps the spans."""

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Wire


@dataclass(frozen=True)
class Span:
    """A span as it came over the wire; ids in hexadecimal, `parent` empty where there is none."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    failed: bool
    events: int
    attributes: dict[str, Any]
    resource: dict[str, Any]


@dataclass
class Collector:
    """Listening while in use as a context. `requests` are the paths and headers of what came; who does not
    send `token` as its authorization is refused."""

    token: str = ""
    spans: list[Span] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def took(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """The status that is answered."""
        self.requests.append((path, headers))
        if path != "/v1/traces" or headers.get("content-type") != "application/x-protobuf":
            return 415
        if headers.get("authorization", "") != self.token:
            return 401
        plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
        self.bodies.append(plain)
        self.spans += decoded(ExportTraceServiceRequest.FromString(plain))
        return 200

    def until(self, enough: Callable[[list[Span]], bool]) -> list[Span]:
        """The spans as soon as there are enough of them."""
        for _ in range(300):
            if enough(self.spans):
                return self.spans
            time.sleep(0.1)
        raise TimeoutError(f"{[span.name for span in self.spans]}")


def _handler(collector: Collector) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(collector.took(self.path, headers, body))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Silently."""

    return Handler


def decoded(request: ExportTraceServiceRequest) -> list[Span]:
    return [
        Span(
            name=span.name,
            kind=Wire.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
            trace=span.trace_id.hex(),
            id=span.span_id.hex(),
            parent=span.parent_span_id.hex(),
            failed=span.status.code == span.status.STATUS_CODE_ERROR,
            events=len(span.events),
            attributes={each.key: _value(each.value) for each in span.attributes},
            resource={each.key: _value(each.value) for each in of.resource.attributes},
        )
        for of in request.resource_spans
        for scope in of.scope_spans
        for span in scope.spans
    ]


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None
