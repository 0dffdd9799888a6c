"""Automatic aggregation of ``sap:semantics="aggregate"`` types: rows group by whatever is selected.

Selecting CostCenter and AmountInCompanyCodeCurrency gives one row per cost centre. Whoever leaves out the
unit (CompanyCodeCurrency) gets dollars and pounds added up, as in SAP.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from sources.sandbox.sap.edm import Edm, EntitySet, Property, entity_set, number, text
from sources.sandbox.shelf import Shelf

_ZERO: Final = Decimal(0)
Group = Mapping[str, Any]


def grouped(
    shelf: Shelf[str, Any], rows: Iterable[int], target: EntitySet, selected: tuple[str, ...]
) -> list[Group]:
    """One group per combination of the selected dimensions, in order of first appearance. A request for
    measures alone gives one row, or none when nothing matches.
    """
    dimensions = [name for name in selected if name != "ID" and not target.properties[name].measure]
    measures = [name for name in selected if target.properties[name].measure]
    keys = [shelf.column(name) for name in dimensions]
    sums = [shelf.column(name) for name in measures]
    totals: dict[tuple[Any, ...], list[Decimal]] = {}
    for row in sorted(rows):
        key = tuple([column[row] for column in keys])
        total = totals.setdefault(key, [_ZERO] * len(sums))
        for position, column in enumerate(sums):
            total[position] += column[row]
    return [
        {
            "ID": ".".join(map(str, key)),
            **dict(zip(dimensions, key, strict=True)),
            **dict(zip(measures, total, strict=True)),
        }
        for key, total in totals.items()
    ]


def group_set(target: EntitySet) -> EntitySet:
    """The type of the groups: the same properties, read from a group, with the generated key."""
    properties: list[Property] = [text("ID", _reader("ID"), filterable=False)]
    for prop in target.properties.values():
        make = number if prop.type is Edm.DECIMAL else text
        properties.append(make(prop.name, _reader(prop.name)))
    return entity_set(target.name, ("ID",), *properties, aggregate=True)


def _reader(name: str) -> Callable[[Group], Any]:
    return lambda group: group[name]
