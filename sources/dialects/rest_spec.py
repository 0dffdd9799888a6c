"""What a connector says about a system of REST lists: how its lists are filtered, cut down, paged, answered.

=================================== =============================================
in the connector                    in the address
=================================== =============================================
filters: bracket                    ?supplier[number][in]=5001,5002
instants: true                      &created_at[gt_or_eq]=2026-03-30
fields: {style: tree}               &fields=["id",{"order_lines":["id","price"]}]
params: {order_by: id}              &order_by=id
limit: limit, offset: offset        &limit=50&offset=0
=================================== =============================================
"""

from enum import StrEnum

from pydantic import Field, model_validator

from sources.dialects.spec import ConnectorSpec, EntitySpec, Frozen
from sources.spi.scan import Guarantee, Op
from sources.transport.columns import Codec


class FilterStyle(StrEnum):
    """How a predicate is written.

    repeat   column=a&column=b    column.ge=v           column.le=v
    bracket  attr[in]=a,b         attr[gt_or_eq]=v      attr[lt_or_eq]=v, and nested attr[of][another]=a
    """

    REPEAT = "repeat"
    BRACKET = "bracket"


class FieldStyle(StrEnum):
    """How a projection is written: ``a,b`` of top-level names, or a JSON list with nested objects."""

    LIST = "list"
    TREE = "tree"


class FieldsSpec(Frozen):
    param: str = "fields"
    style: FieldStyle


class RestProtocol(Frozen):
    """`records`, `total` and `asOf` are dotted paths in a reply: the list (absent: the reply is the list),
    the number of records over all pages (absent: pages are read until a short one) and the time of the
    data. `params` and `headers` go with every read. `groupBy` is the parameter that names the columns to
    sum by. `instants` says that dates are kept as points in time, whose day depends on the reader's zone.
    """

    filters: FilterStyle
    fields: FieldsSpec | None = None
    group_by: str | None = Field(default=None, alias="groupBy")
    params: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    limit: str = "limit"
    offset: str = "offset"
    records: str | None = None
    total: str | None = None
    as_of: str | None = Field(default=None, alias="asOf")
    instants: bool = False


class RestEntity(EntitySpec):
    """One list. `path` may name options in braces; `params` go with every call. `identity` is the path of a
    record's own key: a read that takes several overlapping calls keeps each record once. `integers` are
    codes the source keeps as whole numbers: it would refuse to look for anything else.

    A column that is filtered and stands in several places (on a line, or on its allocations) is asked for
    place by place, the n-th place of every such column together.
    """

    path: str
    params: dict[str, str] = Field(default_factory=dict)
    identity: str | None = None
    integers: frozenset[str] = frozenset()

    @model_validator(mode="after")
    def _one_number_of_places(self) -> "RestEntity":
        filtered = {name for name, column in self.columns.items() if column.filter} | self.keys.keys()
        places = {len(self.columns[name].from_) for name in filtered if self.columns[name].param is None}
        if len(several := places - {0, 1}) > 1:
            raise ValueError(f"filtered columns stand in {sorted(several)} places; give them the same number")
        if several and self.identity is None:
            raise ValueError("columns filtered in several places need an identity to tell records apart")
        return self


class RestConnector(ConnectorSpec[RestEntity]):
    """A connector of the `rest` dialect."""

    protocol: RestProtocol

    @model_validator(mode="after")
    def _nothing_promised_in_vain(self) -> "RestConnector":
        for name, entity in self.entities.items():
            if entity.aggregates is not None and self.protocol.group_by is None:
                raise ValueError(f"{name}: aggregates need a groupBy parameter")
            if self.protocol.instants and (days := _promised_days(entity)):
                raise ValueError(f"{name}: {', '.join(days)}: instants can be cut by day only as a SUPERSET")
        return self


def _promised_days(entity: RestEntity) -> list[str]:
    """Date columns with a filter that instants cannot keep: an exact one, or one for single days."""
    dates = {name: column.filter for name, column in entity.columns.items() if column.type is Codec.DATE}
    return [
        name for name, promised in dates.items() if Op.IN in promised or Guarantee.EXACT in promised.values()
    ]
