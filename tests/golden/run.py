"""Running cases: one after the other, what differs printed under its case, a count at the end."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.golden.question import NotBuiltError
from tests.golden.read import Entry, FormatError, read

OWN: Final = Path(__file__).parent / "cases"
PASSED: Final = 0
FAILED: Final = 1
UNREADABLE: Final = 2
"""Exit statuses; the last one where a file or a case could not be read."""


@dataclass(slots=True)
class Tally:
    passed: int = 0
    failed: int = 0
    unreadable: int = 0

    @property
    def status(self) -> int:
        return UNREADABLE if self.unreadable else FAILED if self.failed or not self.passed else PASSED


def own_files() -> list[Path]:
    """The project's own cases."""
    return sorted(OWN.glob("*.json"))


async def outcome(entry: Entry) -> list[str]:
    """Everything wrong with one case; empty when it passes."""
    if isinstance(entry.case, FormatError):
        return list(entry.case.faults)
    try:
        return await entry.case.problems(entry.conventions)
    except NotBuiltError as missing:
        return list(missing.reasons)
    except Exception as error:  # noqa: BLE001  one case that breaks the gateway must not hide the others
        return [f"unexpected {type(error).__name__}: {error}"]


async def run(paths: Iterable[Path], write: Callable[[str], None]) -> int:
    """Runs every case of the files and returns the exit status. The last line is the count."""
    tally = Tally()
    for path in paths:
        try:
            entries = read(path)
        except FormatError as error:
            tally.failed += 1
            tally.unreadable += 1
            _report(write, "ERROR", str(path), "", error.faults)
            continue
        for entry in entries:
            found = await outcome(entry)
            unreadable = isinstance(entry.case, FormatError)
            tally.passed += not found
            tally.failed += bool(found)
            tally.unreadable += unreadable
            if found:
                _report(write, "ERROR" if unreadable else "FAIL", entry.id, entry.title, found)
    write(f"{tally.passed} passed, {tally.failed} failed")
    return tally.status


def _report(write: Callable[[str], None], word: str, id_: str, title: str, lines: Iterable[str]) -> None:
    write(f"{word} {id_} {title}".rstrip())
    for line in lines:
        write(f"    {line}")
