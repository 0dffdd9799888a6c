"""What an answer says about itself: sources and their age, the plan, what is missing, what is unmapped."""

from datetime import datetime
from decimal import Decimal
from enum import Enum

import strawberry

from resolvers.graph.enums import Dimension, Fact, Stage, State
from resolvers.plan.answer import SourceReport
from resolvers.plan.explain import PlanReport, ScanReport
from resolvers.plan.missing import Lost


@strawberry.enum(description="Whether a figure could be had in full.")
class Completeness(Enum):
    COMPLETE = "COMPLETE"
    PARTIAL = "PARTIAL"


@strawberry.enum(description="Why a source member has no canonical member.")
class MappingStatus(Enum):
    UNMAPPED = "UNMAPPED"
    INVALID = "INVALID"


@strawberry.type(description="A stage that is unknown, and the source that could not be had.")
class MissingStage:
    stage: Stage = strawberry.field(description="The stage whose figures are null.")
    source: str | None = strawberry.field(description="The source; null where none is configured.")


@strawberry.type(
    description="A source code without a member: UNMAPPED has no crosswalk row, INVALID none of its day."
)
class MappingGap:
    source: str = strawberry.field(description="Source that uses the code.")
    dimension: Dimension = strawberry.field(description="Dimension it belongs to.")
    status: MappingStatus = strawberry.field(description="What is wrong with it.")
    member: str = strawberry.field(description="The source's code.")
    amount: Decimal = strawberry.field(description="Its amount in this answer, in the answer's currency.")


@strawberry.type(description="How much of what a source has in a dimension could be translated, by amount.")
class MappingCoverage:
    source: str = strawberry.field(description="The source.")
    dimension: Dimension = strawberry.field(description="The dimension; only what has a value in it counts.")
    amount: Decimal = strawberry.field(
        description="Σ |balance| in this answer, by measure, legal entity, account, period and code."
    )
    mapped: Decimal = strawberry.field(description="What of it has a member: neither UNMAPPED nor INVALID.")
    percent: Decimal | None = strawberry.field(
        description="100 × mapped / amount, two decimals; null of nothing. Not additive."
    )


@strawberry.type(description="What went wrong at a source.")
class SourceFailure:
    code: str = strawberry.field(description="Stable code, e.g. `SOURCE_UNAVAILABLE`.")
    message: str = strawberry.field(description="What happened.")
    retry_after: int | None = strawberry.field(description="Seconds after which to try again, where known.")


@strawberry.type(description="A source as it took part in this answer.")
class SourceStatus:
    name: str = strawberry.field(description="Name in the configuration.")
    system: str = strawberry.field(description="Vendor and product.")
    state: State = strawberry.field(description="How its figures came into the answer.")
    data_as_of: datetime | None = strawberry.field(description="When its data was current, oldest first.")
    fetched_at: datetime | None = strawberry.field(description="When it was read.")
    within_max_age: bool = strawberry.field(description="Whether the data is as fresh as configured.")
    error: SourceFailure | None = strawberry.field(description="What went wrong, if anything did.")


@strawberry.type(description="One scan of one source.")
class PlannedScan:
    source: str = strawberry.field(description="Source.")
    fact: Fact = strawberry.field(description="What is read.")
    entity: str | None = strawberry.field(description="The connector's entity that serves it.")
    pushed: list[str] = strawberry.field(description="Filters and grouping the source does itself.")
    residual: list[str] = strawberry.field(description="What is left to filter here.")
    estimated_calls: int | None = strawberry.field(description="Calls known beforehand; null if not.")
    actual_calls: int | None = strawberry.field(description="Calls made; null when only explained.")


@strawberry.type(description="Scans that run together.")
class Wave:
    scans: list[PlannedScan] = strawberry.field(description="The scans.")


@strawberry.type(description="How the question is answered. Selecting only this calls nobody.")
class QueryPlan:
    waves: list[Wave] = strawberry.field(description="Later waves look up what earlier ones found.")
    cost: int = strawberry.field(description="Upstream calls: made, or known before any is made.")


def query_plan(report: PlanReport) -> QueryPlan:
    waves = [Wave(scans=[_scan(scan) for scan in wave]) for wave in report.waves]
    return QueryPlan(waves=waves, cost=report.cost)


def _scan(scan: ScanReport) -> PlannedScan:
    return PlannedScan(
        source=scan.source,
        fact=scan.fact,
        entity=scan.entity,
        pushed=list(scan.pushed),
        residual=list(scan.residual),
        estimated_calls=scan.estimated_calls,
        actual_calls=scan.actual_calls,
    )


def statuses(reports: tuple[SourceReport, ...]) -> list[SourceStatus]:
    return [
        SourceStatus(
            name=report.name,
            system=report.system,
            state=report.state,
            data_as_of=report.data_as_of,
            fetched_at=report.fetched_at,
            within_max_age=report.within_max_age,
            error=_failure(report),
        )
        for report in reports
    ]


def _failure(report: SourceReport) -> SourceFailure | None:
    error = report.error
    if error is None:
        return None
    after = None if error.retry_after is None else round(error.retry_after)
    return SourceFailure(code=error.code, message=error.message, retry_after=after)


def missing_stages(lost: tuple[Lost, ...]) -> list[MissingStage]:
    return [MissingStage(stage=item.stage, source=item.source) for item in lost]
