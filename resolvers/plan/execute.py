"""Running a plan: scans, each as soon as its keys are known, their rows in canonical terms, and what failed.

A failed scan never fails the question. It is kept with the entities it was for, so that their figures
become null and nothing else does.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from resolvers.plan.errors import QuestionError
from resolvers.plan.keyring import Keyring, inputs
from resolvers.plan.normal import blank, normal
from resolvers.plan.plan import KeySet, Node, Plan
from resolvers.plan.planner import Planner
from resolvers.semantics.crosswalk import Crosswalk
from resolvers.semantics.dimensions import Dimension
from resolvers.semantics.model import Model
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import Broken, DeadlineExceeded, SourceError
from sources.spi.facts import FLOWS, RECORD, Fact
from sources.spi.scan import Keys
from sources.spi.source import Source

log = logging.getLogger("threefold")
_SMALL: Final = 10_000
"""Rows that are worked on sooner than handed to a thread."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one node: a batch, or an error, or neither when there was nothing to look up."""

    node: Node
    batch: Batch | None = None
    error: SourceError | None = None


@dataclass(slots=True)
class Collected:
    """Rows per fact in canonical terms, duplicates of overlapping lookups removed, and every outcome. Flows
    are never looked up, and their sums have no identity."""

    frames: dict[Fact, pl.DataFrame] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)

    def rows(self, fact: Fact) -> pl.DataFrame:
        return self.frames.get(fact, blank(fact))

    def failures(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.error is not None]


@dataclass(frozen=True, slots=True)
class _Read:
    """A node that was run, and its rows in canonical terms if it brought any."""

    outcome: Outcome
    rows: pl.DataFrame | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """Work on the rows of some facts that need not wait for the others: it is given the rows of these; with
    `but_last`, without what the last wave brings."""

    facts: tuple[Fact, ...]
    work: Callable[[Collected], None]
    but_last: bool = False


def _awaited(waves: Sequence[Sequence[Node]]) -> Counter[Fact]:
    """How many nodes of the waves need each fact."""
    return Counter(fact for wave in waves for node in wave for fact in inputs(node))


Frames = Mapping[Fact, asyncio.Task[pl.DataFrame]]
"""The rows of each fact, on their way."""


class Executor:
    """Runs plans of one model against its sources."""

    def __init__(self, model: Model, sources: Mapping[str, Source], planner: Planner) -> None:
        self._model = model
        self._sources = sources
        self._planner = planner

    async def run(
        self,
        plan: Plan,
        ctx: Context,
        known: Mapping[Fact, pl.DataFrame] | None = None,
        ahead: Iterable[Ahead] = (),
    ) -> Collected:
        """A node runs as soon as the facts that its keys come from are read, in a strict question as soon as
        all earlier waves are; what others wait for is asked and worked on first. Rows are put together in the
        plan's order, whatever the order they come in, after those that are `known` already. What can be done
        `ahead` is done while the rest is awaited. Raises QuestionError for a plan of more calls than the
        request may make."""
        _allow(plan, ctx)
        keyring = Keyring(plan.bound, self._model)
        patient = ctx.patient(asyncio.Lock())
        reads: dict[tuple[int, int], asyncio.Task[_Read]] = {}
        frames: dict[Fact, asyncio.Task[pl.DataFrame]] = {}
        before: Frames = {}
        async with asyncio.TaskGroup() as group:
            frames |= {fact: group.create_task(_ready(rows)) for fact, rows in (known or {}).items()}
            for number, wave in enumerate(plan.waves):
                before = dict(frames)
                soon, ever = _awaited(plan.waves[number + 1 : number + 2]), _awaited(plan.waves[number + 1 :])
                for place in sorted(
                    range(len(wave)), key=lambda i: (-soon[wave[i].fact], -ever[wave[i].fact])
                ):
                    node = wave[place]
                    needed = before if plan.bound.question.strict else _some(before, inputs(node))
                    urgent = node.fact in ever
                    read = group.create_task(self._read(node, needed, keyring, ctx if urgent else patient))
                    reads[number, place] = read
                    frames[node.fact] = group.create_task(_joined(node.fact, frames.get(node.fact), read))
            for piece in ahead:
                rows_of = before if piece.but_last else frames
                group.create_task(_done(piece, _some(rows_of, piece.facts), patient))
        rows = {fact: frame.result() for fact, frame in frames.items()}
        return Collected(rows, [reads[place].result().outcome for place in sorted(reads)])

    async def _read(self, node: Node, needed: Frames, keyring: Keyring, ctx: Context) -> _Read:
        found = {fact: await frame for fact, frame in needed.items()}
        outcome = await self._scan(_keyed(node, found, keyring, self._planner.crosswalk(node.source)), ctx)
        if outcome.batch is None:
            return _Read(outcome, None)
        crosswalk = self._planner.crosswalk(node.source)
        rows = normal(outcome.batch, outcome.node, crosswalk, self._model, keyring.bound.time)
        return _Read(outcome, rows)

    async def _scan(self, node: Node, ctx: Context) -> Outcome:
        if node.refusal is not None or node.accepted is None:
            return Outcome(node, error=node.refusal)
        if node.key_column is not None and not (node.scan.keys and node.scan.keys.values):
            return Outcome(node)
        try:
            async with asyncio.timeout(ctx.remaining(node.source)):
                return Outcome(node, await self._sources[node.source].run(node.accepted, ctx))
        except TimeoutError:
            return Outcome(node, error=DeadlineExceeded(node.source, "the deadline of the question ran out"))
        except SourceError as error:
            return Outcome(node, error=error)
        except Exception:
            log.exception("source %s failed unexpectedly", node.source)
            return Outcome(node, error=Broken(node.source, "failed in a way it should not; see the log"))


def _allow(plan: Plan, ctx: Context) -> None:
    """Counts the calls the plan will make at least: those its sources foretell, and one where they do not.
    Raises QuestionError where the request has planned more than it may."""
    ctx.planned.append(sum((node.accepted and node.accepted.calls) or 1 for w in plan.waves for node in w))
    planned, most = sum(ctx.planned), ctx.most_planned
    if most is not None and planned > most:
        message = f"maxUpstreamCalls: {planned} is over the limit; at most {most} are accepted"
        raise QuestionError("LIMIT_EXCEEDED", message)


def _some(frames: Frames, facts: tuple[Fact, ...]) -> Frames:
    return {fact: frames[fact] for fact in facts if fact in frames}


def _keyed(node: Node, found: Mapping[Fact, pl.DataFrame], keyring: Keyring, crosswalk: Crosswalk) -> Node:
    """The node with the keys that earlier waves found, suppliers in the source's own codes."""
    if node.keys_from is None or node.key_column is None or node.accepted is None:
        return node
    values = keyring.values(node.keys_from, node.entities, found)
    if node.keys_from is KeySet.SUPPLIERS:
        values = crosswalk.known_codes(Dimension.SUPPLIER, values)
    keys = Keys(node.key_column, values)
    accepted = replace(node.accepted, scan=replace(node.accepted.scan, keys=keys))
    return replace(node, scan=replace(node.scan, keys=keys), accepted=accepted)


async def _done(ahead: Ahead, rows: Frames, ctx: Context) -> None:
    read = Collected({fact: await frame for fact, frame in rows.items()})
    await ctx.turn()
    if sum(frame.height for frame in read.frames.values()) > _SMALL:
        await asyncio.to_thread(ahead.work, read)
    else:
        ahead.work(read)


async def _ready(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


async def _joined(
    fact: Fact, before: asyncio.Task[pl.DataFrame] | None, read: asyncio.Task[_Read]
) -> pl.DataFrame:
    """The rows known before, and those of `read` that are not among them."""
    known = blank(fact) if before is None else await before
    rows = (await read).rows
    if rows is None or rows.is_empty():
        return known
    if known.is_empty() or fact in FLOWS:
        return rows if known.is_empty() else pl.concat([known, rows])
    identity = [c for c in ("source", *RECORD, "own_period") if c in rows.columns]
    fresh = rows.join(known, on=identity, how="anti", nulls_equal=True)
    return known if fresh.is_empty() else pl.concat([known, fresh])
