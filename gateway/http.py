"""GraphQL over HTTP: one endpoint, GET and POST, every reply GraphQL JSON with a coded error if any.

The answer's media type follows `Accept`: application/graphql-response+json when asked for, with 4xx for
requests that cannot be executed; application/json otherwise, where a GraphQL error of a well-formed request
is a 200.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from graphql import ExecutionResult, GraphQLError, execute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry import Schema
from strawberry.utils.str_converters import to_snake_case

from gateway import accept, encode
from gateway.answers import Answered, Answers, judged
from gateway.asking import COST, EXPLAIN, Asked, BadRequestError, asked, content
from gateway.cost import cost
from gateway.documents import Documents
from gateway.limits import Limits, measured
from gateway.repeats import How, Repeats, Weighed
from gateway.shape import Shape
from gateway.staying import staying
from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext
from resolvers.plan.engine import Engine
from sources.spi.context import Context

MODERN: Final = "application/graphql-response+json"
LEGACY: Final = "application/json"
OVER: Final = "Threefold-Over-Limits"
"""Response header: limits that the request is over, where they are only measured."""


class GraphQLEndpoint:
    """Answers requests with one schema and one engine, each within `deadline` seconds and its limits."""

    def __init__(
        self, schema: Schema, engine: Engine, deadline: float, answers: Answers, limits: Limits
    ) -> None:
        self._schema = schema._schema  # noqa: SLF001  Strawberry's public face re-parses every document
        self._documents = Documents(self._schema)
        self._engine = engine
        self._deadline = deadline
        self._answers = answers
        self._limits = limits
        self._repeats = Repeats()

    def limits(self, _: Request) -> Limits:
        """What one request may ask for: the same for everybody."""
        return self._limits

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
        limits = self.limits(request)
        try:
            body = await content(request)
            weighed = self._repeats.get(request, body, limits)
            if weighed is None:
                weighed = self._weighed(request, body, limits)
                self._repeats.put(request, body, weighed)
        except BadRequestError as error:
            failure = encode.failure(error.code, str(error))
            return _response(failure, error.status, _wanted(request) or LEGACY, error.headers)
        except _RefusedError as error:
            return _refusal(error.reasons, _wanted(request) or LEGACY)
        return _told(await self._given(request, weighed), request, weighed)

    def _weighed(self, request: Request, body: bytes, limits: Limits) -> Weighed:
        """Raises BadRequestError for what is no GraphQL request or cannot be answered in the form that is
        wanted, _RefusedError for a document that may not be executed."""
        media_type = _wanted(request)
        if media_type is None:
            raise BadRequestError(406, "NOT_ACCEPTABLE", f"Accept: {MODERN} or {LEGACY} is what there is")
        question = asked(request, body)
        prepared = self._documents.prepared(question.query, partial(_refused, limits))
        if prepared.document is None or prepared.shape is None or prepared.errors:
            raise _RefusedError(prepared.errors or ())
        price = cost(self._schema, prepared.document, question.operation, question.variables or {})
        size = {**measured(prepared.shape), "maxCost": price}
        over = limits.over(size)
        if over and limits.enforced:
            raise _RefusedError([each.error for each in over])
        how = How(
            modern=media_type == MODERN,
            limits=limits,
            cost=tuple(size.items()) if request.headers.get(COST, "").lower() == "true" else None,
            explain=request.headers.get(EXPLAIN, "").lower() == "true",
            no_cache="no-cache" in request.headers.get("cache-control", "").lower(),
        )
        return Weighed(question, how, media_type, price, tuple(each.limit for each in over))

    async def _given(self, request: Request, weighed: Weighed) -> Answered:
        """The answer, kept or new; while a new one is made, its client has to stay."""
        anew = weighed.how.no_cache or weighed.how.explain
        kept = None if anew else self._answers.kept(weighed.key)
        if kept is not None:
            return kept
        make = partial(self._answered, weighed.question, weighed.how)
        return await staying(request, self._answers.of(weighed.key, make, no_cache=anew))

    async def _answered(self, question: Asked, how: How) -> Answered:
        document = self._documents.prepared(question.query, partial(_refused, how.limits)).document
        context = RequestContext(self._engine, Context.within(self._deadline, no_cache=how.no_cache))
        if how.limits.enforced:
            context.sources.most_planned = how.limits.max_upstream_calls
        if how.explain:
            context.plans = {}
        result = await self._executed(document, question, context)
        if context.plans:
            return judged(encode.plans(context.plans, result.errors or ()), 200, [], whole=False)
        told = None if how.cost is None else {"cost": _bill(dict(how.cost), how.limits, context.sources)}
        body = await asyncio.to_thread(encode.body, result, context.problems, told)
        over = how.limits.over({"maxResponseBytes": len(body)})
        if over and how.limits.enforced:
            refused = encode.body(ExecutionResult(None, [each.error for each in over]))
            return judged(refused, 400 if how.modern else 200, [], whole=False)
        executed = result.data is not None or any(error.path for error in result.errors or ())
        whole = not result.errors and not context.problems
        status = 200 if executed or not how.modern else 400
        return judged(body, status, context.sources.reads, whole=whole)

    async def _executed(self, document: Any, question: Asked, context: RequestContext) -> ExecutionResult:
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=question.variables,
            operation_name=question.operation,
            executor_class=ColumnarExecutor,
        )
        return result if isinstance(result, ExecutionResult) else await result


class _RefusedError(Exception):
    """Why a document is not executed."""

    def __init__(self, reasons: Sequence[GraphQLError]) -> None:
        super().__init__("the document is not executed")
        self.reasons = reasons


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


def _wanted(request: Request) -> str | None:
    """The media type that the client wants of those there are."""
    return accept.media_type(request.headers.get("accept", ""), (MODERN, LEGACY), LEGACY)


def _told(answered: Answered, request: Request, weighed: Weighed) -> Response:
    """The response with its age, for how long it may be kept, and by the one who asked only (RFC 9111)."""
    age, left = answered.aged(asyncio.get_running_loop().time())
    kept = "no-store" if left is None else f"private, max-age={math.floor(left)}"
    headers = {"Age": str(math.ceil(age)), "Cache-Control": kept, "Vary": "Accept", COST: str(weighed.price)}
    if left is not None:
        headers["ETag"] = answered.tag
    if weighed.over:
        headers[OVER] = ", ".join(weighed.over)
    if left is not None and request.method == "GET" and _known(request, answered.tag):
        return Response(status_code=304, headers=headers)
    return Response(answered.body, answered.status, headers, f"{weighed.media_type}; charset=utf-8")


def _known(request: Request, tag: str) -> bool:
    """Whether the client has what the tag is of. A compressed response carries it as a weak one."""
    told = request.headers.get("if-none-match", "").split(",")
    return tag in (each.strip().removeprefix("W/") for each in told)


def _response(
    body: bytes, status: int, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    told = {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    return Response(body, status, told, f"{media_type}; charset=utf-8")
