"""What a connector says about a system of models read over JSON-RPC.

A path walks from field to field (``purchase.party.code``). Two things stand beside a record's own fields:

    options.NAME    what the tenant gave for the option
    split.…         the row's share of the line, where the entity says how lines are split
"""

from enum import StrEnum
from typing import Any, Self

from pydantic import Field, model_validator

from sources.dialects.spec import ConnectorSpec, EntitySpec, Frozen

OPTIONS = "options."
SPLIT = "split."

Domain = list[Any]
"""A search domain of the vendor: clauses ``[path, operator, value]``, lists of them, and ``OR`` in front.
Values are texts in which an option may stand in braces, lists of them, or null."""


class Behind(Frozen):
    """A field behind which one looks only in some records: a reference that points to `model`, or whatever
    `where` holds of. The field is asked for in a read of its own, of those records.
    """

    path: str
    model: str | None = None
    where: Domain = Field(default_factory=list)

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.model is None and not self.where:
            raise ValueError(f"{self.path}: say which model it refers to, or where it is asked for")
        return self


class SplitKind(StrEnum):
    """What the entries of a line are.

    AMOUNTS  debits and credits that should add up to the line's; what is missing is a row without an account
    SHARES   accounts, each of which may stand for shares of others
    """

    AMOUNTS = "amounts"
    SHARES = "shares"


class Split(Frozen):
    """How a line is divided over the accounts of one analytic plan: `entries` is the list, `plan` the path
    in an entry to the code of its plan, `of` the option that says which one counts.

    The rows of a line are ``split.account`` and, by kind, ``split.amount`` (debit − credit) or
    ``split.percent`` with ``split.dist``, their number from 1.
    """

    kind: SplitKind
    entries: str
    plan: str
    of: str


class Total(Frozen):
    """The sum of `field` over those elements of `list` whose word at a path of `when` is one of these."""

    list: str
    field: str
    when: dict[str, tuple[str, ...]]


class Turned(Frozen):
    """'true' where `value` goes the other way than `against`, which is positive where it is absent."""

    value: str
    against: str


class RpcEntity(EntitySpec):
    """The records of `model` inside `domain`. `search` names the paths to look for a column's values in,
    where they are not the column's own; one of them has to have the value. `context` goes with their reads.
    `totals` and `turned` are fields worked out here, by name.
    """

    model: str
    domain: Domain = Field(default_factory=list)
    context: dict[str, str] = Field(default_factory=dict)
    behind: tuple[Behind, ...] = ()
    search: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    split: Split | None = None
    totals: dict[str, Total] = Field(default_factory=dict)
    turned: dict[str, Turned] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _searched_columns_are_there(self) -> Self:
        if unknown := sorted(self.search.keys() - self.columns.keys()):
            raise ValueError(f"searched but not described: {', '.join(unknown)}")
        ours = {*self.totals, *self.turned}
        for name in {n for n, column in self.columns.items() if column.filter} | self.keys.keys():
            paths = self.search.get(name) or self.columns[name].from_
            if any(path in ours or path.startswith((OPTIONS, SPLIT)) for path in paths):
                raise ValueError(f"{name} is worked out here: say by `search` where the source looks for it")
        return self

    def before(self, path: str) -> Behind | None:
        """The innermost field on the way that not every record has."""
        passed = (behind for behind in self.behind if path.startswith(behind.path + "."))
        return max(passed, key=lambda behind: len(behind.path), default=None)

    def models(self, path: str) -> list[str]:
        """The models the references on the way point to, outermost first."""
        passed = [b for b in self.behind if b.model is not None and path.startswith(b.path + ".")]
        return [behind.model or "" for behind in sorted(passed, key=lambda behind: len(behind.path))]


class RpcConnector(ConnectorSpec[RpcEntity]):
    """A connector of the `rpc` dialect. The option `database` names the database; `context` goes with every
    read, values as in a domain, empty ones left out.
    """

    context: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _a_database(self) -> Self:
        if "database" not in self.options:
            raise ValueError("the rpc dialect needs an option 'database'")
        return self
