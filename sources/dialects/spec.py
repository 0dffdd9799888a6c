"""What a connector file says: the vendor's entities in our columns. Data, validated when it is loaded.

Each dialect extends `EntitySpec` with what its protocol needs (a path, an expansion, a model name) and
`ConnectorSpec` with its own entity type, so that a misspelt key in a connector is an error with a name.
"""

from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sources.spi.facts import COLUMNS, Fact, Sign
from sources.spi.scan import Capability, Guarantee, Op
from sources.transport.auth import AuthSpec
from sources.transport.columns import WRITTEN, ColumnSpec
from sources.transport.rules import ErrorRule


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class EntitySpec(Frozen):
    """One collection of the vendor that provides one fact.

    `rows` names the nested lists to explode (see `decode.explode`). `keys` are the columns a keyed lookup
    can use, with the number of keys one call takes. `asOf` is the column by which a past state can be read
    back, one that every record has (absent: only today's state is known). `aggregates` names the columns
    the vendor can group by on its own; with `alwaysGrouped` it can do nothing else. `url` is a template
    over the row's columns, the options and `{base}`.

    A filter is EXACT only where the source selects what the engine would. On document facts that is every
    row of each line with a matching row: so a source that selects whole documents by an account, a cost
    centre or a project is a SUPERSET at best, and one that drops the other rows of a line is never asked.
    """

    fact: Fact
    rows: tuple[str, ...] = ()
    columns: dict[str, ColumnSpec]
    keys: dict[str, int] = Field(default_factory=dict)
    as_of: str | None = Field(default=None, alias="asOf")
    aggregates: frozenset[str] | None = None
    always_grouped: bool = Field(default=False, alias="alwaysGrouped")
    sign: Sign | None = None
    page_size: int | None = Field(default=None, alias="pageSize", ge=1)
    url: str | None = None

    @model_validator(mode="after")
    def _known_columns(self) -> "EntitySpec":
        known = COLUMNS[self.fact]
        named = {*self.columns, *self.keys, *(self.aggregates or ()), *([self.as_of] if self.as_of else [])}
        if unknown := sorted(named - known.keys()):
            raise ValueError(f"{self.fact} has no column {', '.join(unknown)}; it has {', '.join(known)}")
        if missing := sorted(named - self.columns.keys()):
            raise ValueError(f"columns used but not described: {', '.join(missing)}")
        for name, column in self.columns.items():
            fitting = WRITTEN[known[name].kind]
            if column.from_ and column.type not in fitting:
                raise ValueError(f"{name} is a {known[name].kind}: its type must be {' or '.join(fitting)}")
        if self.always_grouped and self.aggregates is None:
            raise ValueError("alwaysGrouped needs aggregates")
        return self

    def guarantee(self, column: str, op: Op) -> Guarantee:
        spec = self.columns.get(column)
        return Guarantee.NEVER if spec is None else spec.filter.get(op, Guarantee.NEVER)

    def capability(self) -> Capability:
        filters = {(name, op): spec.filter[op] for name, spec in self.columns.items() for op in spec.filter}
        return Capability(frozenset(self.columns), filters, self.aggregates, dict(self.keys), self.as_of)


Entity = TypeVar("Entity", bound=EntitySpec)


class OptionSpec(Frozen):
    """A parameter a tenant fills, e.g. a workspace id. `pattern` is a full-match regular expression."""

    meaning: str
    default: str | None = None
    pattern: str | None = None


class LimitSpec(Frozen):
    """What the vendor allows one account."""

    concurrency: int = Field(default=8, ge=1)
    page_size: int = Field(default=1000, alias="pageSize", ge=1)
    url_bytes: int = Field(default=6000, alias="urlBytes", ge=500)


class ConnectorSpec(Frozen, Generic[Entity]):
    """One connector file. `auth` lists the ways in that it takes, the first being the usual one."""

    connector: str
    system: str
    dialect: str
    docs: str
    auth: tuple[AuthSpec, ...]
    headers: dict[str, str] = Field(default_factory=dict)
    options: dict[str, OptionSpec] = Field(default_factory=dict)
    limits: LimitSpec = LimitSpec()
    errors: tuple[ErrorRule, ...] = ()
    probe: str | None = None
    entities: dict[str, Entity]

    def overridden(self, mapping: dict[str, dict[str, Any]]) -> "ConnectorSpec[Entity]":
        """The spec with a tenant's columns laid over it: entity → column → (partial) column spec."""
        if not mapping:
            return self
        data = self.model_dump(by_alias=True, exclude_unset=True)
        for entity, columns in mapping.items():
            if entity not in self.entities:
                raise ValueError(
                    f"{self.connector} has no entity {entity!r}; it has {', '.join(self.entities)}"
                )
            target = data["entities"][entity]["columns"]
            for column, change in columns.items():
                target[column] = _merged(target.get(column, {}), change)
        return type(self).model_validate(data)


def _merged(column: dict[str, Any], change: Any) -> Any:
    """A new origin replaces the old one and what was said about it; words are added to a map; the rest is
    laid over what was there.
    """
    if not isinstance(change, dict):
        change = {"from": change}
    moved = not {"from", "const"}.isdisjoint(change)
    kept = {key: value for key, value in column.items() if not (moved and key in _OF_ORIGIN)}
    if kept.get("map") and isinstance(change.get("map"), dict):
        change = {**change, "map": {**kept["map"], **change["map"]}}
    return {**kept, **change}


_OF_ORIGIN: Final = frozenset(
    {"from", "const", "param", "widths", "filter", "minus", "divideBy", "absentWhen"}
)
