"""Comparing what came out with what a case expects, and with what must not come out.

Expectation and outcome have one shape: figures by path, such as `cells.100.actual` or `fxEffect`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel

Path = tuple[str, ...]
Raised = tuple[str, Decimal]
"""A break: its code and amount."""

TOTAL: Final = "TOTAL"
ABSENT: Final = "nothing"


@dataclass(slots=True)
class Got:
    """What asking gave: figures by path, breaks (None where they could not be asked for), `lacking` what the
    gateway or the systems have no place for, `errors` what was reported beside the data."""

    figures: dict[Path, Any] = field(default_factory=dict)
    breaks: list[Raised] | None = None
    lacking: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, at: Path, values: Mapping[str, Any]) -> None:
        self.figures |= {(*at, name): value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Trap:
    """A hazard in the shape of the outcome: no figure that `at` matches may be `value`."""

    measure: str
    cell: str | None
    value: Decimal
    wrong: str

    def matches(self, path: Path) -> bool:
        if path[-1] != self.measure:
            return False
        if self.cell == TOTAL:
            return path[0] == "totals"
        return path[0] != "totals" if self.cell is None else self.cell in path


def flat(expected: Any) -> dict[Path, Any]:
    """The figures a case lists, by path; breaks are another matter."""
    if isinstance(expected, BaseModel):
        expected = expected.model_dump(by_alias=True, exclude_unset=True)
    found: dict[Path, Any] = {}
    for name, value in _items(expected):
        if name != "breaks" and isinstance(value, dict | tuple | BaseModel):
            found |= {(name, *path): figure for path, figure in flat(value).items()}
        elif name != "breaks":
            found[name,] = value
    return found


def _items(container: Mapping[str, Any] | Sequence[Any]) -> Iterable[tuple[str, Any]]:
    if isinstance(container, Mapping):
        return container.items()
    return ((str(position), value) for position, value in enumerate(container, start=1))


def problems(
    expected: Mapping[Path, Any], breaks: Iterable[Raised], trap: Trap | None, got: Got
) -> list[str]:
    """Every way in which `got` is not as expected; empty when the case passes."""
    found = list(got.lacking)
    if got.figures or not got.lacking:
        found += _figures(expected, got.figures)
    found += _breaks(breaks, got.breaks)
    if trap is not None:
        found += _trapped(trap, expected, got.figures)
    if found:
        found += [f"reported: {error}" for error in got.errors]
    return list(dict.fromkeys(found))


def _figures(expected: Mapping[Path, Any], figures: Mapping[Path, Any]) -> list[str]:
    return [
        f"{'.'.join(path)}: expected {_written(want)}, got {_written(figures.get(path, ABSENT))}"
        for path, want in expected.items()
        if path not in figures or not same(want, figures[path])
    ]


def same(want: Any, got: Any) -> bool:
    if isinstance(want, Decimal) and isinstance(got, str | int | Decimal):
        return want == Decimal(got)
    return bool(want == got)


def _breaks(expected: Iterable[Raised], raised: list[Raised] | None) -> list[str]:
    missing = Counter(expected) - Counter(raised or ())
    shown = ", ".join(f"{code} {_written(amount)}" for code, amount in raised or ()) or ABSENT
    return [f"breaks: expected {code} {_written(amount)}, got {shown}" for code, amount in missing.elements()]


def _trapped(trap: Trap, expected: Mapping[Path, Any], figures: Mapping[Path, Any]) -> list[str]:
    return [
        f"{'.'.join(path)}: hazard, {_written(value)} is what is got by: {trap.wrong}"
        for path, value in figures.items()
        if trap.matches(path) and value is not None and same(trap.value, value)
        if not same(expected.get(path), value)
    ]


def _written(value: Any) -> str:
    return "null" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
