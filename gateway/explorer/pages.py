"""The explorer's routes: two pages, their files, and headers that keep them to this origin."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.explorer.questions import Question, as_json
from gateway.explorer.shelf import ASSETS, STATIC, Shelf, load

_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_REVALIDATE: Final = {**_HEADERS, "Cache-Control": "no-cache"}
_FOR_GOOD: Final = {**_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}


def routes(graphql_path: str, questions: Sequence[Question], assets: Path = ASSETS) -> list[BaseRoute]:
    """The pages and their files.

    ``/`` is GraphiQL where its bundles are built into *assets*, else the plain page; the plain page is
    always at ``/explorer/plain``. *graphql_path* is where the same application answers GraphQL. Addresses
    inside the pages are relative, so a proxy may add a prefix in front of all of them.
    """
    shelf = load(assets)
    listing = as_json(graphql_path, questions)
    front = _Page("graphiql.html" if shelf.graphiql else "plain.html", "./", shelf)
    plain = _Page("plain.html", "../", shelf)

    async def ready_questions(_: Request) -> Response:
        return Response(listing, media_type="application/json", headers=_REVALIDATE)

    async def file(request: Request) -> Response:
        asset = shelf.files.get(request.path_params["name"])
        if asset is None or request.path_params["fingerprint"] != shelf.fingerprint:
            return Response("no such file\n", status_code=404, media_type="text/plain", headers=_REVALIDATE)
        return Response(asset.content, media_type=asset.media_type, headers=_FOR_GOOD)

    return [
        Route("/", front.answer),
        Route("/explorer/plain", plain.answer),
        Route("/explorer/questions.json", ready_questions),
        Route("/explorer/{fingerprint}/{name}", file),
    ]


class _Page:
    """An HTML file of ours; *root* is the way from its address back to the application's root."""

    def __init__(self, file_name: str, root: str, shelf: Shelf) -> None:
        html = (STATIC / file_name).read_text(encoding="utf-8")
        self._html = html.replace("{{root}}", root).replace("{{fingerprint}}", shelf.fingerprint)

    async def answer(self, _: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        headers = {**_REVALIDATE, "Content-Security-Policy": content_security_policy(nonce)}
        return HTMLResponse(self._html.replace("{{nonce}}", nonce), headers=headers)


def content_security_policy(nonce: str) -> str:
    """What the browser may load: files and answers of this origin, nothing inline, no frame around it.

    The *nonce* admits one kind of ``<style>`` element: the scroll lock that GraphiQL's dialogs and menus
    (react-remove-scroll) write while they are open. It reads the nonce from ``__webpack_nonce__``; that
    spares ``'unsafe-inline'``.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
