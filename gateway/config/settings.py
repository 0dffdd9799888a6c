"""Sources: each section made into what a connector is given, its credentials fetched."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path as FilePath

from pydantic import ValidationError

from gateway.config.credentials import UnusableError, credential
from gateway.config.problems import Data, Document, Finding, Problems
from gateway.config.raw import find, text, texts
from gateway.config.systems import LimitsSection, SourceSection
from sources.spi.settings import Limits, Secret, SourceSettings

ConnectorCheck = Callable[[SourceSettings], list[str]]
"""What a connector has to say against a source's settings: nothing where it can work with them. A message
may begin with the key it is about (`options.workspace: …`, `auth: …`); none may hold a credential."""


def settings(
    document: Document, base: FilePath, env: Mapping[str, str], problems: Problems
) -> dict[str, SourceSettings]:
    """The sources that are valid by themselves, whatever else is wrong with the file.

    A credential that cannot be had is a problem, and empty.
    """
    found: dict[str, SourceSettings] = {}
    for path, data in find(document.data, "sources", "*"):
        auth, unusable = _auth(data, base, env)
        ca, absent = _certificates(data, base)
        problems.add(document, (((*path, *at), message) for at, message in (*unusable, *absent)))
        try:
            section = SourceSection.model_validate(data)
        except ValidationError:
            continue
        found[str(path[-1])] = _settings(str(path[-1]), section, auth, ca)
    return found


def objections(connectors: ConnectorCheck, found: Mapping[str, SourceSettings]) -> Iterator[Finding]:
    """What connectors have to say against their settings, each message at the key it is about."""
    for name, settled in found.items():
        for message in connectors(settled):
            head, _, rest = message.partition(": ")
            keys = tuple(head.split("."))
            if rest and keys[0] in _KEYS:
                yield ("sources", name, *keys), rest
            else:
                yield ("sources", name), message


_KEYS = frozenset(field.alias or name for name, field in SourceSection.model_fields.items())


def _settings(
    name: str, section: SourceSection, auth: Mapping[str, str | Secret], ca: str | None
) -> SourceSettings:
    return SourceSettings(
        name=name,
        connector=section.connector,
        url=section.url,
        auth=auth,
        account=section.account,
        entities=section.entities,
        facts=frozenset(section.facts),
        limits=_limits(section.limits),
        max_age=section.max_age,
        stale_while_revalidate=section.stale_while_revalidate,
        stale_if_error=section.stale_if_error,
        options=section.options,
        mapping=section.mapping,
        ca=ca,
        proxy=section.proxy,
    )


def _limits(section: LimitsSection) -> Limits:
    return Limits(**{name: getattr(section, name) for name in section.model_fields_set})


def _auth(
    source: Data, base: FilePath, env: Mapping[str, str]
) -> tuple[dict[str, str | Secret], list[Finding]]:
    auth: dict[str, str | Secret] = {}
    findings: list[Finding] = []
    for path, value in texts(source, "auth", "*"):
        field = str(path[-1])
        try:
            auth[field] = credential(field, value, base, env)
        except UnusableError as error:
            auth[field] = Secret("")
            findings.append((path, str(error)))
    return auth, findings


def _certificates(source: Data, base: FilePath) -> tuple[str | None, list[Finding]]:
    if (name := text(source, "ca")) is None:
        return None, []
    file = base / name
    return str(file), [] if file.is_file() else [(("ca",), f"is no file: {file}")]
