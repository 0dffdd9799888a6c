"""The mapping of a case: system → dimension → source member → weighted targets.

Our own cases say more: `*` in a member makes it a pattern, and several dimensions may be asked for together,
`account+costCenter` with members such as `6100+K1`.
"""

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import StringConstraints

from resolvers.semantics.dimensions import CrosswalkRow, Dimension
from tests.golden.documents import Systems
from tests.golden.question import NotBuiltError, enum_name
from tests.golden.strict import Strict

System = Literal["planning", "s2p", "erp"]
_NAME: Final = "(legalEntity|account|costCenter|project|product|customer|supplier|icPartner)"
Mapped = Annotated[str, StringConstraints(pattern=rf"^{_NAME}(\+{_NAME})*$")]
_AND: Final = "+"


class Target(Strict):
    """`into` is the dimension of the target; without it, the first of those asked for."""

    to: str
    weight: Decimal
    into: Mapped | None = None
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    priority: int = 0


CaseMapping = dict[System, dict[Mapped, dict[str, list[Target]]]]


def crosswalk(mapping: CaseMapping) -> tuple[CrosswalkRow, ...]:
    """The rows of the engine's crosswalk. Raises NotBuiltError for a dimension it does not have."""
    return tuple(
        _row(system, names.split(_AND), member.split(_AND), target)
        for system, dimensions in mapping.items()
        for names, members in dimensions.items()
        for member, targets in members.items()
        for target in targets
    )


def closed(mapping: CaseMapping, systems: Systems) -> dict[Dimension, frozenset[str]]:
    """The dimensions some system maps, and their members: the targets, and what the systems that do not map
    the dimension use. The chart has the accounts."""
    names = {name for _, name, _ in _spoken(mapping)} - {"account"}
    return {
        _dimension(name): frozenset({*targets(mapping, name), *_unmapped(mapping, systems, name)})
        for name in sorted(names)
    }


def targets(mapping: CaseMapping, name: str) -> Iterator[str]:
    """The canonical members a dimension is mapped to."""
    return (target for _, into, target in _spoken(mapping) if into == name)


def _spoken(mapping: CaseMapping) -> Iterator[tuple[System, str, str]]:
    """System, dimension and member of every target."""
    for system, dimensions in mapping.items():
        for names, members in dimensions.items():
            for target in (target for found in members.values() for target in found):
                yield system, target.into or names.split(_AND)[0], target.to


def values(dumped: Any, name: str) -> Iterator[str]:
    """Every text that documents have under a key, however deep."""
    if isinstance(dumped, tuple):
        for item in dumped:
            yield from values(item, name)
    elif isinstance(dumped, dict):
        for key, value in dumped.items():
            if key == name and isinstance(value, str):
                yield value
            yield from values(value, name)


def _unmapped(mapping: CaseMapping, systems: Systems, name: str) -> Iterable[str]:
    mapped = {system for system, into, _ in _spoken(mapping) if into == name}
    for system, held in systems.model_dump(by_alias=True).items():
        if system not in mapped:
            yield from values(held, name)


def _row(system: str, names: list[str], members: list[str], target: Target) -> CrosswalkRow:
    asked = {_dimension(name): member for name, member in zip(names, members, strict=True)}
    into = _dimension(target.into or names[0])
    return CrosswalkRow(
        system,
        into,
        asked.pop(into, ""),
        target.to,
        target.weight,
        target.valid_from,
        target.valid_to,
        target.priority,
        beside=tuple(asked.items()),
    )


def _dimension(name: str) -> Dimension:
    known = {dimension.value: dimension for dimension in Dimension}
    if enum_name(name) not in known:
        raise NotBuiltError(f"the dimension {name} is not built")
    return known[enum_name(name)]
