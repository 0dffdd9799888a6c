"""Keys of the gateway's own, for programs that cannot fetch tokens. A file holds what checks them.

A key is ``tfk_<id>_<secret>``: eight characters to know it by, and 256 bits of chance that are shown once.
Of these the file holds the SHA-256. That is enough, and fast: there is nothing to guess in 256 random bits,
which is what slow hashes and salts are there to hinder.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gateway.identity.principal import Principal, UnknownError, UnverifiableError

PREFIX: Final = "tfk_"
_KEY: Final = re.compile(r"tfk_([0-9a-f]{8})_([0-9a-f]{64})")
_LOOKED: Final = 1.0
"""Seconds after which the file is looked at again."""
_MOST_BYTES: Final = 4 * 1024 * 1024


class UnreadableError(Exception):
    """Why a file of keys cannot be used or changed."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key as the file has it. Two of one name are the old and the new while it is being replaced."""

    id: str
    name: str
    roles: tuple[str, ...]
    sha256: str
    created: datetime
    expires: datetime | None = None

    def expired(self, now: datetime) -> bool:
        return self.expires is not None and self.expires <= now


class Keys:
    """The keys in a file, which is read again when it changes. `now` is the time of day."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._now = now
        self._keys: dict[str, Key] = {}
        self._stamp: tuple[int, int] | None = None
        self._looked_at = -_LOOKED

    def principal(self, text: str) -> Principal:
        """Whose key it is. Raises UnknownError."""
        self._look()
        form = _KEY.fullmatch(text)
        key = self._keys.get(form[1]) if form else None
        sent = hashlib.sha256(text.encode()).hexdigest()
        if key is None or not hmac.compare_digest(key.sha256, sent):
            raise UnknownError("the key is not known here")
        if key.expired(self._now()):
            raise UnknownError("the key has expired")
        return Principal(f"key {key.name}", key.name, frozenset(key.roles), key.expires)

    def _look(self) -> None:
        if time.monotonic() - self._looked_at < _LOOKED:
            return
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            if stamp != self._stamp:
                self._keys = {key.id: key for key in read(self._path)}
                self._stamp = stamp
        except FileNotFoundError:
            self._keys, self._stamp = {}, None
        except (OSError, UnreadableError) as error:
            raise UnverifiableError("the file of keys cannot be read at the moment") from error
        self._looked_at = time.monotonic()


def made(name: str, roles: Iterable[str], now: datetime, expires: datetime | None) -> tuple[Key, str]:
    """A new key, and the text of it, which is nowhere else."""
    known_by = secrets.token_hex(4)
    text = f"{PREFIX}{known_by}_{secrets.token_hex(32)}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Key(known_by, name, tuple(sorted(set(roles))), digest, now, expires), text


def superseded(keys: Iterable[Key], name: str, until: datetime) -> list[Key]:
    """The keys, where those called `name` end at `until`, if not before."""
    return [
        replace(key, expires=min(until, key.expires or until)) if key.name == name else key for key in keys
    ]


def without(keys: Iterable[Key], named: str) -> list[Key]:
    """The keys but those of that id or name."""
    return [key for key in keys if named not in {key.id, key.name}]


def read(path: Path) -> list[Key]:
    """The keys in a file; none, if there is no file. Raises UnreadableError."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror}") from None
    try:
        return [_key(each) for each in json.loads(content)["keys"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnreadableError(f"{path}: is not a file of keys; `threefold key new` makes one") from None


@contextmanager
def changing(path: Path) -> Iterator[list[Key]]:
    """The keys in a file, to be changed in place: what is in the list at the end is what the file holds then,
    as a whole or not at all. One at a time. Raises UnreadableError."""
    beside = path.with_name(f"{path.name}.new")
    try:
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UnreadableError(f"{beside} exists: another command is changing the keys, or died") from None
    except OSError as error:
        raise UnreadableError(f"{beside}: {error.strerror}") from None
    try:
        with os.fdopen(file, "w", encoding="utf-8") as out:
            keys = read(path)
            yield keys
            out.write(json.dumps({"keys": [_json(key) for key in keys]}, indent=2) + "\n")
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _json(key: Key) -> dict[str, Any]:
    said = asdict(key) | {"created": key.created.isoformat()}
    return said | {"expires": key.expires.isoformat() if key.expires else None}


def _key(said: dict[str, Any]) -> Key:
    known_by, name, roles, digest = said["id"], said["name"], said["roles"], said["sha256"]
    if not all(isinstance(each, str) for each in (known_by, name, digest, *roles)) or isinstance(roles, str):
        raise TypeError(name)
    expires = said.get("expires")
    return Key(known_by, name, tuple(roles), digest, _instant(said["created"]), expires and _instant(expires))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
