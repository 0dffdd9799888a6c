"""GraphQL over HTTP: one endpoint, GET and POST, every reply GraphQL JSON with a coded error if any.

The answer's media type follows `Accept`: application/graphql-response+json when asked for, with 4xx for
requests that cannot be executed; application/json otherwise, where a GraphQL error of a well-formed request
is a 200.
"""

import asyncio
import hashlib
import math
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from graphql import DocumentNode, ExecutionResult, execute
from starlette.requests import Request
from starlette.responses import Response
from strawberry import Schema

from gateway import encode
from gateway.answers import Answered, Answers, judged
from gateway.body import TooLargeError, read
from gateway.documents import Documents
from resolvers.graph.columnar import ColumnarExecutor
from resolvers.graph.context import RequestContext
from resolvers.plan.engine import Engine
from sources.spi.context import Context

MODERN: Final = "application/graphql-response+json"
LEGACY: Final = "application/json"
EXPLAIN: Final = "Threefold-Explain"
"""Request header: answer with the plans of the root fields in `extensions.queryPlans`, and call nobody."""


class BadRequestError(Exception):
    """A request that is not a GraphQL request; `status` says which kind of not."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    query: str
    variables: dict[str, Any] | None
    operation: str | None


class GraphQLEndpoint:
    """Answers requests with one schema and one engine, each within `deadline` seconds."""

    def __init__(self, schema: Schema, engine: Engine, deadline: float, answers: Answers) -> None:
        self._schema = schema._schema  # noqa: SLF001  Strawberry's public face re-parses every document
        self._documents = Documents(self._schema)
        self._engine = engine
        self._deadline = deadline
        self._answers = answers

    async def __call__(self, request: Request) -> Response:
        modern = MODERN in request.headers.get("accept", "")
        media_type = MODERN if modern else LEGACY
        try:
            asked = await _asked(request)
        except BadRequestError as error:
            return _response(encode.failure(error.code, str(error)), error.status, media_type)
        prepared = self._documents.prepared(asked.query)
        if prepared.document is None:
            refused = ExecutionResult(None, list(prepared.errors))
            return _response(encode.body(refused), 400 if modern else 200, media_type)
        how = _How(
            modern=modern,
            explain=request.headers.get(EXPLAIN, "").lower() == "true",
            no_cache="no-cache" in request.headers.get("cache-control", "").lower(),
        )
        answered = await self._answers.of(
            (asked.query, asked.operation, orjson.dumps(asked.variables, option=orjson.OPT_SORT_KEYS), how),
            partial(self._answered, prepared.document, asked, how),
            no_cache=how.no_cache or how.explain,
        )
        return _told(answered, request, media_type)

    async def _answered(self, document: DocumentNode, asked: Asked, how: "_How") -> Answered:
        context = RequestContext(self._engine, Context.within(self._deadline, no_cache=how.no_cache))
        if how.explain:
            context.plans = {}
        result = await self._executed(document, asked, context)
        if context.plans:
            return judged(encode.plans(context.plans, result.errors or ()), 200, [], whole=False)
        body = await asyncio.to_thread(encode.body, result, context.problems)
        executed = result.data is not None or any(error.path for error in result.errors or ())
        whole = not result.errors and not context.problems
        status = 200 if executed or not how.modern else 400
        return judged(body, status, context.sources.reads, whole=whole)

    async def _executed(self, document: Any, asked: Asked, context: RequestContext) -> ExecutionResult:
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=asked.variables,
            operation_name=asked.operation,
            executor_class=ColumnarExecutor,
        )
        return result if isinstance(result, ExecutionResult) else await result


@dataclass(frozen=True, slots=True)
class _How:
    """What of a request, besides the question, decides what is answered."""

    modern: bool
    explain: bool
    no_cache: bool


def _told(answered: Answered, request: Request, media_type: str) -> Response:
    """The response with its age, for how long it may be kept, and by the one who asked only (RFC 9111)."""
    headers = {"Age": str(math.ceil(answered.age)), "Cache-Control": "no-store"}
    if answered.fresh_for is None:
        return Response(answered.body, answered.status, headers, f"{media_type}; charset=utf-8")
    tag = f'"{hashlib.sha256(answered.body).hexdigest()[:32]}"'
    headers |= {"Cache-Control": f"private, max-age={math.floor(answered.fresh_for)}", "ETag": tag}
    known = (each.strip() for each in request.headers.get("if-none-match", "").split(","))
    if request.method == "GET" and tag in known:
        return Response(status_code=304, headers=headers)
    return Response(answered.body, answered.status, headers, f"{media_type}; charset=utf-8")


def _response(body: bytes, status: int, media_type: str) -> Response:
    return Response(body, status, {"Cache-Control": "no-store"}, f"{media_type}; charset=utf-8")


async def _asked(request: Request) -> Asked:
    if request.method != "POST":
        return _parameters(dict(request.query_params))
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != LEGACY:
        raise BadRequestError(415, "UNSUPPORTED_MEDIA_TYPE", f"Content-Type: send {LEGACY}")
    try:
        content = orjson.loads(await read(request))
    except TooLargeError as error:
        raise BadRequestError(413, "BODY_TOO_LARGE", str(error)) from None
    except orjson.JSONDecodeError as error:
        raise BadRequestError(400, "BAD_REQUEST", f"the body is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise BadRequestError(400, "BAD_REQUEST", "the body: expected a JSON object with `query`")
    return _checked(content.get("query"), content.get("variables"), content.get("operationName"))


def _parameters(parameters: dict[str, str]) -> Asked:
    variables: Any = None
    if parameters.get("variables"):
        try:
            variables = orjson.loads(parameters["variables"])
        except orjson.JSONDecodeError:
            raise BadRequestError(400, "BAD_REQUEST", "variables: expected a JSON object") from None
    return _checked(parameters.get("query"), variables, parameters.get("operationName"))


def _checked(query: Any, variables: Any, operation: Any) -> Asked:
    if not isinstance(query, str) or not query:
        raise BadRequestError(400, "BAD_REQUEST", "query: expected the text of a GraphQL document")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequestError(400, "BAD_REQUEST", "variables: expected a JSON object or null")
    if operation is not None and not isinstance(operation, str):
        raise BadRequestError(400, "BAD_REQUEST", "operationName: expected a string or null")
    return Asked(query, variables, operation)
