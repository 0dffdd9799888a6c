"""From an HTTP request to what it asks: strict about form, and exact about what is wrong with it."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from gateway import strict
from gateway.accept import charset, is_utf8
from gateway.body import TooLargeError, read
from gateway.origin import PROOFS, is_foreign

JSON: Final = "application/json"
METHODS: Final = ("GET", "HEAD", "POST")
_MOST_PARAMETERS: Final = 20


class BadRequestError(Exception):
    """A request that is not a GraphQL request; `status` says which kind of not."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Asked:
    query: str
    variables: dict[str, Any] | None
    operation: str | None


async def asked(request: Request) -> Asked:
    """What a request asks. Raises BadRequestError."""
    if request.method not in METHODS:
        allow = {"Allow": ", ".join(METHODS)}
        raise BadRequestError(405, "METHOD_NOT_ALLOWED", f"{request.method}: use GET or POST", allow)
    if is_foreign(request.headers):
        raise BadRequestError(
            403,
            "CROSS_SITE_REQUEST",
            f"a page of another site may not ask; where it may, it sends a header such as {PROOFS[0]}",
        )
    return _checked(_parameters(request) if request.method != "POST" else await _body(request))


async def _body(request: Request) -> dict[str, Any]:
    _readable(request)
    try:
        content = strict.loads(await read(request))
    except TooLargeError as error:
        raise BadRequestError(413, "BODY_TOO_LARGE", str(error)) from None
    except strict.NotStrictError as error:
        raise BadRequestError(400, "BAD_REQUEST", f"the body: {error}") from None
    if not isinstance(content, dict):
        raise BadRequestError(400, "BAD_REQUEST", "the body: expected a JSON object with `query`")
    return content


def _readable(request: Request) -> None:
    """Raises BadRequestError for a body in another format, charset or coding than ours."""
    said = request.headers.get("content-type", "")
    if said.partition(";")[0].strip().lower() != JSON:
        raise BadRequestError(415, "UNSUPPORTED_MEDIA_TYPE", f"Content-Type: send {JSON}")
    if not is_utf8(charset(said)):
        message = f"Content-Type: charset {charset(said)[:40]!r} is not read; send utf-8"
        raise BadRequestError(415, "UNSUPPORTED_MEDIA_TYPE", message)
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        message = "Content-Encoding: send the body as it is, not compressed"
        raise BadRequestError(415, "UNSUPPORTED_MEDIA_TYPE", message, {"Accept-Encoding": "identity"})


def _parameters(request: Request) -> dict[str, Any]:
    try:
        pairs = parse_qsl(
            request.url.query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        message = f"the address: expected at most {_MOST_PARAMETERS} parameters in UTF-8"
        raise BadRequestError(400, "BAD_REQUEST", message) from None
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name in given:
            raise BadRequestError(400, "BAD_REQUEST", f"{name[:40]}: stands twice in the address")
        given[name] = value
    for name in ("variables", "extensions"):
        given[name] = _json(name, given.get(name, ""))
    given["operationName"] = given.get("operationName") or None
    return given


def _json(name: str, text: str) -> Any:
    if not text:
        return None
    try:
        return strict.loads(text.encode())
    except (strict.NotStrictError, UnicodeEncodeError) as error:
        message = f"{name}: expected a JSON object; {error}"
        raise BadRequestError(400, "BAD_REQUEST", message) from None


def _checked(given: dict[str, Any]) -> Asked:
    query, variables, operation = given.get("query"), given.get("variables"), given.get("operationName")
    if not isinstance(query, str) or not query:
        raise BadRequestError(400, "BAD_REQUEST", "query: expected the text of a GraphQL document")
    for name in ("variables", "extensions"):
        if not isinstance(given.get(name), dict | None):
            raise BadRequestError(400, "BAD_REQUEST", f"{name}: expected a JSON object or null")
    if not isinstance(operation, str | None):
        raise BadRequestError(400, "BAD_REQUEST", "operationName: expected a string or null")
    return Asked(query, variables, operation)
