"""The systems as they are configured: what each provides, for whom, what it can do; whether it answers."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from resolvers.semantics.model import Model, Provision
from sources.spi.context import Context
from sources.spi.errors import SourceError
from sources.spi.facts import Fact
from sources.spi.scan import Capability, Guarantee, Op
from sources.spi.source import Health, Source

_OPS: Final = {Op.IN: "", Op.GE: " from", Op.LE: " to"}


@dataclass(frozen=True, slots=True)
class FactCard:
    """A fact one source provides, for which legal entities, and what it can do with it in words."""

    fact: Fact
    entities: tuple[str, ...]
    columns: tuple[str, ...]
    abilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SystemCard:
    """One source. `entities` are the legal entities it serves by its own codes; `max_age` in
    seconds, None where nothing bounds it."""

    name: str
    system: str
    facts: tuple[FactCard, ...]
    entities: Mapping[str, str]
    max_age: float | None


def cards(
    sources: Mapping[str, Source], model: Model, max_ages: Mapping[str, float]
) -> tuple[SystemCard, ...]:
    """Every source, without calling any."""
    return tuple(_card(source, model, max_ages.get(name)) for name, source in sources.items())


def _card(source: Source, model: Model, max_age: float | None) -> SystemCard:
    mine = [p for p in model.provisions if p.source == source.name]
    served = {entity: code for p in mine for entity, code in p.entities.items()}
    return SystemCard(source.name, source.system, tuple(_facts(source, mine)), served, max_age)


def _facts(source: Source, mine: list[Provision]) -> Iterator[FactCard]:
    for fact, able in source.facts.items():
        entities = sorted({entity for p in mine if fact in p.facts for entity in p.entities})
        if entities:
            yield FactCard(fact, tuple(entities), tuple(sorted(able.columns)), tuple(abilities(able)))


def abilities(able: Capability) -> Iterator[str]:
    """What a source can do with a fact, one sentence each."""
    kinds = ((Guarantee.EXACT, "filters by"), (Guarantee.SUPERSET, "narrows by"))
    for guarantee, verb in kinds:
        if found := [c + _OPS[op] for (c, op), g in able.filters.items() if g is guarantee]:
            yield f"{verb} {_and(found)}"
    if able.group_by:
        yield f"adds up by {_and(able.group_by)}"
    if able.keys:
        yield f"looks up by {_and(f'{key} ({most} a call)' for key, most in able.keys.items())}"
    yield f"tells past states by {able.as_of}" if able.as_of else "tells no past states"


def _and(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


async def health(source: Source, ctx: Context) -> Health:
    """What the source says of itself when it is called, within the question's deadline."""
    try:
        return await probed(source, ctx.remaining(source.name), ctx)
    except SourceError as error:
        return Health(ok=False, detail=f"{error.code}: {error.message}", milliseconds=0)


async def probed(source: Source, seconds: float, ctx: Context) -> Health:
    """The source's own answer; a failure is an answer too. What is unexpected is named, not quoted."""
    clock = asyncio.get_running_loop().time
    start = clock()
    try:
        async with asyncio.timeout(seconds):
            return await source.probe(ctx)
    except TimeoutError:
        detail = f"no answer within {seconds:.3g} s"
    except SourceError as error:
        detail = f"{error.code}: {error.message}"
    except Exception as error:  # noqa: BLE001 - one broken source must not hide the state of the others
        detail = f"unexpected {type(error).__name__}"
    return Health(ok=False, detail=detail, milliseconds=(clock() - start) * 1000)
