"""From a file to a configuration the gateway can run with, or to everything that is wrong with it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from gateway.audit.sink import AuditSettings
from gateway.config import (
    claims,
    crosswalks,
    identity,
    ids,
    materiality,
    period_maps,
    rates,
    roles,
    spreading,
    tables,
    trees,
    yaml,
)
from gateway.config.advice import advice
from gateway.config.audit import audit
from gateway.config.build import model
from gateway.config.calendars import CalendarSection, disorder
from gateway.config.file import File
from gateway.config.hooks import hooks
from gateway.config.identity import IdentitySection, Known
from gateway.config.limits import limits
from gateway.config.messages import findings
from gateway.config.problems import ConfigurationError, Document, Finding, Problem, Problems
from gateway.config.raw import find
from gateway.config.settings import ConnectorCheck, objections, settings
from gateway.config.shared import valkey
from gateway.config.telemetry import telemetry
from gateway.hooks import Hook
from gateway.limits import Limits
from gateway.policy import Roles
from gateway.telemetry import Telemetry
from resolvers.semantics.model import Model
from sources.spi.settings import SourceSettings, ValkeySettings


@dataclass(frozen=True, slots=True)
class Configuration:
    """A valid configuration, credentials fetched.

    `clock` is the pinned "now" of the sandbox, None for the real one; `model.today` is its day, or the day
    of loading. `deadline` is the longest time for one answer, in seconds, `limits` are on its document and
    its size; `cache_bytes` and `answer_bytes` are how much may be kept of what was read and of what was
    answered, `shared` is where all replicas keep it. `identity` is who may ask, None for everybody, `roles`
    what they see; `telemetry` is what is told of the gateway's work, `audit` where the line of each question
    goes, if anywhere. `warnings` are what is allowed and probably not meant.
    """

    profile: str
    model: Model
    sources: Mapping[str, SourceSettings]
    hooks: Mapping[str, Hook]
    clock: datetime | None
    deadline: float
    limits: Limits
    cache_bytes: int
    answer_bytes: int
    shared: ValkeySettings | None
    identity: Known | None
    roles: Roles
    telemetry: Telemetry
    audit: AuditSettings | None
    warnings: tuple[Problem, ...]


def load(
    path: Path, env: Mapping[str, str] = os.environ, connectors: ConnectorCheck | None = None
) -> Configuration:
    """The configuration in the file at `path`, credentials taken from `env` and from files.

    `connectors` is asked about every source. Raises ConfigurationError with all problems at once.
    """
    problems = Problems(str(path))
    document = yaml.load(_content(path), str(path), problems)
    document = tables.expanded(document, path.parent, problems)
    file = _validated(document, problems)
    for check in _CHECKS:
        problems.add(document, check(document))
    problems.add(document, identity.check(document, path.parent))
    sources = settings(document, path.parent, env, problems)
    heard = hooks(document, sources, path.parent, env, problems)
    shared = valkey(document, path.parent, env, problems)
    told = telemetry(document, path.parent, env, problems)
    if connectors is not None:
        problems.add(document, objections(connectors, sources))
    if file is None or problems:
        raise ConfigurationError(problems.sorted())
    return _configuration(file, document, sources, heard, shared, told, path.parent)


def keys_file(path: Path) -> Path | None:
    """The file of keys that the configuration at `path` names; None where it names none. Nothing else of it
    has to be right. Raises ConfigurationError where that cannot be told."""
    problems = Problems(str(path))
    document = yaml.load(_content(path), str(path), problems)
    for _, data in find(document.data, "identity"):
        try:
            known = identity.identity(IdentitySection.model_validate(data), path.parent)
        except ValidationError as error:
            found = findings(error, IdentitySection)
            problems.add(document, ((("identity", *at), message) for at, message in found))
        else:
            return None if known is None else known.keys
    if problems:
        raise ConfigurationError(problems.sorted())
    return None


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(yaml.MAX_BYTES + 1)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise ConfigurationError([Problem(str(path), 1, 1, "", reason)]) from error


def _validated(document: Document, problems: Problems) -> File | None:
    try:
        return File.model_validate(document.data)
    except ValidationError as error:
        problems.add(document, findings(error, File))
        return None


def _check_periods(document: Document) -> Iterator[Finding]:
    for path, data in find(document.data, "calendars", "*"):
        try:
            section = CalendarSection.model_validate(data)
        except ValidationError:
            continue
        for index, message in disorder(section.periods):
            yield (*path, "periods", index), message


_CHECKS = (
    ids.check,
    trees.check,
    crosswalks.check,
    claims.check,
    rates.check,
    roles.check,
    materiality.check,
    _check_periods,
    period_maps.check,
    spreading.check,
)


def _configuration(
    file: File,
    document: Document,
    sources: Mapping[str, SourceSettings],
    heard: Mapping[str, Hook],
    shared: ValkeySettings | None,
    told: Telemetry,
    base: Path,
) -> Configuration:
    now = file.clock or datetime.now(UTC)
    built = model(file, document.data, now.date())
    warnings = Problems(document.file)
    who = identity.identity(file.identity, base)
    warnings.add(document, advice(built, sources, file.profile, document.data))
    return Configuration(
        profile=file.profile,
        model=built,
        sources=sources,
        hooks=heard,
        clock=file.clock,
        deadline=file.limits.deadline,
        limits=limits(file.limits),
        cache_bytes=file.cache.max_bytes,
        answer_bytes=file.cache.max_answer_bytes,
        shared=shared,
        identity=who,
        roles=roles.roles(file.roles),
        telemetry=told,
        audit=audit(file.audit, file.profile, base),
        warnings=warnings.sorted(),
    )
