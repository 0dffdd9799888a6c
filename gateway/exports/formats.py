"""Which format a request wants its answer in, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from gateway.asking import BadRequestError


class Format(StrEnum):
    """A format, as `format=` names it and as a file's name ends."""

    CSV = "csv"
    NDJSON = "ndjson"
    ARROW = "arrow"
    PARQUET = "parquet"
    XLSX = "xlsx"


MEDIA: Final[Mapping[str, Format]] = {
    "text/csv": Format.CSV,
    "application/x-ndjson": Format.NDJSON,
    "application/vnd.apache.arrow.stream": Format.ARROW,
    "application/vnd.apache.parquet": Format.PARQUET,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Format.XLSX,
}
_CHARSETS: Final = {Format.CSV: "; charset=utf-8; header=present", Format.NDJSON: "; charset=utf-8"}
JSON: Final = "json"
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "format": (JSON, *Format),
    "decimals": ("string", "number"),
    "partial": ("refuse", "allow"),
}
_TABLE: Final = "table"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An export as a request wants it. `numbers`: NDJSON writes decimals as numbers; `partial`: what could
    be had is better than nothing; `table` is chosen of several."""

    format: Format
    numbers: bool = False
    partial: bool = False
    table: str | None = None

    @property
    def content_type(self) -> str:
        media = next(media for media, each in MEDIA.items() if each is self.format)
        return media + _CHARSETS.get(self.format, "")


def parameters(request: Request) -> dict[str, str]:
    """What the address says of an export. Raises BadRequestError for what is not accepted there."""
    given: dict[str, str] = {}
    for name, value in parse_qsl(request.url.query, keep_blank_values=True):
        accepted = _CHOICES.get(name)
        if accepted is None and name != _TABLE:
            continue
        if accepted is not None and value not in accepted:
            message = f"{name}: {value[:40]!r} is not accepted; give {', '.join(accepted)}"
            raise BadRequestError(400, "BAD_REQUEST", message)
        if name in given:
            raise BadRequestError(400, "BAD_REQUEST", f"{name}: stands twice in the address")
        given[name] = value
    return given


def wanted(given: Mapping[str, str], media_type: str | None) -> Wanted | None:
    """The export that the address and, where that names no format, the media type accepted ask for; None for
    JSON."""
    name = given.get("format")
    found = MEDIA.get(media_type or "") if name is None else Format(name) if name != JSON else None
    if found is None:
        return None
    return Wanted(
        found,
        numbers=given.get("decimals") == "number",
        partial=given.get("partial") == "allow",
        table=given.get(_TABLE),
    )
