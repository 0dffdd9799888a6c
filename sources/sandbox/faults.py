"""Bad days for any sandbox system: answers that come late, and answers that do not come.

Which requests fail depends on the seed and on how many came before, nothing else: a run can be repeated.
"""

import asyncio
from random import Random
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

RETRY_AFTER_SECONDS: Final = 1


class Faults:
    """Delays every request by `latency_ms` and answers the share `error_rate` of them with 503 and
    Retry-After, without asking the system behind.
    """

    def __init__(self, app: ASGIApp, latency_ms: float = 0, error_rate: float = 0.0, seed: int = 7) -> None:
        if latency_ms < 0 or not 0 <= error_rate <= 1:
            raise ValueError("latency_ms must not be negative; error_rate lies between 0 and 1")
        self._app = app
        self._latency = latency_ms / 1000
        self._error_rate = error_rate
        self._chance = Random(seed)  # noqa: S311 - repeatable failures, not a secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fails = self._chance.random() < self._error_rate
        if self._latency:
            await asyncio.sleep(self._latency)
        await (_unavailable if fails else self._app)(scope, receive, send)


_unavailable = PlainTextResponse(
    "Service Unavailable", status_code=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
)
