"""What the systems say has changed: from then on nothing that was read before may be answered with."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sources.spi.facts import Fact


class Changes:
    """When each fact of each source changed last, as far as somebody said so. `apart` is how far the clocks
    may be apart of those who read and those who hear of changes: what was read so soon after a change may
    have been read before it."""

    def __init__(self, apart: timedelta = timedelta()) -> None:
        self._apart = apart
        self._at: dict[tuple[str, Fact], datetime] = {}

    def say(self, source: str, facts: Iterable[Fact], at: datetime) -> None:
        for fact in facts:
            known = self._at.get((source, fact))
            self._at[source, fact] = at if known is None else max(known, at)

    def since(self, source: str, fact: Fact, read_at: datetime) -> bool:
        """Whether it changed after, or in the moment of, a reading."""
        known = self._at.get((source, fact))
        return known is not None and read_at <= known + self._apart
