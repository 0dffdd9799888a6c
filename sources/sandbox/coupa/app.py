"""The Coupa of the sandbox: the purchasing of one entity under ``/api``.

::

    POST /oauth2/token            client credentials with scopes
    GET  /api/<resource>?…        at most 50 objects as a bare JSON array; `offset` leads on
    GET  /api/<resource>/<id>     one object
"""

from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sources.sandbox.coupa import query
from sources.sandbox.coupa.access import Access
from sources.sandbox.coupa.catalog import RESOURCES, Catalog, Resource
from sources.sandbox.coupa.errors import CoupaError
from sources.sandbox.estate.documents import Estate
from sources.sandbox.tokens import TokenOffice

CLIENT: Final = "sandbox-coupa-client"
SECRET: Final = "sandbox-coupa-secret"  # noqa: S105 - the sandbox's own, published on purpose
DEFAULT_PAGE: Final = 50


def app(
    estate: Estate,
    *,
    page_size: int | None = None,
    client: str = CLIENT,
    secret: str = SECRET,
    token_ttl: float = 86_399,
) -> Starlette:
    """An ASGI application over the entity of `estate` that buys through Coupa. `page_size` bounds a page
    (50); `token_ttl` is in seconds.
    """
    access = Access(TokenOffice({client: secret}, token_ttl))
    system = _System(Catalog(estate), access, page_size or DEFAULT_PAGE)
    return Starlette(
        routes=[
            Route("/oauth2/token", access.token, methods=["POST"]),
            Route("/api/{resource}", system.collection, methods=["GET"]),
            Route("/api/{resource}/{id}", system.single, methods=["GET"]),
        ],
        exception_handlers={CoupaError: _answer},
    )


class _System:
    def __init__(self, catalog: Catalog, access: Access, page_size: int) -> None:
        self._catalog = catalog
        self._access = access
        self._page_size = page_size

    async def collection(self, request: Request) -> Response:
        name, resource = self._resource(request)
        asked = query.read(request.url.query, resource.shape, self._page_size)
        return _json([asked.write(record) for record in self._catalog.find(name, asked)])

    async def single(self, request: Request) -> Response:
        name, resource = self._resource(request)
        write = query.writer(dict(request.query_params), resource.shape)
        wanted = request.path_params["id"]
        shelf = self._catalog.shelf(name)
        rows = shelf.equal(("id",), [int(wanted)] if wanted.isascii() and wanted.isdigit() else [])
        if not rows:
            raise CoupaError(
                resource.shape.name, f"Couldn't find {resource.shape.name} with id={wanted}", 404
            )
        return _json(write(shelf.records[min(rows)]))

    def _resource(self, request: Request) -> tuple[str, Resource]:
        if "application/json" not in request.headers.get("accept", ""):
            raise CoupaError("accept", "ask for application/json", 406)
        name = request.path_params["resource"]
        resource = RESOURCES.get(name)
        if resource is None:
            raise CoupaError("resource", f"there is no /api/{name}", 404)
        self._access.check(request, resource.scope)
        return name, resource


async def _answer(_: Request, error: Exception) -> Response:
    if not isinstance(error, CoupaError):
        raise error
    return error.response()


def _json(content: Any) -> Response:
    return Response(orjson.dumps(content), media_type="application/json")
