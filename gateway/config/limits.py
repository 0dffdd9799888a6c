"""The section of limits: bounds on one question, on the document it is in, and on its answer."""

from dataclasses import fields
from typing import Literal

from pydantic import Field

from gateway.config.base import Section
from gateway.config.scalars import Seconds
from gateway.config.systems import Positive
from gateway.limits import USUAL, Limits


class QuestionLimitsSection(Section):
    """Bounds on one question."""

    mode: Literal["enforce", "measure"] = "enforce"
    """`measure` answers what is over the limits of the document too, and says so in a response header."""
    max_rows: Positive = 100_000
    """Rows one answer may have."""
    deadline: Seconds = Field(default=30.0, gt=0, json_schema_extra={"default": "30s"})
    """Longest time for one answer; what is missing by then is reported as missing."""
    max_tokens: Positive = USUAL.max_tokens
    """Words and signs of the document; more than 15000 are never read."""
    max_nodes: Positive = USUAL.max_nodes
    """Fields, arguments and values of the document, its fragments written out wherever they are spread."""
    max_depth: Positive = USUAL.max_depth
    """How deep fields are nested."""
    max_breadth: Positive = USUAL.max_breadth
    """Fields beside each other."""
    max_aliases: Positive = USUAL.max_aliases
    """Fields with another name."""
    max_directives: Positive = USUAL.max_directives
    """Directives on fields and fragments."""
    max_root_fields: Positive = USUAL.max_root_fields
    """Questions in one request."""
    max_cost: Positive = USUAL.max_cost
    """Objects the answer may have, by the sizes in the schema."""
    max_upstream_calls: Positive = USUAL.max_upstream_calls
    """Calls to systems that are planned for the figures of one request."""
    max_response_bytes: Positive = USUAL.max_response_bytes
    """Bytes of the response, before it is compressed."""


def limits(section: QuestionLimitsSection) -> Limits:
    """The bounds that are the gateway's own; rows and the deadline are the engine's."""
    names = {field.name for field in fields(Limits)} - {"enforced"}
    return Limits(section.mode == "enforce", **{name: getattr(section, name) for name in names})
