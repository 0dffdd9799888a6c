"""What replicas tell each other through Valkey: what changed, and which messages said so.

Changes lie in one hash, a field for each fact of each source, that everybody looks at twice a second. What
could not be told is told when Valkey is back. Nothing here has to be complete for the figures to be right
within what `maxAge` allows: a replica that hears nothing keeps what it has for as long as it would
without hooks.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from sources.aspects.cache.valkey import NAMESPACE, Valkey
from sources.spi.changes import Changes
from sources.spi.facts import Fact

APART: Final = timedelta(seconds=5)
"""How far the clocks of replicas may be apart. For so long after a change everything is read anew."""
_LOOK: Final = 0.5
"""Seconds between two looks."""
_CHANGES: Final = f"{NAMESPACE}changes"


class Told:
    """The other replicas at one Valkey, which it closes. What they say has changed is said to `changes`."""

    def __init__(
        self,
        valkey: Valkey,
        changes: Changes,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._valkey = valkey
        self._changes = changes
        self._now = now
        self._untold: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._listening: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Learns what changed before this replica was there, which has read nothing yet; then listens."""
        for field, at in (await self._looked()).items():
            self._say(field, at)
        self._listening = asyncio.ensure_future(self._listen())

    async def first(self, message: str, seconds: float) -> bool:
        name, lasts = f"{NAMESPACE}message:{message}", round(seconds * 1000)
        taken: Any = await self._valkey.ask(
            partial(self._valkey.client.set, name, b"", nx=True, px=lasts), otherwise=True
        )
        return bool(taken)

    async def tell(self, source: str, facts: Iterable[Fact], at: datetime) -> None:
        self._untold |= {f"{source}|{fact}": at.isoformat() for fact in facts}
        await self._tell()

    async def aclose(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._valkey.aclose()

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            await self._tell()
            heard = self._now()
            for field, at in (await self._looked()).items():
                self._say(field, at, heard)

    async def _tell(self) -> None:
        telling: Any = dict(self._untold)
        if not telling:
            return
        told = partial(self._valkey.client.hset, _CHANGES, mapping=telling)
        if await self._valkey.ask(told, None) is not None:
            self._known |= telling
            self._untold = {field: at for field, at in self._untold.items() if telling.get(field) != at}

    async def _looked(self) -> dict[str, str]:
        """What is new since the last look, apart from what was told from here."""
        found: Any = await self._valkey.ask(partial(self._valkey.client.hgetall, _CHANGES), None)
        told = {
            field.decode(errors="replace"): at.decode(errors="replace") for field, at in (found or {}).items()
        }
        new = {field: at for field, at in told.items() if self._known.get(field) != at}
        self._known |= new
        return new

    def _say(self, field: str, at: str, heard: datetime | None = None) -> None:
        """By the clock of who heard it first, and not before we `heard` of it by our own."""
        source, _, fact = field.partition("|")
        with suppress(ValueError):  # of a later version
            when = datetime.fromisoformat(at).astimezone(UTC)
            self._changes.say(source, [Fact(fact)], when if heard is None else max(when, heard))
