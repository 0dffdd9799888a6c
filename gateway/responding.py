"""Responses as clients get them: bytes, status, and headers that say how old they are (RFC 9111)."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Final

from graphql import ExecutionResult, GraphQLError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway import encode
from gateway.answers import Answered
from gateway.asking import COST
from gateway.exports.spool import Spool
from gateway.repeats import Weighed
from gateway.weighing import MODERN

OVER: Final = "Threefold-Over-Limits"
"""Response header: limits that the request is over, where they are only measured."""


def told(answered: Answered, request: Request, weighed: Weighed) -> Response:
    """The response with its age, for how long it may be kept, and by the one who asked only."""
    age, left = answered.aged(asyncio.get_running_loop().time())
    kept = "no-store" if left is None else f"private, max-age={math.floor(left)}"
    headers = {"Age": str(math.ceil(age)), "Cache-Control": kept, "Vary": "Accept", COST: str(weighed.price)}
    headers |= dict(answered.headers)
    if left is not None:
        headers["ETag"] = answered.tag
    if weighed.over:
        headers[OVER] = ", ".join(weighed.over)
    if left is not None and request.method == "GET" and _known(request, answered.tag):
        return Response(status_code=304, headers=headers)
    return _sent(answered, headers, weighed.media_type)


def refusal(errors: Sequence[GraphQLError], media_type: str) -> Response:
    """The response to a document that is not executed."""
    body = encode.body(ExecutionResult(None, list(errors)))
    return response(body, 400 if media_type == MODERN else 200, media_type)


def response(body: bytes, status: int, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """A response that nobody may keep."""
    said = {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    return Response(body, status, said, f"{media_type}; charset=utf-8")


def _known(request: Request, tag: str) -> bool:
    """Whether the client has what the tag is of. A compressed response carries it as a weak one."""
    given = request.headers.get("if-none-match", "").split(",")
    return tag in (each.strip().removeprefix("W/") for each in given)


def _sent(answered: Answered, headers: Mapping[str, str], media_type: str) -> Response:
    body = answered.body
    if not isinstance(body, Spool):
        return Response(body, answered.status, headers, f"{media_type}; charset=utf-8")
    sized = {**headers, "Content-Length": str(len(body))}
    return StreamingResponse(body.parts(), answered.status, sized)
