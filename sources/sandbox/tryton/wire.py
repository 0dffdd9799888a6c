"""JSON as Tryton writes it: what JSON has no type for becomes an object with a ``__class__``."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson


def dumps(value: Any) -> bytes:
    return orjson.dumps(value, default=_encode, option=orjson.OPT_PASSTHROUGH_DATETIME)


def loads(body: bytes) -> Any:
    """The value with its decimals and dates. Raises ValueError for anything that is not such JSON."""
    return _decode(orjson.loads(body))


def _encode(value: Any) -> dict[str, Any]:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": format(value, "f")}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    raise TypeError(type(value).__name__)


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if isinstance(value, dict):
        make = _MAKE.get(value.get("__class__"))
        return {key: _decode(item) for key, item in value.items()} if make is None else _made(make, value)
    return value


def _made(make: Callable[[Mapping[str, Any]], Any], value: Mapping[str, Any]) -> Any:
    try:
        return make(value)
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError(f"malformed {value['__class__']}") from error


def _decimal(value: Mapping[str, Any]) -> Decimal:
    found = Decimal(value["decimal"])
    if not found.is_finite():
        raise ValueError("not a finite Decimal")
    return found


def _datetime(value: Mapping[str, Any]) -> datetime:
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return datetime(*(value[part] for part in parts))  # noqa: DTZ001 - Tryton's datetimes carry no zone


_MAKE: Final[Mapping[Any, Callable[[Mapping[str, Any]], Any]]] = {
    "Decimal": _decimal,
    "date": lambda value: date(value["year"], value["month"], value["day"]),
    "datetime": _datetime,
}
