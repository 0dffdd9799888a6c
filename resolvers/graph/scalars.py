"""Scalars whose meaning is narrower than their JSON type. `Decimal` is Strawberry's: an exact string."""

from typing import Any, Final, NewType

import strawberry

from resolvers.semantics.duration import seconds

CurrencyCode = NewType("CurrencyCode", str)
PeriodId = NewType("PeriodId", str)
Duration = NewType("Duration", float)
"""Seconds."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a string, got {value!r}")
    return value


def _duration(value: Any) -> float:
    try:
        return seconds(_text(value))
    except ValueError:
        raise TypeError(f"{value!r} is not a duration such as 30s, 5m or PT5M") from None


SCALARS: Final[dict[object, Any]] = {
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode",
        description="ISO 4217 currency code, e.g. `EUR`.",
        serialize=str,
        parse_value=_text,
    ),
    Duration: strawberry.scalar(
        name="Duration",
        description="A length of time: `30s`, `5m`, `2h` or `PT5M`.",
        serialize=lambda value: f"{value:g}s",
        parse_value=_duration,
    ),
    PeriodId: strawberry.scalar(
        name="PeriodId",
        description="A fiscal period of the calendar, e.g. `2026-P06`. Not a date range: adjustment periods "
        "overlap the last ordinary one.",
        serialize=str,
        parse_value=_text,
    ),
}
