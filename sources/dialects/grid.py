"""Cells of a planning model: a view, read page by page, every cell a record.

What can be left to the other side is the choice of pages; members on rows and columns are chosen here. One
call describes the view and one lists the members of each page dimension, both remembered; then one call per
combination of chosen members, together.
"""

from functools import partial
from itertools import product
from math import prod
from typing import Any, ClassVar

from sources.dialects.base import Call, ConnectedSource, Page, Pager, Records
from sources.dialects.grid_cells import Choice, Sheet, choices
from sources.dialects.grid_model import Models, Spent, View
from sources.dialects.grid_spec import GridConnector, GridEntity
from sources.dialects.spec import ConnectorSpec
from sources.spi.context import Context
from sources.spi.errors import OverLimit
from sources.spi.scan import Scan
from sources.spi.settings import SourceSettings
from sources.transport.channel import Channel
from sources.transport.message import Reply
from sources.transport.pages import together

Selected = tuple[tuple[str, str], ...]
"""Name and id of the member chosen on each page dimension."""


class GridSource(ConnectedSource[GridEntity]):
    """A planning system, as its connector describes it."""

    spec_model: ClassVar[type[ConnectorSpec[Any]]] = GridConnector
    spec: GridConnector

    def __init__(self, spec: GridConnector, settings: SourceSettings, channel: Channel) -> None:
        super().__init__(spec.filled(dict(settings.options)), settings, channel)
        self._models = Models(channel, spec.protocol, settings.options)

    def probe_call(self) -> Call:
        """The shape of the first view: it needs the credentials, the model and the view to be right."""
        entity = next(entity for entities in self._entities.values() for entity in entities.values())
        return Call("GET", self._models.address(self.spec.protocol.view, view=entity.view))

    async def read(self, entity: GridEntity, scan: Scan, ctx: Context) -> Records:
        spent = Spent()
        view = await self._models.view(entity.view, ctx, spent)
        chosen = choices(self.name, entity, scan, view, self.settings.entities.values())
        pages = await self._pages(entity, view, chosen, ctx, spent)
        jobs = [partial(self._cells, entity, view, chosen, page, ctx) for page in pages]
        parts = await together(jobs, self.settings.limits.concurrency)
        return Records(
            records=[record for part in parts for record in part.records],
            calls=spent.calls + sum(part.calls for part in parts),
            data_as_of=min((part.data_as_of for part in parts if part.data_as_of is not None), default=None),
        )

    async def _pages(
        self, entity: GridEntity, view: View, chosen: dict[str, Choice], ctx: Context, spent: Spent
    ) -> list[Selected]:
        """Every combination of members to read on the page axis; without one, the empty combination."""
        jobs = [partial(self._models.members, entity.view, dimension, ctx, spent) for dimension in view.pages]
        listed = await together(jobs, self.settings.limits.concurrency)
        axes = [
            [pair for pair in members.items() if chosen[dimension.name].admits(pair[0])]
            for dimension, members in zip(view.pages, listed, strict=True)
        ]
        if (count := prod(len(axis) for axis in axes)) > self.settings.limits.max_pages:
            raise OverLimit(self.name, f"{count} pages of {entity.view}; choose fewer members")
        return list(product(*axes))

    async def _cells(
        self, entity: GridEntity, view: View, chosen: dict[str, Choice], page: Selected, ctx: Context
    ) -> Records:
        sheet = Sheet(self.name, view, chosen, tuple(name for name, _ in page))

        def read(reply: Reply) -> Page:
            return Page(sheet.records(reply.json()))

        protocol = self.spec.protocol
        selectors = zip(view.pages, page, strict=True)
        selected = ((protocol.select, f"{dimension.id}:{id_}") for dimension, (_, id_) in selectors)
        path = self._models.address(protocol.cells, view=entity.view)
        pager = Pager(self.channel, self.settings.limits, read, ctx)
        return Records.of(await pager.one(Call("GET", path, (*protocol.params.items(), *selected))))
