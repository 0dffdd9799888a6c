"""What a measurement has to say, and how it is written down."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement: what was done, a table, and what it was hoped to show. `holds` None: only told."""

    title: str
    method: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    goal: str
    holds: bool | None = None

    def markdown(self) -> str:
        lines = [self.head, ["---", *["---:"] * (len(self.head) - 1)], *self.rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        reached = {True: " Reached.", False: " **Not reached.**", None: ""}[self.holds]
        return f"## {self.title}\n\n{self.method}\n\n{table}\n\n{self.goal}{reached}\n"


async def alternating(runs: int, *ways: Callable[[], Awaitable[object]], warm: int = 1) -> list[float]:
    """The median seconds of each way; they take turns, so that a slow moment of the machine hits all."""
    for way in ways:
        for _ in range(warm):
            await way()
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(runs):
        for seconds, way in zip(taken, ways, strict=True):
            started = time.perf_counter()
            await way()
            seconds.append(time.perf_counter() - started)
    return [statistics.median(seconds) for seconds in taken]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
