"""How a source does: what came of asking it so far, told without asking it.

Everything that shows the state of a source reads this: `/readyz`, the `sources` field and `/metrics`. They
are the same numbers, so they cannot disagree. What is counted grows while it is read, and is never reset.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from sources.spi.batch import Batch, Freshness

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds, by which how long things took is told."""
ANSWERED: Final = "OK"
"""Beside the codes of errors: it went well."""
GIVEN_UP: Final = "CANCELLED"
"""Nobody waited for the end of it."""
REFUSED: Final = "REAUTHENTICATE"
"""Its credentials had run out, as they do; it was made again with new ones."""


class Circuit(StrEnum):
    """Whether a source is asked: as usual, not at all, or now and then to see whether it is back."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Spread:
    """How often something took how long. `counts` are by `BOUNDS`, each without those below it, the last for
    what took longer; `seconds` is the sum."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


@dataclass(frozen=True, slots=True)
class Failure:
    """The last request that failed: when, and the code of its error."""

    at: datetime
    code: str


@dataclass(slots=True)
class Calls:
    """Requests to the system. `outcomes` are by ANSWERED, GIVEN_UP, REFUSED or an error's code; `waited` is
    the time in the queue of the account, before each; `repeated` are those that were made again."""

    outcomes: Counter[str] = field(default_factory=Counter)
    took: Spread = field(default_factory=Spread)
    waited: Spread = field(default_factory=Spread)
    repeated: int = 0
    last_success: datetime | None = None
    last_failure: Failure | None = None

    def ended(self, outcome: str, seconds: float) -> None:
        self.outcomes[outcome] += 1
        self.took.add(seconds)
        if outcome == ANSWERED:
            self.last_success = datetime.now(UTC)
        elif outcome not in {GIVEN_UP, REFUSED}:
            self.failed(outcome)

    def failed(self, code: str) -> None:
        self.last_failure = Failure(datetime.now(UTC), code)


@dataclass(slots=True)
class Scans:
    """Scans for questions. `answered` are by how their rows came, `errors` by the code of what failed
    instead; `beyond_max_age` had data older than the source may have. `data_as_of` is of the last one
    answered."""

    answered: Counter[Freshness] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    took: Spread = field(default_factory=Spread)
    rows: int = 0
    beyond_max_age: int = 0
    data_as_of: datetime | None = None

    def brought(self, batch: Batch, seconds: float, *, too_old: bool) -> None:
        self.answered[batch.freshness] += 1
        self.took.add(seconds)
        self.rows += batch.frame.height
        self.beyond_max_age += too_old
        self.data_as_of = batch.data_as_of

    def failed(self, code: str, seconds: float) -> None:
        self.errors[code] += 1
        self.took.add(seconds)


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of one source now. `running`, `waiting` and `allowed` are calls of its account, which other
    sources may share."""

    circuit: Circuit = Circuit.CLOSED
    running: int = 0
    waiting: int = 0
    allowed: int = 0
    calls: Calls = field(default_factory=Calls)
    scans: Scans = field(default_factory=Scans)
