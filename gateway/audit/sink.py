"""Where audit lines go: standard output, or a file that is put away when it is full. A line that cannot be
written stops no answer; the log says so."""

import logging
import os
import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

log = logging.getLogger("threefold")

Sink = Callable[[bytes], None]
"""Takes one line, with its end."""
_UNWRITTEN: Final = "an audit line could not be written"


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """Lines go to `file`, of which `keep` full ones of `max_bytes` are put away; else to standard output."""

    file: Path | None = None
    max_bytes: int = 100 * 1024 * 1024
    keep: int = 10


def nowhere(_: bytes) -> None:
    """Nothing is recorded."""


def sink(settings: AuditSettings | None) -> Sink:
    """Raises OSError where the file cannot be written."""
    if settings is None:
        return nowhere
    return _standard_output if settings.file is None else _File(settings.file, settings)


def _standard_output(line: bytes) -> None:
    try:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except (OSError, ValueError):
        log.exception(_UNWRITTEN)


class _File:
    """Readable by its owner only. The full ones are named with a number, the latest with 1."""

    def __init__(self, path: Path, settings: AuditSettings) -> None:
        self._path = path
        self._settings = settings
        self._open()

    def __call__(self, line: bytes) -> None:
        try:
            if self._settings.keep and 0 < self._size > self._settings.max_bytes - len(line):
                self._put_away()
            self._size += os.write(self._descriptor, line)
        except OSError:
            log.exception(_UNWRITTEN)

    def _open(self) -> None:
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._size = os.fstat(self._descriptor).st_size
        self._close = weakref.finalize(self, os.close, self._descriptor)

    def _put_away(self) -> None:
        """What fails here leaves the file as it is, open."""
        close = self._close
        for number in range(self._settings.keep - 1, 0, -1):
            if (kept := self._numbered(number)).exists():
                kept.replace(self._numbered(number + 1))
        self._path.replace(self._numbered(1))
        self._open()
        close()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")
