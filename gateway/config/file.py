"""The configuration file as a whole. See `docs/configuration.md` for the sections in a user's words."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, WithJsonSchema, field_validator

from gateway.config.audit import AuditSection
from gateway.config.base import Section, Table
from gateway.config.calendars import CalendarSection
from gateway.config.crosswalks import CrosswalkSection
from gateway.config.identity import IdentitySection
from gateway.config.limits import QuestionLimitsSection
from gateway.config.materiality import MaterialitySection
from gateway.config.members import (
    AccountSection,
    CostCenterSection,
    HierarchySection,
    LegalEntitySection,
    ProjectSection,
    SupplierSection,
)
from gateway.config.period_maps import PeriodMapSection
from gateway.config.policies import PolicySection
from gateway.config.rates import RateSection, SpotRateSection
from gateway.config.roles import RoleSection
from gateway.config.scalars import Count, Currency, Instant, Name, Text, misplaced
from gateway.config.shared import Credential, ValkeyAddress
from gateway.config.spreading import ForecastSection, SpreadingSection
from gateway.config.systems import SourceSection
from gateway.config.telemetry import TelemetrySection


class CacheSection(Section):
    """What has been read from the systems, kept for as long as each of them says."""

    max_bytes: Count = 268_435_456
    """Bytes it may take in memory; what was used longest ago goes first. 0 keeps nothing."""
    max_answer_bytes: Count = 67_108_864
    """Bytes that answers may take beside it, each for as long as all that went into it is fresh."""
    url: ValkeyAddress | None = None
    """A Valkey that several gateways share: what one has read answers the others."""
    username: Text | None = None
    """Whom it knows them as."""
    password: Credential | None = None
    """Its password: `env:NAME` or `file:PATH`."""

    @field_validator("username", "password")
    @classmethod
    def _of_the_shared_one(cls, value: str | None, before: ValidationInfo) -> str | None:
        if value is not None and before.data.get("url", "") is None:
            raise misplaced("is for a cache with a url")
        return value


class File(Section):
    """Threefold configuration: the company, its systems, and how their codes translate."""

    version: Annotated[Literal["1"], WithJsonSchema({"enum": [1, "1"]})]
    """Version of this format."""
    profile: Literal["demo", "production"]
    """`demo` is open to everybody who can reach it; `production` does not start without identity."""
    identity: IdentitySection | None = None
    """Who may ask. Without it only the demo profile is served, to everybody."""
    roles: dict[Name, RoleSection] = Field(default_factory=dict)
    """What those who may ask see."""
    clock: Instant | None = None
    """A fixed "now", for the sandbox. Only in the demo profile."""
    reporting_currency: Currency
    """Currency of answers over several ledgers, unless the question names one."""
    calendar: Name
    """The calendar of questions that name none, and of legal entities without their own."""
    limits: QuestionLimitsSection = Field(default_factory=QuestionLimitsSection)
    audit: AuditSection | None = None
    """Who asked what. Default: standard output; in the demo profile nowhere."""
    cache: CacheSection = Field(default_factory=CacheSection)
    telemetry: TelemetrySection = Field(default_factory=TelemetrySection)
    legal_entities: Annotated[tuple[LegalEntitySection, ...], Table(), Field(min_length=1)]
    """Companies with their own ledger."""
    accounts: Annotated[tuple[AccountSection, ...], Table(), Field(min_length=1)]
    """The chart of accounts that the sources' accounts translate to."""
    cost_centers: Annotated[tuple[CostCenterSection, ...], Table()] = ()
    """Cost centres. Without any, every code a source has is its own member."""
    projects: Annotated[tuple[ProjectSection, ...], Table()] = ()
    """Projects. Without any, every code a source has is its own member."""
    suppliers: Annotated[tuple[SupplierSection, ...], Table()] = ()
    """Suppliers. Without any, every code a source has is its own member."""
    policies: dict[Name, PolicySection] = Field(default_factory=dict)
    """How entities keep their books: a legal entity, or `default` for those without a policy of their own."""
    materiality: Annotated[tuple[MaterialitySection, ...], Table()] = ()
    """How large an unexplained difference may be before `reconcile` calls it a break; by default 0."""
    hierarchies: tuple[HierarchySection, ...] = ()
    """Trees over members, where they are kept apart from them."""
    calendars: Annotated[tuple[CalendarSection, ...], Field(min_length=1)]
    """Fiscal calendars."""
    period_maps: tuple[PeriodMapSection, ...] = ()
    """Where periods of one calendar lie in another."""
    spreading: tuple[SpreadingSection, ...] = ()
    """How annual budgets lie in the periods of their year."""
    forecast: ForecastSection | None = None
    """The plan that forecasts are of."""
    rates: Annotated[tuple[RateSection, ...], Table()] = ()
    """Rates of budgets, averages of periods, closing rates of days. A source may have further ones: see
    EXCHANGE_RATE among its facts. Where both say something, what stands here holds."""
    spot_rates: Annotated[tuple[SpotRateSection, ...], Table()] = ()
    """Rates of days: the latest values commitments where the policy's `reliefRate` is CURRENT, and says what
    they would differ by."""
    crosswalks: tuple[CrosswalkSection, ...] = ()
    """How the sources' codes translate to canonical members."""
    sources: Annotated[dict[Name, SourceSection], Field(min_length=1)]
    """The systems, each under a name of your own."""

    @field_validator("clock")
    @classmethod
    def _pinned_only_in_the_demo(cls, clock: datetime | None, before: ValidationInfo) -> datetime | None:
        if clock is not None and before.data.get("profile") == "production":
            raise misplaced("is for the demo profile only")
        return clock
