"""When to stop asking: a circuit breaker in front of one system.

    CLOSED ── too many of the last calls failed or were slow ──► OPEN ── its time is over ──► HALF_OPEN
       ▲                                                          ▲                             │
       └──────────────── the probes went well ────────────────────┼─────────────────────────────┤
                                                                  └──── one of them did not ────┘

While it is open a call fails at once, so that its time is left for an answer with what is kept. Failures are
what a busy or broken system does: no connection, 5xx, 429, no answer for long, whether the call ended then or
was given up. What it refuses is its right, and a question that had little time says nothing of it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final

from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, Retryable, SourceError, Unavailable
from sources.spi.standing import Circuit

_SLOW: Final = (DeadlineExceeded.code, "the calls before took too long")


class CircuitOpen(Unavailable):
    """Nobody was asked: the calls before have failed. It has the code of the last of them."""

    def __init__(self, source: str, code: str, why: str, *, retry_after: float | None = None) -> None:
        super().__init__(source, f"is not asked for now: {why}", retry_after=retry_after)
        self.code = code


@dataclass(frozen=True, slots=True)
class Tolerance:
    """It opens when at least `calls` of the last `window` were made and `share` of them failed or took `slow`
    seconds; stays open for `pause` seconds, or for as long as the system asked, up to `longest`; then lets
    `probes` calls through, one at a time."""

    window: int = 20
    calls: int = 10
    share: float = 0.75
    slow: float = 20.0
    pause: float = 10.0
    longest: float = 900.0
    probes: int = 2


class Breaker:
    """The breaker of one system. `clock` is in seconds."""

    def __init__(self, tolerance: Tolerance | None = None, clock: Callable[[], float] = monotonic) -> None:
        self._tolerance = tolerance or Tolerance()
        self._clock = clock
        self._bad: deque[bool] = deque(maxlen=self._tolerance.window)
        self._open_until: float | None = None
        self._last = _SLOW
        self._probing = False
        self._probe_over = asyncio.Event()
        self._good_probes = 0

    @property
    def circuit(self) -> Circuit:
        if self._open_until is None:
            return Circuit.CLOSED
        return Circuit.OPEN if self._clock() < self._open_until else Circuit.HALF_OPEN

    async def turn(self, source: str, ctx: Context) -> None:
        """Waits while another call probes, which many calls of one question would otherwise end by failing.
        Raises CircuitOpen where it stays open, or for as long as the question lasts."""
        while self._probing and self.circuit is not Circuit.OPEN:
            try:
                async with asyncio.timeout(ctx.remaining(source)):
                    await self._probe_over.wait()
            except TimeoutError:
                break
        self.check(source)

    def check(self, source: str) -> None:
        """Raises CircuitOpen when a call would not be let go now."""
        if self._open_until is None:
            return
        left = self._open_until - self._clock()
        if left > 0 or self._probing:
            raise CircuitOpen(source, *self._last, retry_after=max(left, 0.0) or None)

    @contextmanager
    def call(self, source: str) -> Iterator[None]:
        """Around one call, which it watches. Raises CircuitOpen instead of letting it go."""
        self.check(source)
        probing = self._probing = self._open_until is not None
        over = self._probe_over = asyncio.Event() if probing else self._probe_over
        began = self._clock()
        try:
            yield
        except SourceError as error:
            self._over(self._clock() - began, error)
            raise
        except BaseException:
            self._given_up(self._clock() - began)
            raise
        else:
            self._over(self._clock() - began, None)
        finally:
            if probing:
                over.set()

    def _given_up(self, seconds: float) -> None:
        """Whoever gave up early says nothing of the system."""
        if seconds >= self._tolerance.slow:
            self._over(seconds, None)
        else:
            self._probing = False

    def _over(self, seconds: float, failure: SourceError | None) -> None:
        busy = isinstance(failure, Retryable) and not isinstance(failure, DeadlineExceeded)
        bad = busy or seconds >= self._tolerance.slow
        if self._open_until is not None:
            self._probed(failure, bad=bad)
            return
        self._bad.append(bad)
        enough = len(self._bad) >= self._tolerance.calls
        if enough and sum(self._bad) >= self._tolerance.share * len(self._bad):
            self._opened(failure)

    def _probed(self, failure: SourceError | None, *, bad: bool) -> None:
        self._probing = False
        if bad:
            self._opened(failure)
            return
        self._good_probes += 1
        if self._good_probes >= self._tolerance.probes:
            self._open_until = None
            self._bad.clear()

    def _opened(self, failure: SourceError | None) -> None:
        self._last = (failure.code, failure.message) if failure is not None else _SLOW
        asked = failure.retry_after if failure is not None else None
        shut = min(max(self._tolerance.pause, asked or 0.0), self._tolerance.longest)
        self._open_until = self._clock() + shut
        self._good_probes = 0
