"""The entity data model: what a service's entity types are made of and how their values are written.

OData V2 JSON writes Edm.Decimal as a string, Edm.DateTime as ``/Date(milliseconds)/`` and missing text as
an empty string ("initial" in SAP), never as null.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_MS: Final = 86_400_000


class Edm(StrEnum):
    STRING = "Edm.String"
    DECIMAL = "Edm.Decimal"
    DATE = "Edm.DateTime"
    MOMENT = "Edm.DateTimeOffset"
    FLAG = "Edm.Boolean"


Get = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Property:
    """`get` reads the value from a record. A `measure` of an aggregating type is summed, cannot be filtered
    and has the property named by `unit` as its currency or unit.
    """

    name: str
    type: Edm
    get: Get
    measure: bool = False
    unit: str | None = None
    filterable: bool = True
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class Navigation:
    """`get` reads the related records; `many` says whether it is a collection."""

    name: str
    target: str
    get: Get
    many: bool = True


@dataclass(frozen=True, slots=True)
class EntitySet:
    """A set and its type. `aggregate`: rows are grouped by whatever dimensions are selected
    (``sap:semantics="aggregate"``); its key property is then generated.
    """

    name: str
    type: str
    key: tuple[str, ...]
    properties: Mapping[str, Property]
    navigations: Mapping[str, Navigation]
    aggregate: bool = False


def text(name: str, get: Get, *, filterable: bool = True) -> Property:
    return Property(name, Edm.STRING, get, filterable=filterable, sortable=filterable)


def number(name: str, get: Get, unit: str | None = None, *, measure: bool = False) -> Property:
    return Property(name, Edm.DECIMAL, get, measure=measure, unit=unit, filterable=not measure)


def day(name: str, get: Get) -> Property:
    return Property(name, Edm.DATE, get)


def flag(name: str, get: Get, *, filterable: bool = True) -> Property:
    return Property(name, Edm.FLAG, get, filterable=filterable, sortable=filterable)


def moment(name: str, get: Get) -> Property:
    return Property(name, Edm.MOMENT, get)


def entity_set(
    name: str, key: tuple[str, ...], *members: Property | Navigation, aggregate: bool = False
) -> EntitySet:
    """A set whose type is named as SAP names it: the set's name and 'Type'."""
    return EntitySet(
        name=name,
        type=f"{name}Type",
        key=key,
        properties={member.name: member for member in members if isinstance(member, Property)},
        navigations={member.name: member for member in members if isinstance(member, Navigation)},
        aggregate=aggregate,
    )


def always(value: str | bool) -> Get:
    """What is the same for every record."""
    return lambda _: value


def _string(value: Any) -> Any:
    return "" if value is None else value


def _decimal(value: Decimal | None) -> Any:
    return None if value is None else format(value, "f")


def _date(value: date | None) -> Any:
    return None if value is None else f"/Date({(value.toordinal() - _EPOCH) * _DAY_MS})/"


def _moment(value: datetime | None) -> Any:
    return None if value is None else f"/Date({round(value.astimezone(UTC).timestamp() * 1000)}+0000)/"


def _same(value: Any) -> Any:
    return value


WRITE: Final[Mapping[Edm, Callable[[Any], Any]]] = {
    Edm.STRING: _string,
    Edm.DECIMAL: _decimal,
    Edm.DATE: _date,
    Edm.MOMENT: _moment,
    Edm.FLAG: _same,
}
