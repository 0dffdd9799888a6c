"""How a source does at this moment: what is known of it anyway, and what it says when it is called.

An answer with one of them in it is of this moment, and nobody keeps it.
"""

import math
from datetime import datetime
from typing import Any

import strawberry

from resolvers.graph.context import RequestContext
from resolvers.graph.enums import Circuit

Info = strawberry.Info[RequestContext, None]


@strawberry.type(description="What came of calling a source.")
class SourceHealth:
    ok: bool = strawberry.field(description="Whether it answered as it should.")
    detail: str = strawberry.field(description="What it answered, or what went wrong.")
    milliseconds: int = strawberry.field(description="How long that took.")


@strawberry.type(description="The last call of a source that failed.")
class LastFailure:
    at: datetime = strawberry.field(description="When it ended.")
    code: str = strawberry.field(description="Stable code, e.g. `SOURCE_UNAVAILABLE`.")


@strawberry.type(
    description="How a source does now, by what this gateway has seen of it; `/readyz` says the same."
)
class SourceStanding:
    circuit: Circuit = strawberry.field(description="Whether it is asked.")
    last_success: datetime | None = strawberry.field(description="When a call last went well.")
    last_failure: LastFailure | None = strawberry.field(
        description="The last call that failed, however long ago."
    )
    data_as_of: datetime | None = strawberry.field(
        description="When the data was current that it last gave an answer."
    )
    data_age_seconds: int | None = strawberry.field(description="How long ago that is.")


async def reachable(root: Any, info: Info) -> SourceHealth:
    info.context.momentary = True
    found = await info.context.loaders.health(root.name)
    return SourceHealth(ok=found.ok, detail=found.detail, milliseconds=round(found.milliseconds))


def standing(root: Any, info: Info) -> SourceStanding:
    info.context.momentary = True
    found = info.context.engine.conditions()[root.name]
    failed = found.last_failure
    return SourceStanding(
        circuit=found.circuit,
        last_success=found.last_success,
        last_failure=None if failed is None else LastFailure(at=failed.at, code=failed.code),
        data_as_of=found.data_as_of,
        data_age_seconds=None if found.data_age is None else math.floor(found.data_age),
    )
