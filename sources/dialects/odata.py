"""OData services: entity sets filtered, cut down and paged by query options.

A read becomes one or more requests (see `odata_query`), each of them as many pages as it has.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final

from sources.dialects.base import Call, ConnectedSource, Pager, Records
from sources.dialects.odata_query import Query
from sources.dialects.odata_spec import ODataConnector, ODataEntity, Paging, Version
from sources.dialects.odata_v2 import V2, flattened
from sources.dialects.spec import ConnectorSpec
from sources.spi.context import Context
from sources.spi.scan import Scan
from sources.transport.decode import Record
from sources.transport.message import Params
from sources.transport.pages import Pages, together

_VERSIONS: Final[Mapping[Version, V2]] = {"v2": V2()}


class ODataSource(ConnectedSource[ODataEntity]):
    """A source of OData services, as its connector describes them."""

    spec_model: ClassVar[type[ConnectorSpec[Any]]] = ODataConnector
    spec: ODataConnector

    @property
    def _version(self) -> V2:
        return _VERSIONS[self.spec.protocol.version]

    async def read(self, entity: ODataEntity, scan: Scan, ctx: Context) -> Records:
        budget = self.spec.limits.url_bytes
        query = Query(self.name, self._version, entity, self.settings.options, budget)
        asked = query.all(scan)
        limit = scan.limit if len(asked) == 1 and not entity.rows else None
        jobs = [partial(self._pages, entity, params, limit, ctx) for params in asked]
        parts = await together(jobs, self.settings.limits.concurrency)
        records = [record for part in parts for record in part.records]
        return Records(
            records=self._tidied(entity, records),
            calls=sum(part.calls for part in parts),
            data_as_of=min((part.sent_at for part in parts if part.sent_at is not None), default=None),
        )

    async def _pages(self, entity: ODataEntity, params: Params, limit: int | None, ctx: Context) -> Pages:
        """All pages of one request, or its first `limit` records where one page holds them."""
        size = self.page_size(entity)
        path = entity.path.format(**self.settings.options)
        pager = Pager(self.channel, self.settings.limits, self._version.page, ctx)
        always = tuple(
            (name, value.format(**self.settings.options))
            for name, value in self.spec.protocol.params.items()
            if value.format(**self.settings.options)
        )

        def call(offset: int, length: int = size, *, count: Params = ()) -> Call:
            window = (("$top", str(length)), ("$skip", str(offset)))
            return Call("GET", path, (*always, *params, *window, *count))

        if limit is not None and limit <= size:
            return await pager.one(call(0, limit))
        if entity.paging is Paging.LINK:
            return await pager.links(Call("GET", path, (*always, *params)))
        return await pager.by_total(
            lambda offset: call(offset, count=self._version.count), size, self.settings.limits.concurrency
        )

    def _tidied(self, entity: ODataEntity, records: Sequence[Record]) -> list[Record]:
        """Plain lists where navigations were expanded, and the one record of those that are picked from."""
        plain = flattened(self._version, records, entity.expand)
        if not entity.pick:
            return plain
        return [{**record, **self._picked(entity, record)} for record in plain]

    def _picked(self, entity: ODataEntity, record: Record) -> Record:
        picked: Record = {}
        for navigation, asked in entity.pick.items():
            values = {name: value.format(**self.settings.options) for name, value in asked.items()}
            found = record.get(navigation) or [None]
            fitting = (one for one in found if one and all(one.get(n) == v for n, v in values.items()))
            picked[navigation] = next(fitting, found[0])
        return picked
