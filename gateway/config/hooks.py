"""The section that says how a system proves its messages, and what they are about."""

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema

from gateway.config.base import Section
from gateway.config.credentials import UnusableError, credential
from gateway.config.members import FactName
from gateway.config.problems import Document, Problems
from gateway.config.raw import find, text
from gateway.config.scalars import Text, one_of
from gateway.hooks import Hook, Scheme
from sources.spi.settings import Secret, SourceSettings

_Scheme = Annotated[
    Scheme, BeforeValidator(one_of(Scheme)), WithJsonSchema({"enum": [str(word) for word in Scheme]})
]


class HookSection(Section):
    """Messages of a system that something changed, sent to /hooks/ and the source's name."""

    scheme: _Scheme
    """How it signs them: `stripe`, or `hmac` with the headers X-Timestamp and X-Signature."""
    secret: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^(env|file):"})]
    """What it signs them with: `env:NAME` or `file:PATH`."""
    events: dict[Text, tuple[FactName, ...]] = Field(default_factory=dict)
    """Patterns of a message's type, such as `invoice.*`, and the facts that change with it. What matches none
    changes everything the source provides."""


def hooks(
    document: Document,
    sources: Mapping[str, SourceSettings],
    base: FilePath,
    env: Mapping[str, str],
    problems: Problems,
) -> dict[str, Hook]:
    """The hooks of the sources that have one; a secret that cannot be had is a problem."""
    found: dict[str, Hook] = {}
    for path, data in find(document.data, "sources", "*", "hook"):
        name = str(path[1])
        try:
            section = HookSection.model_validate(data)
            secret = credential("secret", text(data, "secret") or "", base, env)
        except ValidationError:
            continue
        except UnusableError as error:
            problems.add(document, [((*path, "secret"), str(error))])
            continue
        if name in sources and isinstance(secret, Secret):
            events = {pattern: frozenset(facts) for pattern, facts in section.events.items()}
            found[name] = Hook(section.scheme, secret, sources[name].facts, events)
    return found
