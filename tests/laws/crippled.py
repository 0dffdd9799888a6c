"""A source that can do less than the one behind it, and says so: the same rows by another road."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Final

from sources.spi.batch import Batch
from sources.spi.context import Context
from sources.spi.facts import Fact, Sign
from sources.spi.scan import Accepted, Capability, Guarantee, Predicate, Scan
from sources.spi.source import Health, Source
from sources.spi.standing import Standing

COMPLETING: Final = ("number", "reverses", "supplier")
"""Lookups that complete what others found. A source without them is not read whole instead: what only they
would bring stays unknown to the question, and that is no matter of pushing down."""


class Crippled:
    """As chance has it, takes a predicate exactly, narrows by it, or ignores it; sums nothing; looks up by
    some keys or none; returns its rows in no order."""

    def __init__(self, inner: Source, seed: int) -> None:
        rng = Random(seed)
        self._inner = inner
        self._seed = seed
        self.facts: Mapping[Fact, Capability] = {
            fact: _less(capability, rng) for fact, capability in inner.facts.items()
        }

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def system(self) -> str:
        return self._inner.system

    def sign(self, fact: Fact) -> Sign:
        return self._inner.sign(fact)

    def accept(self, scan: Scan) -> Accepted:
        filters = self.facts[scan.fact].filters
        judged = [(p, filters.get((p.column, p.op), Guarantee.NEVER)) for p in scan.where]
        sent = tuple(_widened(p, given) for p, given in judged if given is not Guarantee.NEVER)
        left = tuple(p for p, given in judged if given is not Guarantee.EXACT)
        columns = dict.fromkeys((*scan.columns, *scan.measures, *(p.column for p in left)))
        accepted = self._inner.accept(
            replace(scan, columns=tuple(columns), where=sent, group_by=None, measures=())
        )
        return replace(accepted, residual=(*left, *(p for p in accepted.residual if p not in left)))

    async def run(self, accepted: Accepted, ctx: Context) -> Batch:
        batch = await self._inner.run(accepted, ctx)
        return batch.with_frame(batch.frame.sample(fraction=1, shuffle=True, seed=self._seed))

    async def probe(self, ctx: Context) -> Health:
        return await self._inner.probe(ctx)

    def standing(self) -> Standing:
        return self._inner.standing()

    def url(self, fact: Fact, document: Mapping[str, str | None]) -> str | None:
        return self._inner.url(fact, document)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _less(capability: Capability, rng: Random) -> Capability:
    keys = {key: size for key, size in capability.keys.items() if rng.random() < 0.6 or key in COMPLETING}
    filters = {key: rng.choice(list(Guarantee)) for key in capability.filters}
    return replace(capability, filters=filters, group_by=None, keys=keys)


def _widened(predicate: Predicate, given: Guarantee) -> Predicate:
    """A filter that lets more through than it was asked for."""
    if given is Guarantee.EXACT or not all(isinstance(value, str) for value in predicate.values):
        return predicate
    return replace(predicate, values=(*predicate.values, "C2", "6200", "FORECAST", "DRAFT"))
