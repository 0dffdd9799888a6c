"""`crosswalk`: what a source's code is, and why."""

import datetime
from decimal import Decimal
from typing import Annotated

import strawberry
from graphql import GraphQLError

from resolvers.graph.context import RequestContext
from resolvers.graph.enums import Dimension, MappedBy
from resolvers.plan.errors import QuestionError
from resolvers.plan.mapping import Match, Weighed
from resolvers.semantics.model import Model


@strawberry.input(description="A code of a source in another dimension of the same row.")
class SourceCodeInput:
    dimension: Dimension = strawberry.field(description="Dimension of the code.")
    member: str = strawberry.field(description="The code, as the source writes it.")


@strawberry.type(description="A code or pattern that a rule asks for; `*` is any run of characters.")
class SourceCode:
    dimension: Dimension = strawberry.field(description="Dimension of the code.")
    member: str = strawberry.field(description="The code or pattern.")


@strawberry.type(description="A canonical member, and its share.")
class CrosswalkTarget:
    dimension: Dimension = strawberry.field(description="Dimension of the member.")
    member: strawberry.ID = strawberry.field(description="Canonical id, UNMAPPED, UNASSIGNED or INVALID.")
    name: str = strawberry.field(description="Display name.")
    weight: Decimal = strawberry.field(description="Share of every amount on the code; 1 is all of it.")


@strawberry.type(description="One row of the crosswalk.")
class CrosswalkEntry:
    targets: list[CrosswalkTarget] = strawberry.field(description="Its members, in every dimension it has.")
    valid_from: datetime.date | None = strawberry.field(description="First day; null for always so far.")
    valid_to: datetime.date | None = strawberry.field(description="Last day, included; null for ever.")
    valid: bool = strawberry.field(description="Whether it is valid on the day asked about.")


@strawberry.type(description="Rows that ask for the same codes. The first that matches and is valid decides.")
class CrosswalkRule:
    rank: int = strawberry.field(description="Its place among the rules that match; 1 is tried first.")
    decides: bool = strawberry.field(description="Whether it says what the code is on that day.")
    why: str = strawberry.field(description="Why it does, or does not.")
    priority: int = strawberry.field(description="The higher, the earlier it is tried.")
    codes: list[SourceCode] = strawberry.field(description="The codes or patterns it asks for.")
    rows: list[CrosswalkEntry] = strawberry.field(description="Its rows.")


@strawberry.type(description="What a code of a source is, and why.")
class CrosswalkLookup:
    source: str = strawberry.field(description="The source.")
    dimension: Dimension = strawberry.field(description="The dimension.")
    member: str | None = strawberry.field(description="The source's code; null for none.")
    on: datetime.date = strawberry.field(description="The day.")
    mapped_by: MappedBy = strawberry.field(description="How it came to its members.")
    targets: list[CrosswalkTarget] = strawberry.field(description="Its members; their weights add up to 1.")
    rules: list[CrosswalkRule] = strawberry.field(
        description="The rules that match, in the order they are tried."
    )


def crosswalk(
    info: strawberry.Info[RequestContext, None],
    source: Annotated[str, strawberry.argument(description="Name of the source in the configuration.")],
    dimension: Annotated[Dimension, strawberry.argument(description="The dimension asked about.")],
    member: Annotated[
        str | None, strawberry.argument(description="The source's code in it; null for none.")
    ] = None,
    beside: Annotated[
        list[SourceCodeInput] | None,
        strawberry.argument(description="The row's codes of other dimensions, where rules ask for them."),
    ] = None,
    on: Annotated[datetime.date | None, strawberry.argument(description="Default: today.")] = None,
) -> CrosswalkLookup | None:
    engine = info.context.engine
    codes = {code.dimension: code.member for code in beside or ()}
    codes |= {} if member is None else {dimension: member}
    try:
        found = engine.mapped(source, dimension, codes, on)
    except QuestionError as error:
        raise GraphQLError(error.message, extensions={"code": error.code}) from None
    return CrosswalkLookup(
        source=source,
        dimension=dimension,
        member=member,
        on=found.day,
        mapped_by=found.by,
        targets=[_target(dimension, id_, weight, engine.model) for id_, weight in found.targets],
        rules=[_rule(rank, match, engine.model) for rank, match in enumerate(found.matches, start=1)],
    )


def _target(dimension: Dimension, id_: str, weight: Decimal, model: Model) -> CrosswalkTarget:
    known = model.members.get(dimension, {}).get(id_)
    name = known.name if known is not None else id_
    return CrosswalkTarget(dimension=dimension, member=strawberry.ID(id_), name=name, weight=weight)


def _rule(rank: int, match: Match, model: Model) -> CrosswalkRule:
    return CrosswalkRule(
        rank=rank,
        decides=match.decides,
        why=match.why,
        priority=match.rule.priority,
        codes=[SourceCode(dimension=d, member=code) for d, code in match.rule.conditions],
        rows=[_entry(weighed, model) for weighed in match.rows],
    )


def _entry(weighed: Weighed, model: Model) -> CrosswalkEntry:
    row = weighed.row
    return CrosswalkEntry(
        targets=[_target(dimension, id_, row.weight, model) for dimension, id_ in row.targets],
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        valid=weighed.valid,
    )
