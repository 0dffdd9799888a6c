"""Lists of JSON records over REST: filtered by query parameters, paged by offset.

A read becomes one or more queries (see `rest_query`), each of them as many pages as it has. Where queries
overlap, a record is kept once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, Final

from sources.dialects.base import Call, ConnectedSource, Page, Pager, Records
from sources.dialects.rest_query import queries
from sources.dialects.rest_spec import RestConnector, RestEntity, RestProtocol
from sources.dialects.spec import ConnectorSpec
from sources.spi.context import Context
from sources.spi.errors import Malformed
from sources.spi.scan import Scan
from sources.transport.decode import Record
from sources.transport.message import Params, Reply
from sources.transport.pages import together
from sources.transport.rules import at

_OWN: Final = ("id", "line", "dist")
"""What a row has of its own, where a record is a row."""


class RestSource(ConnectedSource[RestEntity]):
    """A source of REST lists, as its connector describes them."""

    spec_model: ClassVar[type[ConnectorSpec[Any]]] = RestConnector
    spec: RestConnector

    async def read(self, entity: RestEntity, scan: Scan, ctx: Context) -> Records:
        asked = queries(self.spec.protocol, entity, scan, self.spec.limits.url_bytes)
        limit = scan.limit if len(asked) == 1 and not entity.rows else None
        distinct = _told_apart(entity, scan)
        jobs = [partial(self._list, entity, params, limit, ctx, distinct=distinct) for params in asked]
        parts = await together(jobs, self.settings.limits.concurrency)
        times = [part.data_as_of for part in parts if part.data_as_of is not None]
        return Records(
            records=_once((record for part in parts for record in part.records), entity.identity),
            calls=sum(part.calls for part in parts),
            data_as_of=min(times, default=None),
        )

    def probe_call(self) -> Call:
        """The connector's own, else one record of the first list this source offers."""
        if self.spec.probe is not None:
            return super().probe_call()
        entity = next(entity for entities in self._entities.values() for entity in entities.values())
        protocol = self.spec.protocol
        return Call("GET", self._path(entity), ((protocol.limit, "1"),), protocol.headers)

    def _path(self, entity: RestEntity) -> str:
        return entity.path.format(**self.settings.options)

    async def _list(
        self, entity: RestEntity, params: Params, limit: int | None, ctx: Context, *, distinct: bool
    ) -> Records:
        """All pages of one query, or its first `limit` records where one page holds them."""
        protocol, size = self.spec.protocol, self.page_size(entity)
        reader = _Reader(self.name, protocol)
        pager = Pager(self.channel, self.settings.limits, reader.page, ctx, distinct=distinct)

        def call(offset: int, length: int = size) -> Call:
            window = ((protocol.limit, str(length)), (protocol.offset, str(offset)))
            return Call("GET", self._path(entity), (*params, *window), protocol.headers)

        if limit is not None and limit <= size:
            pages = await pager.one(call(0, limit))
        elif protocol.total is not None:
            pages = await pager.by_total(call, size, self.settings.limits.concurrency)
        else:
            pages = await pager.until_short(call, size)
        return Records(pages.records, pages.calls, min(reader.times, default=pages.sent_at))


@dataclass(slots=True)
class _Reader:
    """Reads pages, and keeps the data times they state: no later than they were asked for, since a clock may
    be ahead."""

    source: str
    protocol: RestProtocol
    times: list[datetime] = field(default_factory=list)

    def page(self, reply: Reply) -> Page:
        body = reply.json()
        records = body if self.protocol.records is None else at(body, self.protocol.records)
        if not isinstance(records, list) or not set(map(type, records)) <= {dict}:
            raise Malformed(self.source, f"no list of records at {self.protocol.records or 'the top'}")
        if self.protocol.as_of is not None and (stated := at(body, self.protocol.as_of)) is not None:
            self.times.append(min(self._time(stated), reply.sent_at))
        return Page(records, self._total(body))

    def _total(self, body: Any) -> int | None:
        if self.protocol.total is None:
            return None
        total = at(body, self.protocol.total)
        if isinstance(total, bool) or not isinstance(total, int) or total < 0:
            raise Malformed(self.source, f"no number of records at {self.protocol.total}")
        return total

    def _time(self, stated: object) -> datetime:
        try:
            time = datetime.fromisoformat(str(stated))
        except ValueError:
            time = None
        if time is None or time.tzinfo is None:
            raise Malformed(self.source, f"no point in time at {self.protocol.as_of}")
        return time.astimezone(UTC)


def _told_apart(entity: RestEntity, scan: Scan) -> bool:
    """Whether what is asked for shows which record is which: a group, or one with a key of its own."""
    own = {name for name in _OWN if name in entity.columns}
    return entity.identity is not None or scan.group_by is not None or (bool(own) and own <= {*scan.columns})


def _once(records: Iterable[Record], identity: str | None) -> list[Record]:
    """Each record once, the first of its key."""
    if identity is None:
        return list(records)
    kept: dict[Any, Record] = {}
    for record in records:
        kept.setdefault(at(record, identity), record)
    return list(kept.values())
