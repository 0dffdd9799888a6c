"""The application: GraphQL, the explorer, what systems say of themselves, and what an orchestrator asks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway import explorer, lifecycle
from gateway.answers import Answers
from gateway.audit.sink import Sink, nowhere
from gateway.compress import Compressed
from gateway.hooks import Hook, Hooks
from gateway.http import GraphQLEndpoint
from gateway.identity import Identity
from gateway.limits import USUAL, Limits
from gateway.metrics import registry
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
    *,
    roles: Roles | None = None,
    audit: Sink = nowhere,
    metrics: bool = True,
    last: Callable[[], None] | None = None,
) -> Starlette:
    """The gateway over one engine, that keeps at most `answer_bytes` of its answers. What the `hooks` of its
    sources hear is said to `changes` and to the other `replicas`. Requests have `limits` and a line each in
    the `audit`, and come from whom `identity` names, who see what their `roles` show; without it, from
    anyone, who sees everything. Its sources are closed when it stops, and then it does what is to be done
    `last`. While `state.leaving` is set, /readyz says that nothing more should be sent here. With `metrics`,
    a monitor may read /metrics."""
    changes = changes or Changes()
    replicas = replicas or Alone()
    answers = Answers(answer_bytes, changes)
    endpoint = GraphQLEndpoint(build(), engine, deadline, answers, limits, identity, roles, audit)
    counted = registry(engine, answers, endpoint.requests) if metrics else None
    heard = Hooks(hooks or {}, changes, replicas)

    async def hook(request: Request) -> Response:
        return await heard(request)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await replicas.begin()
        app.state.started = True
        yield
        for source in engine.sources.values():
            await source.aclose()
        if identity is not None:
            await identity.aclose()
        await replicas.aclose()
        if last is not None:
            await asyncio.to_thread(last)

    routes = [
        Route("/graphql", endpoint),
        Route("/hooks/{source}", hook, methods=["POST"]),
        *lifecycle.routes(engine, counted),
        *explorer.routes("/graphql", QUESTIONS),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(Compressed)])
    app.state.started = app.state.leaving = False
    return app
