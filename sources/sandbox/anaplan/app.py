"""Anaplan's Integration API v2, as far as reading cells goes, and the token service in front of it.

Paths stand under `/2/0`, lists also under `/2/0/workspaces/{workspaceId}`; tokens come from
`POST /token/authenticate` (another host in real life). What the service would ignore is refused here, so
that a reader cannot rely on it. Source: Anaplan's API reference as the community's OpenAPI files state it.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache, partial
from time import time
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sources.sandbox.anaplan.grid import RefusedError, as_csv, as_json, described, read
from sources.sandbox.anaplan.model import (
    MODEL,
    MODEL_NAME,
    MODULE,
    TIME,
    VIEWS,
    WORKSPACE,
    Dimension,
    Model,
    View,
)
from sources.sandbox.anaplan.tokens import TOKEN_SECONDS, TokenService
from sources.sandbox.estate.documents import Estate

DEMO_LOGIN: Final = ("planner@meridian.example", "anaplan-demo")

_KEPT_GRIDS: Final = 16
_SCHEMA: Final = "https://api.anaplan.com/2/0/objects"

Handler = Callable[[Request], Awaitable[Response]]


class HTTPError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def app(
    estate: Estate,
    *,
    login: tuple[str, str] = DEMO_LOGIN,
    token_seconds: float = TOKEN_SECONDS,
    now: Callable[[], float] = time,
) -> Starlette:
    """The planning system with all budgets of the estate. `now` tells the age of tokens."""
    tokens = TokenService(login, token_seconds, now)
    routes = [*tokens.routes(), *Integration(estate, tokens).routes()]
    return Starlette(routes=routes, exception_handlers={HTTPError: _failed})


class Integration:
    def __init__(self, estate: Estate, tokens: TokenService) -> None:
        self._model = Model(estate)
        self._read = lru_cache(maxsize=_KEPT_GRIDS)(partial(read, self._model))
        self._tokens = tokens

    def routes(self) -> list[BaseRoute]:
        either_way: Mapping[str, Handler] = {
            "/models": self.models,
            "/models/{model}/views": self.views,
            "/models/{model}/views/{view}": self.view,
            "/models/{model}/dimensions/{dimension}/items": self.items,
        }
        by_model: Mapping[str, Handler] = {
            "/models/{model}/views/{view}/data": self.data,
            "/models/{model}/views/{view}/dimensions/{dimension}/items": self.view_items,
        }
        in_workspace = {f"/workspaces/{{workspace}}{path}": h for path, h in either_way.items()}
        return [
            Route(f"/2/0{path}", self._admitted(handler))
            for path, handler in {**either_way, **by_model, **in_workspace}.items()
        ]

    def _admitted(self, handler: Handler) -> Handler:
        async def admitted(request: Request) -> Response:
            if self._tokens.current(request) is None:
                raise HTTPError(401, "Unauthorized")
            if request.path_params.get("workspace", WORKSPACE) != WORKSPACE:
                raise HTTPError(404, "Not Found")
            if request.path_params.get("model", MODEL) != MODEL:
                raise HTTPError(404, "Not Found")
            return await handler(request)

        return admitted

    async def models(self, request: Request) -> Response:
        _allow(request)
        model = {
            "id": MODEL,
            "name": MODEL_NAME,
            "activeState": "PRODUCTION",
            "currentWorkspaceId": WORKSPACE,
            "currentWorkspaceName": "Meridian Services",
        }
        return _listed("model", "models", [model], paged=True)

    async def views(self, request: Request) -> Response:
        _allow(request)
        found = [{"code": "", "id": v.id, "name": v.name, "moduleId": MODULE} for v in VIEWS]
        return _listed("view", "views", found, paged=True)

    async def view(self, request: Request) -> Response:
        _allow(request)
        view = _view(request)
        axes = {"rows": view.rows, "columns": view.columns, "pages": view.pages}
        named = {
            axis: [{"id": d, "name": self._model.dimensions[d].name} for d in dimensions]
            for axis, dimensions in axes.items()
            if dimensions
        }
        return _json({**_envelope("view"), "viewId": view.id, "viewName": view.name, **named})

    async def data(self, request: Request) -> Response:
        _allow(request, "format", "pages")
        view = _view(request)
        chosen = tuple(s for given in request.query_params.getlist("pages") for s in given.split(","))
        if any(version != "v1" for version in request.query_params.getlist("format")):
            raise HTTPError(400, "Invalid format")
        try:
            grid = self._read(view, chosen)
        except RefusedError as refused:
            raise HTTPError(400, str(refused)) from None
        accept = request.headers.get("accept", "*/*")
        if "application/json" in accept and "format" in request.query_params:
            return _json(as_json(grid))
        return Response(as_csv(grid, escaped="escaped=true" in accept), media_type="text/csv")

    async def view_items(self, request: Request) -> Response:
        """Items on the view's rows and columns; page items are read at the model."""
        _allow(request)
        view, dimension = _view(request), self._dimension(request)
        if dimension.id not in {*view.rows, *view.columns}:
            raise HTTPError(404, "Not Found")
        return _listed("dimension", "items", described(dimension))

    async def items(self, request: Request) -> Response:
        _allow(request)
        dimension = self._dimension(request)
        if dimension.id == TIME:
            raise HTTPError(400, "The Time dimension is not supported at the model level")
        return _listed("dimension", "items", described(dimension))

    def _dimension(self, request: Request) -> Dimension:
        dimension = self._model.dimensions.get(request.path_params["dimension"])
        if dimension is None:
            raise HTTPError(404, "Not Found")
        return dimension


def _view(request: Request) -> View:
    view = next((v for v in VIEWS if v.id == request.path_params["view"]), None)
    if view is None:
        raise HTTPError(404, "Not Found")
    return view


def _allow(request: Request, *known: str) -> None:
    for name in request.query_params:
        if name not in known:
            raise HTTPError(400, f"Unknown parameter [{name}]")


def _envelope(kind: str) -> dict[str, Any]:
    return {"meta": {"schema": f"{_SCHEMA}/{kind}"}, "status": {"code": 200, "message": "Success"}}


def _listed(kind: str, name: str, found: list[Any], *, paged: bool = False) -> Response:
    body = _envelope(kind)
    if paged:
        body["meta"]["paging"] = {"currentPageSize": len(found), "totalSize": len(found), "offset": 0}
    return _json(body | ({name: found} if found else {}))


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


async def _failed(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, HTTPError) else 500
    return _json({"status": {"code": status, "message": str(error)}, "path": request.url.path}, status)
