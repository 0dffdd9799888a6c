"""Nobody works for a client who has gone, and nobody else notices."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp, Message

from gateway.app import application
from resolvers.plan.engine import Engine
from sources.aspects.coalesce import Coalesced
from tests.gateway.world import SYSTEMS, Network, model, sources

BODY = json.dumps({"query": "{ budgetPosition { totals { actual } } }"}).encode()
NO_CACHE = [(b"cache-control", b"no-cache")]


@dataclass
class Slow(Network):
    """Systems that take their time, until told to answer; `given_up` are calls nobody waited for."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    given_up: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        try:
            await self.answering.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return await super().handle_async_request(request)


class Client:
    """A client of an application, that may leave at any time."""

    def __init__(self, app: ASGIApp, *, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        self.gone = asyncio.Event()
        self.sent: list[Message] = []
        self._unread = [{"type": "http.request", "body": BODY[:9], "more_body": True}]
        self._unread += [{"type": "http.request", "body": BODY[9:], "more_body": False}]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), *(headers or [])],
        }
        self.done = asyncio.ensure_future(app(scope, self._receive, self._send))

    async def _receive(self) -> Message:
        if self._unread:
            return self._unread.pop(0)
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    async def leaves(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.done, 10)
        assert self.sent == []


def play(scene: Callable[[ASGIApp, Slow], Coroutine[Any, Any, None]]) -> None:
    async def played() -> None:
        network = Slow()
        found = sources(SYSTEMS, "http://{}".format, transport=network)
        app = application(Engine(model(), {name: Coalesced(each) for name, each in found.items()}), 30)
        async with app.router.lifespan_context(app):
            await scene(app, network)

    asyncio.run(played())


def test_the_last_client_to_leave_takes_the_calls_along():
    async def scene(app: ASGIApp, network: Slow) -> None:
        clients = [Client(app) for _ in range(3)]
        await network.asked.wait()
        for client in clients[:2]:
            await client.leaves()
            assert network.given_up == 0
        await clients[2].leaves()
        assert network.given_up == 1
        assert network.calls == []

    play(scene)


def test_who_wanted_nothing_kept_leaves_alone():
    async def scene(app: ASGIApp, network: Slow) -> None:
        client = Client(app, headers=NO_CACHE)
        await network.asked.wait()
        await client.leaves()
        assert network.given_up == 1

    play(scene)


def test_who_stays_is_answered():
    async def scene(app: ASGIApp, network: Slow) -> None:
        staying, leaving = Client(app), Client(app)
        await network.asked.wait()
        await leaving.leaves()
        network.answering.set()
        await asyncio.wait_for(staying.done, 30)
        head, body = staying.sent
        assert head["status"] == 200
        assert json.loads(body["body"])["data"]["budgetPosition"]["totals"]["actual"]
        assert network.given_up == 0

    play(scene)


def test_a_client_that_leaves_before_it_has_said_all_is_no_error():
    async def scene(app: ASGIApp, network: Slow) -> None:
        client = Client(app)
        client._unread.pop()
        await client.leaves()
        assert not network.asked.is_set()

    play(scene)
