"""What is told of each scan: a span for whoever traces, and how it ended for whoever counts.

A span says which fact was asked of which source, what the source filters itself and what is left to us, how
many rows came, after how many calls, and how fresh they are. Of filters it names columns, never values; of
errors the code, never the words. Without a tracer it costs a few microseconds.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

from opentelemetry.trace import Span, Status, StatusCode, get_tracer

from sources.aspects.aspect import Aspect
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import DeadlineExceeded, SourceError
from sources.spi.scan import Accepted, Op, Predicate
from sources.spi.source import Source
from sources.spi.standing import GIVEN_UP, Scans, Standing

_TRACER: Final = get_tracer("threefold")
UNEXPECTED: Final = "UNEXPECTED"
"""The code of what is no error of a source."""


class Traced(Aspect):
    """A source whose scans are told, whoever answers them: it stands before the cache. What is older than
    `max_age` seconds, by the clock `now`, is counted."""

    def __init__(
        self,
        inner: Source,
        max_age: float | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(inner)
        self._max_age = max_age
        self._now = now
        self._scans = Scans()

    def standing(self) -> Standing:
        return replace(super().standing(), scans=self._scans)

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        began, fact = perf_counter(), accepted.scan.fact
        with _TRACER.start_as_current_span(
            f"scan {fact}", record_exception=False, set_status_on_exception=False
        ) as span:
            if span.is_recording():
                _asked(span, self.name, accepted)
            try:
                batch = await super().run(accepted, ctx)
            except BaseException as error:
                code = self._code(error, ctx)
                self._scans.failed(code, perf_counter() - began)
                span.set_attribute("error.type", code)
                span.set_status(Status(StatusCode.ERROR))
                raise
            self._scans.brought(batch, perf_counter() - began, too_old=self._too_old(batch))
            if span.is_recording():
                _answered(span, batch)
            return batch

    def _code(self, error: BaseException, ctx: Context) -> str:
        """Who asks for it ends what takes longer than the question has time."""
        if isinstance(error, SourceError):
            return error.code
        if isinstance(error, Exception):
            return UNEXPECTED
        try:
            ctx.remaining(self.name)
        except DeadlineExceeded:
            return DeadlineExceeded.code
        return GIVEN_UP

    def _too_old(self, batch: Batch) -> bool:
        return self._max_age is not None and (self._now() - batch.data_as_of).total_seconds() > self._max_age


def _asked(span: Span, source: str, accepted: Accepted) -> None:
    scan = accepted.scan
    span.set_attribute("threefold.source", source)
    span.set_attribute("threefold.fact", scan.fact)
    span.set_attribute("threefold.entity", accepted.entity)
    span.set_attribute("threefold.pushed", _columns(accepted.pushed))
    span.set_attribute("threefold.residual", _columns(accepted.residual))
    if scan.group_by is not None:
        span.set_attribute("threefold.grouped_by", list(scan.group_by))
    if scan.keys is not None:
        span.set_attribute("threefold.keys.column", scan.keys.column)
        span.set_attribute("threefold.keys.count", len(scan.keys.values))


def _answered(span: Span, batch: Batch) -> None:
    span.set_attribute("threefold.rows", batch.frame.height)
    span.set_attribute("threefold.calls", batch.calls)
    span.set_attribute("threefold.freshness", batch.freshness)
    span.set_attribute("threefold.data_as_of", batch.data_as_of.isoformat())
    if batch.error is not None:
        span.set_attribute("error.type", batch.error.code)


def _columns(predicates: Iterable[Predicate]) -> list[str]:
    """Each predicate without its values: ``account``, ``date from``."""
    return [p.column + _OPS[p.op] for p in predicates]


_OPS: Final = {Op.IN: "", Op.GE: " from", Op.LE: " to"}
