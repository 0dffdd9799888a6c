"""JSON as Tryton writes it, and plain.

What JSON has no type for is an object with its class, and what is behind a field stands under the field's
name with a dot. Here both become text and nesting:

    {"id": 7, "party": 3, "party.": {"id": 3}, "amount": {"__class__": "Decimal", "decimal": "9.5"}}
    {"id": 7, "party": {"id": 3}, "amount": "9.5"}
"""

from datetime import date
from decimal import Decimal
from typing import Any

from sources.transport.decode import Record


def written(value: Any) -> Any:
    """A value of a search domain as the server wants it."""
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    return value


def plain(record: dict[str, Any]) -> Record:
    """A record without dots and classes. Of a field and what is behind it, the latter is kept."""
    return {
        name.removesuffix("."): _plain(value)
        for name, value in record.items()
        if name.endswith(".") or f"{name}." not in record
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _text(value) if "__class__" in value else plain(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _text(value: dict[str, Any]) -> Any:
    """Decimals and days as text; of other classes nothing is read here, so they stay as they are."""
    match value["__class__"]:
        case "Decimal":
            return value.get("decimal")
        case "date" | "datetime":
            return f"{value.get('year'):04}-{value.get('month'):02}-{value.get('day'):02}"
    return value
