"""The one place an HTTP client is made: httpx as the interface, aiohttp as the engine.

httpx's own engine costs about fifteen times the CPU per small request when fifty run at once. Timeouts are
not set here: the channel bounds every attempt by the question's deadline, body included.
"""

import ssl
from collections.abc import Callable
from functools import partial

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from sources.spi.settings import SourceSettings
from sources.transport.inflate import ACCEPTED

USER_AGENT = "threefold"


def client(settings: SourceSettings, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client for one source. `transport` replaces the network, e.g. `httpx.ASGITransport(app)`.

    No redirect is followed and no cookie is kept: credentials go to the configured address and nowhere
    else. Proxies of the environment are ignored; `settings.proxy` says it. The CA file is read here, so a
    missing one is an OSError now and not at the first call.
    """
    return httpx.AsyncClient(
        transport=transport or _network(settings),
        headers={"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": ACCEPTED},
        follow_redirects=False,
        timeout=httpx.Timeout(None),
        trust_env=False,
    )


def _network(settings: SourceSettings) -> httpx.AsyncBaseTransport:
    context = httpx.create_ssl_context(verify=True, trust_env=False)
    if settings.ca is not None:
        context = ssl.create_default_context(cafile=settings.ca)
    return AiohttpTransport(
        verify=context,
        trust_env=False,
        proxy=None if settings.proxy is None else _proxy(httpx.URL(settings.proxy)),
        client=_sessions(context, settings.limits.concurrency),
    )


def _proxy(url: httpx.URL) -> httpx.Proxy:
    """Credentials in the address go as a header of the proxy's own: aiohttp hands Authorization on to it as
    Proxy-Authorization, with and without a tunnel.
    """
    if not url.username:
        return httpx.Proxy(url)
    login = aiohttp.encode_basic_auth(url.username, url.password)
    return httpx.Proxy(url.copy_with(username="", password=""), headers={"Authorization": login})


def _sessions(context: ssl.SSLContext, concurrency: int) -> Callable[[], aiohttp.ClientSession]:
    return partial(_session, context, concurrency)


def _session(context: ssl.SSLContext, concurrency: int) -> aiohttp.ClientSession:
    """Made at the first request, because aiohttp wants a running loop."""
    connector = aiohttp.TCPConnector(ssl=context, limit=max(concurrency * 2, 8), keepalive_timeout=30)
    return aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), skip_auto_headers=("User-Agent",)
    )
