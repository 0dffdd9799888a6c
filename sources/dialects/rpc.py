"""Tryton's models over JSON-RPC: searched, read with what is behind their fields, paged, joined.

    POST /<database>/rpc/  {"id": 0, "method": "model.purchase.line.search_read",
                            "params": [domain, offset, limit, order, fields, context]}

One read is one search of the entity's records, and one more for each field behind which only some of them
have something to look at (see `Behind`); these are joined by record. The first page tells whether there are
more; then the records are counted and the other pages read together. Tryton refuses pages larger than its
``records_limit`` (413): the page is then halved, once for all later reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar, Final

from sources.dialects.base import Call, ConnectedSource, Page, Pager, Records
from sources.dialects.rpc_domain import condition, context, domain, filled
from sources.dialects.rpc_lines import needs, worked_out
from sources.dialects.rpc_session import SessionLogin
from sources.dialects.rpc_spec import OPTIONS, SPLIT, Behind, Domain, RpcConnector, RpcEntity
from sources.dialects.rpc_wire import plain
from sources.dialects.spec import ConnectorSpec
from sources.spi.context import Context
from sources.spi.errors import Malformed, OverLimit
from sources.spi.scan import Scan
from sources.spi.settings import SourceSettings
from sources.transport.auth import Auth, AuthSpec
from sources.transport.channel import Channel
from sources.transport.decode import Record
from sources.transport.message import Reply
from sources.transport.pages import together

_SMALLEST_PAGE: Final = 50
_ORDER: Final = [["id", "ASC"]]


@dataclass(frozen=True, slots=True)
class _Search:
    """Records of one model: where, which fields, in pages of what size."""

    model: str
    domain: Domain
    fields: Sequence[str]
    context: Mapping[str, Any]
    size: int


class RpcSource(ConnectedSource[RpcEntity]):
    """A Tryton database, as its connector describes it."""

    spec_model: ClassVar[type[ConnectorSpec[Any]]] = RpcConnector
    spec: RpcConnector

    def __init__(self, spec: RpcConnector, settings: SourceSettings, channel: Channel) -> None:
        super().__init__(spec, settings, channel)
        self._largest: int | None = None

    @classmethod
    def auth(cls, way: AuthSpec, settings: SourceSettings) -> Auth:
        return SessionLogin(settings, way, _path(settings))

    async def read(self, entity: RpcEntity, scan: Scan, ctx: Context) -> Records:
        own, *others = self._searches(entity, scan)
        if scan.limit is None:
            parts = await self._all([own, *others], ctx)
        else:
            first = await self._pages(own, scan.limit, ctx)
            known = ["id", "in", [record["id"] for record in first.records]]
            some = [replace(other, domain=[*other.domain, known]) for other in others]
            parts = [first, *await self._all(some, ctx)]
        times = [part.data_as_of for part in parts if part.data_as_of is not None]
        options = dict(self.settings.options)
        records = [
            worked_out(self.name, entity, {**record, "options": options})
            for record in _joined(part.records for part in parts)
        ]
        return Records(records, sum(part.calls for part in parts), min(times, default=None))

    def _searches(self, entity: RpcEntity, scan: Scan) -> list[_Search]:
        """The records, and for each field behind which only some have something, those that have."""
        options = self.settings.options
        own = domain(entity, scan, options)
        sent = context(self.spec, entity, options)
        everywhere, behind = _asked(entity, scan)
        size = self.page_size(entity)
        return [
            _Search(entity.model, own, everywhere, sent, size),
            *(
                _Search(entity.model, [*own, *condition(entity, b, options)], fields, sent, size)
                for b, fields in behind
            ),
        ]

    async def _all(self, searches: Iterable[_Search], ctx: Context) -> list[Records]:
        jobs = [partial(self._pages, search, None, ctx) for search in searches]
        return await together(jobs, self.settings.limits.concurrency)

    async def _pages(self, search: _Search, limit: int | None, ctx: Context) -> Records:
        while True:
            size = min(search.size, self._largest or search.size)
            pager = Pager(self.channel, self.settings.limits, self._page, ctx)
            try:
                if limit is not None and limit <= size:
                    return Records.of(await pager.one(self._call(search, 0, limit)))
                call = partial(self._call, search, length=size)
                workers = self.settings.limits.concurrency
                return Records.of(await pager.counted(call, self._count(search), size, workers))
            except OverLimit:
                if pager.result.calls or size <= _SMALLEST_PAGE:
                    raise
                self._largest = max(size // 2, _SMALLEST_PAGE)

    def _call(self, search: _Search, offset: int, length: int) -> Call:
        params = [search.domain, offset, length, _ORDER, list(search.fields)]
        return self._rpc(f"model.{search.model}.search_read", *params, dict(search.context))

    def _count(self, search: _Search) -> Call:
        return self._rpc(f"model.{search.model}.search_count", search.domain, dict(search.context))

    def _rpc(self, method: str, *params: Any) -> Call:
        return Call("POST", _path(self.settings), json={"id": 0, "method": method, "params": list(params)})

    def _page(self, reply: Reply) -> Page:
        match reply.json():
            case {"result": list(records)} if all(isinstance(record, dict) for record in records):
                return Page([plain(record) for record in records])
            case {"result": int(total)}:
                return Page((), total)
        raise Malformed(self.name, "the answer holds neither records nor their number")

    def probe_call(self) -> Call:
        """One record of the first model this source offers, in the way all are read."""
        entity = next(entity for entities in self._entities.values() for entity in entities.values())
        options = self.settings.options
        sent = context(self.spec, entity, options)
        return self._call(_Search(entity.model, filled(entity.domain, options), ["id"], sent, 1), 0, 1)


def _path(settings: SourceSettings) -> str:
    return f"{settings.options['database']}/rpc/"


def _asked(entity: RpcEntity, scan: Scan) -> tuple[list[str], list[tuple[Behind, list[str]]]]:
    """The vendor's fields the scan takes: those every record has, and those behind a field of some."""
    ours = [path for name in scan.columns if name in entity.columns for path in entity.columns[name].reads]
    ours += [SPLIT] if entity.split is not None else []
    theirs = dict.fromkeys(path for our in ours if not our.startswith(OPTIONS) for path in needs(entity, our))
    before = {path: entity.before(path) for path in theirs if path != "id"}
    behind = [(b, ["id", *(path for path, passed in before.items() if passed == b)]) for b in entity.behind]
    everywhere = ["id", *(path for path, passed in before.items() if passed is None)]
    return everywhere, [(b, names) for b, names in behind if len(names) > 1]


def _joined(parts: Iterable[list[Record]]) -> Iterable[Record]:
    """The records of the first part, with what the others know about them."""
    first, *others = parts
    known: dict[Any, Record] = {record["id"]: record for record in first}
    for part in others:
        for record in part:
            if record["id"] in known:
                known[record["id"]] = _merged(known[record["id"]], record)
    return known.values()


def _merged(one: Record, other: Record) -> Record:
    """Both, field by field."""
    both = dict(one)
    for name, value in other.items():
        mine = both.get(name)
        both[name] = _merged(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return both
