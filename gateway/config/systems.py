"""The section that names the systems: where each is, how to get in, what it provides and for whom."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from gateway.config.base import Section
from gateway.config.credentials import PLAIN_SPELLINGS
from gateway.config.hooks import HookSection
from gateway.config.members import FactName
from gateway.config.scalars import Address, Count, Member, Name, Seconds, Text

Positive = Annotated[Count, Field(ge=1)]

_AUTH_SCHEMA = {
    "type": "object",
    "patternProperties": {PLAIN_SPELLINGS: {"type": "string"}},
    "additionalProperties": {"type": "string", "pattern": "^(env|file):"},
}


class LimitsSection(Section):
    """Bounds on what one source may cost or return. Without them, the usual ones."""

    concurrency: Positive | None = None
    """Calls at the same time to the source's account."""
    calls_per_second: Positive | None = None
    """Calls a second to the source's account; as many may come at once."""
    page_size: Positive | None = None
    """Records asked for at once; by default the connector's."""
    max_rows: Positive | None = None
    """Records one read may return."""
    max_pages: Positive | None = None
    """Pages one read may take."""
    max_bytes: Positive | None = None
    """Bytes one answer may have."""
    timeout: Annotated[Seconds, Field(gt=0)] | None = None
    """Longest time for one call; the question's deadline may end it sooner."""


class SourceSection(Section):
    """A system, seen through its connector."""

    connector: Name
    """Which connector speaks to it, such as sap_s4, coupa, anaplan, tryton or canonical."""
    url: Address
    """Its address, without credentials."""
    auth: Annotated[dict[str, str], WithJsonSchema(_AUTH_SCHEMA)] = Field(default_factory=dict)
    """The way in, by the connector's own names. Secrets are `env:NAME` (an environment variable) or
    `file:PATH` (the content of a file); user names, client ids, scopes and `kind` may stand here."""
    account: Text | None = None
    """Sources with the same account share its concurrency; by default a source has its own."""
    entities: Annotated[dict[Member, Text], Field(min_length=1)]
    """Legal entities it serves: canonical id, and what the system calls the company."""
    facts: Annotated[tuple[FactName, ...], Field(min_length=1)]
    """What it provides for them. One fact of one legal entity comes from one source."""
    calendar: Name | None = None
    """The calendar its periods and fiscal years are of; by default each legal entity's own."""
    limits: LimitsSection = Field(default_factory=LimitsSection)
    max_age: Seconds = Field(default=60.0, json_schema_extra={"default": "60s"})
    """How old an answer may be before the system is asked again."""
    stale_while_revalidate: Seconds = Field(default=0.0, json_schema_extra={"default": "0s"})
    """How much older it may be while the system is asked again behind the answer, which says so."""
    stale_if_error: Seconds = Field(default=0.0, json_schema_extra={"default": "0s"})
    """How much older it may be when the system cannot answer; the answer says so. Without it, what the system
    has is missing."""
    hook: HookSection | None = None
    """Messages the system sends when something changed."""
    options: dict[str, Text] = Field(default_factory=dict)
    """The connector's own parameters: workspace ids, database names."""
    mapping: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Columns that are elsewhere in this tenant's system: connector entity, column, and what to change."""
    ca: Text | None = None
    """A file of certificates (PEM) to trust for this system."""
    proxy: Address | None = None
    """A proxy to reach it through, without credentials."""
