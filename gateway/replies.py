"""How a reply is sent: what was answered, with its age, and what was refused, with a code."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Final

from graphql import ExecutionResult, GraphQLError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway import encode
from gateway.answers import Answered
from gateway.exports import formats
from gateway.exports.spool import Spool

MODERN: Final = "application/graphql-response+json"
LEGACY: Final = "application/json"
OFFERED: Final = (MODERN, LEGACY, *formats.MEDIA)


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


def answer(answered: Answered, request: Request, media_type: str) -> Response:
    """The reply with its age, for how long it may be kept, and by the one who asked only (RFC 9111)."""
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
