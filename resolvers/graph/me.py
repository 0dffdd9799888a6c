"""`me`: who asks, and what their roles show."""

import datetime

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.graph.context import RequestContext, Viewer
from resolvers.graph.enums import Dimension, Fact
from resolvers.semantics.access import Grant, Reach

Info = strawberry.Info[RequestContext, None]


@strawberry.type(description="Members of a dimension that a role shows: listed, or below nodes.")
class RoleReach:
    dimension: Dimension = strawberry.field(description="The dimension.")
    members: list[strawberry.ID] = strawberry.field(description="These members.")
    descendants_of: list[strawberry.ID] = strawberry.field(
        description="These nodes and everything below them, as the tree is today."
    )


@strawberry.type(description="A role, and what it shows.")
class Role:
    name: str = strawberry.field(description="Its name in the configuration.")
    rows: list[RoleReach] = strawberry.field(
        description="The rows that it shows, where it limits them: those that are in all of these."
    )
    measures: list[str] | None = strawberry.field(description="The measures it shows; null: all.")
    documents: list[Fact] | None = strawberry.field(description="Documents it shows; null: of every kind.")
    masked: list[str] = strawberry.field(
        description="What it does not show of members, such as supplier.name."
    )


@strawberry.type(description="The one who asks.")
class Me:
    name: str = strawberry.field(description="What they are called.")
    anyone: bool = strawberry.field(description="Whether anyone may ask here, and see everything.")
    expires: datetime.datetime | None = strawberry.field(
        description="When the token or key they came with ends; null where it does not."
    )
    roles: list[Role] = strawberry.field(
        description="The roles that count here. What any of them shows is seen; without any, nothing is."
    )
    ignored_roles: list[str] = strawberry.field(
        description="Roles that the token or key names, and that the configuration does not have."
    )


def me(info: Info) -> Me:
    viewer = info.context.viewer or Viewer("anyone")
    scope = info.context.engine.scope
    roles = [_role(grant) for grant in scope.grants] if scope is not None else []
    known = {role.name for role in roles}
    return Me(
        name=viewer.name,
        anyone=scope is None,
        expires=viewer.expires,
        roles=roles,
        ignored_roles=sorted(viewer.roles - known),
    )


def _role(grant: Grant) -> Role:
    return Role(
        name=grant.role,
        rows=[_reach(reach) for reach in grant.rows],
        measures=None if grant.measures is None else sorted(map(to_camel_case, grant.measures)),
        documents=None if grant.documents is None else sorted(grant.documents),
        masked=sorted(mask.value for mask in grant.masked),
    )


def _reach(reach: Reach) -> RoleReach:
    return RoleReach(
        dimension=reach.dimension,
        members=[strawberry.ID(id_) for id_ in reach.listed],
        descendants_of=[strawberry.ID(id_) for id_ in reach.below],
    )
