"""When to ask again: few times, with full jitter, never past the deadline, and when the source says so."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, Retryable
from sources.transport.breaker import CircuitOpen
from sources.transport.budget import RetryBudget

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Retry:
    """`attempts` calls in all; before the n-th repetition a random wait below ``base * 2**n``, at most `cap`,
    and never less than what the source asked for. `sleep` and `chance` (a number in [0, 1)) are for tests.
    """

    attempts: int = 4
    base: float = 0.2
    cap: float = 5.0
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)
    chance: Callable[[], float] = field(default=random.random)

    async def run(
        self, call: Callable[[], Awaitable[T]], ctx: Context, source: str, budget: RetryBudget | None = None
    ) -> T:
        """The first success; else the last error, at once when waiting would outlive the deadline, the budget
        of repetitions is spent or nobody would be asked."""
        if budget is not None:
            budget.called()
        for attempt in range(1, self.attempts):
            try:
                return await call()
            except CircuitOpen:
                raise
            except Retryable as error:
                if (delay := self._delay(attempt, error)) >= _left(ctx, source):
                    raise
                if budget is not None and not budget.take():
                    raise
            await self.sleep(delay)
        return await call()

    def _delay(self, attempt: int, error: Retryable) -> float:
        jitter = self.chance() * min(self.cap, self.base * 2.0**attempt)
        return max(jitter, error.retry_after or 0.0)


def _left(ctx: Context, source: str) -> float:
    try:
        return ctx.remaining(source)
    except DeadlineExceeded:
        return 0.0


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait by the Retry-After header, which holds seconds or an HTTP date (RFC 9110, 10.2.3).

    `headers` by lower-case name. An unreadable value counts as absent, a date gone by as zero.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())
