"""Where the replicas' shared cache is: `valkey://host:6379/0`, and how to get in."""

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Annotated, Final
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, WithJsonSchema

from gateway.config.credentials import UnusableError, credential
from gateway.config.problems import Document, Problems
from gateway.config.raw import find, text
from gateway.config.scalars import Text, misplaced, refused
from sources.spi.settings import Secret, ValkeySettings

_SCHEMES: Final = {"valkey": False, "redis": False, "valkeys": True, "rediss": True}
"""Whether the connection is encrypted."""
_DATABASE: Final = re.compile(r"/?([0-9]{0,4})")


def _valkey(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
        whole = whole and _database(parts) is not None and not (parts.query or parts.fragment)
    except ValueError:
        whole = False
    if "@" in value:
        raise misplaced("must not hold credentials; they belong under username and password beside it")
    if not whole:
        raise refused("must be an address such as valkey://host:6379/0, or valkeys:// with TLS")
    return value


ValkeyAddress = Annotated[
    Text,
    AfterValidator(_valkey),
    WithJsonSchema({"type": "string", "pattern": "^(valkey|redis)s?://[^@?#]+$"}),
]
"""The address of a Valkey, or of a Redis: host, port (6379) and number of the database (0)."""
Credential = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^(env|file):"})]
"""`env:NAME` or `file:PATH`."""


def valkey(
    document: Document, base: FilePath, env: Mapping[str, str], problems: Problems
) -> ValkeySettings | None:
    """The shared cache, where there is one; a password that cannot be had is a problem."""
    for path, data in find(document.data, "cache"):
        address, named = text(data, "url"), text(data, "password")
        password: str | Secret | None = None
        try:
            password = None if named is None else credential("password", named, base, env)
            parts = urlsplit(_valkey(address or ""))
        except UnusableError as error:
            problems.add(document, [((*path, "password"), str(error))])
            return None
        except ValueError:
            return None
        return ValkeySettings(
            host=parts.hostname or "",
            port=parts.port or 6379,
            database=_database(parts) or 0,
            tls=_SCHEMES[parts.scheme],
            username=text(data, "username"),
            password=password if isinstance(password, Secret) else None,
        )
    return None


def _database(parts: SplitResult) -> int | None:
    found = _DATABASE.fullmatch(parts.path)
    return None if found is None else int(found[1] or 0)
