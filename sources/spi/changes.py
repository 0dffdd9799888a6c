"""What the systems say has changed: from then on nothing that was read before may be answered with."""

from collections.abc import Iterable
from datetime import datetime

from sources.spi.facts import Fact


class Changes:
    """When each fact of each source changed last, as far as somebody said so."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, Fact], datetime] = {}

    def say(self, source: str, facts: Iterable[Fact], at: datetime) -> None:
        for fact in facts:
            known = self._at.get((source, fact))
            self._at[source, fact] = at if known is None else max(known, at)

    def since(self, source: str, fact: Fact, read_at: datetime) -> bool:
        """Whether it changed after, or in the moment of, a reading."""
        known = self._at.get((source, fact))
        return known is not None and read_at <= known
