"""Spans of this process, while a test asks for them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler, SamplingResult

from tests.telemetry.collector import Span, decoded


class Switch(Sampler):
    """There is one provider to a process: it makes spans only for the tests that want them."""

    on = False

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        return (ALWAYS_ON if self.on else ALWAYS_OFF).should_sample(*args, **kwargs)

    def get_description(self) -> str:
        return "Switch"


@pytest.fixture(scope="session")
def tracing() -> tuple[Switch, InMemorySpanExporter]:
    switch, exporter = Switch(), InMemorySpanExporter()
    provider = TracerProvider(sampler=switch, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return switch, exporter


@pytest.fixture
def spans(tracing: tuple[Switch, InMemorySpanExporter]) -> Iterator[Callable[[], list[Span]]]:
    """Calling it gives the spans that ended since, as a collector would decode them, and forgets them."""
    switch, exporter = tracing

    def ended() -> list[Span]:
        found = decoded(encode_spans(exporter.get_finished_spans()))
        exporter.clear()
        return found

    exporter.clear()
    switch.on = True
    yield ended
    switch.on = False
    exporter.clear()
