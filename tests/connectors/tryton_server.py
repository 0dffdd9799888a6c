"""A Tryton of a few lines for tests of the dialect, and the connector on it."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import polars as pl

from sources.connectors.load import build
from sources.spi.context import Context
from sources.spi.facts import Fact
from sources.spi.scan import Predicate, Scan
from sources.spi.settings import Limits, Secret, SourceSettings
from sources.spi.source import Source
from sources.transport.limits import Accounts
from sources.transport.retry import Retry

T = TypeVar("T")
PASSWORD = "right"
COLD = ["'res.user'", ""]


@dataclass
class Server:
    """Answers by method. `records` are those of any model; `tokens` are the sessions that are good;
    `errors` are answered first, one to a call; `limit` is the largest page."""

    records: list[dict[str, Any]] = field(default_factory=list)
    behind: list[dict[str, Any]] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)
    limit: int = 1000
    logins: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        call = json.loads(request.content)
        await asyncio.sleep(0)
        if call["method"] == "common.db.login":
            return self._login(call)
        sent = request.headers.get("Authorization", "").removeprefix("Session ")
        if base64.b64decode(sent).decode().rpartition(":")[2] not in self.tokens:
            return httpx.Response(401)
        self.calls.append(call)
        if self.errors:
            error = self.errors.pop(0)
            return httpx.Response(error) if isinstance(error, int) else _reply(call, error=error)
        if call["method"].endswith("search_read") and call["params"][2] > self.limit:
            return httpx.Response(413, html="<h1>Request Entity Too Large</h1>")
        return _reply(call, result=self.answer(call))

    def answer(self, call: dict[str, Any]) -> Any:
        domain, *window = call["params"][:3]
        found = self.behind if any("origin.id" in clause for clause in domain) else self.records
        counted = call["method"].endswith("search_count")
        return len(found) if counted else found[window[0] : window[0] + window[1]]

    def _login(self, call: dict[str, Any]) -> httpx.Response:
        self.logins += 1
        if call["params"][1] != {"password": PASSWORD}:
            return httpx.Response(401)
        if self.errors and self.errors[0] == COLD:
            return _reply(call, error=self.errors.pop(0))
        token = f"token-{self.logins}"
        self.tokens = {token}
        return _reply(call, result=[7, token, None])


def _reply(call: dict[str, Any], **content: Any) -> httpx.Response:
    return httpx.Response(200, json={"id": call["id"], **content})


async def _no_sleep(_: float) -> None:
    await asyncio.sleep(0)


def source(server: Server, secret: str = PASSWORD, limits: Limits | None = None) -> Source:
    settings = SourceSettings(
        name="erp",
        connector="tryton",
        url="http://tryton.test",
        auth={"username": "reader", "password": Secret(secret)},
        options={"database": "acme", "plan": "CC", "expense": "6000"},
        limits=limits or Limits(),
    )
    return build(settings, Accounts(), httpx.MockTransport(server), Retry(sleep=_no_sleep))


def used(opened: Source, use: Callable[[Source], Awaitable[T]]) -> T:
    async def run() -> T:
        try:
            return await use(opened)
        finally:
            await opened.aclose()

    return asyncio.run(run())


def read(
    server: Server, fact: Fact, *columns: str, where: tuple[Predicate, ...] = (), **given: Any
) -> pl.DataFrame:
    scan = Scan(fact, columns, where, limit=given.pop("limit", None))

    async def use(opened: Source) -> pl.DataFrame:
        return (await opened.run(opened.accept(scan), Context.within(10))).frame

    return used(source(server, **given), use)


def parties(number: int) -> list[dict[str, Any]]:
    return [{"id": n, "code": f"S{n}", "name": f"Supplier {n}"} for n in range(1, number + 1)]


def decimal(text: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": text}
