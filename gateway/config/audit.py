"""The section of the audit: where the line of each question goes."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from gateway.audit.sink import AuditSettings
from gateway.config.base import Section
from gateway.config.scalars import Count, Text, misplaced
from gateway.config.systems import Positive

_USUAL = AuditSettings()


class AuditSection(Section):
    """One line of JSON per question."""

    to: Literal["stdout", "file", "nowhere"] = "stdout"
    """Where lines go."""
    file: Text | None = Field(default=None, validate_default=True)
    """Path of the file, for `to: file`. Its directory exists."""
    max_bytes: Positive = _USUAL.max_bytes
    """Size at which the file is put away, under its name with a number."""
    keep: Count = _USUAL.keep
    """How many of these are kept; 0 puts none away, and the file grows."""

    @field_validator("file")
    @classmethod
    def _of_a_file(cls, value: str | None, before: ValidationInfo) -> str | None:
        to_file = before.data.get("to") == "file"
        if value is None and to_file:
            raise misplaced("is needed for `to: file`")
        if value is not None and not to_file:
            raise misplaced("is for `to: file` only")
        return value


def audit(section: AuditSection | None, profile: str, base: Path) -> AuditSettings | None:
    """What is said of it, else standard output; in the demo profile nothing."""
    if section is None:
        return None if profile == "demo" else AuditSettings()
    if section.to == "nowhere":
        return None
    file = None if section.file is None else base / section.file
    return AuditSettings(file, section.max_bytes, section.keep)
