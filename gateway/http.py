"""GraphQL over HTTP: one endpoint, GET and POST, every reply GraphQL JSON with a coded error if any.

The answer's media type follows `Accept`: application/graphql-response+json when asked for, with 4xx for
requests that cannot be executed; application/json otherwise, where a GraphQL error of a well-formed request
is a 200.
"""

import asyncio
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

from gateway import accept, encode, replies
from gateway.answers import Account, Answered, Answers, judged
from gateway.asking import Asked, BadRequestError, asked
from gateway.audit.account import account
from gateway.audit.entry import Entry
from gateway.audit.sink import Sink, nowhere
from gateway.cost import cost
from gateway.documents import Documents
from gateway.exports import formats
from gateway.exports.export import Export, export, exported, until
from gateway.exports.formats import Wanted
from gateway.limits import Limits, measured
from gateway.replies import LEGACY, MODERN, OFFERED, Refused, failure, refusal
from gateway.shape import Shape
from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext
from resolvers.graph.exporting import ExportContext, ExportExecutor
from resolvers.plan.engine import Engine
from resolvers.plan.errors import QuestionError
from sources.spi.context import Context

EXPLAIN: Final = "Threefold-Explain"
"""Request header: answer with the plans of the root fields in `extensions.queryPlans`, and call nobody."""
COST: Final = "Threefold-Cost"
"""Request header: say in `extensions.cost` what the request came to. Response header: what it cost."""
OVER: Final = "Threefold-Over-Limits"
"""Response header: limits that the request is over, where they are only measured."""


class GraphQLEndpoint:
    """Answers requests with one schema and one engine, each within `deadline` seconds and its limits."""

    def __init__(
        self,
        schema: Schema,
        engine: Engine,
        deadline: float,
        answers: Answers,
        limits: Limits,
        audit: Sink = nowhere,
    ) -> None:
        self._schema = schema._schema  # noqa: SLF001  Strawberry's public face re-parses every document
        self._documents = Documents(self._schema)
        self._engine = engine
        self._deadline = deadline
        self._answers = answers
        self._limits = limits
        self._audit = audit

    def limits(self, _: Request) -> Limits:
        """What one request may ask for: the same for everybody."""
        return self._limits

    def principal(self, _: Request) -> str:
        """Who asks, as the audit names them; empty where nobody says."""
        return ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers every method itself: what it refuses is GraphQL JSON too."""
        request = Request(scope, receive)
        entry = Entry(request.method, self.principal(request))
        try:
            response = await self._response(request, entry)
        except ClientDisconnect:
            self._audit(entry.line())
            return
        except Exception as error:  # noqa: BLE001  whatever it is, the client is told an incident and no more
            response = replies.unexpected(error)
        if isinstance(response, Refused):
            entry.codes = response.codes
        entry.status = response.status_code
        # Recorded first: nothing leaves of which there is no record.
        self._audit(entry.line())
        await response(scope, receive, send)

    async def _response(self, request: Request, entry: Entry) -> Response:
        media_type = accept.media_type(request.headers.get("accept", ""), OFFERED, LEGACY)
        try:
            given = formats.parameters(request)
            wanted = formats.wanted(given, media_type)
            if given.get("format") == formats.JSON and media_type != MODERN:
                media_type = LEGACY
            if media_type is None and wanted is None:
                message = f"Accept: {MODERN} or {LEGACY} is what there is, or a format of exports"
                return failure("NOT_ACCEPTABLE", message, 406, LEGACY)
            # What is no table is told as GraphQL tells it.
            media_type = MODERN if wanted or media_type is None else media_type
            question = await asked(request)
        except BadRequestError as error:
            return failure(error.code, str(error), error.status, media_type or LEGACY, error.headers)
        entry.asks(question, wanted.format if wanted else formats.JSON)
        limits, modern = self.limits(request), media_type == MODERN
        prepared = self._documents.prepared(question.query, partial(_refused, limits))
        if prepared.document is not None:
            entry.reads(prepared.document, question)
        if prepared.document is None or prepared.shape is None or prepared.errors:
            return refusal(prepared.errors or (), media_type)
        document, planned = prepared.document, None
        if wanted is not None:
            try:
                planned = self._export(document, question, wanted)
            except (QuestionError, GraphQLError) as error:
                return refusal([_graphql(error)], MODERN)
            document = planned.document
        price = cost(self._schema, document, question.operation, question.variables or {})
        entry.cost = price
        size = {**measured(prepared.shape), "maxCost": price}
        over = limits.over(size)
        if over and limits.enforced:
            return refusal([each.error for each in over], media_type)
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
            partial(self._answered, document, question, how, planned, entry),
            no_cache=how.no_cache or how.explain,
        )
        entry.gives(answered)
        response = replies.answer(answered, request, media_type)
        response.headers[COST] = str(price)
        if over:
            response.headers[OVER] = ", ".join(each.limit for each in over)
        return response

    def _export(self, document: DocumentNode, question: Asked, wanted: Wanted) -> Export:
        variables, most = question.variables or {}, self._engine.model.max_rows
        return export(self._schema, document, question.operation, variables, wanted, most)

    async def _answered(
        self, document: DocumentNode, question: Asked, how: "_How", planned: Export | None, entry: Entry
    ) -> Answered:
        entry.kept = False
        sources = Context.within(self._deadline, no_cache=how.no_cache)
        context = ExportContext(self._engine, sources) if planned else RequestContext(self._engine, sources)
        if how.limits.enforced:
            context.sources.most_planned = how.limits.max_upstream_calls
        if how.explain:
            context.plans = {}
        result = await self._executed(document, question, context)
        if context.plans:
            plans = encode.plans(context.plans, result.errors or ())
            return judged(plans, 200, [], account=Account(answered=True), whole=False)
        if planned is not None and isinstance(context, ExportContext):
            return await self._written(planned, result, context, how.limits)
        told = None if how.cost is None else {"cost": _bill(dict(how.cost), how.limits, context.sources)}
        body = await asyncio.to_thread(encode.body, result, context.problems, told)
        over = how.limits.over({"maxResponseBytes": len(body)})
        if over and how.limits.enforced:
            refused = encode.body(ExecutionResult(None, [each.error for each in over]))
            came = account(context.sources, [each.error for each in over], context.rows, answered=False)
            return judged(refused, 400 if how.modern else 200, [], account=came, whole=False)
        executed = result.data is not None or any(error.path for error in result.errors or ())
        errors = [*(result.errors or ()), *context.problems]
        status = 200 if executed or not how.modern else 400
        came = account(context.sources, errors, context.rows, answered=_has_data(result))
        return judged(body, status, context.sources.reads, account=came, whole=not errors)

    async def _written(
        self, planned: Export, result: ExecutionResult, context: ExportContext, limits: Limits
    ) -> Answered:
        left = context.sources.deadline - asyncio.get_running_loop().time()
        most = limits.max_response_bytes if limits.enforced else None
        found = await asyncio.to_thread(exported, planned, result, context, most, until(left))
        came = account(context.sources, found.codes, found.rows, answered=found.made)
        reads = context.sources.reads
        return judged(found.body, found.status, reads, found.headers, account=came, whole=found.whole)

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


def _has_data(result: ExecutionResult) -> bool:
    return any(value is not None for value in (result.data or {}).values())


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
