"""What a connector says about OData services: which sets, what is expanded, how pages are asked for."""

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from sources.dialects.spec import ConnectorSpec, EntitySpec, Frozen
from sources.spi.scan import Op
from sources.transport.columns import parts

Version = Literal["v2"]


class Paging(StrEnum):
    """Who cuts the pages.

    COUNT  we do, with $top and $skip; the first page states the total and the others are read together
    LINK   the server does, and each page names the next
    """

    COUNT = "count"
    LINK = "link"


class ODataEntity(EntitySpec):
    """One entity set, `path` being ``service/set``.

    `expand` names navigations (nested ones by path) whose records come inside; `pick` takes the one record
    of such a collection whose properties have the given values (the first, if none has). `filter` is sent
    with every request, `order` keeps pages apart and is a key of the set. In a set that sums by what is
    selected, an amount is only true beside its unit: `units` names the unit of each measure, and it is
    selected with it. `{option}` in `path`, `filter` and `pick` is replaced; a filter that is then empty is
    left out.
    """

    path: str
    expand: tuple[str, ...] = ()
    pick: dict[str, dict[str, str]] = Field(default_factory=dict)
    filter: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    units: dict[str, str] = Field(default_factory=dict)
    paging: Paging = Paging.COUNT

    @model_validator(mode="after")
    def _filters_can_be_written(self) -> "ODataEntity":
        """V2 cannot filter by what stands in an expanded collection, nor order or split several paths."""
        asked = {name for name, column in self.columns.items() if column.filter} | self.keys.keys()
        for name in asked:
            column = self.columns[name]
            if "/" in column.name or "." in column.name:
                raise ValueError(f"{name}: {column.name} stands in another set and cannot be filtered by")
            if column.param is None and len(column.from_) != 1:
                raise ValueError(f"{name}: filtered by one property, so give one path or a param")
            if len(parts(column.name)) > 1 and not column.widths:
                raise ValueError(f"{name}: {column.name} is taken apart to filter, so give its widths")
            if column.map is not None and column.filter.keys() - {Op.IN}:
                raise ValueError(f"{name}: mapped words have no order, so only IN can be filtered")
        return self

    @model_validator(mode="after")
    def _sums_have_units(self) -> "ODataEntity":
        if self.always_grouped and self.order:
            raise ValueError("sums are ordered by what they are grouped by, so give no order")
        if not self.always_grouped and self.paging is Paging.COUNT and not self.order:
            raise ValueError("pages by $skip need an order")
        if missing := [part for part in self.pick if part not in self.expand]:
            raise ValueError(f"picked from but not expanded: {', '.join(missing)}")
        return self


class ODataProtocol(Frozen):
    """`params` go with every request; one whose value is empty after options are filled in is left out."""

    version: Version = "v2"
    params: dict[str, str] = Field(default_factory=dict)


class ODataConnector(ConnectorSpec[ODataEntity]):
    """A connector of the `odata` dialect."""

    protocol: ODataProtocol = ODataProtocol()
