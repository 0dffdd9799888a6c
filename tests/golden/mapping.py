"""The mapping of a case: system → dimension → source member → weighted targets."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from decimal import Decimal
from typing import Any, Literal

from resolvers.semantics.model import CrosswalkRow, Dimension
from tests.golden.documents import Systems
from tests.golden.question import NotBuiltError, enum_name
from tests.golden.strict import Strict

System = Literal["planning", "s2p", "erp"]
Mapped = Literal[
    "legalEntity", "account", "costCenter", "project", "product", "customer", "supplier", "icPartner"
]


class Target(Strict):
    to: str
    weight: Decimal


CaseMapping = dict[System, dict[Mapped, dict[str, list[Target]]]]


def crosswalk(mapping: CaseMapping) -> tuple[CrosswalkRow, ...]:
    """The rows of the engine's crosswalk. Raises NotBuiltError for what they cannot say."""
    return tuple(
        _row(system, _dimension(name), member, target)
        for system, dimensions in mapping.items()
        for name, members in dimensions.items()
        for member, targets in members.items()
        for target in targets
    )


def closed(mapping: CaseMapping, systems: Systems) -> dict[Dimension, frozenset[str]]:
    """The dimensions some system maps, and their members: the targets, and what the systems that do not map
    the dimension use. The chart has the accounts."""
    names = {name for dimensions in mapping.values() for name in dimensions} - {"account"}
    return {
        _dimension(name): frozenset({*targets(mapping, name), *_unmapped(mapping, systems, name)})
        for name in sorted(names)
    }


def targets(mapping: CaseMapping, name: str) -> Iterator[str]:
    """The canonical members a dimension is mapped to."""
    for dimensions in mapping.values():
        for known, members in dimensions.items():
            if known == name:
                yield from (target.to for found in members.values() for target in found)


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
    mapped = {system for system, dimensions in mapping.items() for known in dimensions if known == name}
    for system, held in systems.model_dump(by_alias=True).items():
        if system not in mapped:
            yield from values(held, name)


def _row(system: str, dimension: Dimension, member: str, target: Target) -> CrosswalkRow:
    if "weight" in {field.name for field in fields(CrosswalkRow)}:
        weight: dict[str, Any] = {"weight": target.weight}
        return CrosswalkRow(system, dimension, member, target.to, **weight)
    if target.weight != 1:
        raise NotBuiltError("weights in the crosswalk are not built")
    return CrosswalkRow(system, dimension, member, target.to)


def _dimension(name: str) -> Dimension:
    known = {dimension.value: dimension for dimension in Dimension}
    if enum_name(name) not in known:
        raise NotBuiltError(f"the dimension {name} is not built")
    return known[enum_name(name)]
