"""The members of dimensions as Relay connections: searched, filtered and paged."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Generic, TypeVar

import strawberry
from graphql import GraphQLError

from resolvers.graph import named
from resolvers.graph.context import RequestContext
from resolvers.graph.costs import EDGES, READS
from resolvers.graph.dimensions import Account, CostCenter, LegalEntity, Project, Supplier
from resolvers.graph.documents import PageInfo
from resolvers.graph.enums import AccountClass
from resolvers.graph.inputs import MemberFilter, as_filter
from resolvers.graph.report import Completeness
from resolvers.plan.directory import Directory, MemberPage
from resolvers.plan.errors import QuestionError
from resolvers.plan.question import Filter
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model

Info = strawberry.Info[RequestContext, None]
M = TypeVar("M", LegalEntity, Account, CostCenter, Project, Supplier)
Named = Callable[[Model, str], Any]
"""A member as an object, by its id."""


@strawberry.type(description="A member on its page.")
class MemberEdge(Generic[M]):
    cursor: str = strawberry.field(description="Where it stands, for `after`.")
    node: M = strawberry.field(description="The member.")


@strawberry.type(description="Members of a dimension, one page of them, in the order of their ids.")
class MemberConnection(Generic[M]):
    edges: list[MemberEdge[M]] = strawberry.field(description="The page.")
    page_info: PageInfo = strawberry.field(description="Paging.")
    total_count: int = strawberry.field(description="Members in all, whatever page was asked for.")
    open: bool = strawberry.field(
        description="Whether codes that are not listed are members too: figures may have more than these."
    )
    completeness: Completeness = strawberry.field(
        description="PARTIAL where a system could not be read: its members are missing, or as they were last."
    )


@strawberry.input(description="Which members.")
class MemberWhere:
    descendants_of: list[strawberry.ID] | None = strawberry.field(
        default=None, description="These nodes and everything below them."
    )
    hierarchy: str | None = strawberry.field(
        default=None,
        description="The hierarchy `descendantsOf` is meant in. Default: the dimension's own.",
    )


@strawberry.input(description="Which cost centres or projects. Filters all apply.")
class PlaceWhere(MemberWhere):
    legal_entity: MemberFilter | None = strawberry.field(
        default=None,
        description="Those that may hold figures of these legal entities: their own, those that are nobody's "
        "in particular, and the nodes above either.",
    )


@strawberry.input(description="Which accounts. Filters all apply.")
class AccountWhere(MemberWhere):
    account_class: list[AccountClass] | None = strawberry.field(
        default=None, description="Accounts of these classes; nodes above accounts have none."
    )


def _about(text: str) -> object:
    return strawberry.argument(description=text)


Search = Annotated[str | None, _about("Text within id, code or name, in capitals or not.")]
First = Annotated[int, _about("How many, at most 1000.")]
After = Annotated[str | None, _about("`endCursor` of the page before.")]
Below = Annotated[MemberWhere | None, _about("Filters.")]
Places = Annotated[PlaceWhere | None, _about("Filters; they all apply.")]
Accounts = Annotated[AccountWhere | None, _about("Filters; they all apply.")]


def _plain(dimension: Dimension, member: Named) -> Any:
    """The resolver of a dimension whose members are nobody's in particular."""

    async def members(
        info: Info, search: Search = None, where: Below = None, first: First = 50, after: After = None
    ) -> Any:
        below = _below(dimension, where)
        asked = Directory(dimension, search or "", below=below, first=first, after=after)
        return await _listed(asked, member, info)

    return members


def _placed(dimension: Dimension, member: Named) -> Any:
    """The resolver of a dimension whose members may belong to a legal entity."""

    async def members(
        info: Info, search: Search = None, where: Places = None, first: First = 50, after: After = None
    ) -> Any:
        given = where.legal_entity if where else None
        entities = as_filter(Dimension.LEGAL_ENTITY, given) if given else None
        below = _below(dimension, where)
        asked = Directory(dimension, search or "", entities, below=below, first=first, after=after)
        return await _listed(asked, member, info)

    return members


async def _accounts(
    info: Info, search: Search = None, where: Accounts = None, first: First = 50, after: After = None
) -> Any:
    below = _below(Dimension.ACCOUNT, where)
    classes = tuple(where.account_class) if where and where.account_class is not None else None
    asked = Directory(Dimension.ACCOUNT, search or "", classes=classes, below=below, first=first, after=after)
    return await _listed(asked, named.account, info)


def _below(dimension: Dimension, where: MemberWhere | None) -> Filter | None:
    if where is None or (where.descendants_of is None and where.hierarchy is None):
        return None
    return Filter(dimension, descendants_of=tuple(where.descendants_of or ()), hierarchy=where.hierarchy)


async def _listed(asked: Directory, member: Named, info: Info) -> MemberConnection[Any]:
    context = info.context
    try:
        if context.plans is not None:
            context.plans[str(info.path.key)] = context.engine.explain_members(asked)
            raise GraphQLError("explained, not answered", extensions={"code": "EXPLAINED"})
        found = await context.engine.list_members(asked, context.sources)
    except QuestionError as error:
        raise GraphQLError(error.message, extensions={"code": error.code}) from None
    for lost in found.lost:
        extensions = {"code": lost.code, "source": lost.source}
        context.problems.append(GraphQLError(str(lost), path=info.path.as_list(), extensions=extensions))
    return _connection(found, member, context.engine.model)


def _connection(found: MemberPage, member: Named, model: Model) -> MemberConnection[Any]:
    edges = [
        MemberEdge(cursor=cursor, node=member(model, each.id))
        for cursor, each in zip(found.cursors, found.members, strict=True)
    ]
    return MemberConnection(
        edges=edges,
        page_info=PageInfo(has_next_page=found.more, end_cursor=edges[-1].cursor if edges else None),
        total_count=found.total,
        open=found.open,
        completeness=Completeness.PARTIAL if found.lost else Completeness.COMPLETE,
    )


_NAMED: Final = "Those that live in systems are read there, and kept for as long as that data may be old."


@strawberry.type(description="Who and what figures are about.")
class Directories:
    legal_entities: MemberConnection[LegalEntity] | None = strawberry.field(
        resolver=_plain(Dimension.LEGAL_ENTITY, named.legal_entity),
        directives=[READS, EDGES],
        description="The companies that keep their own ledgers.",
    )
    accounts: MemberConnection[Account] | None = strawberry.field(
        resolver=_accounts,
        directives=[READS, EDGES],
        description="The chart of accounts, and the nodes above them.",
    )
    cost_centers: MemberConnection[CostCenter] | None = strawberry.field(
        resolver=_placed(Dimension.COST_CENTER, named.cost_center),
        directives=[READS, EDGES],
        description=f"Cost centres, and the nodes above them. {_NAMED}",
    )
    projects: MemberConnection[Project] | None = strawberry.field(
        resolver=_placed(Dimension.PROJECT, named.project), directives=[READS, EDGES], description="Projects."
    )
    suppliers: MemberConnection[Supplier] | None = strawberry.field(
        resolver=_plain(Dimension.SUPPLIER, named.supplier),
        directives=[READS, EDGES],
        description=f"Suppliers. {_NAMED}",
    )
