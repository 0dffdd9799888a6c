"""Other gateways like this one, which answer the same people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sources.spi.facts import Fact


class Replicas(Protocol):
    """What one replica tells the others. None of it may fail or take long: whom it does not reach now hears
    of it later, or not at all, and is then as good as alone."""

    async def begin(self) -> None:
        """Listens from now on."""

    async def first(self, message: str, seconds: float) -> bool:
        """Whether none of them has had this message within so many seconds."""

    async def tell(self, source: str, facts: Iterable[Fact], at: datetime) -> None:
        """That facts of a source changed."""

    async def aclose(self) -> None: ...


class Alone:
    """The one gateway there is."""

    async def begin(self) -> None:
        """Nobody says anything."""

    async def first(self, _message: str, _seconds: float) -> bool:
        return True

    async def tell(self, _source: str, _facts: Iterable[Fact], _at: datetime) -> None:
        """Nobody is there to hear it."""

    async def aclose(self) -> None:
        """Nothing is open."""
