"""What an orchestrator and a monitor ask: /livez, /readyz and /metrics.

Ready is who can answer. A source that is down takes away what it has and nothing else, so it is named, and
that is all: were every replica unready because of one system, there would be no answer at all.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from resolvers.plan.engine import Engine
from resolvers.plan.systems import Condition

_NOW = {"Cache-Control": "no-store"}


def routes(engine: Engine, metrics: CollectorRegistry | None) -> list[Route]:
    """Without `metrics` there is no /metrics."""
    found = [
        Route("/livez", _alive, methods=["GET"]),
        Route("/readyz", _ready(engine), methods=["GET"]),
    ]
    return found if metrics is None else [*found, Route("/metrics", _told(metrics), methods=["GET"])]


async def _alive(_: Request) -> Response:
    return PlainTextResponse("alive")


def _ready(engine: Engine) -> Callable[[Request], Awaitable[Response]]:
    async def ready(request: Request) -> Response:
        state = request.app.state
        if state.leaving or not state.started:
            reason = "stopping" if state.leaving else "starting"
            return JSONResponse({"ready": False, "reason": reason}, 503, _NOW)
        sources = [_source(name, each) for name, each in sorted(engine.conditions().items())]
        return JSONResponse({"ready": True, "sources": sources}, headers=_NOW)

    return ready


def _source(name: str, found: Condition) -> dict[str, Any]:
    """A source in the words of the `standing` of the schema."""
    failed = found.last_failure
    return {
        "name": name,
        "circuit": found.circuit,
        "lastSuccess": _at(found.last_success),
        "lastFailure": None if failed is None else {"at": _at(failed.at), "code": failed.code},
        "dataAsOf": _at(found.data_as_of),
        "dataAgeSeconds": None if found.data_age is None else int(found.data_age),
    }


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _told(metrics: CollectorRegistry) -> Callable[[Request], Awaitable[Response]]:
    async def told(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(metrics), headers={**_NOW, "Content-Type": content_type})

    return told
