"""Asking one question, of a running gateway or of one made for the occasion."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from gateway.app import application
from gateway.http import EXPLAIN
from gateway.limits import USUAL, Limits
from resolvers.plan.engine import Engine


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. With `explain`, only its plan is wanted and nobody is called."""

    query: str
    variables: dict[str, Any] | None = None
    explain: bool = False

    @property
    def body(self) -> bytes:
        return orjson.dumps({"query": self.query, "variables": self.variables})

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": "application/json", **({EXPLAIN: "true"} if self.explain else {})}


def posted(url: str, ask: Ask) -> dict[str, Any]:
    """The response of a running gateway. Raises OSError when there is none at that address."""
    try:
        content = httpx.post(url, content=ask.body, headers=ask.headers, timeout=60).content
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(str(error)) from None
    try:
        body: dict[str, Any] = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise OSError("what answers there is no gateway; the address ends in /graphql") from None
    return body


def answered(engine: Engine, deadline: float, ask: Ask, limits: Limits = USUAL) -> dict[str, Any]:
    """The response of a gateway in this process, which is closed afterwards."""

    async def asked() -> dict[str, Any]:
        app = application(engine, deadline, limits=limits)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://gateway", timeout=2 * deadline
            ) as client:
                response = await client.post("/graphql", content=ask.body, headers=ask.headers)
        body: dict[str, Any] = orjson.loads(response.content)
        return body

    return asyncio.run(asked())
