"""GraphQL over HTTP: one endpoint, GET and POST, every reply GraphQL JSON with a coded error if any.

The answer's media type follows `Accept`: application/graphql-response+json when asked for, with 4xx for
requests that cannot be executed; application/json otherwise, where a GraphQL error of a well-formed request
is a 200.
"""

import asyncio
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from graphql import DocumentNode, ExecutionResult, GraphQLError, execute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry import Schema
from strawberry.utils.str_converters import to_snake_case

from gateway import accept, encode
from gateway.answers import Answered, Answers, judged
from gateway.asking import Asked, BadRequestError, asked
from gateway.cost import cost
from gateway.documents import Documents
from gateway.exports import formats
from gateway.exports.export import Export, export, exported, until
from gateway.exports.formats import Wanted
from gateway.exports.spool import Spool
from gateway.limits import Limits, measured
from gateway.shape import Shape
from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext
from resolvers.graph.exporting import ExportContext, ExportExecutor
from resolvers.plan.engine import Engine
from resolvers.plan.errors import QuestionError
from sources.spi.context import Context

MODERN: Final = "application/graphql-response+json"
LEGACY: Final = "application/json"
OFFERED: Final = (MODERN, LEGACY, *formats.MEDIA)
EXPLAIN: Final = "Threefold-Explain"
"""Request header: answer with the plans of the root fields in `extensions.queryPlans`, and call nobody."""
COST: Final = "Threefold-Cost"
"""Request header: say in `extensions.cost` what the request came to. Response header: what it cost."""
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
        media_type = accept.media_type(request.headers.get("accept", ""), OFFERED, LEGACY)
        try:
            given = formats.parameters(request)
            wanted = formats.wanted(given, media_type)
            if given.get("format") == formats.JSON and media_type != MODERN:
                media_type = LEGACY
            if media_type is None and wanted is None:
                message = f"Accept: {MODERN} or {LEGACY} is what there is, or a format of exports"
                return _response(encode.failure("NOT_ACCEPTABLE", message), 406, LEGACY)
            # What is no table is told as GraphQL tells it.
            media_type = MODERN if wanted or media_type is None else media_type
            question = await asked(request)
        except BadRequestError as error:
            told = encode.failure(error.code, str(error))
            return _response(told, error.status, media_type or LEGACY, error.headers)
        limits, modern = self.limits(request), media_type == MODERN
        prepared = self._documents.prepared(question.query, partial(_refused, limits))
        if prepared.document is None or prepared.shape is None or prepared.errors:
            return _refusal(prepared.errors or (), media_type)
        document, planned = prepared.document, None
        if wanted is not None:
            try:
                planned = self._export(document, question, wanted)
            except (QuestionError, GraphQLError) as error:
                return _refusal([_graphql(error)], MODERN)
            document = planned.document
        price = cost(self._schema, document, question.operation, question.variables or {})
        size = {**measured(prepared.shape), "maxCost": price}
        over = limits.over(size)
        if over and limits.enforced:
            return _refusal([each.error for each in over], media_type)
        how = _How(
            modern=modern,
            limits=limits,
            cost=tuple(size.items()) if request.headers.get(COST, "").lower() == "true" else None,
            explain=request.headers.get(EXPLAIN, "").lower() == "true",
            no_cache="no-cache" in request.headers.get("cache-control", "").lower(),
            wanted=wanted,
        )
        variables = orjson.dumps(question.variables, option=orjson.OPT_SORT_KEYS)
        answered = await self._answers.of(
            (question.query, question.operation, variables, how),
            partial(self._answered, document, question, how, planned),
            no_cache=how.no_cache or how.explain,
        )
        response = _told(answered, request, media_type)
        response.headers[COST] = str(price)
        if over:
            response.headers[OVER] = ", ".join(each.limit for each in over)
        return response

    def _export(self, document: DocumentNode, question: Asked, wanted: Wanted) -> Export:
        variables, most = question.variables or {}, self._engine.model.max_rows
        return export(self._schema, document, question.operation, variables, wanted, most)

    async def _answered(
        self, document: DocumentNode, question: Asked, how: "_How", planned: Export | None
    ) -> Answered:
        sources = Context.within(self._deadline, no_cache=how.no_cache)
        context = ExportContext(self._engine, sources) if planned else RequestContext(self._engine, sources)
        if how.limits.enforced:
            context.sources.most_planned = how.limits.max_upstream_calls
        if how.explain:
            context.plans = {}
        result = await self._executed(document, question, context)
        if context.plans:
            return judged(encode.plans(context.plans, result.errors or ()), 200, [], whole=False)
        if planned is not None and isinstance(context, ExportContext):
            return await self._written(planned, result, context, how.limits)
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

    async def _written(
        self, planned: Export, result: ExecutionResult, context: ExportContext, limits: Limits
    ) -> Answered:
        left = context.sources.deadline - asyncio.get_running_loop().time()
        most = limits.max_response_bytes if limits.enforced else None
        found = await asyncio.to_thread(exported, planned, result, context, most, until(left))
        return judged(found.body, found.status, context.sources.reads, found.headers, whole=found.whole)

    async def _executed(self, document: Any, question: Asked, context: RequestContext) -> ExecutionResult:
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=question.variables,
            operation_name=question.operation,
            executor_class=ExportExecutor if isinstance(context, ExportContext) else ColumnarExecutor,
        )
        return result if isinstance(result, ExecutionResult) else await result


@dataclass(frozen=True, slots=True)
class _How:
    """What of a request, besides the question, decides what is answered."""

    modern: bool
    limits: Limits
    cost: tuple[tuple[str, int], ...] | None
    explain: bool
    no_cache: bool
    wanted: Wanted | None


def _graphql(error: QuestionError | GraphQLError) -> GraphQLError:
    if isinstance(error, QuestionError):
        return GraphQLError(error.message, extensions={"code": error.code})
    return error


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
    headers |= dict(answered.headers)
    if answered.fresh_for is None:
        return _sent(answered, headers, media_type)
    body = answered.body
    tag = f'"{body.tag if isinstance(body, Spool) else hashlib.sha256(body).hexdigest()[:32]}"'
    headers |= {"Cache-Control": f"private, max-age={math.floor(answered.fresh_for)}", "ETag": tag}
    # A compressed response carries the tag as a weak one.
    known = (each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(","))
    if request.method == "GET" and tag in known:
        return Response(status_code=304, headers=headers)
    return _sent(answered, headers, media_type)


def _sent(answered: Answered, headers: Mapping[str, str], media_type: str) -> Response:
    body = answered.body
    if not isinstance(body, Spool):
        return Response(body, answered.status, headers, f"{media_type}; charset=utf-8")
    sized = {**headers, "Content-Length": str(len(body))}
    return StreamingResponse(body.parts(), answered.status, sized)


def _response(
    body: bytes, status: int, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    told = {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    return Response(body, status, told, f"{media_type}; charset=utf-8")
