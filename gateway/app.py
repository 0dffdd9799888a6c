"""The application: GraphQL, the explorer, what systems say of themselves, and what an orchestrator asks."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gateway import explorer
from gateway.answers import Answers
from gateway.hooks import Hook, Hooks
from gateway.http import GraphQLEndpoint
from gateway.questions import QUESTIONS
from resolvers.graph.schema import build
from resolvers.plan.engine import Engine
from sources.spi.changes import Changes


def application(
    engine: Engine,
    deadline: float,
    answer_bytes: int = 0,
    hooks: Mapping[str, Hook] | None = None,
    changes: Changes | None = None,
) -> Starlette:
    """The gateway over one engine, that keeps at most `answer_bytes` of its answers. What the `hooks` of its
    sources hear is said to `changes`. Its sources are closed when it stops."""
    changes = changes or Changes()
    endpoint = GraphQLEndpoint(build(), engine, deadline, Answers(answer_bytes, changes))
    heard = Hooks(hooks or {}, changes)

    async def graphql(request: Request) -> Response:
        return await endpoint(request)

    async def hook(request: Request) -> Response:
        return await heard(request)

    async def ready(_: Request) -> Response:
        return JSONResponse({"ready": True, "sources": sorted(engine.sources)})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        for source in engine.sources.values():
            await source.aclose()

    routes = [
        Route("/graphql", graphql, methods=["GET", "POST"]),
        Route("/hooks/{source}", hook, methods=["POST"]),
        Route("/livez", _alive, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        *explorer.routes("/graphql", QUESTIONS),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _alive(_: Request) -> Response:
    return PlainTextResponse("alive")
