"""What travels with every call to a source: the deadline, how old an answer may be, who comes first, and what
it took."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sources.spi.batch import Freshness
from sources.spi.errors import DeadlineExceeded, SourceError
from sources.spi.facts import Fact


@dataclass(frozen=True, slots=True)
class Read:
    """One batch that went into an answer: when it was fetched, how many seconds ago, and for how many more it
    is fresh."""

    source: str
    fact: Fact
    fetched_at: datetime
    age: float
    fresh_for: float
    freshness: Freshness


ROUNDS: Final = 4
"""Rounds of the event loop in which a reply that has just arrived gets to where it is worked on."""


@dataclass(slots=True)
class Context:
    """One question's passage through the sources. `deadline` is in the event loop's clock; `max_staleness`
    is how old, in seconds, what is kept may be at most; `no_cache` asks for nothing that is kept. `reads` is
    what went into the answer, of sources that may keep it; `lost` are the sources that could not be read, so
    that a question waits for each of them once. Principals take turns in a queue. `planned` are
    the calls that each question of the request was going to make at least, `most_planned` how many that may
    be. `patience` is set where nothing else waits for the answer: its work is then done in turns, between
    more urgent work."""

    deadline: float
    calls: dict[str, int] = field(default_factory=dict)
    max_staleness: float | None = None
    no_cache: bool = False
    reads: list[Read] = field(default_factory=list)
    lost: dict[str, SourceError] = field(default_factory=dict)
    principal: str = ""
    planned: list[int] = field(default_factory=list)
    most_planned: int | None = None
    patience: asyncio.Lock | None = None

    @classmethod
    def within(cls, seconds: float, *, no_cache: bool = False) -> "Context":
        return cls(asyncio.get_running_loop().time() + seconds, no_cache=no_cache)

    def patient(self, patience: asyncio.Lock) -> "Context":
        """The same passage for what can wait; those that share a lock take turns."""
        return replace(self, patience=patience)

    async def turn(self) -> None:
        """Comes back when it is this call's turn to use the processor, at once if it is urgent. What follows
        should not take longer than one reply is worth: all others wait for it."""
        if self.patience is not None:
            async with self.patience:
                for _ in range(ROUNDS):
                    await asyncio.sleep(0)

    def remaining(self, source: str) -> float:
        """Seconds left; raises DeadlineExceeded rather than returning nothing to wait for."""
        left = self.deadline - asyncio.get_running_loop().time()
        if left <= 0:
            raise DeadlineExceeded(source, "the deadline of the question ran out")
        return left

    def count(self, source: str) -> None:
        self.calls[source] = self.calls.get(source, 0) + 1
