"""`threefold check`: everything wrong with a configuration at once, or else whether its systems answer."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.config import Configuration, ConfigurationError, ConnectorCheck, load
from resolvers.plan.systems import probed
from sources.spi.context import Context
from sources.spi.settings import SourceSettings
from sources.spi.source import Health, Source

Connect = Callable[[Mapping[str, SourceSettings]], Mapping[str, Source]]
"""Makes the sources of a configuration, under its own names. No I/O."""

_HEAD = ("source", "system", "state", "ms", "detail")


@dataclass(frozen=True, slots=True)
class Report:
    """What to print, and whether all is well."""

    lines: tuple[str, ...]
    ok: bool


async def check(path: Path, env: Mapping[str, str], connectors: ConnectorCheck, connect: Connect) -> Report:
    """Problems and warnings of the file at `path`; if it can be used, one probe of each source as a table."""
    try:
        configuration = load(path, env, connectors)
    except ConfigurationError as error:
        found = len(error.problems)
        lines = [str(problem) for problem in error.problems]
        return Report((*lines, f"{found} problem{'s' if found > 1 else ''} in {path}"), ok=False)
    warnings = [f"{warning} (warning)" for warning in configuration.warnings]
    rows = await _probed(configuration, connect(configuration.sources))
    failed = sum(not health.ok for _, _, health in rows)
    verdict = f"{failed} of {len(rows)} sources failed" if failed else f"all {len(rows)} sources answer"
    return Report((*warnings, *_table(rows), verdict), ok=not failed)


_Row = tuple[str, str, Health]


async def _probed(configuration: Configuration, sources: Mapping[str, Source]) -> list[_Row]:
    """Name, system and health of every source, all probed at the same time."""
    try:
        probes = [
            probed(source, seconds, Context.within(seconds))
            for name, source in sources.items()
            for seconds in (min(configuration.deadline, configuration.sources[name].limits.timeout),)
        ]
        healths = await asyncio.gather(*probes)
    finally:
        await asyncio.gather(*(source.aclose() for source in sources.values()), return_exceptions=True)
    return [
        (name, source.system, health) for (name, source), health in zip(sources.items(), healths, strict=True)
    ]


def _table(rows: Sequence[_Row]) -> list[str]:
    cells = [_HEAD, *(_cells(*row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD))]
    return ["  ".join(_aligned(row, widths)).rstrip() for row in cells]


def _cells(name: str, system: str, health: Health) -> tuple[str, ...]:
    state = "ok" if health.ok else "failed"
    return name, system, state, f"{health.milliseconds:.0f}", " ".join(health.detail.split())


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Numbers to the right, words to the left."""
    pairs = zip(_HEAD, row, widths, strict=True)
    return [cell.rjust(width) if head == "ms" else cell.ljust(width) for head, cell, width in pairs]
