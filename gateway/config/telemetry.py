"""The section of telemetry: where traces go and what lets them in, and whether there are metrics."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, WithJsonSchema, field_validator

from gateway.config.base import Section
from gateway.config.credentials import UnusableError, credential
from gateway.config.problems import Document, Problems
from gateway.config.raw import find, texts
from gateway.config.scalars import Address, Flag, NonNegativeDecimal, Text, misplaced, refused
from gateway.config.shared import Credential
from gateway.telemetry import Telemetry, Tracing
from sources.spi.settings import Secret

_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


def _header(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise refused("must be the name of a header, such as authorization")
    return value


Header = Annotated[
    str, AfterValidator(_header), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_.-]+$"})
]


class TelemetrySection(Section):
    """What is told of the gateway at work. Without a collector nothing is sent."""

    otlp: Address | None = None
    """A collector that takes OTLP over HTTP, such as https://collector.example:4318; traces are sent to
    /v1/traces below it."""
    headers: dict[Header, Credential] = Field(default_factory=dict)
    """Headers it wants to see, such as `authorization`: `env:NAME` or `file:PATH`."""
    sampling: Annotated[NonNegativeDecimal, Field(le=1)] = Field(
        default=Decimal(1), json_schema_extra={"default": 1}
    )
    """Share of the requests that are traced. A request that comes with a trace says itself whether it is."""
    service: Text = "threefold"
    """The name it is known by there."""
    ca: Text | None = None
    """A file of certificates (PEM) to trust for the collector."""
    metrics: Flag = True
    """Whether /metrics is served."""

    @field_validator("headers", "ca")
    @classmethod
    def _of_the_collector(cls, value: object, before: ValidationInfo) -> object:
        if value and before.data.get("otlp", "") is None:
            raise misplaced("is for a collector, whose address belongs under otlp")
        return value


def telemetry(document: Document, base: FilePath, env: Mapping[str, str], problems: Problems) -> Telemetry:
    """What the file says of it; a header that cannot be had is a problem."""
    headers: dict[str, Secret] = {}
    for path, named in texts(document.data, "telemetry", "headers", "*"):
        try:
            secret = credential("header", named, base, env)
        except UnusableError as error:
            problems.add(document, [(path, str(error))])
            continue
        if isinstance(secret, Secret):
            headers[str(path[-1])] = secret
    for path, data in find(document.data, "telemetry"):
        try:
            section = TelemetrySection.model_validate(data)
        except ValidationError:
            break
        ca = None if section.ca is None else base / section.ca
        if ca is not None and not ca.is_file():
            problems.add(document, [((*path, "ca"), f"is no file: {ca}")])
        return _telemetry(section, headers, None if ca is None else str(ca))
    return Telemetry()


def _telemetry(section: TelemetrySection, headers: Mapping[str, Secret], ca: str | None) -> Telemetry:
    if section.otlp is None:
        return Telemetry(metrics=section.metrics)
    tracing = Tracing(section.otlp, headers, float(section.sampling), section.service, ca)
    return Telemetry(tracing, section.metrics)
