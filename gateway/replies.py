"""How a reply is sent: what was answered, with its age, and what was refused, with a code."""

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
from gateway.media import LEGACY, MODERN
from gateway.repeats import Weighed

OVER: Final = "Threefold-Over-Limits"
"""Response header: limits that the request is over, where they are only measured."""
VARY: Final = "Accept, Authorization, X-API-Key"
"""What an answer depends on where it depends on who asks: a browser may have several keys, and one cache."""


class Refused(Response):
    """A reply to what is not answered, and the codes of its errors."""

    codes: tuple[str, ...] = ()


def refusal(errors: Sequence[GraphQLError], media_type: str) -> Refused:
    """The reply to a document that is not executed."""
    body = encode.body(ExecutionResult(None, list(errors)))
    codes = tuple(dict.fromkeys(encode.code(error) for error in errors))
    return _refused(body, 400 if media_type == MODERN else 200, media_type, codes)


def failure(
    code: str, message: str, status: int, media_type: str, headers: Mapping[str, str] | None = None
) -> Refused:
    """The reply to what is no request."""
    return _refused(encode.failure(code, message), status, media_type, (code,), headers)


def unexpected(error: Exception) -> Refused:
    """The reply where something failed that nobody foresaw."""
    return _refused(encode.unexpected(error), 500, LEGACY, (encode.UNFORESEEN,))


def answer(answered: Answered, request: Request, weighed: Weighed) -> Response:
    """The reply with its age, for how long it may be kept, and by the one who asked only (RFC 9111)."""
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


def _refused(
    body: bytes,
    status: int,
    media_type: str,
    codes: tuple[str, ...],
    headers: Mapping[str, str] | None = None,
) -> Refused:
    told = {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    reply = Refused(body, status, told, f"{media_type}; charset=utf-8")
    reply.codes = codes
    return reply
