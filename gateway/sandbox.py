"""The sandbox as the gateway sees it: five systems behind host names, in this process or on ports."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from sources.sandbox import anaplan, canonical, coupa, sap, serve, tryton
from sources.sandbox.estate import build

CONFIGURATION: Final = Path(__file__).parent / "demo" / "threefold.yaml"
CREDENTIALS: Final = {
    "THREEFOLD_DEMO_ANAPLAN_PASSWORD": anaplan.DEMO_LOGIN[1],
    "THREEFOLD_DEMO_SAP_PASSWORD": sap.PASSWORD,
    "THREEFOLD_DEMO_COUPA_SECRET": coupa.SECRET,
    "THREEFOLD_DEMO_TRYTON_PASSWORD": tryton.PASSWORD,
    "THREEFOLD_DEMO_CANONICAL_TOKEN": canonical.DEMO_KEY,
}
"""What the demo's configuration takes from the environment: the sandbox's own, published on purpose."""


class Hosts(httpx.AsyncBaseTransport):
    """A network of ASGI applications: ``http://sap.sandbox/…`` is answered by the application ``sap``."""

    def __init__(self, applications: Mapping[str, Any]) -> None:
        self._applications = {
            f"{name}.sandbox": httpx.ASGITransport(app=application)
            for name, application in applications.items()
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        application = self._applications.get(request.url.host)
        if application is None:
            raise httpx.ConnectError(f"no sandbox system at {request.url.host}", request=request)
        return await application.handle_async_request(request)


def on_ports(host: str, port: int, *, seed: int, scale: int, **options: Any) -> None:
    """Serves each system on a port of its own, from `port` on, until stopped. Options as `serve.systems`."""
    serve.serve_on_ports(serve.systems(build(seed, scale), **options), host, port)


def in_process(seed: int = 7, scale: int = 1) -> Hosts:
    """The sandbox company's systems, reachable without a network."""
    return Hosts(serve.systems(build(seed, scale)))
