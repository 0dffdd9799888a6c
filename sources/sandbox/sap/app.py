"""The SAP S/4HANA of the sandbox, OData V2 under ``/sap/opu/odata/sap/<SERVICE>/<Set>``.

::

    GET  …/<SERVICE>/                       service document
    GET  …/<SERVICE>/$metadata              EDMX of what is served
    GET  …/<SERVICE>/<Set>?$filter=…        a page of a collection; d.__next leads to the next
    GET  …/<SERVICE>/<Set>/$count           plain text
    GET  …/<SERVICE>/<Set>(<key>)           one entity
    GET  …/<SERVICE>/<Set>(<key>)/<nav>     what it is related to
    POST /oauth/token                       client credentials, also at /sap/bc/sec/oauth2/token
"""

from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sources.sandbox.estate.documents import Estate
from sources.sandbox.sap import answer, metadata, options
from sources.sandbox.sap.access import Access
from sources.sandbox.sap.address import key_filter, split
from sources.sandbox.sap.catalog import Catalog, Collection
from sources.sandbox.sap.errors import NOT_FOUND, NOT_IMPLEMENTED, GatewayError, envelope, not_found
from sources.sandbox.sap.filters import select
from sources.sandbox.tokens import TokenOffice

_TOKEN_PATHS: Final = ("/oauth/token", "/sap/bc/sec/oauth2/token")
ROOT: Final = "/sap/opu/odata/sap"
USER: Final = "SANDBOX_COMM"
PASSWORD: Final = "sandbox-sap-password"  # noqa: S105 - the sandbox's own, published on purpose
CLIENT: Final = "sandbox-sap-client"
SECRET: Final = "sandbox-sap-secret"  # noqa: S105 - as above
Service = dict[str, Collection]


def app(
    estate: Estate,
    *,
    page_size: int | None = None,
    user: str = USER,
    password: str = PASSWORD,
    client: str = CLIENT,
    secret: str = SECRET,
    token_ttl: float = 3600,
) -> Starlette:
    """An ASGI application over the entities of `estate` that SAP keeps. `page_size` bounds a page of any
    collection (1000); `token_ttl` is in seconds.
    """
    access = Access(user, password, TokenOffice({client: secret}, token_ttl))
    system = _System(estate, access, page_size or answer.DEFAULT_PAGE)
    return Starlette(
        routes=[
            *(Route(path, access.token, methods=["POST"]) for path in _TOKEN_PATHS),
            Route(ROOT + "/{service}", system.get, methods=["GET"]),
            Route(ROOT + "/{service}/{path:path}", system.get, methods=["GET"]),
        ]
    )


class _System:
    def __init__(self, estate: Estate, access: Access, page_size: int) -> None:
        self._catalog = Catalog(estate)
        self._access = access
        self._page_size = page_size
        self._timestamp = estate.clock.strftime("%Y%m%d%H%M%S.%f0")

    async def get(self, request: Request) -> Response:
        refusal = self._access.refusal(request)
        if refusal is not None:
            return refusal
        service = request.path_params["service"]
        try:
            return self._resource(request, service, request.path_params.get("path", ""))
        except GatewayError as error:
            return envelope(error, service, self._timestamp)

    def _resource(self, request: Request, service: str, path: str) -> Response:
        collections = self._catalog.service(service)
        if collections is None:
            message = f"No service found for namespace '', name '{service}', version '0001'"
            raise GatewayError(message, status=403, code="/IWFND/MED/170")
        if path == "$metadata":
            sets = (collection.target for collection in collections.values())
            return Response(metadata.edmx(service, sets), media_type="application/xml")
        _json_wanted(request)
        if not path:
            return _json(metadata.service_document(c.target for c in collections.values()))
        read = _Read(request, service, dict(collections), self._page_size)
        return read.respond([segment for segment in path.split("/") if segment])


class _Read:
    """One request to one service."""

    def __init__(self, request: Request, service: str, collections: Service, page_size: int) -> None:
        self._query = request.url.query
        self._service = service
        self._collections = collections
        self._sets = {name: collection.target for name, collection in collections.items()}
        self._page_size = page_size
        self._base = f"{request.url.scheme}://{request.url.netloc}{ROOT}/{service}"

    def respond(self, segments: list[str]) -> Response:
        name, key = split(segments[0])
        collection = self._collections.get(name)
        if collection is None:
            raise not_found(name)
        if key is not None:
            return self._entity(collection, segments[0], key, segments[1:])
        if segments[1:] == ["$count"]:
            return self._count(collection)
        if segments[1:]:
            raise not_found(segments[1])
        asked = options.read(self._query, collection.target, self._sets)
        return self._page(collection, asked, answer.find(collection, asked), f"{self._base}/{name}")

    def _count(self, collection: Collection) -> Response:
        asked = options.read(self._query, collection.target, self._sets)
        return Response(str(len(answer.find(collection, asked))), media_type="text/plain")

    def _entity(self, collection: Collection, segment: str, key: str, rest: list[str]) -> Response:
        target = collection.target
        if target.aggregate:
            message = f"Method 'GET_ENTITY' of {target.name} is not implemented"
            raise GatewayError(message, status=501, code=NOT_IMPLEMENTED)
        rows = select(key_filter(key, target), collection.shelf)
        if not rows:
            raise GatewayError(f"Resource not found for segment '{target.type}'", status=404, code=NOT_FOUND)
        record = collection.shelf.records[next(iter(rows))]
        if not rest:
            asked = options.read(self._query, target, self._sets)
            return _json({"d": answer.writer(asked.selection, self._base, self._service)(record)})
        navigation = target.navigations.get(rest[0])
        if navigation is None or rest[1:]:
            raise not_found(rest[-1])
        related = self._collections[navigation.target]
        asked = options.read(self._query, related.target, self._sets)
        if not navigation.many:
            write = answer.writer(asked.selection, self._base, self._service)
            return _json({"d": write(navigation.get(record))})
        if asked.condition is not None:
            message = "System query option '$filter' is not implemented on a navigation"
            raise GatewayError(message, status=501, code=NOT_IMPLEMENTED)
        found = answer.ordered(navigation.get(record), asked.order, related.target)
        return self._page(related, asked, found, f"{self._base}/{segment}/{rest[0]}")

    def _page(self, collection: Collection, asked: options.Options, found: Any, address: str) -> Response:
        current = answer.page(found, asked, self._page_size)
        selection = asked.selection
        if collection.target.aggregate:
            selection = options.Selection(collection.rows, selection.properties)
        write = answer.writer(selection, self._base, self._service)
        query = parse_qsl(self._query, keep_blank_values=True)
        return _json(answer.body(current, write, address, asked, query))


def _json_wanted(request: Request) -> None:
    """SAP answers in Atom unless asked for JSON; the sandbox knows no Atom and says so."""
    if "$format" in request.query_params or "json" in request.headers.get("accept", ""):
        return
    raise GatewayError(
        "Atom is not served here: ask for $format=json or Accept: application/json", status=406
    )


def _json(content: Any) -> Response:
    return Response(
        orjson.dumps(content),
        media_type="application/json",
        headers={"DataServiceVersion": "2.0"},
    )
