"""What a resource is made of: attributes and associations, how they are read and how JSON writes them.

JSON keys have dashes (``order-lines``), decimals are strings, moments ISO 8601 with the company's offset,
and an association that is not there is null.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

COMPANY_ZONE: Final = timezone(timedelta(hours=-8))
"""Where a day begins for the company: dates entered by people are midnight there, not in UTC."""


class Kind(StrEnum):
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    MOMENT = "moment"
    FLAG = "flag"


Get = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    name: str
    kind: Kind
    get: Get


@dataclass(frozen=True, slots=True)
class Association:
    """`get` reads the related record, or the list of them with `many`."""

    name: str
    shape: "Shape"
    get: Get
    many: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of object. `name` is Coupa's own, as in its API description; `natural` are the attributes
    that identify it beside the id, which is what return_object=shallow writes of it."""

    name: str
    members: Mapping[str, Attribute | Association]
    natural: tuple[str, ...] = ()


def shape(name: str, *members: Attribute | Association, natural: tuple[str, ...] = ()) -> Shape:
    return Shape(name, {member.name: member for member in members}, natural)


def integer(name: str, get: Get) -> Attribute:
    return Attribute(name, Kind.INTEGER, get)


def decimal(name: str, get: Get) -> Attribute:
    return Attribute(name, Kind.DECIMAL, get)


def text(name: str, get: Get) -> Attribute:
    return Attribute(name, Kind.TEXT, get)


def moment(name: str, get: Get) -> Attribute:
    return Attribute(name, Kind.MOMENT, get)


def flag(name: str, get: Get) -> Attribute:
    return Attribute(name, Kind.FLAG, get)


def always(value: str | bool | None) -> Get:
    """What is the same for every record."""
    return lambda _: value


def midnight(day: date | None) -> datetime | None:
    """A day as people enter it: its beginning in the company's zone."""
    return None if day is None else datetime.combine(day, time(), COMPANY_ZONE)


def morning(day: date | None) -> datetime | None:
    """A moment within a day, for what the system stamps by itself."""
    return None if day is None else datetime.combine(day, time(9), COMPANY_ZONE)


def _same(value: Any) -> Any:
    return value


def plain(value: Decimal) -> str:
    """A decimal as Coupa writes it: no exponent, no negative zero."""
    return format(value + 0, "f")


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


WRITE: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    Kind.INTEGER: _same,
    Kind.DECIMAL: _decimal,
    Kind.TEXT: _same,
    Kind.MOMENT: _moment,
    Kind.FLAG: _same,
}
