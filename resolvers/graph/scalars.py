"""Scalars whose meaning is narrower than their JSON type. `Decimal` is Strawberry's: an exact string."""

from typing import Any, Final, NewType

import strawberry

CurrencyCode = NewType("CurrencyCode", str)
PeriodId = NewType("PeriodId", str)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a string, got {value!r}")
    return value


SCALARS: Final[dict[object, Any]] = {
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode",
        description="ISO 4217 currency code, e.g. `EUR`.",
        serialize=str,
        parse_value=_text,
    ),
    PeriodId: strawberry.scalar(
        name="PeriodId",
        description="A fiscal period of the calendar, e.g. `2026-P06`. Not a date range: adjustment periods "
        "overlap the last ordinary one.",
        serialize=str,
        parse_value=_text,
    ),
}
