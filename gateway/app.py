"""The application: GraphQL, the explorer, what systems say of themselves, and what an orchestrator asks."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gateway import explorer
from gateway.answers import Answers
from gateway.compress import Compressed
from gateway.hooks import Hook, Hooks
from gateway.http import GraphQLEndpoint
from gateway.identity import Identity
from gateway.limits import USUAL, Limits
from gateway.policy import Roles
from gateway.questions import QUESTIONS
from resolvers.graph.schema import build
from resolvers.plan.engine import Engine
from sources.spi.changes import Changes
from sources.spi.replicas import Alone, Replicas


def application(
    engine: Engine,
    deadline: float,
    answer_bytes: int = 0,
    hooks: Mapping[str, Hook] | None = None,
    changes: Changes | None = None,
    limits: Limits = USUAL,
    replicas: Replicas | None = None,
    identity: Identity | None = None,
    roles: Roles | None = None,
) -> Starlette:
    """The gateway over one engine, that keeps at most `answer_bytes` of its answers. What the `hooks` of its
    sources hear is said to `changes` and to the other `replicas`. Requests have `limits`, and come from whom
    `identity` names, who see what their `roles` show; without it, from anyone, who sees everything. Its
    sources are closed when it stops. While `state.leaving` is set, /readyz says that nothing more should be
    sent here."""
    changes = changes or Changes()
    replicas = replicas or Alone()
    endpoint = GraphQLEndpoint(
        build(), engine, deadline, Answers(answer_bytes, changes), limits, identity, roles
    )
    heard = Hooks(hooks or {}, changes, replicas)

    async def hook(request: Request) -> Response:
        return await heard(request)

    async def ready(request: Request) -> Response:
        if request.app.state.leaving:
            return JSONResponse({"ready": False, "reason": "stopping"}, 503)
        return JSONResponse({"ready": True, "sources": sorted(engine.sources)})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await replicas.begin()
        yield
        for source in engine.sources.values():
            await source.aclose()
        if identity is not None:
            await identity.aclose()
        await replicas.aclose()

    routes = [
        Route("/graphql", endpoint),
        Route("/hooks/{source}", hook, methods=["POST"]),
        Route("/livez", _alive, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        *explorer.routes("/graphql", QUESTIONS),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(Compressed)])
    app.state.leaving = False
    return app


async def _alive(_: Request) -> Response:
    return PlainTextResponse("alive")
