"""GraphQL over HTTP: one endpoint, GET and POST, every reply GraphQL JSON with a coded error if any.

The answer's media type follows `Accept`: application/graphql-response+json when asked for, with 4xx for
requests that cannot be executed; application/json otherwise, where a GraphQL error of a well-formed request
is a 200; a format of exports for a table.
"""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any, Final

from graphql import DocumentNode, ExecutionResult, execute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry import Schema
from strawberry.utils.str_converters import to_snake_case

from gateway import encode
from gateway.answers import Answered, Answers, judged
from gateway.asking import Asked, BadRequestError
from gateway.exports.export import Export, exported, until
from gateway.identity import ANYONE, Identity, Principal, UnknownError
from gateway.limits import Limits
from gateway.repeats import Weighed
from gateway.responding import refusal, response, told
from gateway.staying import staying
from gateway.watch import Outcome, Requests, Seen
from gateway.weighing import LEGACY, RefusedError, Weighing, plain
from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext
from resolvers.graph.exporting import ExportContext, ExportExecutor
from resolvers.plan.engine import Engine
from sources.spi.context import Context

_OK: Final = 200


class GraphQLEndpoint:
    """Answers requests with one schema and one engine, each within `deadline` seconds and its limits. They
    come from whom `identity` names; without it, from anyone."""

    def __init__(
        self,
        schema: Schema,
        engine: Engine,
        deadline: float,
        answers: Answers,
        limits: Limits,
        identity: Identity | None = None,
    ) -> None:
        self._schema = schema._schema  # noqa: SLF001  Strawberry's public face re-parses every document
        self._weighing = Weighing(self._schema, engine.model.max_rows)
        self._engine = engine
        self._deadline = deadline
        self._answers = answers
        self._limits = limits
        self._identity = identity
        self.requests = Requests("/graphql")

    def limits(self, _: Request) -> Limits:
        """What one request may ask for: the same for everybody."""
        return self._limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers every method itself: what it refuses is GraphQL JSON too."""
        request = Request(scope, receive)
        with self.requests.request(request.method, request.headers) as seen:
            try:
                reply = await self._response(request, seen)
            except ClientDisconnect:
                seen.abandoned()
                return
            except Exception as error:  # noqa: BLE001  whatever it is, the client is told an incident and no more
                reply = response(encode.unexpected(error), 500, LEGACY)
                seen.outcome = Outcome.FAILED
            seen.status = reply.status_code
            await reply(scope, receive, send)

    async def _response(self, request: Request, seen: Seen) -> Response:
        try:
            who = ANYONE if self._identity is None else await self._identity.principal(request.headers)
            weighed = await self._weighing.weighed(request, self.limits(request))
            seen.asks(weighed.operation)
            answered = await self._given(request, who, weighed)
            seen.outcome = answered.outcome
            return told(answered, request, weighed)
        except UnknownError as error:
            schemes = () if self._identity is None else self._identity.schemes
            failure = encode.failure(error.code, str(error))
            return response(failure, error.status, plain(request), error.headers(schemes))
        except BadRequestError as error:
            failure = encode.failure(error.code, str(error))
            return response(failure, error.status, plain(request), error.headers)
        except RefusedError as error:
            seen.outcome = Outcome.REFUSED
            return refusal(error.reasons, error.media_type)

    async def _given(self, request: Request, who: Principal, weighed: Weighed) -> Answered:
        """The answer, kept or new; while a new one is made, its client has to stay."""
        key, anew = (who, weighed.key), weighed.how.no_cache or weighed.how.explain
        kept = None if anew else self._answers.kept(key)
        if kept is not None:
            return kept
        make = partial(self._answered, who, weighed)
        return await staying(request, self._answers.of(key, make, no_cache=anew))

    async def _answered(self, who: Principal, weighed: Weighed) -> Answered:
        how, (document, planned) = weighed.how, self._weighing.document(weighed)
        sources = Context.within(self._deadline, no_cache=how.no_cache)
        sources.principal = who.id
        context = ExportContext(self._engine, sources) if planned else RequestContext(self._engine, sources)
        if how.limits.enforced:
            context.sources.most_planned = how.limits.max_upstream_calls
        if how.explain:
            context.plans = {}
        result = await self._executed(document, weighed.question, context)
        if context.plans:
            return judged(encode.plans(context.plans, result.errors or ()), 200, [], whole=False)
        if planned is not None and isinstance(context, ExportContext):
            return await _written(planned, result, context, how.limits)
        said = None if how.cost is None else {"cost": _bill(dict(how.cost), how.limits, context.sources)}
        body = await asyncio.to_thread(encode.body, result, context.problems, said)
        over = how.limits.over({"maxResponseBytes": len(body)})
        if over and how.limits.enforced:
            refused = encode.body(ExecutionResult(None, [each.error for each in over]))
            answered = judged(refused, 400 if how.modern else 200, [], whole=False)
            return replace(answered, outcome=Outcome.REFUSED)
        executed = result.data is not None or any(error.path for error in result.errors or ())
        whole = not result.errors and not context.problems and not context.momentary
        status = 200 if executed or not how.modern else 400
        answered = judged(body, status, context.sources.reads, whole=whole)
        return replace(answered, outcome=_outcome(result, context))

    async def _executed(
        self, document: DocumentNode, question: Asked, context: RequestContext
    ) -> ExecutionResult:
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=question.variables,
            operation_name=question.operation,
            executor_class=ExportExecutor if isinstance(context, ExportContext) else ColumnarExecutor,
        )
        return result if isinstance(result, ExecutionResult) else await result


async def _written(
    planned: Export, result: ExecutionResult, context: ExportContext, limits: Limits
) -> Answered:
    left = context.sources.deadline - asyncio.get_running_loop().time()
    most = limits.max_response_bytes if limits.enforced else None
    found = await asyncio.to_thread(exported, planned, result, context, most, until(left))
    whole = found.whole and not context.momentary
    answered = judged(found.body, found.status, context.sources.reads, found.headers, whole=whole)
    outcome = _outcome(result, context)
    if found.status != _OK and outcome is not Outcome.FAILED:
        outcome = Outcome.REFUSED
    return replace(answered, outcome=outcome)


def _outcome(result: ExecutionResult, context: RequestContext) -> Outcome:
    errors = (*(result.errors or ()), *context.problems)
    if any(map(encode.is_incident, errors)):
        return Outcome.FAILED
    if result.data is None:
        return Outcome.REFUSED
    return Outcome.PARTIAL if errors else Outcome.ANSWERED


def _bill(size: dict[str, int], limits: Limits, sources: Context) -> dict[str, Any]:
    """What a request came to, by the names of the limits, and the calls that were made for it."""
    size["maxUpstreamCalls"] = sum(sources.planned)
    return {
        "measured": size,
        "bounds": {each: getattr(limits, to_snake_case(each)) for each in size},
        "over": [each.limit for each in limits.over(size)],
        "callsMade": sum(sources.calls.values()),
    }
