"""Running a plan: waves of concurrent scans, their rows in canonical terms, and what went wrong.

A failed scan never fails the question. It is kept with the entities it was for, so that their figures
become null and nothing else does.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from resolvers.plan.keys import keys_of
from resolvers.plan.normal import blank, normal
from resolvers.plan.plan import Node, Plan
from resolvers.plan.planner import FLOWS, Planner
from resolvers.semantics.model import Model
from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.errors import Broken, DeadlineExceeded, SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Keys
from sources.spi.source import Source

log = logging.getLogger("threefold")


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


class Executor:
    """Runs plans of one model against its sources."""

    def __init__(self, model: Model, sources: Mapping[str, Source], planner: Planner) -> None:
        self._model = model
        self._sources = sources
        self._planner = planner

    async def run(self, plan: Plan, ctx: Context) -> Collected:
        collected = Collected()
        for wave in plan.waves:
            outcomes = await self._wave([self._keyed(node, plan, collected) for node in wave], ctx)
            for outcome in outcomes:
                collected.outcomes.append(outcome)
                if outcome.batch is not None:
                    self._add(collected, outcome.node, outcome.batch, plan)
        return collected

    async def _wave(self, nodes: list[Node], ctx: Context) -> list[Outcome]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._scan(node, ctx)) for node in nodes]
        return [task.result() for task in tasks]

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

    def _keyed(self, node: Node, plan: Plan, collected: Collected) -> Node:
        """The node with the keys that earlier waves found."""
        if node.keys_from is None or node.key_column is None or node.accepted is None:
            return node
        values = keys_of(node.keys_from, node.entities, plan.bound, collected.frames, self._model)
        keys = Keys(node.key_column, values)
        accepted = replace(node.accepted, scan=replace(node.accepted.scan, keys=keys))
        return replace(node, scan=replace(node.scan, keys=keys), accepted=accepted)

    def _add(self, collected: Collected, node: Node, batch: Batch, plan: Plan) -> None:
        crosswalk = self._planner.crosswalk(node.source)
        rows = normal(batch, node, crosswalk, self._model, plan.bound.calendar)
        known = collected.frames.get(batch.fact)
        if known is None or batch.fact in FLOWS:
            collected.frames[batch.fact] = rows if known is None else pl.concat([known, rows])
            return
        identity = [c for c in ("source", "id", "number", "line", "dist") if c in rows.columns]
        seen = known.select(identity).unique()
        fresh = rows.join(seen, on=identity, how="anti", nulls_equal=True)
        collected.frames[batch.fact] = pl.concat([known, fresh])
