"""What every dialect shares: choosing the entity, saying what is pushed, splitting keys, decoding.

A dialect is a `ConnectedSource` that knows how to `read` records of one entity over one protocol, all
pages of it. Nothing else: predicates arrive already judged, keys already split, and what it returns is
decoded here.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from string import Formatter
from time import perf_counter
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import quote

import polars as pl

from sources.dialects.negotiation import accepted, choose, split, united
from sources.dialects.spec import ConnectorSpec, EntitySpec
from sources.spi.batch import Batch, conform
from sources.spi.context import Context
from sources.spi.errors import OverLimit, SourceError
from sources.spi.facts import Fact, Sign
from sources.spi.scan import Accepted, Capability, Scan
from sources.spi.settings import SourceSettings
from sources.spi.source import Health
from sources.spi.standing import Standing
from sources.transport.auth import Auth, AuthSpec, auth_for
from sources.transport.channel import Channel
from sources.transport.decode import Record, explode, frame
from sources.transport.message import Call
from sources.transport.pages import Page, Pager, Pages, together

Entity = TypeVar("Entity", bound=EntitySpec)

__all__ = ["Call", "ConnectedSource", "Page", "Pager", "Records"]


@dataclass(frozen=True, slots=True)
class Records:
    """All pages of one read: raw records before exploding, the requests made for them, and the data time:
    what the reply states, else when the first request was sent.
    """

    records: list[Record]
    calls: int
    data_as_of: datetime | None = None

    @classmethod
    def of(cls, pages: Pages) -> "Records":
        return cls(pages.records, pages.calls, pages.sent_at)


class ConnectedSource(ABC, Generic[Entity]):
    """A source described by a connector. See `sources.spi.source.Source` for the contract."""

    spec_model: ClassVar[type[ConnectorSpec[Any]]]

    def __init__(self, spec: ConnectorSpec[Entity], settings: SourceSettings, channel: Channel) -> None:
        self.spec = spec
        self.settings = settings
        self.channel = channel
        wanted = settings.facts
        self._entities: dict[Fact, dict[str, Entity]] = {}
        for name, entity in spec.entities.items():
            if not wanted or entity.fact in wanted:
                self._entities.setdefault(entity.fact, {})[name] = entity

    @classmethod
    def auth(cls, way: AuthSpec, settings: SourceSettings) -> Auth:
        """The tenant's way in. A dialect with a login of its own answers the kind ``session`` here."""
        return auth_for(way, settings)

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def system(self) -> str:
        return self.spec.system

    @property
    def facts(self) -> Mapping[Fact, Capability]:
        return {fact: united(entities.values()) for fact, entities in self._entities.items()}

    def sign(self, fact: Fact) -> Sign:
        declared = (entity.sign for entity in self._entities[fact].values())
        default = Sign.NATURAL if fact is Fact.BUDGET else Sign.DEBIT
        return next((sign for sign in declared if sign is not None), default)

    def accept(self, scan: Scan) -> Accepted:
        name, entity = choose(self.name, self._entities.get(scan.fact, {}), scan)
        return accepted(name, entity, scan, self.estimate(entity, scan))

    def estimate(self, entity: Entity, scan: Scan) -> int | None:
        """Calls known before the first one: keyed lookups by arithmetic, the rest only when made."""
        if scan.keys is None:
            return None
        return -(-len(set(scan.keys.values)) // entity.keys[scan.keys.column])

    def page_size(self, entity: Entity) -> int:
        """Records per page: the tenant's choice, within what the connector says the vendor serves."""
        largest = entity.page_size or self.spec.limits.page_size
        return min(self.settings.limits.page_size or largest, largest)

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        scan = accepted.scan
        entity = self._entities[scan.fact][accepted.entity]
        started = datetime.now(UTC)
        jobs = [partial(self.read, entity, part, ctx) for part in split(scan, entity)]
        parts = await together(jobs, self.settings.limits.concurrency)
        await ctx.turn()
        whole = self._decoded(entity, scan, [record for part in parts for record in part.records])
        if whole.height > self.settings.limits.max_rows:
            raise OverLimit(self.name, f"{scan.fact}: more than {self.settings.limits.max_rows} rows")
        return Batch(
            fact=scan.fact,
            frame=whole if scan.limit is None else whole.head(scan.limit),
            data_as_of=min((part.data_as_of or started for part in parts), default=started),
            fetched_at=started,
            calls=sum(part.calls for part in parts),
        )

    def _decoded(self, entity: Entity, scan: Scan, records: list[Record]) -> pl.DataFrame:
        columns = {name: entity.columns[name] for name in scan.columns if name in entity.columns}
        decoded = frame(self.name, scan.fact, explode(records, entity.rows), columns)
        if scan.group_by is not None:
            decoded = _summed(decoded, scan)
        return conform(scan.fact, decoded, scan.columns)

    @abstractmethod
    async def read(self, entity: Entity, scan: Scan, ctx: Context) -> Records:
        """All records of `entity` for `scan`, whose predicates are all to be sent and whose keys fit one
        call. Every request goes through `self.channel`; row, page and byte bounds are enforced.
        """

    async def probe(self, ctx: Context) -> Health:
        """One cheap call, through the same credentials as every read."""
        started = perf_counter()
        try:
            await self.channel.send(self.probe_call(), ctx)
        except SourceError as error:
            return Health(ok=False, detail=f"{error.code}: {error.message}", milliseconds=_since(started))
        return Health(ok=True, detail="answered", milliseconds=_since(started))

    def probe_call(self) -> Call:
        """A GET of the connector's `probe` address, unless the dialect knows better."""
        return Call("GET", self.spec.probe or "")

    def standing(self) -> Standing:
        return self.channel.standing()

    def url(self, fact: Fact, document: Mapping[str, str | None]) -> str | None:
        """The first entity of the fact with a template whose fields the document can all fill."""
        for entity in self._entities.get(fact, {}).values():
            if entity.url is not None:
                fields = {name for _, name, _, _ in Formatter().parse(entity.url) if name}
                written = {name: quote(value, safe="") for name, value in document.items() if value}
                values = {"base": self.settings.url.rstrip("/"), **self.settings.options, **written}
                if all(values.get(field) for field in fields):
                    return entity.url.format(**{field: values[field] for field in fields})
        return None

    async def aclose(self) -> None:
        await self.channel.aclose()


def _summed(decoded: pl.DataFrame, scan: Scan) -> pl.DataFrame:
    """One row per group: several of the vendor's groups can be one of ours. A sum of nothing is null."""
    groups = [name for name in scan.group_by or () if name in decoded.columns]
    sums = [pl.when(pl.col(m).count() > 0).then(pl.col(m).sum()).alias(m) for m in scan.measures]
    if not groups:
        return decoded.select(sums) if decoded.height else decoded
    return decoded.group_by(groups, maintain_order=True).agg(sums)


def _since(started: float) -> float:
    return (perf_counter() - started) * 1000
