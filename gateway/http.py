"""GraphQL over HTTP: one endpoint, GET and POST, every reply GraphQL JSON with a coded error if any.

The answer's media type follows `Accept`: application/graphql-response+json when asked for, with 4xx for
requests that cannot be executed; application/json otherwise, where a GraphQL error of a well-formed request
is a 200; a format of exports for a table.
"""

import asyncio
from functools import partial
from typing import Any

from graphql import DocumentNode, ExecutionResult, execute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry import Schema
from strawberry.utils.str_converters import to_snake_case

from gateway import encode, replies
from gateway.answers import Answered, Answers, judged
from gateway.asking import BadRequestError
from gateway.audit.account import account
from gateway.audit.entry import Entry
from gateway.audit.sink import Sink, nowhere
from gateway.exports.export import Export, exported, until
from gateway.identity import ANYONE, Identity, Principal, UnknownError
from gateway.limits import Limits
from gateway.outcome import Account
from gateway.policy import Leave, Roles
from gateway.repeats import Weighed
from gateway.replies import VARY, Refused, failure, refusal
from gateway.staying import staying
from gateway.watch import Requests, Seen
from gateway.weighing import RefusedError, Weighing, plain
from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext, Viewer
from resolvers.graph.exporting import ExportContext, ExportExecutor
from resolvers.plan.engine import Engine
from sources.spi.context import Context


class GraphQLEndpoint:
    """Answers requests with one schema and one engine, each within `deadline` seconds and its limits. They
    come from whom `identity` names, who may what their `roles` let them; without it from anyone, who may
    everything. Each is a line in the `audit`."""

    def __init__(
        self,
        schema: Schema,
        engine: Engine,
        deadline: float,
        answers: Answers,
        limits: Limits,
        identity: Identity | None = None,
        roles: Roles | None = None,
        audit: Sink = nowhere,
    ) -> None:
        self._schema = schema._schema  # noqa: SLF001  Strawberry's public face re-parses every document
        self._weighing = Weighing(self._schema, engine.model.max_rows)
        self._engine = engine
        self._deadline = deadline
        self._answers = answers
        self._limits = limits
        self._open = Leave(None, limits, introspection=True)
        self._identity = identity
        self._roles = roles or Roles()
        self._audit = audit
        self.requests = Requests("/graphql")

    def _leave(self, who: Principal) -> Leave:
        """What one who asks may."""
        if self._identity is None:
            return self._open
        return self._roles.leave(who, self._limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers every method itself: what it refuses is GraphQL JSON too."""
        request, entry = Request(scope, receive), Entry(scope["method"])
        with self.requests.request(request.method, request.headers) as seen:
            try:
                reply = await self._reply(request, seen, entry)
            except ClientDisconnect:
                seen.abandoned()
                self._record(entry)
                return
            except Exception as error:  # noqa: BLE001  whatever it is, the client is told an incident and no more
                reply = replies.unexpected(error)
            if isinstance(reply, Refused):
                entry.codes = reply.codes
            seen.status = entry.status = reply.status_code
            seen.outcome = entry.outcome
            # Recorded first: nothing leaves of which there is no record.
            self._record(entry)
            await reply(scope, receive, send)

    def _record(self, entry: Entry) -> None:
        if self._audit is not nowhere:
            self._audit(entry.line())

    async def _reply(self, request: Request, seen: Seen, entry: Entry) -> Response:
        try:
            who = ANYONE if self._identity is None else await self._identity.principal(request.headers)
            entry.principal = who.id
            weighed = await self._weighing.weighed(request, self._leave(who))
        except UnknownError as error:
            headers = error.headers(() if self._identity is None else self._identity.schemes)
            return failure(error.code, str(error), error.status, plain(request), headers)
        except BadRequestError as error:
            return failure(error.code, str(error), error.status, plain(request), error.headers)
        except RefusedError as error:
            entry.told = error.told
            seen.asks(error.told)
            return refusal(error.reasons, error.media_type)
        entry.told = weighed.told
        seen.asks(weighed.told)
        answered = await self._given(request, who, weighed, entry)
        entry.gives(answered)
        reply = replies.answer(answered, request, weighed)
        if self._identity is not None:
            reply.headers["Vary"] = VARY
        return reply

    async def _given(self, request: Request, who: Principal, weighed: Weighed, entry: Entry) -> Answered:
        """The answer, kept or new; while a new one is made, its client has to stay."""
        key = (weighed.key, who if weighed.personal else None)
        anew = weighed.how.no_cache or weighed.how.explain
        kept = None if anew else self._answers.kept(key)
        if kept is not None:
            return kept
        make = partial(self._answered, who, weighed, entry)
        return await staying(request, self._answers.of(key, make, no_cache=anew))

    async def _answered(self, who: Principal, weighed: Weighed, entry: Entry) -> Answered:
        entry.kept = False
        how, (document, planned) = weighed.how, self._weighing.document(weighed)
        sources = Context.within(self._deadline, no_cache=how.no_cache)
        sources.principal = who.id
        kind = ExportContext if planned else RequestContext
        viewer = Viewer(who.name, who.roles, who.expires)
        context = kind(self._engine.scoped(how.leave.scope), sources, viewer=viewer)
        if how.limits.enforced:
            context.sources.most_planned = how.limits.max_upstream_calls
        if how.explain:
            context.plans = {}
        result = await self._executed(document, weighed, context)
        if context.plans:
            plans = encode.plans(context.plans, result.errors or ())
            return judged(plans, 200, [], account=Account(answered=True), whole=False)
        if planned is not None and isinstance(context, ExportContext):
            return await _exported(planned, result, context, how.limits)
        return await _told(weighed, result, context)

    async def _executed(
        self, document: DocumentNode, weighed: Weighed, context: RequestContext
    ) -> ExecutionResult:
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=weighed.question.variables,
            operation_name=weighed.question.operation,
            executor_class=ExportExecutor if isinstance(context, ExportContext) else ColumnarExecutor,
            hide_suggestions=not weighed.how.leave.introspection,
        )
        return result if isinstance(result, ExecutionResult) else await result


async def _told(weighed: Weighed, result: ExecutionResult, context: RequestContext) -> Answered:
    """What is answered in JSON."""
    how, sources = weighed.how, context.sources
    said = None if how.cost is None else {"cost": _bill(dict(how.cost), how.limits, sources)}
    body = await asyncio.to_thread(encode.body, result, context.problems, said)
    over = [each.error for each in how.limits.over({"maxResponseBytes": len(body)})]
    if over and how.limits.enforced:
        came = account(sources, over, context.rows, answered=False)
        refused = encode.body(ExecutionResult(None, over))
        return judged(refused, 400 if how.modern else 200, [], account=came, whole=False)
    executed = result.data is not None or any(error.path for error in result.errors or ())
    errors = [*(result.errors or ()), *context.problems]
    came = account(sources, errors, context.rows, answered=_has_data(result))
    whole = not errors and not context.momentary
    return judged(body, 200 if executed or not how.modern else 400, sources.reads, account=came, whole=whole)


async def _exported(
    planned: Export, result: ExecutionResult, context: ExportContext, limits: Limits
) -> Answered:
    """What is answered in another format."""
    left = context.sources.deadline - asyncio.get_running_loop().time()
    most = limits.max_response_bytes if limits.enforced else None
    found = await asyncio.to_thread(exported, planned, result, context, most, until(left))
    came = account(context.sources, found.codes, found.rows, answered=found.made)
    reads, whole = context.sources.reads, found.whole and not context.momentary
    return judged(found.body, found.status, reads, found.headers, account=came, whole=whole)


def _has_data(result: ExecutionResult) -> bool:
    return any(value is not None for value in (result.data or {}).values())


def _bill(size: dict[str, int], limits: Limits, sources: Context) -> dict[str, Any]:
    """What a request came to, by the names of the limits, and the calls that were made for it."""
    size["maxUpstreamCalls"] = sum(sources.planned)
    return {
        "measured": size,
        "bounds": {each: getattr(limits, to_snake_case(each)) for each in size},
        "over": [each.limit for each in limits.over(size)],
        "callsMade": sum(sources.calls.values()),
    }
