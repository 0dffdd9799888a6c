"""The application: GraphQL, the explorer, and two questions an orchestrator asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gateway import explorer
from gateway.http import GraphQLEndpoint
from gateway.questions import QUESTIONS
from resolvers.graph.schema import build
from resolvers.plan.engine import Engine


def application(engine: Engine, deadline: float, answer_bytes: int = 0) -> Starlette:
    """The gateway over one engine, that keeps at most `answer_bytes` of its answers. Its sources are closed
    when it stops."""
    endpoint = GraphQLEndpoint(build(), engine, deadline, answer_bytes)

    async def graphql(request: Request) -> Response:
        return await endpoint(request)

    async def ready(_: Request) -> Response:
        return JSONResponse({"ready": True, "sources": sorted(engine.sources)})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        for source in engine.sources.values():
            await source.aclose()

    routes = [
        Route("/graphql", graphql, methods=["GET", "POST"]),
        Route("/livez", _alive, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        *explorer.routes("/graphql", QUESTIONS),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _alive(_: Request) -> Response:
    return PlainTextResponse("alive")
