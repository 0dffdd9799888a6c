"""Sections that list members (entities, accounts, cost centres, projects, suppliers) and trees over them."""

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from gateway.config.base import Section, Table
from gateway.config.scalars import Currency, Day, Flag, Member, Name, Text, one_of
from resolvers.semantics.dimensions import MEMBERSHIP, AccountClass, Dimension
from sources.spi.facts import Fact

MEASURED: Final = (
    Fact.BUDGET,
    Fact.REQUISITION,
    Fact.ORDER,
    Fact.RECEIPT,
    Fact.INVOICE,
    Fact.VOUCHER,
    Fact.LEDGER,
    Fact.ORDER_SCHEDULE,
    Fact.BLANKET,
    Fact.DEFERRAL,
    Fact.SUBSCRIPTION,
)
"""The facts figures are made of, from one source each per legal entity. The others describe members."""
OPTIONAL: Final = frozenset((Fact.ORDER_SCHEDULE, Fact.BLANKET, Fact.SUBSCRIPTION))
"""What many entities have no list of anywhere; who has one says so by providing it."""


def _words(value: Any) -> Any:
    """A cell of a table holds a list as words."""
    return tuple(value.split()) if isinstance(value, str) else value


FactName = Annotated[Fact, BeforeValidator(one_of(Fact)), WithJsonSchema({"enum": list(map(str, Fact))})]
MeasuredFact = Annotated[
    Fact, BeforeValidator(one_of(MEASURED)), WithJsonSchema({"enum": list(map(str, MEASURED))})
]
AccountKind = Annotated[
    AccountClass,
    BeforeValidator(one_of(AccountClass)),
    WithJsonSchema({"enum": list(map(str, AccountClass))}),
]
DimensionName = Annotated[
    Dimension,
    BeforeValidator(one_of(MEMBERSHIP, either_case=True)),
    WithJsonSchema({"enum": [spelt for name in MEMBERSHIP for spelt in (str(name), name.column)]}),
]
"""A dimension that has members, in capitals or not."""


class LegalEntitySection(Section):
    """A company with its own ledger."""

    id: Member
    """Canonical id, unique across all systems."""
    name: Text
    """What people read."""
    currency: Currency
    """Currency of its ledger."""
    calendar: Name | None = None
    """Its fiscal calendar; by default the one named at the top."""
    unused: Annotated[tuple[MeasuredFact, ...], BeforeValidator(_words)] = ()
    """Facts it has no system for by decision: their measures are zero instead of missing. In a CSV cell,
    words with a space between them."""


class AccountSection(Section):
    """An account, or a node above accounts."""

    id: Member
    """Canonical id, unique across all systems."""
    name: Text
    """What people read."""
    class_: AccountKind | None = Field(default=None, alias="class")
    """What it counts as. Only a node above other accounts may leave it out."""
    code: Text | None = None
    """The number people use; by default the id."""
    parent: Member | None = None
    """The node above it."""


class CostCenterSection(Section):
    """A cost centre, or a node above cost centres."""

    id: Member
    """Canonical id, unique across all systems."""
    name: Text
    """What people read."""
    parent: Member | None = None
    """The node above it."""
    entity: Member | None = None
    """The legal entity it belongs to; nodes above several have none."""
    owner: Text | None = None
    """The person responsible."""
    code: Text | None = None
    """The number people use; by default the id."""


class ProjectSection(Section):
    """A project."""

    id: Member
    """Canonical id, unique across all systems."""
    name: Text
    """What people read."""
    parent: Member | None = None
    """The project or programme above it."""
    entity: Member | None = None
    """The legal entity it belongs to."""
    owner: Text | None = None
    """The person responsible."""
    code: Text | None = None
    """The number people use; by default the id."""


class SupplierSection(Section):
    """A supplier."""

    id: Member
    """Canonical id, unique across all systems."""
    name: Text
    """What people read."""
    parent: Member | None = None
    """The group it belongs to."""
    code: Text | None = None
    """The number people use; by default the id."""


class EdgeSection(Section):
    """One edge of a tree, for as long as it holds."""

    child: Member
    """A member of the dimension."""
    parent: Member
    """The member it is below."""
    from_: Day | None = Field(default=None, alias="from")
    """The first day it holds; by default, ever since."""
    to: Day | None = None
    """The last day it holds; by default, for good."""


class HierarchySection(Section):
    """A tree over the members of one dimension, where it is kept apart from them."""

    dimension: DimensionName
    """The dimension whose members it orders."""
    name: Name | None = None
    """What questions call it. Without a name it says the same as a `parent` at the members."""
    default: Flag = False
    """Whether it is the one that questions mean when they name none. By default that is the one of the
    members' parents, else the first."""
    edges: Annotated[tuple[EdgeSection, ...], Table(), Field(min_length=1)]
    """Who is below whom."""
