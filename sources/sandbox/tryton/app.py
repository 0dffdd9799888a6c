"""The Tryton of the sandbox: JSON-RPC over the books and purchases of one entity.

::

    POST /rpc/         common.server.version, common.db.list
    POST /<db>/rpc/    common.db.login → Authorization: Session base64("user:uid:token")
                       model.<name>.search | search_count | search_read | read | fields_get
                       common.db.logout

The protocol was checked against trytond 8.2: `errors` tells what comes back when something is wrong.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from http import HTTPStatus
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sources.sandbox.estate.documents import Estate
from sources.sandbox.tokens import TokenOffice
from sources.sandbox.tryton import wire
from sources.sandbox.tryton.database import Database
from sources.sandbox.tryton.errors import ModelError, ProtocolError, failure
from sources.sandbox.tryton.methods import Methods

DATABASE: Final = "meridian"
USER: Final = "threefold"
PASSWORD: Final = "sandbox-tryton-password"  # noqa: S105 - the sandbox's own, published on purpose
USER_ID: Final = 2
SERIES: Final = "8.2"
_ENVELOPE: Final = frozenset(("id", "method", "params"))


def app(
    estate: Estate,
    *,
    page_size: int | None = None,
    database: str = DATABASE,
    user: str = USER,
    password: str = PASSWORD,
    token_ttl: float = 86_400,
) -> Starlette:
    """An ASGI application over the entity of `estate` that lives in Tryton. `page_size` is the server's
    limit of records per request, beyond which it answers 413 (no limit); `token_ttl` is in seconds.
    """
    office = TokenOffice({user: password}, token_ttl)
    system = _System(database, user, office, Methods(Database(estate), page_size))
    return Starlette(
        routes=[
            Route("/rpc/", system.root, methods=["POST"]),
            Route("/{database}/rpc/", system.rpc, methods=["POST"]),
        ]
    )


class _System:
    def __init__(self, database: str, user: str, office: TokenOffice, methods: Methods) -> None:
        self._database = database
        self._user = user
        self._office = office
        self._methods = methods

    async def root(self, request: Request) -> Response:
        known = {"common.server.version": SERIES, "common.db.list": [self._database]}
        try:
            call = await _parsed(request)
        except ProtocolError as error:
            return error.response()
        if call["method"] not in known:
            return ProtocolError(HTTPStatus.INTERNAL_SERVER_ERROR).response()
        return _enveloped(call, "result", known[call["method"]])

    async def rpc(self, request: Request) -> Response:
        if request.path_params["database"] != self._database:
            return ProtocolError(HTTPStatus.NOT_FOUND).response()
        try:
            call = await _parsed(request)
            return _enveloped(call, "result", self._result(request, call["method"], call["params"]))
        except ModelError as error:
            return _failed(call, error)
        except ProtocolError as error:
            return error.response()

    def _result(self, request: Request, method: str, params: Any) -> Any:
        if method == "common.db.login":
            return self._login(params)
        token = _session(request, self._user)
        if token is None or self._office.grant(token) is None:
            raise ProtocolError(HTTPStatus.UNAUTHORIZED)
        if method == "common.db.logout":
            self._office.revoke(token)
            return None
        return self._methods.call(method, params)

    def _login(self, params: Any) -> list[Any]:
        """user, {"password": …} and maybe a language → user id, session, bus address."""
        if not isinstance(params, list) or not params or not isinstance(params[0], str):
            raise ProtocolError(HTTPStatus.BAD_REQUEST, "user argument must be a string")
        given = params[1].get("password") if len(params) > 1 and isinstance(params[1], dict) else None
        if not isinstance(given, str) or not self._office.knows(params[0], given):
            raise ProtocolError(HTTPStatus.UNAUTHORIZED, HTTPStatus.UNAUTHORIZED.description)
        return [USER_ID, self._office.issue(params[0], frozenset()), None]


async def _parsed(request: Request) -> dict[str, Any]:
    """The call, with its method and parameters there. Raises ProtocolError (400)."""
    if "json" not in request.headers.get("content-type", ""):
        raise ProtocolError(HTTPStatus.BAD_REQUEST, "Not a RPC request")
    try:
        call = wire.loads(await request.body())
    except ValueError:
        raise ProtocolError(HTTPStatus.BAD_REQUEST, "Unable to get RPC method") from None
    if not isinstance(call, dict) or not isinstance(call.get("method"), str):
        raise ProtocolError(HTTPStatus.BAD_REQUEST, "Unable to get RPC method")
    if "params" not in call:
        raise ProtocolError(HTTPStatus.BAD_REQUEST, "Unable to get RPC params")
    return call


def _session(request: Request, user: str) -> str | None:
    """The session's token when the header names the right user."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        name, uid, token = b64decode(encoded, validate=True).decode().split(":", 2)
    except (Base64Error, UnicodeDecodeError, ValueError):
        return None
    return token if kind.lower() == "session" and (name, uid) == (user, str(USER_ID)) else None


def _enveloped(call: dict[str, Any], key: str, value: Any) -> Response:
    """A call without an id is answered without an envelope."""
    content = {"id": call["id"], key: value} if call.keys() == _ENVELOPE else value
    return Response(wire.dumps(content), media_type="application/json")


def _failed(call: dict[str, Any], error: ModelError) -> Response:
    if call.keys() == _ENVELOPE:
        return _enveloped(call, "error", error.error)
    user_error = error.error != failure(str(error.error[0])).error
    status = HTTPStatus.BAD_REQUEST if user_error else HTTPStatus.INTERNAL_SERVER_ERROR
    return ProtocolError(status).response()
