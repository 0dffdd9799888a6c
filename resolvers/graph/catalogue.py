"""The catalogue: what there is to ask about. Measures, dimensions and periods, and the systems behind."""

import math
from typing import Annotated, Any, TypeVar

import strawberry
from graphql import GraphQLError
from strawberry.utils.str_converters import to_camel_case

from resolvers.graph import named
from resolvers.graph.context import RequestContext
from resolvers.graph.costs import ListSize
from resolvers.graph.dimensions import LegalEntity, Period
from resolvers.graph.enums import Dimension, Fact, Stage
from resolvers.plan import catalogue
from resolvers.plan.directory import listed
from resolvers.plan.errors import QuestionError
from resolvers.plan.explain import PlanReport
from resolvers.plan.systems import FactCard, SystemCard

Info = strawberry.Info[RequestContext, None]


@strawberry.type(description="A measure: what it means, how it is made, and what it stands on.")
class MeasureInfo:
    name: str = strawberry.field(description="Name of its field.")
    meaning: str = strawberry.field(description="What it tells.")
    formula: str = strawberry.field(description="How it is computed.")
    stage: Stage | None = strawberry.field(
        description="Where in the chain it stands; MEMO is in no other measure. Null for derived measures."
    )
    additive: bool = strawberry.field(description="Whether values of different cells may be added up.")
    facts: list[Fact] = strawberry.field(
        description="What has to be read for it; where one of these is lost, it is null."
    )
    optional_facts: list[Fact] = strawberry.field(
        description="What belongs to it where a source has it, and is not missing where none does."
    )
    of: list[str] = strawberry.field(description="The measures it is computed of; none for base measures.")


@strawberry.type(description="A tree that members of a dimension are arranged in.")
class Hierarchy:
    roots: list[strawberry.ID] = strawberry.field(description="Its topmost nodes.")
    member_count: int = strawberry.field(description="Nodes and leaves in it.")
    levels: int = strawberry.field(description="How deep it is; the topmost nodes are the first level.")


async def _hierarchies(root: Any, info: Info) -> list[Hierarchy]:
    members = listed(root.name, await info.context.loaders.model())
    return [
        Hierarchy(
            roots=[strawberry.ID(id_) for id_ in tree.roots], member_count=tree.members, levels=tree.levels
        )
        for tree in catalogue.outlines(members)
    ]


@strawberry.type(description="A dimension: what figures can be grouped and filtered by.")
class DimensionInfo:
    name: Dimension = strawberry.field(description="Its name in `groupBy`.")
    open: bool = strawberry.field(
        description="Whether any code of a source is a member; else one outside the list is UNMAPPED."
    )
    member_count: int | None = strawberry.field(
        description="Members in the list, of periods those of the group's calendar; null where it is open."
    )
    hierarchies: list[Hierarchy] = strawberry.field(
        resolver=_hierarchies,
        description="The trees it has, for `descendantsOf`. Members that live in systems are read for it.",
    )


@strawberry.type(description="What a source can do with one kind of record.")
class SourceFact:
    fact: Fact = strawberry.field(description="The kind of record.")
    legal_entities: list[strawberry.ID] = strawberry.field(description="Whose records it provides.")
    columns: list[str] = strawberry.field(description="What it says of each, by the name it has here.")
    abilities: list[str] = strawberry.field(
        description="What it does itself, in words. What it does not is done here, and more is read for it."
    )


@strawberry.type(description="What came of calling a source.")
class SourceHealth:
    ok: bool = strawberry.field(description="Whether it answered as it should.")
    detail: str = strawberry.field(description="What it answered, or what went wrong.")
    milliseconds: int = strawberry.field(description="How long that took.")


async def _reachable(root: Any, info: Info) -> SourceHealth:
    found = await info.context.loaders.health(root.name)
    return SourceHealth(ok=found.ok, detail=found.detail, milliseconds=round(found.milliseconds))


@strawberry.type(description="What a source calls a legal entity.")
class SourceEntity:
    legal_entity: LegalEntity = strawberry.field(description="The legal entity.")
    code: str = strawberry.field(description="The source's own code of it.")


@strawberry.type(description="A system that facts come from.")
class SourceInfo:
    name: str = strawberry.field(description="Name in the configuration.")
    system: str = strawberry.field(description="Vendor and product.")
    facts: list[SourceFact] = strawberry.field(description="What it provides.")
    legal_entities: list[SourceEntity] = strawberry.field(description="Whom it serves.")
    max_age_seconds: int | None = strawberry.field(
        description="How old its data may be; null where nothing bounds it."
    )
    reachable: SourceHealth = strawberry.field(
        resolver=_reachable,
        description="Whether it answers. Selecting this calls it, cheaply; all systems at the same time.",
    )


N = TypeVar("N", MeasureInfo, SourceInfo)
Names = Annotated[list[str] | None, strawberry.argument(description="Only these. Default: all.")]
Wanted = Annotated[list[Dimension] | None, strawberry.argument(description="Only these. Default: all.")]


def _measures(names: Names = None) -> list[MeasureInfo]:
    every = [
        MeasureInfo(
            name=to_camel_case(entry.measure.name),
            meaning=entry.measure.meaning,
            formula=entry.measure.formula,
            stage=entry.measure.stage,
            additive=entry.measure.additive,
            facts=list(entry.needs),
            optional_facts=list(entry.also),
            of=[to_camel_case(name) for name in entry.measure.of],
        )
        for entry in catalogue.measures()
    ]
    return _chosen(every, names, "UNKNOWN_MEASURE")


def _dimensions(info: Info, names: Wanted = None) -> list[DimensionInfo]:
    _explained(info)
    model = info.context.engine.model
    return [
        DimensionInfo(
            name=dimension,
            open=catalogue.is_open(dimension, model),
            member_count=catalogue.count(dimension, model),
        )
        for dimension in Dimension
        if names is None or dimension in names
    ]


def _periods(
    info: Info,
    calendar: Annotated[
        str | None, strawberry.argument(description="Id of a calendar. Default: the group's.")
    ] = None,
    fiscal_year: Annotated[int | None, strawberry.argument(description="Default: all years.")] = None,
) -> list[Period]:
    try:
        found, chosen = catalogue.periods(calendar, fiscal_year, info.context.engine.model)
    except QuestionError as error:
        raise GraphQLError(error.message, extensions={"code": error.code}) from None
    return [named.of_calendar(period, found.id) for period in chosen]


def _sources(info: Info, names: Names = None) -> list[SourceInfo]:
    _explained(info)
    every = [_source(card, info) for card in info.context.engine.systems()]
    return _chosen(every, names, "UNKNOWN_SOURCE")


def _chosen(every: list[N], names: list[str] | None, code: str) -> list[N]:
    """Those that are named; an error where one of the names is nobody's."""
    known = [each.name for each in every]
    for name in names or ():
        if name not in known:
            message = f"names: {name!r} is not one of {', '.join(known)}"
            raise GraphQLError(message, extensions={"code": code})
    return [each for each in every if names is None or each.name in names]


def _source(card: SystemCard, info: Info) -> SourceInfo:
    model = info.context.engine.model
    return SourceInfo(
        name=card.name,
        system=card.system,
        facts=[_fact(fact) for fact in card.facts],
        legal_entities=[
            SourceEntity(legal_entity=named.legal_entity(model, id_), code=code)
            for id_, code in card.entities.items()
        ],
        max_age_seconds=None if card.max_age is None else math.ceil(card.max_age),
    )


def _fact(card: FactCard) -> SourceFact:
    return SourceFact(
        fact=card.fact,
        legal_entities=[strawberry.ID(entity) for entity in card.entities],
        columns=list(card.columns),
        abilities=list(card.abilities),
    )


def _explained(info: Info) -> None:
    """Of what only the plan was asked for: there is none, and what lies below may call somebody."""
    plans = info.context.plans
    if plans is not None:
        plans[str(info.path.key)] = PlanReport((), 0)
        raise GraphQLError("explained, not answered", extensions={"code": "EXPLAINED"})


@strawberry.type(description="What there is to ask about.")
class Catalogue:
    measures: list[MeasureInfo] | None = strawberry.field(
        resolver=_measures,
        directives=[ListSize(assumed_size=30)],
        description="The measures, in the order of the chain, derived ones after theirs.",
    )
    dimensions: list[DimensionInfo] | None = strawberry.field(
        resolver=_dimensions, description="What figures can be grouped and filtered by."
    )
    periods: list[Period] | None = strawberry.field(
        resolver=_periods,
        directives=[ListSize(assumed_size=60)],
        description="The fiscal periods of a calendar, in order.",
    )
    sources: list[SourceInfo] | None = strawberry.field(
        resolver=_sources, description="The systems, as they are configured. Nobody is called for it."
    )
