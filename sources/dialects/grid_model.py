"""What a planning model looks like: the axes of a view, the members of a dimension. Asked once in a while."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sources.dialects.grid_spec import GridProtocol
from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, Malformed
from sources.transport.channel import Channel
from sources.transport.message import Call
from sources.transport.rules import at

T = TypeVar("T")
_AXES: Final = ("pages", "rows", "columns")


@dataclass(frozen=True, slots=True)
class Dimension:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class View:
    """The dimensions on each axis, in the order their coordinates are given."""

    pages: tuple[Dimension, ...]
    rows: tuple[Dimension, ...]
    columns: tuple[Dimension, ...]

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return (*self.pages, *self.rows, *self.columns)


@dataclass(slots=True)
class Spent:
    """Requests made so far for one read."""

    calls: int = 0


class Models:
    """Reads the shape of models through `channel` and remembers it."""

    def __init__(self, channel: Channel, protocol: GridProtocol, options: Mapping[str, str]) -> None:
        self._channel = channel
        self._protocol = protocol
        self._options = dict(options)
        self._views: Memory[View] = Memory(channel.source, protocol.remember)
        self._members: Memory[Mapping[str, str]] = Memory(channel.source, protocol.remember)

    def address(self, template: str, **parts: str) -> str:
        """An address of the protocol, for one view or dimension."""
        return template.format(**{**self._options, **parts})

    async def view(self, view: str, ctx: Context, spent: Spent) -> View:
        async def load() -> View:
            body = await self._read(self.address(self._protocol.view, view=view), ctx, spent)
            return View(*(self._dimensions(body, axis) for axis in _AXES))

        return await self._views.get(view, load, ctx)

    async def members(self, view: str, dimension: Dimension, ctx: Context, spent: Spent) -> Mapping[str, str]:
        """The ids of a dimension's members by their names, in the model's order."""
        spec = self._protocol.named.get(dimension.name, self._protocol.members)

        async def load() -> Mapping[str, str]:
            path = self.address(spec.path, view=view, dimension=dimension.id)
            listed = at(await self._read(path, ctx, spent), spec.at)
            return {name: id_ for id_, name in self._pairs([] if listed is None else listed)}

        return await self._members.get((view, dimension.id), load, ctx)

    async def _read(self, path: str, ctx: Context, spent: Spent) -> Any:
        reply = await self._channel.send(Call("GET", path), ctx)
        spent.calls += reply.attempts
        return reply.json()

    def _dimensions(self, body: Any, axis: str) -> tuple[Dimension, ...]:
        listed = at(body, axis)
        return tuple(Dimension(id_, name) for id_, name in self._pairs([] if listed is None else listed))

    def _pairs(self, listed: Any) -> list[tuple[str, str]]:
        """Id and name of everything listed."""
        items = listed if isinstance(listed, list) else [None]
        pairs = [(at(item, "id"), at(item, "name")) for item in items]
        if not all(isinstance(text, str) for pair in pairs for text in pair):
            raise Malformed(self._channel.source, "a list of ids and names was promised")
        return pairs


class Memory(Generic[T]):
    """Values kept for some seconds. Of several callers for one key one loads; a failure is not kept."""

    def __init__(self, source: str, seconds: float) -> None:
        self._source = source
        self._seconds = seconds
        self._kept: dict[Hashable, tuple[float, T]] = {}
        self._locks: dict[Hashable, asyncio.Lock] = {}

    async def get(self, key: Hashable, load: Callable[[], Awaitable[T]], ctx: Context) -> T:
        """The value of `key`, loaded when it is not known any more. Raises what `load` raises."""
        now = asyncio.get_running_loop().time
        try:
            async with (
                asyncio.timeout(ctx.remaining(self._source)),
                self._locks.setdefault(key, asyncio.Lock()),
            ):
                if key not in self._kept or self._kept[key][0] <= now():
                    self._kept[key] = (now() + self._seconds, await load())
                return self._kept[key][1]
        except TimeoutError:
            raise DeadlineExceeded(self._source, "the model was not described in time") from None
