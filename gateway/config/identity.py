"""The section that says who may ask: whose tokens are believed, and where the gateway's own keys are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from gateway.config.base import Section
from gateway.config.problems import Document, Finding
from gateway.config.raw import find, text
from gateway.config.scalars import Seconds, Text, refused
from gateway.config.text import shown
from gateway.identity.tokens import KEY_TYPES, USUAL, Issuer

_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def _published(value: str) -> str:
    """An address that keys are read from: encrypted, since whoever can change them can be anybody."""
    try:
        parts = urlsplit(value)
        encrypted = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
        whole = encrypted and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        whole = False
    if not whole or "@" in value or " " in value:
        raise refused("must be an address that starts with https:// (http:// on this machine), without user")
    return value


def _algorithm(value: str) -> str:
    if value not in KEY_TYPES:
        raise refused(f"must be one of {', '.join(KEY_TYPES)}")
    return value


Published = Annotated[
    Text, AfterValidator(_published), WithJsonSchema({"type": "string", "pattern": "^https?://[^@\\s#]+$"})
]
Algorithm = Annotated[
    str, BeforeValidator(_algorithm), WithJsonSchema({"type": "string", "enum": list(KEY_TYPES)})
]


class IssuerSection(Section):
    """Somebody whose tokens (JWT) are believed, such as Entra ID, Okta, Keycloak or Auth0."""

    issuer: Published
    """The `iss` of its tokens, to the letter."""
    audience: Annotated[tuple[Text, ...], Field(min_length=1)]
    """What its tokens are for here: `aud` has one of these."""
    jwks: Published | None = None
    """Where its keys are; by default where its discovery document says."""
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = USUAL
    """How its tokens may be signed."""
    roles_claim: Text = "roles"
    """The claim that names roles, or the way to it with dots, such as `realm_access.roles`."""
    role_names: dict[Text, Text] = Field(default_factory=dict)
    """What the claim says, and which role that is here; what is not listed is the role of that name."""
    roles: tuple[Text, ...] = ()
    """Roles that everybody has who comes with a token of this issuer."""
    name_claim: Text = "sub"
    """The claim that says what to call somebody."""
    skew: Annotated[Seconds, Field(ge=0, le=300)] = Field(default=30.0, json_schema_extra={"default": "30s"})
    """How far its clock and ours may differ."""
    ca: Text | None = None
    """A file of certificates (PEM) to trust for this issuer."""


class IdentitySection(Section):
    """Who may ask. At least one of issuers and keys."""

    issuers: tuple[IssuerSection, ...] = ()
    """Whose tokens are believed."""
    keys: Text | None = None
    """The file of keys for programs that cannot fetch tokens: `threefold key new` writes it."""

    @model_validator(mode="after")
    def _somebody(self) -> "IdentitySection":
        if not self.issuers and self.keys is None:
            raise refused("must have issuers, or a file of keys, or both")
        return self


@dataclass(frozen=True, slots=True)
class Known:
    """Who may ask: tokens of these issuers, keys in this file."""

    issuers: tuple[Issuer, ...] = ()
    keys: FilePath | None = None


def identity(section: IdentitySection | None, base: FilePath) -> Known | None:
    """Who may ask, files relative to `base`; None where nobody has to say."""
    if section is None:
        return None
    issuers = tuple(
        Issuer(
            issuer=each.issuer,
            audiences=each.audience,
            jwks=each.jwks,
            algorithms=each.algorithms,
            roles_claim=each.roles_claim,
            called=each.role_names,
            roles=frozenset(each.roles),
            name_claim=each.name_claim,
            skew=each.skew,
            ca=None if each.ca is None else str(base / each.ca),
        )
        for each in section.issuers
    )
    return Known(issuers, None if section.keys is None else base / section.keys)


def check(document: Document, base: FilePath) -> Iterator[Finding]:
    """An issuer given twice: which of the two would be believed is not left to chance. Certificates that are
    not there."""
    first: dict[str, str] = {}
    for path, data in find(document.data, "identity", "issuers", "*"):
        name = text(data, "issuer")
        if name is not None and name in first:
            yield (*path, "issuer"), f"{shown(name)} is given twice; the first is {first[name]}"
        if name is not None:
            first.setdefault(name, document.where((*path, "issuer")))
        if (ca := text(data, "ca")) is not None and not (base / ca).is_file():
            yield (*path, "ca"), f"is no file: {base / ca}"
