"""How a request ended, and what its answer came to: told to whoever watches, and recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.encode import UNFORESEEN
from sources.spi.batch import Freshness


class Outcome(StrEnum):
    """How a request ended, for the one who asked."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    """With data, and with an error beside it."""
    REFUSED = "refused"
    FAILED = "failed"
    """Nobody foresaw it; the log has the incident."""
    ABANDONED = "abandoned"
    """Nobody waited for the answer."""


@dataclass(frozen=True, slots=True)
class System:
    """A system's part in an answer: the calls made, and of what was read the least fresh and the oldest."""

    calls: int = 0
    state: Freshness | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What an answer came to: `systems` by name, `rows` in its lists, the `codes` of its errors, and whether
    anything was `answered` beside them."""

    systems: Mapping[str, System] = field(default_factory=dict)
    rows: int = 0
    codes: tuple[str, ...] = ()
    answered: bool = False

    @property
    def outcome(self) -> Outcome:
        if UNFORESEEN in self.codes:
            return Outcome.FAILED
        if not self.codes:
            return Outcome.ANSWERED
        return Outcome.PARTIAL if self.answered else Outcome.REFUSED
