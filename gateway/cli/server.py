"""The server of the gateway, and how it goes.

SIGTERM          /readyz says 503; questions are still answered, until the balancer has noticed
`drain` later    the door closes; questions under way are answered, within their deadline
then             sources and connections are closed, exit status 0
SIGTERM again,   the door closes at once
or Ctrl+C
"""

import gc
import math
import signal
import socket
import time
from types import FrameType

import uvicorn
from starlette.applications import Starlette


class Server(uvicorn.Server):
    """One application on one port. `deadline` is the longest a question may take, `drain` the time between
    being asked to go and closing the door, both in seconds."""

    def __init__(self, app: Starlette, host: str, port: int, deadline: float, drain: float = 0.0) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="warning",
                ws="none",
                timeout_graceful_shutdown=math.ceil(deadline),
            )
        )
        self._app = app
        self._drain = drain
        self._closes_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """What is there by now stays: collecting garbage need not go through it in the middle of an answer,
        which takes longer than most answers do."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig != signal.SIGTERM or self._closes_at is not None:
            super().handle_exit(sig, frame)
            return
        self._app.state.leaving = True
        self._closes_at = time.monotonic() + self._drain

    async def on_tick(self, counter: int) -> bool:
        if self._closes_at is not None and time.monotonic() >= self._closes_at:
            self.should_exit = True
        return await super().on_tick(counter)
