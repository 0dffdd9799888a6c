"""GraphQL over HTTP: one endpoint, GET and POST, every reply GraphQL JSON with a coded error if any.

The answer's media type follows `Accept`: application/graphql-response+json when asked for, with 4xx for
requests that cannot be executed; application/json otherwise, where a GraphQL error of a well-formed request
is a 200.
"""

import asyncio
import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from graphql import DocumentNode, ExecutionResult, GraphQLError, execute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry import Schema
from strawberry.utils.str_converters import to_snake_case

from gateway import accept, encode
from gateway.answers import Answered, Answers, judged
from gateway.asking import Asked, BadRequestError, asked
from gateway.cost import cost
from gateway.documents import Documents
from gateway.identity import ANYONE, Identity, Principal, UnknownError
from gateway.limits import Limits, measured
from gateway.policy import Leave, Roles
from gateway.shape import Shape
from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext, Viewer
from resolvers.plan.engine import Engine
from sources.spi.context import Context

MODERN: Final = "application/graphql-response+json"
LEGACY: Final = "application/json"
EXPLAIN: Final = "Threefold-Explain"
"""Request header: answer with the plans of the root fields in `extensions.queryPlans`, and call nobody."""
COST: Final = "Threefold-Cost"
"""Request header: say in `extensions.cost` what the request came to. Response header: what it cost."""
_VARY: Final = "Accept, Authorization, X-API-Key"
"""What an answer depends on where it depends on who asks: a browser may have several keys, and one cache."""
_PERSONAL: Final = re.compile(r"\bme\b")
"""A document that may ask who asks."""
OVER: Final = "Threefold-Over-Limits"
"""Response header: limits that the request is over, where they are only measured."""


class GraphQLEndpoint:
    """Answers requests with one schema and one engine, each within `deadline` seconds and its limits. They
    come from whom `identity` names, who may what their `roles` let them; without it, from anyone, who may
    everything."""

    def __init__(
        self,
        schema: Schema,
        engine: Engine,
        deadline: float,
        answers: Answers,
        limits: Limits,
        identity: Identity | None = None,
        roles: Roles | None = None,
    ) -> None:
        self._schema = schema._schema  # noqa: SLF001  Strawberry's public face re-parses every document
        self._documents = {told: Documents(self._schema, told=told) for told in (True, False)}
        self._engine = engine
        self._deadline = deadline
        self._answers = answers
        self._limits = limits
        self._identity = identity
        self._roles = roles or Roles()

    def _leave(self, who: Principal) -> Leave:
        """What one who asks may."""
        if self._identity is None:
            return Leave(None, self._limits, introspection=True)
        return self._roles.leave(who, self._limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers every method itself: what it refuses is GraphQL JSON too."""
        request = Request(scope, receive)
        try:
            response = await self._response(request)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  whatever it is, the client is told an incident and no more
            response = _response(encode.unexpected(error), 500, LEGACY)
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        media_type = accept.media_type(request.headers.get("accept", ""), (MODERN, LEGACY), LEGACY)
        if media_type is None:
            body = encode.failure("NOT_ACCEPTABLE", f"Accept: {MODERN} or {LEGACY} is what there is")
            return _response(body, 406, LEGACY)
        try:
            who = ANYONE if self._identity is None else await self._identity.principal(request.headers)
            question = await asked(request)
        except UnknownError as error:
            schemes = () if self._identity is None else self._identity.schemes
            body = encode.failure(error.code, str(error))
            return _response(body, error.status, media_type, error.headers(schemes))
        except BadRequestError as error:
            return _response(encode.failure(error.code, str(error)), error.status, media_type, error.headers)
        leave, modern = self._leave(who), media_type == MODERN
        limits = leave.limits
        prepared = self._documents[leave.introspection].prepared(question.query, partial(_refused, limits))
        if prepared.document is None or prepared.shape is None or prepared.errors:
            return _refusal(prepared.errors or (), media_type)
        price = cost(self._schema, prepared.document, question.operation, question.variables or {})
        size = {**measured(prepared.shape), "maxCost": price}
        over = limits.over(size)
        if over and limits.enforced:
            return _refusal([each.error for each in over], media_type)
        how = _How(
            leave=leave,
            personal=who if _PERSONAL.search(question.query) else None,
            modern=modern,
            cost=tuple(size.items()) if request.headers.get(COST, "").lower() == "true" else None,
            explain=request.headers.get(EXPLAIN, "").lower() == "true",
            no_cache="no-cache" in request.headers.get("cache-control", "").lower(),
        )
        variables = orjson.dumps(question.variables, option=orjson.OPT_SORT_KEYS)
        answered = await self._answers.of(
            (question.query, question.operation, variables, how),
            partial(self._answered, prepared.document, question, how, who),
            no_cache=how.no_cache or how.explain,
        )
        response = _told(answered, request, media_type)
        response.headers[COST] = str(price)
        if self._identity is not None:
            response.headers["Vary"] = _VARY
        if over:
            response.headers[OVER] = ", ".join(each.limit for each in over)
        return response

    async def _answered(
        self, document: DocumentNode, question: Asked, how: "_How", who: Principal
    ) -> Answered:
        limits = how.leave.limits
        sources = Context.within(self._deadline, no_cache=how.no_cache)
        sources.principal = who.id
        viewer = Viewer(who.name, who.roles, who.expires)
        context = RequestContext(self._engine.scoped(how.leave.scope), sources, viewer=viewer)
        if limits.enforced:
            context.sources.most_planned = limits.max_upstream_calls
        if how.explain:
            context.plans = {}
        result = await self._executed(document, question, context, told=how.leave.introspection)
        if context.plans:
            return judged(encode.plans(context.plans, result.errors or ()), 200, [], whole=False)
        told = None if how.cost is None else {"cost": _bill(dict(how.cost), limits, context.sources)}
        body = await asyncio.to_thread(encode.body, result, context.problems, told)
        over = limits.over({"maxResponseBytes": len(body)})
        if over and limits.enforced:
            refused = encode.body(ExecutionResult(None, [each.error for each in over]))
            return judged(refused, 400 if how.modern else 200, [], whole=False)
        executed = result.data is not None or any(error.path for error in result.errors or ())
        whole = not result.errors and not context.problems
        status = 200 if executed or not how.modern else 400
        return judged(body, status, context.sources.reads, whole=whole)

    async def _executed(
        self, document: Any, question: Asked, context: RequestContext, *, told: bool
    ) -> ExecutionResult:
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=question.variables,
            operation_name=question.operation,
            executor_class=ColumnarExecutor,
            hide_suggestions=not told,
        )
        return result if isinstance(result, ExecutionResult) else await result


@dataclass(frozen=True, slots=True)
class _How:
    """What of a request, besides the question, decides what is answered: also what may be seen of it, and
    who asks, where the answer says so."""

    leave: Leave
    personal: Principal | None
    modern: bool
    cost: tuple[tuple[str, int], ...] | None
    explain: bool
    no_cache: bool


def _refused(limits: Limits, shape: Shape) -> list[GraphQLError]:
    return [each.error for each in limits.over(measured(shape))] if limits.enforced else []


def _bill(size: dict[str, int], limits: Limits, sources: Context) -> dict[str, Any]:
    """What a request came to, by the names of the limits, and the calls that were made for it."""
    size["maxUpstreamCalls"] = sum(sources.planned)
    return {
        "measured": size,
        "bounds": {each: getattr(limits, to_snake_case(each)) for each in size},
        "over": [each.limit for each in limits.over(size)],
        "callsMade": sum(sources.calls.values()),
    }


def _refusal(errors: Sequence[GraphQLError], media_type: str) -> Response:
    """The response to a document that is not executed."""
    body = encode.body(ExecutionResult(None, list(errors)))
    return _response(body, 400 if media_type == MODERN else 200, media_type)


def _told(answered: Answered, request: Request, media_type: str) -> Response:
    """The response with its age, for how long it may be kept, and by the one who asked only (RFC 9111)."""
    headers = {"Age": str(math.ceil(answered.age)), "Cache-Control": "no-store", "Vary": "Accept"}
    if answered.fresh_for is None:
        return Response(answered.body, answered.status, headers, f"{media_type}; charset=utf-8")
    tag = f'"{hashlib.sha256(answered.body).hexdigest()[:32]}"'
    headers |= {"Cache-Control": f"private, max-age={math.floor(answered.fresh_for)}", "ETag": tag}
    # A compressed response carries the tag as a weak one.
    known = (each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(","))
    if request.method == "GET" and tag in known:
        return Response(status_code=304, headers=headers)
    return Response(answered.body, answered.status, headers, f"{media_type}; charset=utf-8")


def _response(
    body: bytes, status: int, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    told = {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    return Response(body, status, told, f"{media_type}; charset=utf-8")
