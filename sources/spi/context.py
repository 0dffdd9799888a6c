"""What travels with every call to a source: the deadline, and the count of what was spent."""

import asyncio
from dataclasses import dataclass, field

from sources.spi.errors import DeadlineExceeded


@dataclass(slots=True)
class Context:
    """One question's passage through the sources. `deadline` is in the event loop's clock; `max_staleness`
    is how old, in seconds, what is kept may be at most; `no_cache` asks for nothing that is kept."""

    deadline: float
    calls: dict[str, int] = field(default_factory=dict)
    max_staleness: float | None = None
    no_cache: bool = False

    @classmethod
    def within(cls, seconds: float) -> "Context":
        return cls(asyncio.get_running_loop().time() + seconds)

    def remaining(self, source: str) -> float:
        """Seconds left; raises DeadlineExceeded rather than returning nothing to wait for."""
        left = self.deadline - asyncio.get_running_loop().time()
        if left <= 0:
            raise DeadlineExceeded(source, "the deadline of the question ran out")
        return left

    def count(self, source: str) -> None:
        self.calls[source] = self.calls.get(source, 0) + 1
