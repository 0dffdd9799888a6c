"""The section of roles: what each lets see, and how much it may ask for."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from gateway.config.base import Section
from gateway.config.ids import TABLES, declared
from gateway.config.problems import Document, Finding
from gateway.config.raw import find, texts
from gateway.config.scalars import Flag, Member, Name, Text, one_of, refused
from gateway.config.systems import Positive
from gateway.config.text import shown
from gateway.limits import name
from gateway.policy import Role, Roles
from resolvers.semantics.access import Grant, Mask, Reach
from resolvers.semantics.dimensions import RESERVED, Dimension
from resolvers.semantics.measures import MEASURES
from sources.spi.facts import Fact

DOCUMENTS: Final = {
    "requisitions": Fact.REQUISITION,
    "purchaseOrders": Fact.ORDER,
    "receipts": Fact.RECEIPT,
    "invoices": Fact.INVOICE,
    "journalLines": Fact.LEDGER,
    "budgetEntries": Fact.BUDGET,
    "blanketAgreements": Fact.BLANKET,
    "deferrals": Fact.DEFERRAL,
    "subscriptions": Fact.SUBSCRIPTION,
}
"""The kinds of documents, by the fields that list them."""
_MEASURES: Final = {name(measure): measure for measure in MEASURES}


def _measure(value: str) -> str:
    if value not in _MEASURES:
        raise refused("must be the name of a measure's field, such as budget or priorYearActual")
    return value


def _document(value: str) -> str:
    if value not in DOCUMENTS:
        raise refused(f"must be one of {', '.join(DOCUMENTS)}")
    return value


_Measure = Annotated[str, BeforeValidator(_measure), WithJsonSchema({"enum": list(_MEASURES)})]
_Document = Annotated[str, BeforeValidator(_document), WithJsonSchema({"enum": list(DOCUMENTS)})]
_Mask = Annotated[Mask, BeforeValidator(one_of(Mask)), WithJsonSchema({"enum": [str(mask) for mask in Mask]})]


class ReachSection(Section):
    """Members that a role shows: listed (`in`), below nodes (`descendantsOf`), or both."""

    in_: tuple[Text, ...] = Field(default=(), alias="in")
    """These members. UNASSIGNED stands for what has none."""
    descendants_of: tuple[Member, ...] = ()
    """These nodes and everything below them, as the tree is today."""


class RoleLimitsSection(Section):
    """Bounds that are other for a role than those under `limits`."""

    max_tokens: Positive | None = None
    """Words and signs of the document."""
    max_nodes: Positive | None = None
    """Fields, arguments and values."""
    max_depth: Positive | None = None
    """How deep fields are nested."""
    max_breadth: Positive | None = None
    """Fields beside each other."""
    max_aliases: Positive | None = None
    """Fields with another name."""
    max_directives: Positive | None = None
    """Directives on fields and fragments."""
    max_root_fields: Positive | None = None
    """Questions in one request."""
    max_cost: Positive | None = None
    """Objects the answer may have."""
    max_upstream_calls: Positive | None = None
    """Calls to systems that are planned."""
    max_response_bytes: Positive | None = None
    """Bytes of the response."""


class RoleSection(Section):
    """What a role lets see. Rows have to be in all that is limited; what is not limited, is all seen."""

    legal_entities: ReachSection | None = None
    """Legal entities. Default: all."""
    cost_centers: ReachSection | None = None
    """Cost centres. Default: all."""
    projects: ReachSection | None = None
    """Projects. Default: all."""
    measures: tuple[_Measure, ...] | None = None
    """Measures, by the names of their fields. Default: all."""
    documents: tuple[_Document, ...] | None = None
    """Kinds of documents. Default: all. An empty list: none."""
    masked: tuple[_Mask, ...] = ()
    """What it does not show of members, such as `supplier.name`."""
    introspection: Flag = False
    """Whether it may ask for the schema, and is told what may have been meant."""
    limits: RoleLimitsSection = Field(default_factory=RoleLimitsSection)
    """Bounds that are other than those at the top."""


def roles(sections: Mapping[Name, RoleSection]) -> Roles:
    return Roles({name_: _role(name_, section) for name_, section in sections.items()})


def _role(name_: str, section: RoleSection) -> Role:
    given = (
        (Dimension.LEGAL_ENTITY, section.legal_entities),
        (Dimension.COST_CENTER, section.cost_centers),
        (Dimension.PROJECT, section.projects),
    )
    grant = Grant(
        name_,
        tuple(Reach(d, reach.in_, reach.descendants_of) for d, reach in given if reach is not None),
        None if section.measures is None else frozenset(_MEASURES[each] for each in section.measures),
        None if section.documents is None else frozenset(DOCUMENTS[each] for each in section.documents),
        frozenset(section.masked),
    )
    own = {limit: getattr(section.limits, limit) for limit in section.limits.model_fields_set}
    return Role(
        grant, section.introspection, {limit: bound for limit, bound in own.items() if bound is not None}
    )


def check(document: Document) -> Iterator[Finding]:
    """Members that nobody has, where they are all listed here; and identity without any role, which would let
    nobody see anything."""
    data = document.data
    if any(find(data, "identity")) and not any(find(data, "roles", "*")):
        yield (
            ("identity",),
            "without roles nobody sees anything: name one under roles, such as `everything: {}`",
        )
    for key, dimension in (
        ("legalEntities", Dimension.LEGAL_ENTITY),
        ("costCenters", Dimension.COST_CENTER),
        ("projects", Dimension.PROJECT),
    ):
        known = {id_ for _, id_ in declared(data, TABLES[dimension])}
        special = set() if dimension is Dimension.LEGAL_ENTITY else set(RESERVED)
        for kind in ("in", "descendantsOf"):
            for path, value in texts(data, "roles", "*", key, kind, "*"):
                if known and value not in known | special:
                    yield path, f"{shown(value)} is not in {TABLES[dimension]}"
