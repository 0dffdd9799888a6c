"""A file on its way out: written first, in a file that has no name, then sent in parts to whoever asks.

So nobody gets half an export that says 200: its length, its tag and that it keeps its limits are known before
the first byte leaves. It takes no memory but for the part in hand, and goes with the last that refers to it.
"""

import hashlib
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator
from typing import IO, Final, Self, cast

PART: Final = 256 * 1024


class TooLongError(Exception):
    """What is written is over a bound; `size` is how far it came."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} bytes")
        self.size = size


class TooLateError(Exception):
    """There is no time left to write it."""


class Spool:
    """What has been written, by as many readers at once as like. Has a length, in bytes, and a `tag` of its
    content."""

    def __init__(self, file: IO[bytes], size: int, tag: str) -> None:
        self._file = file
        self._size = size
        self._turn = threading.Lock()
        self.tag = tag
        weakref.finalize(self, file.close)

    def __len__(self) -> int:
        return self._size

    def parts(self) -> Iterator[bytes]:
        for at in range(0, self._size, PART):
            with self._turn:
                self._file.seek(at)
                part = self._file.read(PART)
            yield part


class Writing:
    """A spool being written: the file that writers write to. Fails with TooLongError beyond `most` bytes and
    with TooLateError after `until` (time.monotonic); what is not `done` when it is left is thrown away."""

    def __init__(self, most: int | None, until: float) -> None:
        self._most = most
        self._until = until
        self._size = 0
        self._hash = hashlib.sha256()
        self._file: IO[bytes] = tempfile.TemporaryFile(buffering=PART)  # noqa: SIM115  outlives this room
        self._done = False
        self.failed: Exception | None = None
        """Why it cannot be finished. Writers in other languages tell errors of their own; so it is kept."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._done:
            self._file.close()

    @property
    def file(self) -> IO[bytes]:
        """As writers expect it, who only write."""
        return cast("IO[bytes]", self)

    def write(self, content: bytes) -> int:
        if self.failed is not None:
            # What closes an archive that cannot be finished writes its end all the same.
            return len(content)
        self._size += len(content)
        if self._most is not None and self._size > self._most:
            self._fail(TooLongError(self._size))
        self.hurry()
        self._hash.update(content)
        self._file.write(content)
        return len(content)

    def hurry(self) -> None:
        """For writers that work long before anything arrives here."""
        if time.monotonic() > self._until:
            self._fail(TooLateError())

    def _fail(self, error: Exception) -> None:
        self.failed = error
        raise error

    def flush(self) -> None:
        """Nothing is flushed before it is done."""

    def done(self) -> Spool:
        self._file.flush()
        self._done = True
        return Spool(self._file, self._size, self._hash.hexdigest()[:32])
