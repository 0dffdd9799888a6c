"""What a connector says about a system of grids: which dimension of a view is which of our columns.

A column is read `from` the *name* of a dimension, wherever the view shows it (on pages, rows or columns),
or from ``value``, the cell. So a tenant who turns a view around changes nothing here.
"""

from typing import Any

from pydantic import Field, model_validator

from sources.dialects.spec import ConnectorSpec, EntitySpec, Frozen
from sources.spi.scan import Op

VALUE = "value"
"""The key of a cell's value in a record."""


class MembersSpec(Frozen):
    """Where the members of a dimension are listed: `path` names options, ``{view}`` and ``{dimension}`` in
    braces; `at` is the list of ``{id, name}`` in the reply, absent when there are none.
    """

    path: str
    at: str


class GridProtocol(Frozen):
    """`view` answers the dimensions on each axis, `cells` the values of one page. Members of a page
    dimension are listed by `members`, unless the dimension's name is in `named`. `select` is the parameter
    that chooses a member of a page dimension, as ``dimension:member`` ids; `params` go with every read of
    cells. What was learnt about a model is kept for `remember` seconds.
    """

    view: str
    cells: str
    members: MembersSpec
    named: dict[str, MembersSpec] = Field(default_factory=dict)
    select: str
    params: dict[str, str] = Field(default_factory=dict)
    remember: float = Field(default=600.0, ge=0)


class GridEntity(EntitySpec):
    """One view. `view` fills the protocol's addresses; options in braces are filled in here, in `only`, in
    `skip` and in the columns' dimensions.

    `only` and `skip` say which members of a dimension are read: ``Dimension=A|B; Another=C*``, where ``*``
    stands for any text. `skip` is for members that repeat others, such as years over months. A dimension
    that stands for `legal_entity` is read for the entities the tenant gives to the source.
    """

    view: str
    only: str = ""
    skip: str = ""

    @model_validator(mode="after")
    def _only_members_are_asked_for(self) -> "GridEntity":
        for name, column in self.columns.items():
            if set(column.filter) - {Op.IN}:
                raise ValueError(f"{name}: a grid can only be asked for members")
            if column.filter and (len(column.from_) != 1 or column.otherwise is not None):
                raise ValueError(f"{name}: a filtered column stands for one dimension, word by word")
        if self.keys or self.aggregates is not None:
            raise ValueError("a grid has no keys and does not sum on its own")
        return self


class GridConnector(ConnectorSpec[GridEntity]):
    """A connector of the `grid` dialect."""

    protocol: GridProtocol

    def filled(self, options: dict[str, str]) -> "GridConnector":
        """The connector with the tenant's dimension names in its columns."""
        data: dict[str, Any] = {name: _filled(entity, options) for name, entity in self.entities.items()}
        return self.model_copy(update={"entities": data})


def _filled(entity: GridEntity, options: dict[str, str]) -> GridEntity:
    columns = {
        name: column.model_copy(update={"from_": tuple(key(path.format(**options)) for path in column.from_)})
        for name, column in entity.columns.items()
    }
    texts = {name: getattr(entity, name).format(**options) for name in ("view", "only", "skip")}
    return entity.model_copy(update={"columns": columns, **texts})


def key(dimension: str) -> str:
    """A dimension's name as a key of a record: a dot would part a path."""
    return dimension.replace(".", " ")
