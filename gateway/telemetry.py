"""Sending traces to a collector, where the configuration names one; without it nothing is set up.

Everybody else only knows OpenTelemetry's API, whose tracers do nothing until there is something behind them.
What is here is what stands behind them: which requests are traced, who this is, and where spans go.
Spans are sent by a thread of their own; when the collector is slow or away they are dropped, nobody waits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from threading import Thread
from typing import Final

import requests
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from sources.spi.settings import Secret

_PATIENCE: Final = 5.0
"""Seconds that one batch may take, and that sending the last ones may keep the process from ending."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """`endpoint` is the collector's address without `/v1/traces`; `sampling` the share of requests that are
    traced when who asks has not decided it; `ca` a file of certificates to trust."""

    endpoint: str
    headers: Mapping[str, Secret] = field(default_factory=dict)
    sampling: float = 1.0
    service: str = "threefold"
    ca: str | None = None


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What is told of the gateway's work: traces, where they are to be sent; whether /metrics is served."""

    tracing: Tracing | None = None
    metrics: bool = True


def begin(telemetry: Telemetry) -> Callable[[], None]:
    """From now on this process sends traces. What is returned sends the last of them, and ends it."""
    if telemetry.tracing is None:
        return lambda: None
    made = provider(telemetry.tracing)
    trace.set_tracer_provider(made)
    return lambda: ended(made)


def provider(tracing: Tracing) -> TracerProvider:
    exporter = OTLPSpanExporter(
        endpoint=f"{tracing.endpoint}/v1/traces",
        headers={name: secret.reveal() for name, secret in tracing.headers.items()},
        certificate_file=tracing.ca,
        timeout=_PATIENCE,
        compression=Compression.Gzip,
        session=_session(),
    )
    made = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(tracing.sampling)),
        resource=Resource.create({"service.name": tracing.service, "service.version": release()}),
        shutdown_on_exit=False,
    )
    made.add_span_processor(BatchSpanProcessor(exporter))
    return made


def ended(made: TracerProvider) -> None:
    """Sends what is left, within a few seconds: a collector that is away does not keep the process alive."""
    last = Thread(target=made.shutdown, daemon=True)
    last.start()
    last.join(_PATIENCE)


def release() -> str:
    try:
        return version("threefold")
    except PackageNotFoundError:
        return ""


def _session() -> requests.Session:
    """Without what the environment may hold for other programs: proxies, and credentials in a .netrc."""
    session = requests.Session()
    session.trust_env = False
    return session
