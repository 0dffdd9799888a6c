"""Credentials: named in the file, read from the environment or from files, never printed.

A field of `auth` is `env:NAME` or `file:PATH`. What is no secret (a user name) may stand as it is.
"""

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Final

from sources.spi.settings import Secret

PLAIN_SPELLINGS: Final = "^(kind|user|username|client_?[iI]d|scope|token_?[uU]rl)$"
"""Fields that are no secret."""
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_LONGEST: Final = 64 * 1024


class UnusableError(Exception):
    """Why a field of `auth` cannot be used, in words that hold nothing of its value."""


def credential(field: str, value: str, base: FilePath, env: Mapping[str, str]) -> str | Secret:
    """What the field stands for: a Secret, or plain text where it is none. Raises UnusableError."""
    kind, _, name = value.partition(":")
    if kind == "env":
        return Secret(_from_environment(name, env))
    if kind == "file":
        return Secret(_from_file(name, base))
    if re.fullmatch(PLAIN_SPELLINGS, field) and value:
        return value
    raise UnusableError(
        "must not stand in the file: write env:NAME for an environment variable, or file:PATH for a file"
    )


def _from_environment(name: str, env: Mapping[str, str]) -> str:
    if not _VARIABLE.fullmatch(name):
        raise UnusableError("must name an environment variable after env:, in letters, digits and _")
    if not (value := env.get(name)):
        raise UnusableError(f"names the variable {name}, which is {'empty' if name in env else 'not set'}")
    return value


def _from_file(name: str, base: FilePath) -> str:
    path = base / name
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
        value = content.decode().rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise UnusableError(f"names a file that cannot be read ({reason})") from None
    if not value or len(content) > _LONGEST:
        raise UnusableError(f"names a file that is {'larger than 64 KiB' if value else 'empty'}")
    return value
